"""Train letter-to-sound on the packed lexicon: writes the front end's `data/spelling.npz`, prints held-out accuracy.

    python -m models.embedded.training.spelling [--epochs 24] [--evaluate]

First each word's letters are aligned with its sounds (each letter takes none to three; hard EM), then a small gated
convolutional network learns to say what each letter takes, from the whole word around it. One word in twenty, chosen
by a hash of its letters, is never learnt from: the accuracy is theirs. `../frontend/spelling.py` runs the network in
numpy.
"""

from __future__ import annotations

import argparse
import math
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.embedded.frontend import spelling
from models.embedded.frontend.lexicon import DATA, Sounds, english

MOST = 3
"""Sounds that one letter can take: the x of "luxury" takes k and sh."""
RARE = 8
"""A letter's share that is seen less often is not learnt."""
CHANNELS, BLOCKS, WIDTH = 160, 8, 5

Pair = tuple[str, Sounds]
Aligned = tuple[str, list[Sounds]]


def held_out(word: str) -> bool:
    """Tell the words that are only tested on."""
    return zlib.crc32(word.encode()) % 20 == 0


def pairs() -> list[Pair]:
    """Return all words of letters alone, with their first reading."""
    lexicon = english()
    words = sorted(word for word in lexicon if word.isalpha() and word.isascii())
    found = [(word, lexicon.find(word)) for word in words]
    return [(word, sounds) for word, sounds in found if sounds and len(sounds) <= 2 * len(word)]


class Aligner:
    """Hard EM over the shares that letters take of their word's sounds."""

    def __init__(self, data: Sequence[Pair]) -> None:
        self._data = data
        self._score = self._first()
        self._unseen = -6.0

    def _first(self) -> dict[tuple[str, str], float]:
        """Guess from how often a letter and a sound stand at about the same place."""
        together: Counter[tuple[str, str]] = Counter()
        letters: Counter[str] = Counter()
        for word, sounds in self._data:
            for i, letter in enumerate(word):
                for j, sound in enumerate(sounds):
                    if abs(i / len(word) - j / len(sounds)) < 0.25:
                        together[letter, _bare(sound)] += 1
                        letters[letter] += 1
        score = {key: math.log(n / letters[key[0]]) for key, n in together.items()}
        return score | {(letter, ""): math.log(0.15) for letter in letters}

    def learn(self, rounds: int) -> list[Aligned]:
        """Return every word aligned, after some rounds."""
        aligned: list[Aligned] = []
        for _ in range(rounds):
            aligned = [(word, self.align(word, sounds)) for word, sounds in self._data]
            counts: Counter[tuple[str, str]] = Counter()
            letters: Counter[str] = Counter()
            for word, shares in aligned:
                counts.update((x, _share(s)) for x, s in zip(word, shares, strict=True))
                letters.update(word)
            self._score = {k: math.log(n / letters[k[0]]) for k, n in counts.items() if n > 2}
            self._unseen = -16.0
        return aligned

    def _cost(self, letter: str, share: Sounds) -> float:
        known = self._score.get((letter, _share(share)))
        if known is not None:
            return known
        parts = sum(self._score.get((letter, _bare(sound)), -9.0) for sound in share)
        return parts + self._unseen - 2.5 * len(share)

    def align(self, word: str, sounds: Sounds) -> list[Sounds]:
        """Return the share of each letter on the best path."""
        best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
        for letter in word:
            row: dict[int, tuple[float, int]] = {}
            for taken, (score, _) in best[-1].items():
                for size in range(min(MOST, len(sounds) - taken) + 1):
                    total = score + self._cost(letter, sounds[taken : taken + size])
                    if total > row.get(taken + size, (-math.inf, 0))[0]:
                        row[taken + size] = (total, size)
            best.append(row)
        shares: list[Sounds] = []
        at = len(sounds)
        for row in reversed(best[1:]):
            size = row[at][1]
            shares.append(sounds[at - size : at])
            at -= size
        return shares[::-1]


def _bare(sound: str) -> str:
    return sound.rstrip("01")


def _share(share: Sounds) -> str:
    return " ".join(map(_bare, share))


