"""The training set: features of every teacher, made ready once and batched by length.

Reads what `features.py` wrote; `train.py` and the evaluation use it. Knows the teachers' quirks: who has which band,
whose pitch is widened.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.embedded import bands
from models.embedded.network import Phones
from models.embedded.phones import Language


@dataclass(frozen=True, slots=True)
class Teacher:
    """What must be known of a teacher besides its audio."""

    prosody: int
    timbre: int
    language: Language
    top_hz: float
    """Above this its audio holds nothing to learn from."""
    pitch_range: float = 1.0
    """Factor on its log F0 around its mean: espeak's Mandarin is flat."""


TEACHERS = {
    "slt": Teacher(0, 0, Language.ENGLISH, 12_000),
    "rms": Teacher(1, 1, Language.ENGLISH, 7_400),
    "cmn": Teacher(2, 2, Language.MANDARIN, 10_400, 1.8),
    "eng": Teacher(3, 2, Language.ENGLISH, 10_400),
}
VALIDATE_EVERY = 40


@dataclass(slots=True)
class Item:
    """One utterance: N phones, T steps."""

    teacher: str
    phones: np.ndarray  # (5, N) symbol, accent, boundary, last, clause
    ends: np.ndarray  # (N,) in frames
    pitch: np.ndarray  # (2T,) log F0 relative to the teacher's mean, interpolated where unvoiced
    voiced: np.ndarray  # (2T,) bool
    envelope: np.ndarray  # (2T, 80)
    noise: np.ndarray  # (T, 6)

    @property
    def steps(self) -> int:
        """T."""
        return len(self.noise)


@dataclass(slots=True)
class Batch:
    """Tensors of `network.Phones`, and the targets; shapes as in `network.Frames`."""

    phones: Phones
    timbre: Tensor
    ends: Tensor
    lengths: Tensor  # (B, N) frames of each phone
    mask: Tensor  # (B, T, 1)
    pitch: Tensor
    voiced: Tensor
    envelope: Tensor
    noise: Tensor
    band_mask: Tensor  # (B, 1, 1, 80)


def _load(path: Path) -> tuple[str, dict[str, np.ndarray]]:
    with np.load(path) as arrays:
        return path.parent.name, {name: arrays[name] for name in arrays.files}


def pitch_means(raw: list[tuple[str, dict[str, np.ndarray]]]) -> dict[str, float]:
    """Return the mean log F0 of each teacher."""
    return {
        name: float(np.mean(np.concatenate([np.log(a["f0"][a["f0"] > 0]) for t, a in raw if t == name])))
        for name in {teacher for teacher, _ in raw}
    }


class Dataset:
    """All utterances in memory; statistics; batches."""

    def __init__(self, data: Path, statistics: dict[str, np.ndarray] | None = None) -> None:
        paths = sorted(p for p in data.glob("*/*.npz") if p.parent.name in TEACHERS and ".part" not in p.name)
        raw = [_load(path) for path in paths]
        if statistics is None:
            self.means = pitch_means(raw)
            whole = np.concatenate([np.maximum(a["env"], bands.FLOOR) for t, a in raw if t == "slt"]).astype(np.float64)
            self.mean, self.deviation = whole.mean(0).astype(np.float32), whole.std(0).astype(np.float32)
        else:
            self.mean, self.deviation = statistics["mean"], statistics["deviation"]
            self.means = {
                name: float(statistics[f"pitch.{name}"]) for name in TEACHERS if f"pitch.{name}" in statistics
            }
            self.means = {**pitch_means(raw), **self.means}
        items = [self._item(teacher, arrays) for teacher, arrays in raw]
        held = [int(path.stem) % VALIDATE_EVERY == 7 for path in paths]
        self.train = sorted((i for i, h in zip(items, held, strict=True) if not h), key=lambda item: item.steps)
        self.validation = [i for i, h in zip(items, held, strict=True) if h]

    def statistics(self) -> dict[str, np.ndarray]:
        """Return what a later run must reuse: normalisation and pitch means."""
        means = {f"pitch.{name}": np.float64(value) for name, value in self.means.items()}
        return {"mean": self.mean, "deviation": self.deviation, **means}  # type: ignore[dict-item]

    def _item(self, name: str, arrays: dict[str, np.ndarray]) -> Item:
        teacher = TEACHERS[name]
        voiced = arrays["f0"] > 0
        where = np.arange(len(voiced))
        relative = (np.log(arrays["f0"][voiced]) - self.means[name]) * teacher.pitch_range
        pitch = np.interp(where, where[voiced], relative).clip(-1.2, 1.2)
        envelope = (np.maximum(arrays["env"].astype(np.float32), bands.FLOOR) - self.mean) / self.deviation
        columns = ("symbol", "accent", "boundary", "last", "clause")
        return Item(
            name,
            np.stack([arrays[c] for c in columns]).astype(np.int64),
            arrays["ends"].astype(np.float32),
            pitch.astype(np.float32),
            voiced,
            envelope,
            arrays["noise"].astype(np.float32).clip(0, 1),
        )

    def batches(self, frames: int, rng: random.Random) -> list[list[Item]]:
        """Return one epoch: batches of like lengths with about `frames` steps each, in random order."""
        jitter = sorted(self.train, key=lambda item: item.steps * rng.uniform(0.9, 1.1))
        groups: list[list[Item]] = [[]]
        for item in jitter:
            if groups[-1] and (len(groups[-1]) + 1) * item.steps > frames:
                groups.append([])
            groups[-1].append(item)
        rng.shuffle(groups)
        return groups


