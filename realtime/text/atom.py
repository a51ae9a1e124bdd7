"""What passes between the stages of the text pipeline: tokens and atoms.

A `Token` is a run of ordinary text or one tag (``tags`` makes them, ``speakable`` takes
them). An `Atom` is the smallest thing that the segmenter weighs: a character to be said,
characters that are not said, a break, a change of emotion, a pause or a sound
(``speakable`` makes them). Places are code points of the turn's raw text. Nothing here
has behaviour, and nothing outside ``realtime.text`` sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from models.speech import Pause, Sound

from .emotion import Emotion


@dataclass(frozen=True, slots=True)
class Change:
    """``[happy]``: an emotion that holds until changed."""

    emotion: Emotion


@dataclass(frozen=True, slots=True)
class Reset:
    """``[/]``: back to the turn's emotion."""


@dataclass(frozen=True, slots=True)
class Enter:
    """``<express-as style="...">``: an emotion until `Leave`; None: a style unknown."""

    emotion: Emotion | None


@dataclass(frozen=True, slots=True)
class Leave:
    """``</express-as>``."""


@dataclass(frozen=True, slots=True)
class Element:
    """An XML or HTML element that is markup: ``<b>``, ``<br/>``, ``<think>``."""

    name: str
    closing: bool


Tag: TypeAlias = Change | Reset | Enter | Leave | Element | Pause | Sound


@dataclass(frozen=True, slots=True)
class Token:
    """A run of ordinary text, or a tag."""

    start: int
    end: int
    content: str | Tag


class Kind(IntEnum):
    """What an atom is to the segmenter."""

    GLYPH = 0
    """``text`` is said; one character, or what replaces the raw span."""
    DROPPED = 1
    """Raw characters that are not said: markup, emoji, further white space."""
    BREAK = 2
    """A line or block ends: so does the sentence."""
    EMOTION = 3
    """From here ``emotion`` holds."""
    HINT = 4
    """An emoji: where it leads a sentence it gives that sentence its ``emotion``."""
    PIECE = 5
    """``piece``, a pause or a sound."""


@dataclass(slots=True)
class Atom:
    """One unit of speakable text with its place in the raw text."""

    kind: Kind
    text: str
    start: int
    end: int
    emotion: Emotion | None = None
    piece: Pause | Sound | None = None
