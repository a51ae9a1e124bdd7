"""Letter to sound: English words that the lexicon lacks, from their spelling."""

from __future__ import annotations

from .lexicon import Sounds


def spell_out(letters: str) -> Sounds:
    """Return the sounds of a word in lower-case letters a to z."""
    rough = {"a": "ae1", "e": "eh0", "i": "ih0", "o": "ow0", "u": "ah0", "c": "k", "j": "jh", "q": "k", "x": "z", "y": "iy0", "h": "hh"}
    return tuple(rough.get(letter, letter) for letter in letters)
