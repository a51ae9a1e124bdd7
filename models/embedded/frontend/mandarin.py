"""Hanzi to syllables: words, readings, tone sandhi, neutral tone, erhua.

What it is: every hanzi's reading by its word (`hanzi.py`) or its neighbours (`polyphones.py`), the changes of tone in
connected speech (`sandhi.py`), the suffix 儿. What it is not: the reading of numbers (`mandarin_notation.py`, which
gives hanzi). `speech.py` calls it with a stretch of hanzi without punctuation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..phones import Language, spell
from . import polyphones, sandhi
from .hanzi import hanzi as hanzi_lexicon
from .syllable import Syllable

_NO_SUFFIX = frozenset(
    "女儿 婴儿 幼儿 孤儿 胎儿 少儿 小儿 健儿 宠儿 男儿 育儿 患儿 弃儿 生儿 血儿 产儿 运儿 能儿 为儿 是儿 有儿".split()
)
_NO_SUFFIX_BEFORE = frozenset("童子女歌媳科时戏孙")
_ERHUA = {"ay": "aa", "ey": "ax", "UAI": "UA", "UEI": "UEN", "iy": "iy ax", "V": "V ax", "IR": "", "IZ": "", "A": "aa"}


@dataclass(slots=True)
class Spelled:
    """A hanzi with its reading."""

    hanzi: str
    pinyin: str
    """Without tone."""
    tone: int
    word: int
    """Number of the word, in the sense of the language, that it is in: counts from 0 in the stretch."""
    digit: bool
    """Whether it is a digit of a number that is read digit by digit."""


def syllables(hanzi: str, owners: Sequence[int], digits: Collection[int] = ()) -> list[Syllable]:
    """Return the syllables of a stretch of hanzi; what has no reading is left out.

    `owners[i]` is the number of the Word of `hanzi[i]`; `digits` are the places of digits read one by one.
    """
    spelled = read(hanzi, digits)
    sandhi.apply(spelled)
    found: list[Syllable] = []
    for i, (item, owner) in enumerate(zip(spelled, owners, strict=True)):
        if not item.pinyin:
            continue
        if found and i and _suffixed(spelled, i):
            found[-1] = _erhua(found[-1])
            continue
        # the teacher says each syllable as a word of its own, and so the model has learnt it
        found.append(Syllable(_symbols(item.pinyin, item.tone), item.tone, Language.MANDARIN, owner, True))
    return found


def erhua(hanzi: str) -> list[int]:
    """Return the places of each 儿 that only colours the hanzi before it (花儿), and is no syllable of its own."""
    if "儿" not in hanzi:
        return []
    spelled = read(hanzi)
    return [i for i in range(1, len(spelled)) if _suffixed(spelled, i)]


def read(hanzi: str, digits: Collection[int] = ()) -> list[Spelled]:
    """Return every hanzi with the reading that its word gives it, before sandhi."""
    lexicon = hanzi_lexicon()
    spelled: list[Spelled] = []
    for number, word in enumerate(lexicon.cut(hanzi)):
        place = len(spelled)
        readings = lexicon.readings(word)
        if readings is None:
            inside = len(word) > 1
            readings = [
                polyphones.read(hanzi, place + k, inside) or lexicon.reading(character)
                for k, character in enumerate(word)
            ]
        for k, (character, reading) in enumerate(zip(word, readings, strict=True)):
            tone = int(reading[-1]) if reading else 0
            spelled.append(Spelled(character, reading[:-1], tone, number, place + k in digits))
    return spelled


@lru_cache(maxsize=4096)
def _symbols(pinyin: str, tone: int) -> tuple[str, ...]:
    return spell(pinyin, tone)


def _suffixed(spelled: Sequence[Spelled], i: int) -> bool:
    """Tell whether the 儿 at `i` only colours the hanzi before it."""
    if spelled[i].hanzi != "儿":
        return False
    following = spelled[i + 1].hanzi if i + 1 < len(spelled) else ""
    before = "".join(s.hanzi for s in spelled[max(0, i - 2) : i + 1])
    return following not in _NO_SUFFIX_BEFORE and before not in _NO_SUFFIX and before[-2:] not in _NO_SUFFIX


def _erhua(syllable: Syllable) -> Syllable:
    """Colour a syllable with r: its coda goes, its vowel opens."""
    symbols = list(syllable.symbols)
    if len(symbols) > 1 and symbols[-1] in ("n", "ng"):
        symbols.pop()
    if symbols[-1] in _ERHUA:
        symbols[-1:] = _ERHUA[symbols[-1]].split()
    return Syllable((*symbols, "er"), syllable.accent, syllable.language, syllable.word, True)
