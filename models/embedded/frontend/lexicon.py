"""The English lexicon: a word to its sounds, from one packed file.

What it is: the reader of `data/english.lexicon` (made by `training/lexicon.py`) and the alphabet in which
pronunciations are packed. What it is not: the judge of which reading a homograph has here (`homographs.py`), or of
words that it lacks (`spelling.py`). `english.py` calls it.

The file is one zlib stream of lines, a word, a tab, and its readings, split by blanks: `record` has `n` and `v`. A
reading without a sort is `sounds`; one of a sort is `sort=sounds`. A sound is one character of `_ALPHABET`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

DATA = Path(__file__).parent / "data"

Sounds: TypeAlias = tuple[str, ...]
"""Symbols of the inventory; vowels carry their stress: `("hh", "ax0", "l", "ow1")`."""

VOWELS = "aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw".split()
CONSONANTS = "b ch d dh f g hh jh k l m n ng p r s sh t th v w y z zh".split()
_SOUNDS = [*CONSONANTS, *(v + "0" for v in VOWELS), *(v + "1" for v in VOWELS)]
_ALPHABET = "".join(map(chr, [*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(48, 52)]))
_BY_LETTER = dict(zip(_ALPHABET, _SOUNDS, strict=True))
_BY_SOUND = {sound: letter for letter, sound in _BY_LETTER.items()}


def pack(sounds: Iterable[str]) -> str:
    """Return sounds as one character each."""
    return "".join(_BY_SOUND[sound] for sound in sounds)


def unpack(packed: str) -> Sounds:
    """Undo `pack`."""
    return tuple(_BY_LETTER[letter] for letter in packed)


class Lexicon:
    """Words in lower case to their readings."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        """`readings`: word to its line's second column."""
        self._readings = readings

    def __contains__(self, word: str) -> bool:
        return word in self._readings

    def __iter__(self) -> Iterator[str]:
        return iter(self._readings)

    def __len__(self) -> int:
        return len(self._readings)

    def find(self, word: str, sort: str = "") -> Sounds | None:
        """Return the sounds of `word` as `sort` ("n", "v", "j", "p", ""), its first reading if it has none of that."""
        line = self._readings.get(word)
        if line is None:
            return None
        readings = line.split(" ")
        chosen = next((r for r in readings if r.startswith(f"{sort}=")), readings[0])
        return unpack(chosen.rpartition("=")[2])

    def sorts(self, word: str) -> tuple[str, ...]:
        """Return the sorts of which `word` has a reading each; empty where it is always read alike."""
        readings = self._readings.get(word, "").split(" ")
        return tuple(r.partition("=")[0] for r in readings if "=" in r)


@cache
def english() -> Lexicon:
    """Return the English lexicon; read once in a process, in some 50 ms."""
    packed = (DATA / "english.lexicon").read_bytes()
    lines = zlib.decompress(packed).decode().split("\n")
    return Lexicon(dict(line.split("\t") for line in lines))