def trim(item: Item, rng: random.Random) -> Item:
    """Cut the silence at both ends to a random length: at run time a sentence starts and ends almost at once."""
    lead = int(item.ends[0])
    cut = max(0, lead - rng.randrange(2, 21)) // 2 * 2
    tail_start = int(np.ceil(item.ends[-2]))
    stop = min(2 * item.steps, (tail_start + rng.randrange(8, 60)) // 2 * 2)
    ends = np.clip(item.ends - cut, 0, stop - cut)
    ends[-1] = stop - cut
    return Item(
        item.teacher,
        item.phones,
        ends,
        item.pitch[cut:stop],
        item.voiced[cut:stop],
        item.envelope[cut:stop],
        item.noise[cut // 2 : stop // 2],
    )


def collate(items: list[Item]) -> Batch:
    """Pad utterances into one batch."""
    size, phones, steps = len(items), max(len(i.ends) for i in items), max(i.steps for i in items)
    numbers = np.zeros((5, size, phones), np.int64)
    phone_mask, ends = np.zeros((size, phones, 1), np.float32), np.zeros((size, phones), np.float32)
    lengths = np.ones((size, phones), np.float32)
    mask = np.zeros((size, steps, 1), np.float32)
    pitch, voiced = np.zeros((size, steps, 2), np.float32), np.zeros((size, steps, 2), np.float32)
    envelope = np.zeros((size, steps, 2, bands.BANDS), np.float32)
    noise = np.zeros((size, steps, items[0].noise.shape[1]), np.float32)
    band_mask = np.zeros((size, 1, 1, bands.BANDS), np.float32)
    for row, item in enumerate(items):
        n, t = len(item.ends), item.steps
        numbers[:, row, :n] = item.phones
        phone_mask[row, :n], mask[row, :t] = 1, 1
        ends[row, :n], ends[row, n:] = item.ends, item.ends[-1]
        lengths[row, :n] = np.diff(item.ends, prepend=0)
        pitch[row, :t], voiced[row, :t] = item.pitch.reshape(t, 2), item.voiced.reshape(t, 2)
        envelope[row, :t], noise[row, :t] = item.envelope.reshape(t, 2, -1), item.noise
        band_mask[row, 0, 0] = TEACHERS[item.teacher].top_hz > bands.CENTRES
    teachers = [TEACHERS[item.teacher] for item in items]
    spread = torch.ones(1, phones, dtype=torch.int64)
    made = Phones(  # type: ignore[misc]
        *(torch.from_numpy(n) for n in numbers),
        language=torch.tensor([[int(t.language)] for t in teachers]) * spread,
        prosody=torch.tensor([[t.prosody] for t in teachers]) * spread,
        mask=torch.from_numpy(phone_mask),
    )
    rest = (ends, lengths, mask, pitch, voiced, envelope, noise, band_mask)
    return Batch(made, torch.tensor([t.timbre for t in teachers]), *(torch.from_numpy(a) for a in rest))
