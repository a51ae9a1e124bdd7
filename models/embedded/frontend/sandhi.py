"""Tone sandhi of Mandarin: 一, 不, and the third tone.

What it is: changes of tone in a stretch that is said without a pause. Sources: Chao, A Grammar of Spoken Chinese
(1968), 1.3; Shih, The Prosodic Domain of Tone Sandhi in Chinese (1986), for the feet. What it is not: neutral tones,
which are a matter of words (`training/words.txt`). `mandarin.py` calls it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

_DIGITS = frozenset("零〇一二三四五六七八九幺两")
_POWERS = frozenset("十百千万亿")
_NUMERALS = _DIGITS | _POWERS
_ORDINAL_AFTER = frozenset("月号楼班")
_PRONOUNS = frozenset("我你您俩")


class Toned(Protocol):
    """What sandhi needs to know of a hanzi (see `mandarin.Spelled`)."""

    hanzi: str
    tone: int
    word: int
    digit: bool


def apply(spelled: Sequence[Toned]) -> None:
    """Change the tones of a stretch in place."""
    for i, item in enumerate(spelled):
        if item.hanzi == "一" and item.tone != 5:
            item.tone = _one(spelled, i)
        elif item.hanzi == "不" and item.tone != 5:
            item.tone = _not(spelled, i)
    _third(spelled)


def _hanzi(spelled: Sequence[Toned], i: int) -> str:
    return spelled[i].hanzi if 0 <= i < len(spelled) else ""


def _between(spelled: Sequence[Toned], i: int) -> bool:
    """Tell whether the hanzi at `i` stands between two that are alike: 看一看, 好不好."""
    if not 0 < i < len(spelled) - 1 or spelled[i - 1].hanzi != spelled[i + 1].hanzi:
        return False
    return spelled[i - 1].tone != 5 and _hanzi(spelled, i - 2) != spelled[i].hanzi  # not 一边一边


def _not(spelled: Sequence[Toned], i: int) -> int:
    if _between(spelled, i):
        return 5
    return 2 if i + 1 < len(spelled) and spelled[i + 1].tone == 4 else 4


def _one(spelled: Sequence[Toned], i: int) -> int:
    """Return the tone of 一: 1 as a figure and at the end, 2 before a fourth tone, 4 before the others."""
    before, after = _hanzi(spelled, i - 1), _hanzi(spelled, i + 1)
    if spelled[i].digit or not after or before in ("第", "初", "十") or after in _ORDINAL_AFTER:
        return 1
    if before in _DIGITS or after in _DIGITS or (after == "十" and before in _NUMERALS):
        return 1
    if after == "点" and _hanzi(spelled, i + 2) in _DIGITS:
        return 1
    if after == "之" or (before == "之" and after not in _POWERS):
        return 1
    if _between(spelled, i):
        return 5
    ends_word = spelled[i + 1].word != spelled[i].word and i > 0 and spelled[i - 1].word == spelled[i].word
    if ends_word:
        return 1
    return 2 if spelled[i + 1].tone == 4 or after == "个" else 4


def _third(spelled: Sequence[Toned]) -> None:
    feet = _feet(spelled)
    for start, end in feet:
        _within(spelled, start, end)
    for _, end in reversed(feet[:-1]):
        if spelled[end - 1].tone == 3 and spelled[end].tone == 3:
            spelled[end - 1].tone = 2
    for (start, end), (after, _) in itertools.pairwise(feet):
        # a foot's last third tone may have risen: then the one before it need not
        if (
            end - start == 1
            and start
            and spelled[start - 1].tone == 3
            and spelled[start].tone == 3 == spelled[after].tone
        ):
            spelled[start].tone = 2


def _within(spelled: Sequence[Toned], start: int, end: int) -> None:
    """Apply the rule inside a foot: all third tones that another follows rise, but the first of 1 + 2 stays."""
    tones = [item.tone for item in spelled[start:end]]
    for k in range(len(tones) - 1):
        if tones[k] == 3 == tones[k + 1]:
            spelled[start + k].tone = 2


def _feet(spelled: Sequence[Toned]) -> list[tuple[int, int]]:
    """Return the feet as (start, end): words of several hanzi, and pairs of words of one."""
    words: list[tuple[int, int]] = []
    for i, item in enumerate(spelled):
        if words and spelled[i - 1].word == item.word:
            words[-1] = (words[-1][0], i + 1)
        else:
            words.append((i, i + 1))
    feet: list[tuple[int, int]] = []
    k = 0
    while k < len(words):
        singles = k
        while singles < len(words) and words[singles][1] - words[singles][0] == 1:
            singles += 1
        if singles == k:
            feet.append(words[k])
            k += 1
            continue
        at = words[k][0]
        stop = words[singles - 1][1]
        if (stop - at) % 2 and spelled[at].hanzi in _PRONOUNS:
            feet.append((at, at + 1))
            at += 1
        while at < stop:
            feet.append((at, min(at + 2, stop)))
            at += 2
        k = singles
    return feet
