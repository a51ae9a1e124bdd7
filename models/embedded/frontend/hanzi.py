"""The Chinese lexicon: hanzi and words to their readings, from one packed file.

What it is: the reader of `data/mandarin.lexicon` (made by `training/hanzi.py` from pypinyin's, jieba's and our own),
and the cut of a text into its words. What it is not: tone sandhi (`sandhi.py`) or the choice among a lone hanzi's
readings (`polyphones.py`). `mandarin.py` calls it. A reading is pinyin with its tone: `"zhong4"`, `"nv3"`, `"de5"`.
"""

from __future__ import annotations

import math
import zlib
from functools import cache

from .lexicon import DATA

LONGEST = 8
"""Hanzi of the longest word; longer sayings are made of words."""
_TOTAL = math.log(6e7)
"""Of the words that the frequencies were counted on."""
_GRADES = [chr(code) for code in range(ord("0"), ord("z") + 1)]


def grade(count: int) -> str:
    """Pack how often a word was seen into one character: half octaves."""
    return _GRADES[min(len(_GRADES) - 1, round(2 * math.log2(count + 1)))]


_COST = {mark: _TOTAL - k / 2 * math.log(2) for k, mark in enumerate(_GRADES)}
"""Of a word by its grade: minus the logarithm of its probability."""
_UNSEEN = _COST["0"] + 2.0


class Hanzi:
    """Readings of hanzi and of words. Read-only."""

    def __init__(self, text: str) -> None:
        """`text`: lines of a reading and its hanzi; a blank line; lines of a word and its grade, and its readings."""
        by_reading, _, words = text.partition("\n\n")
        self._singles: dict[str, str] = {}
        for line in by_reading.split("\n"):
            reading, _, hanzi = line.partition(" ")
            self._singles.update(dict.fromkeys(hanzi, reading))
        self._costs: dict[str, float] = {}
        self._words: dict[str, str] = {}
        for line in words.split("\n"):
            graded, _, readings = line.partition(" ")
            self._costs[graded[:-1]] = _COST[graded[-1]]
            if readings:
                self._words[graded[:-1]] = readings

    def reading(self, hanzi: str) -> str:
        """Return the most common reading of one hanzi, "" where it has none."""
        return self._singles.get(hanzi, "")

    def readings(self, word: str) -> list[str] | None:
        """Return the readings of a word's hanzi; None where it is read as its hanzi are one by one."""
        readings = self._words.get(word)
        return readings.split(" ") if readings else None

    def cut(self, text: str) -> list[str]:
        """Cut hanzi into the words that are most likely together (unigrams, Viterbi)."""
        costs = self._costs
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(text) + 1):
            lone = best[end - 1][0] + costs.get(text[end - 1], _UNSEEN)
            options = [(lone, end - 1)]
            for start in range(max(0, end - LONGEST), end - 1):
                cost = costs.get(text[start:end])
                if cost is not None:
                    options.append((best[start][0] + cost, start))
            best.append(min(options))
        words: list[str] = []
        end = len(text)
        while end:
            start = best[end][1]
            words.append(text[start:end])
            end = start
        return words[::-1]


@cache
def hanzi() -> Hanzi:
    """Return the Chinese lexicon; read once in a process."""
    return Hanzi(zlib.decompress((DATA / "mandarin.lexicon").read_bytes()).decode())
