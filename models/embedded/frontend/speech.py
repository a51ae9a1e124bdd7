"""From the pieces of a request to phones and words: the front end's one door.

What it is: source, script, syllables, prosody, in this order. What it is not: a model; it needs no torch. The
embedded model calls `speak` once for each request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ...speech import Piece, Text
from ..phones import Language, Phone, Spoken, Word
from . import english, mandarin, prosody, script, source
from .script import Rest, Said
from .syllable import Syllable


def speak(pieces: Sequence[Piece], language: str = "") -> Spoken:
    """Return the phones and words of a request; both empty where nothing in it can be spoken.

    `language` (BCP 47, may be empty) decides for text that is of no language itself, such as a number alone. Sounds
    are left out. Any Unicode text is taken; nothing is raised.
    """
    written = script.write(source.join(pieces), language)
    parts: list[Syllable | Rest] = []
    for item in _stretches(prosody.breathe(written.items)):
        if isinstance(item, Rest):
            parts.append(item)
        else:
            parts += _pronounced(item, written.shouted)
    return _spoken(prosody.phones(parts), written.words)


def warm_up() -> None:
    """Load every table and engine, so that the first request waits no longer than others."""
    speak([Text("Hello, it is $3.14. 今天是2024年3月5日, zyxo.", 0, 40)])


def _stretches(items: Sequence[Said | Rest]) -> list[list[Said] | Rest]:
    """Group items into stretches of one language without a rest."""
    found: list[list[Said] | Rest] = []
    for kind, group in groupby(items, lambda item: item.language if isinstance(item, Said) else None):
        members = list(group)
        if kind is None:
            found += [item for item in members if isinstance(item, Rest)]
        else:
            found.append([item for item in members if isinstance(item, Said)])
    return found


def _pronounced(stretch: Sequence[Said], shouted: bool) -> list[Syllable]:
    owners = [said.word for said in stretch]
    if stretch[0].language is Language.ENGLISH:
        return english.syllables([said.text for said in stretch], owners, shouted)
    digits = {i for i, said in enumerate(stretch) if said.digit}
    return mandarin.syllables("".join(said.text for said in stretch), owners, digits)


def _spoken(phones: Sequence[Phone], words: Sequence[Word]) -> Spoken:
    """Leave out words without a sound, and join words that share a place in the raw text."""
    heard = {phone.word for phone in phones}
    kept: list[Word] = []
    places: dict[int, int] = {-1: -1}
    for number, word in enumerate(words):
        if number not in heard:
            continue
        if kept and word.char_start < kept[-1].char_end:
            last = kept[-1]
            text = last.text if last.text.endswith(word.text) else last.text + word.text
            kept[-1] = Word(text, last.char_start, max(last.char_end, word.char_end))
        else:
            kept.append(word)
        places[number] = len(kept) - 1
    if len(kept) < len(words):
        phones = [replace(phone, word=places[phone.word]) for phone in phones]
    return Spoken(tuple(phones), tuple(kept))