class Block(nn.Module):
    """Norm, depthwise convolution, gated pointwise layer, residual."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(CHANNELS)
        self.mix = nn.Conv1d(CHANNELS, CHANNELS, WIDTH, padding=WIDTH // 2, groups=CHANNELS)
        self.gate = nn.Linear(CHANNELS, 2 * CHANNELS)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` (B, T, C), T letters; `mask` (B, T, 1) is 0 beyond a word's end."""
        mixed = self.mix((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        return x + functional.dropout(functional.glu(self.gate(mixed), -1), 0.1, self.training)


class Speller(nn.Module):
    """Letters (B, T) of 1 to 26, 0 beyond the end, to scores of shares (B, T, L)."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.letters = nn.Embedding(27, CHANNELS)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(CHANNELS)
        self.out = nn.Linear(CHANNELS, labels)

    def forward(self, letters: Tensor) -> Tensor:
        """Score every share for every letter."""
        mask = (letters > 0).float().unsqueeze(-1)
        x = self.letters(letters)
        for block in self.blocks:
            x = block(x, mask)
        return self.out(self.norm(x))


def _batches(data: Sequence[tuple[list[int], list[int]]], size: int, rng: np.random.Generator) -> list[list[int]]:
    order = sorted(range(len(data)), key=lambda i: len(data[i][0]) + rng.random())
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(batches)  # type: ignore[arg-type]
    return batches


def _tensors(rows: Sequence[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor]:
    length = max(len(letters) for letters, _ in rows)
    letters, labels = torch.zeros(len(rows), length, dtype=torch.long), torch.full((len(rows), length), -100)
    for i, (x, y) in enumerate(rows):
        letters[i, : len(x)], labels[i, : len(y)] = torch.tensor(x), torch.tensor(y)
    return letters, labels


def train(rows: Sequence[tuple[list[int], list[int]]], labels: int, epochs: int) -> Speller:
    """Fit the network; prints the loss of each epoch."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    model = Speller(labels)
    steps = epochs * (len(rows) // 256 + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.1)
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(rows)} words, {labels} shares", flush=True)
    for epoch in range(epochs):
        started, losses = time.monotonic(), []
        for batch in _batches(rows, 256, rng):
            letters, wanted = _tensors([rows[i] for i in batch])
            scores = model(letters).flatten(0, 1)
            loss = functional.cross_entropy(scores, wanted.flatten(), label_smoothing=0.05, ignore_index=-100)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch} loss {np.mean(losses):.4f} {time.monotonic() - started:.0f} s", flush=True)
    return model.eval()


def export(model: Speller, labels: Sequence[str], path: Path) -> None:
    """Write the weights, each matrix as int8 with a scale per output row, the rest as float16."""
    arrays: dict[str, np.ndarray] = {"labels": np.array("\n".join(labels))}
    for name, value in model.state_dict().items():
        array = value.numpy()
        if array.ndim == 2:
            scale = np.abs(array).max(1, keepdims=True) / 127 + 1e-12
            arrays[name] = np.round(array / scale).astype(np.int8)
            arrays[name + ".scale"] = scale.astype(np.float16)
        else:
            arrays[name] = array.astype(np.float16)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def distance(wanted: Sequence[str], said: Sequence[str]) -> int:
    """Return the edits between two strings of sounds."""
    row = list(range(len(said) + 1))
    for i, sound in enumerate(wanted, 1):
        previous, row = row, [i]
        for j, other in enumerate(said, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (sound != other)))
    return row[-1]


def evaluate(data: Sequence[Pair]) -> None:
    """Print how many held-out words and sounds the front end gets right.

    The lexicon knows these words, but neither the network nor the endings look them up themselves.
    """
    right = right_bare = wrong_sounds = count = 0
    for word, sounds in data:
        said = spelling.spell_out(word)
        bare, said_bare = [_bare(s) for s in sounds], [_bare(s) for s in said]
        right += sounds == said
        right_bare += bare == said_bare
        wrong_sounds += distance(bare, said_bare)
        count += len(bare)
    print(
        f"{len(data)} held-out words: {right_bare / len(data):.1%} right ({right / len(data):.1%} with stress), ",
        end="",
    )
    print(f"{1 - wrong_sounds / count:.1%} of the sounds")


def main() -> None:
    """Train, or only evaluate what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    data = pairs()
    if not options.evaluate:
        learnt = [pair for pair in data if not held_out(pair[0])]
        aligned = Aligner(learnt).learn(5)
        counts = Counter(" ".join(share) for _, shares in aligned for share in shares)
        labels = [share for share, n in counts.most_common() if n >= RARE]
        places = {share: i for i, share in enumerate(labels)}
        rows = [
            ([ord(c) - 96 for c in word], [places[" ".join(s)] for s in shares])
            for word, shares in aligned
            if all(" ".join(s) in places for s in shares)
        ]
        export(train(rows, len(labels), options.epochs), labels, DATA / "spelling.npz")
    evaluate([pair for pair in data if held_out(pair[0])])


if __name__ == "__main__":
    main()
