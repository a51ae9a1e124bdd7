"""What a session asks its shell to do, besides sending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from models.speech import SpeechRequest

from ..engine.synthesizer import AudioFormat


class Key(NamedTuple):
    """Names a sentence within its session."""

    turn: int
    """The turn's number."""
    sentence: int
    """Counter within the turn, from 0."""


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a sentence; its chunks go to `Session.audio`, its error to `Session.failed`."""

    key: Key
    request: SpeechRequest
    audio: AudioFormat
    dry_at: float
    until: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Pass on how far the listener of a sentence is."""

    key: Key
    dry_at: float
    until: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a sentence; nothing of it is wanted any more."""

    key: Key


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection, after what is outgoing has left."""

    code: int
    reason: str


Command: TypeAlias = Open | Demand | Cancel | Close
