"""The syllable: what `english.py` and `mandarin.py` make and `prosody.py` strings together."""

from __future__ import annotations

from dataclasses import dataclass

from ..phones import Language


@dataclass(frozen=True, slots=True)
class Syllable:
    """Sounds said in one beat."""

    symbols: tuple[str, ...]
    """In the inventory."""
    accent: int
    """English stress 0 or 1, Mandarin tone 1 to 5."""
    language: Language
    word: int
    """Number of the Word that it belongs to."""
    ends_word: bool
    """Whether a spoken word ends with it."""
