"""Letter to sound: English words that the lexicon lacks, from their spelling.

What it is: the small convolutional network that `training/spelling.py` fits to the lexicon, run in numpy (it is too
small for torch to pay), and endings taken off words that the lexicon has. What it is not: a judge of acronyms
(`english.py`, which calls it).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .lexicon import DATA, Sounds, english

_Array = npt.NDArray[np.floating[Any]]
_HISSES = frozenset("s z sh zh ch jh".split())
_VOICELESS = frozenset("p t k f th".split())
_SHORTEST = 3
"""Letters of a word that an ending is taken off."""
_LONGEST = 40
"""Letters; a longer word is said in parts of so many."""


class Speller:
    """Letters to sounds by `data/spelling.npz`. Read-only once made."""

    def __init__(self) -> None:
        with np.load(DATA / "spelling.npz") as file:
            arrays = {name: file[name] for name in file.files}
        self.labels = [tuple(label.split()) for label in str(arrays.pop("labels")).split("\n")]
        scales = {name.removesuffix(".scale"): a for name, a in arrays.items() if name.endswith(".scale")}
        weights: dict[str, _Array] = {
            name: array.astype(np.float32) * scales.get(name, np.float16(1)).astype(np.float32)
            for name, array in arrays.items()
            if not name.endswith(".scale")
        }
        self._weights = weights
        self._blocks = sum(name.endswith("gate.weight") for name in weights)

    def scores(self, letters: str) -> _Array:
        """Return how well each share of sounds fits each letter, (T, L), of a word in a to z."""
        w = self._weights
        x: _Array = w["letters.weight"][[ord(letter) - 96 for letter in letters]]
        for k in range(self._blocks):
            name = f"blocks.{k}."
            y = _mixed(_normed(x, w[name + "norm.weight"], w[name + "norm.bias"]), w[name + "mix.weight"])
            gated: _Array = (y + w[name + "mix.bias"]) @ w[name + "gate.weight"].T + w[name + "gate.bias"]
            half = gated.shape[1] // 2
            x = x + gated[:, :half] / (1 + np.exp(-gated[:, half:]))
        scores: _Array = _normed(x, w["norm.weight"], w["norm.bias"]) @ w["out.weight"].T + w["out.bias"]
        return scores


def _normed(x: _Array, weight: _Array, bias: _Array) -> _Array:
    centred: _Array = x - x.sum(1, keepdims=True) / x.shape[1]
    power: _Array = np.square(centred).sum(1, keepdims=True) / x.shape[1]
    normed: _Array = centred / np.sqrt(power + 1e-5) * weight + bias
    return normed


def _mixed(x: _Array, weight: _Array) -> _Array:
    """Convolve each channel over the letters: `x` (T, C), `weight` (C, 1, K)."""
    width, count = weight.shape[2], len(x)
    padded = np.zeros((count + width - 1, x.shape[1]), np.float32)
    padded[width // 2 : width // 2 + count] = x
    mixed: _Array = padded[:count] * weight[:, 0, 0]
    for k in range(1, width):
        mixed += padded[k : k + count] * weight[:, 0, k]
    return mixed


@cache
def _speller() -> Speller:
    return Speller()


@lru_cache(maxsize=4096)
def spell_out(letters: str) -> Sounds:
    """Return the sounds of a word in lower-case letters a to z."""
    return _derived(letters) or _spelled(letters)


def plural(sounds: Sounds) -> Sounds:
    """Return the sounds of the ending -s after others."""
    if sounds and sounds[-1] in _HISSES:
        return ("ax0", "z")
    return ("s",) if sounds and sounds[-1] in _VOICELESS else ("z",)


def _past(sounds: Sounds) -> Sounds:
    if sounds[-1] in ("t", "d"):
        return ("ax0", "d")
    return ("t",) if sounds[-1] in _VOICELESS or sounds[-1] in ("s", "sh", "ch") else ("d",)


def _derived(letters: str) -> Sounds | None:
    """Return a word of the lexicon with an ending; None where there is no such word."""
    for ending, sounds in _ENDINGS.items():
        stem = _stem(letters, ending)
        if stem is not None:
            return stem + (sounds if isinstance(sounds, tuple) else sounds(stem))
    return None


def _stem(letters: str, ending: str) -> Sounds | None:
    """Return the sounds of what the ending was put to: bake for bak+ing, run for runn+ing, try for tri+es."""
    stem = letters.removesuffix(ending)
    if stem == letters or len(stem) < _SHORTEST or (stem.endswith("s") and ending == "s"):
        return None
    candidates = [stem]
    if ending[0] in "ei":
        silent = re.search("[^aeiou][aeiouy][^aeiouwxy]$", stem) is not None
        candidates = [stem + "e", stem] if silent else [stem, stem + "e"]
        candidates += [stem[:-1]] if stem[-1] == stem[-2] else [stem[:-1] + "y"] if stem[-1] == "i" else []
    known = english()
    return next((known.find(word) for word in candidates if word in known), None)


def _spelled(letters: str) -> Sounds:
    if len(letters) > _LONGEST:
        return _spelled(letters[:_LONGEST]) + _spelled(letters[_LONGEST:])
    speller = _speller()
    best = speller.scores(letters).argmax(1)
    return tuple(sound for label in best for sound in speller.labels[label])


_ENDINGS: dict[str, Sounds | Callable[[Sounds], Sounds]] = {
    "s": plural, "es": plural, "ed": _past, "ing": ("ih0", "ng"), "er": ("er0",), "ers": ("er0", "z"),
    "ly": ("l", "iy0"), "ness": ("n", "ax0", "s"), "less": ("l", "ax0", "s"), "ful": ("f", "ax0", "l"),
}  # fmt: skip
