"""Letter to sound: English words that the lexicon lacks, from their spelling."""

from __future__ import annotations

from .lexicon import Sounds


def spell_out(letters: str) -> Sounds:
    """Return the sounds of a word in lower-case letters a to z."""
    raise NotImplementedError
