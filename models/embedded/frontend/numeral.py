"""Numbers to words in both languages, on the spelling rules of Unicode's CLDR (unicode-rbnf, MIT).

What it is: cardinals, ordinals, years, decimals and digits, from the figures of a notation. What it is not: a finder
of numbers in text (`tokens.py`). `english_notation.py` and `mandarin_notation.py` call it. Figures come as strings
of ASCII digits with an optional fraction (`"1234.50"`), without sign and thousands separators.
"""

from __future__ import annotations

from functools import cache, lru_cache

from unicode_rbnf import RbnfEngine

_LARGEST = 15
"""Digits of the longest number that is read as one; a longer one is read digit by digit."""
_LARGEST_MANDARIN = 12
"""CLDR names 10^12 兆, which means a million in the mainland: beyond it digits."""
MONTHS = "January February March April May June July August September October November December".split()
_ENGLISH_DIGITS = "zero one two three four five six seven eight nine".split()
_HANZI_DIGITS = "零一二三四五六七八九"


@cache
def _engine(language: str) -> RbnfEngine:
    return RbnfEngine.for_language(language)


@lru_cache(maxsize=4096)
def _spelled(language: str, value: int, rules: str) -> str:
    return _engine(language).format_number(value, ruleset_names=[rules]).text


def digits(figures: str) -> list[str]:
    """Return figures one by one in English; a point is "point"."""
    return ["point" if f == "." else _ENGLISH_DIGITS[int(f)] for f in figures]


def cardinal(figures: str) -> list[str]:
    """Return "1234.5" as English words."""
    whole, point, fraction = figures.partition(".")
    words = _whole(whole) if whole else ["zero"] if point else []
    return words + (["point", *digits(fraction)] if fraction else [])


def _whole(whole: str) -> list[str]:
    if len(whole) > _LARGEST or (len(whole) > 1 and whole[0] == "0"):
        return digits(whole)
    return _spelled("en", int(whole), "spellout-cardinal").replace("-", " ").split()


def ordinal(figures: str) -> list[str]:
    """Return "21" as ["twenty", "first"]."""
    if len(figures) > _LARGEST:
        return digits(figures)
    return _spelled("en", int(figures), "spellout-ordinal").replace("-", " ").split()


def year(figures: str) -> list[str]:
    """Return "1984" as ["nineteen", "eighty", "four"]."""
    return _spelled("en", int(figures), "spellout-numbering-year").replace("-", " ").split()


def plural(words: list[str]) -> list[str]:
    """Return number words with the last in the plural: ["nineteen", "nineties"]."""
    last = words[-1]
    return [*words[:-1], last[:-1] + "ies" if last.endswith("y") else last + ("es" if last.endswith("x") else "s")]


def hanzi_digits(figures: str, telephone: bool = False) -> str:
    """Return figures one by one in hanzi; 1 is 幺 on the telephone."""
    spoken = "".join("点" if f == "." else _HANZI_DIGITS[int(f)] for f in figures)
    return spoken.replace("一", "幺") if telephone else spoken


def hanzi(figures: str) -> str:
    """Return "1234.5" as 一千二百三十四点五; 二千 and the like as 两千."""
    whole, _, fraction = figures.partition(".")
    whole = whole or "0"
    if len(whole) > _LARGEST_MANDARIN or (len(whole) > 1 and whole[0] == "0"):
        spoken = hanzi_digits(whole)
    else:
        spoken = _spelled("zh", int(whole), "spellout-cardinal").replace("〇", "零")
        for large in "千万亿":
            spoken = spoken.replace("二" + large, "两" + large)
        spoken = spoken.replace("十两", "十二").replace("百两", "百二")
    return spoken + ("点" + hanzi_digits(fraction) if fraction else "")
