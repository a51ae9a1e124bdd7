"""English words to syllables.

What it is: lookup in the lexicon, endings ('s, 'll), words made of parts (CamelCase, GPT), letter names, unknown
words by `spelling.py`, what changes between words (the before a vowel), and the cut into syllables. What it is not:
the reading of notations (`english_notation.py`). `speech.py` calls it with the words of one stretch of English.

A spoken word is a string: a word in lower or mixed case as written (`"John's"`), or the name of a letter, written as
the capital and a full stop (`"G."`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from ..phones import Language
from . import homographs
from .lexicon import VOWELS, Sounds, english
from .spelling import plural, spell_out
from .syllable import Syllable

_LETTERS = {
    letter: tuple(sounds.split())
    for letter, sounds in (
        pair.split(" ", 1)
        for pair in (
            "A ey1|B b iy1|C s iy1|D d iy1|E iy1|F eh1 f|G jh iy1|H ey1 ch|I ay1|J jh ey1|K k ey1|L eh1 l|M eh1 m|N "
            "eh1 n|"
            "O ow1|P p iy1|Q k y uw1|R aa1 r|S eh1 s|T t iy1|U y uw1|V v iy1|W d ah1 b ax0 l y uw0|X eh1 k s|Y w "
            "ay1|Z z iy1"
        ).split("|")
    )
}
_VOWEL_SOUNDS = frozenset(v + stress for v in VOWELS for stress in "01")
_ENDING = re.compile(r"(.+?)('s|s'|'re|'ll|'ve|'d|'m|n't)")
_CAPITALS = re.compile(r"[A-Z]{2,}")
_PARTS = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+")
# Said letter by letter though the lexicon has a word of that spelling.
_SPELLED = frozenset(
    "US IT AM PM PC TV ID IP OS UI UX AR VR PR HR ER DNA API URL GPS FAQ ATM CEO UN EU UK AC DC PS CD HD LED".split()
)
_MAX_ONSET_3 = frozenset("s t r|s p y|s p r|s p l|s k y|s k w|s k r|s k l".split("|"))
_MAX_ONSET_2 = frozenset(
    "z w|z l|v y|v r|v l|th w|th r|t y|t w|t r|sh w|sh r|sh n|sh m|sh l|s w|s v|s t|s r|s p|s n|s m|s l|s k|s f|p "
    "y|p w|"
    "p r|p l|n y|m y|m r|l y|k y|k w|k r|k l|hh y|hh w|hh r|hh l|g y|g w|g r|g l|f y|f r|f l|d y|d w|d r|b y|b w|b r|"
    "b l".split("|")
)


def syllables(words: Sequence[str], owners: Sequence[int], shouted: bool = False) -> list[Syllable]:
    """Return the syllables of a stretch of English; `owners[i]` is the number of the Word that `words[i]` belongs to.

    `shouted`: all of it is in capitals, which then tell nothing about acronyms.
    """
    sorts = homographs.sorts(words)
    sounds = [pronounce(word, sort, shouted) for word, sort in zip(words, sorts, strict=True)]
    for i, word in enumerate(words[:-1]):
        if word.lower() == "the" and sounds[i + 1] and sounds[i + 1][0] in _VOWEL_SOUNDS:
            sounds[i] = ("dh", "iy0")
    found: list[Syllable] = []
    for spoken, owner in zip(sounds, owners, strict=True):
        cut = syllabify(spoken)
        for k, (symbols, stress) in enumerate(cut):
            found.append(Syllable(symbols, stress, Language.ENGLISH, owner, k == len(cut) - 1))
    return found


@lru_cache(maxsize=8192)
def pronounce(word: str, sort: str = "", shouted: bool = False) -> Sounds:
    """Return the sounds of a spoken word; empty only where it has no letter."""
    if len(word) == 2 and word[1] == "." and word[0] in _LETTERS:
        return _LETTERS[word[0]]
    if not shouted and (acronym := _acronym(word)):
        return acronym
    lower = word.lower().strip("'") if word.lower() not in english() else word.lower()
    return english().find(lower, sort) or _ended(word, sort, shouted) or _parted(word, lower, shouted)


def _acronym(word: str) -> Sounds | None:
    """Return GPU, LLMs and the like letter by letter; None for what is said as a word."""
    stem = word[:-1] if word.endswith("s") and _CAPITALS.fullmatch(word[:-1]) else word
    if not _CAPITALS.fullmatch(stem):
        return None
    if stem not in _SPELLED and (stem.lower() in english() or _sayable(stem)):
        known = None if stem == word else english().find(stem.lower())
        return known + plural(known) if known else None
    letters = tuple(sound for letter in stem for sound in _LETTERS[letter])
    return letters if stem == word else letters + plural(letters)


def _sayable(capitals: str) -> bool:
    """Tell an acronym that looks like a word (NAVSTAR) from initials (GPU, HTML, FAQ)."""
    return (
        len(capitals) > 4
        and re.search(r"[AEIOUY]", capitals) is not None
        and not re.search(r"[BCDFGHJKLMNPQRSTVWXZ]{4}|^[BCDFGHJKLMNPQRSTVWXZ]{3}|[BCDFGHJKMPQTVWXZ]{3}$", capitals)
    )


def _ended(word: str, sort: str, shouted: bool) -> Sounds | None:
    """Return a word with an apostrophe and an ending, from the sounds before it."""
    match = _ENDING.fullmatch(word.lower().replace("’", "'"))
    if match is None:
        return None
    ending = match[2]
    stem = pronounce(word[: len(match[1])] + ("s" if ending == "s'" else ""), sort, shouted)
    if not stem:
        return None
    after_vowel = stem[-1] in _VOWEL_SOUNDS
    endings: dict[str, Sounds] = {
        "'s": plural(stem),
        "s'": (),
        "'re": ("er0",),
        "'ll": ("l",) if after_vowel else ("ax0", "l"),
        "'ve": ("v",) if after_vowel else ("ax0", "v"),
        "'d": ("d",) if stem[-1] not in ("t", "d") else ("ax0", "d"),
        "'m": ("m",),
        "n't": ("n", "t") if stem[-1] in ("d", "z", "s") or after_vowel else ("ax0", "n", "t"),
    }
    return stem + endings[ending]


def _parted(word: str, lower: str, shouted: bool) -> Sounds:
    """Return what the lexicon lacks: CamelCase by its parts, the rest from its spelling."""
    parts = _PARTS.findall(word.replace("'", ""))
    if len(parts) > 1 and not shouted:
        return tuple(sound for part in parts for sound in _part(part))
    letters = re.sub("[^a-z]", "", lower)
    if not letters:
        return ()
    if len(letters) == 1 or not re.search("[aeiouy]", letters):
        return tuple(sound for letter in letters.upper() for sound in _LETTERS[letter])
    return spell_out(letters)


def _part(part: str) -> Sounds:
    return _LETTERS[part.upper()] if len(part) == 1 else pronounce(part)


def syllabify(sounds: Sounds) -> list[tuple[tuple[str, ...], int]]:
    """Cut sounds into syllables of (symbols, stress) by maximal onsets, as the lexicon's own cuts are.

    Sounds before a first vowel belong to its syllable; sounds without any vowel are one syllable.
    """
    vowels = [i for i, sound in enumerate(sounds) if sound in _VOWEL_SOUNDS]
    if not vowels:
        return [(sounds, 0)] if sounds else []
    starts = [0]
    for before, vowel in itertools.pairwise(vowels):
        starts.append(vowel - _onset(sounds[before + 1 : vowel]))
    ends = [*starts[1:], len(sounds)]
    return [
        (tuple(s.rstrip("01") for s in sounds[start:end]), int(sounds[vowel][-1]))
        for start, end, vowel in zip(starts, ends, vowels, strict=True)
    ]


def _onset(consonants: Sounds) -> int:
    """Return how many of the consonants between two vowels begin the second one's syllable."""
    if not consonants or consonants[-1] == "ng":
        return 0
    if " ".join(consonants[-3:]) in _MAX_ONSET_3:
        return 3
    return 2 if " ".join(consonants[-2:]) in _MAX_ONSET_2 else 1
