"""What a session's shell asks of an engine: open a sentence, take its packets.

What it is: the types that cross the boundary and the two protocols, light enough for the
session to import. What it is not: an engine; ``host`` drives the local model process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from models.speech import ModelCard, SpeechRequest

TICKS_PER_S = 48_000
"""The unit of media time on the wire: 48 kHz ticks, whatever the audio's rate."""
TICKS_PER_MS = 48


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How a session wants its audio; fixed for its life."""

    codec: Literal["opus", "pcm_s16le"]
    sample_rate: int
    """Hz at the encoder."""
    frame_ms: int

    @property
    def frame_ticks(self) -> int:
        """Length of a packet in 48 kHz ticks."""
        return self.frame_ms * TICKS_PER_MS


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A word or a phoneme at its place in a sentence's audio."""

    kind: Literal["word", "phoneme"]
    text: str
    start: int
    """48 kHz ticks from the sentence's first sample."""
    length: int
    """48 kHz ticks."""
    char_start: int = -1
    char_end: int = -1


@dataclass(frozen=True, slots=True)
class Applied:
    """What the model made of the request; known when a sentence begins."""

    emotion: str
    voice: str
    language: str


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """Packets of one sentence in the session's format, with what is heard in them."""

    packets: tuple[bytes, ...]
    marks: tuple[PlacedMark, ...] = ()
    applied: Applied | None = None
    """In a sentence's first chunk."""
    last: bool = False
    """Nothing follows."""


class Stream(Protocol):
    """The audio of one sentence as it is made."""

    def __aiter__(self) -> AsyncIterator[EncodedChunk]:
        """Yield chunks; ends after the one that is ``last``.

        Raises:
            SynthesisError: the sentence failed.
        """

    def demand(self, dry_at: float, until: int) -> None:
        """Tell when the listener needs the sentence, and how much may be made.

        Args:
            dry_at: monotonic seconds at which the listener runs dry if nothing of this
                sentence comes.
            until: 48 kHz ticks from the sentence's start, past which nothing may be
                made yet (but for the rest of the step that reaches it).
        """

    def close(self) -> None:
        """Stop the sentence: no further step is spent on it. Idempotent."""


class Synthesizer(Protocol):
    """Makes speech for many sessions."""

    @property
    def card(self) -> ModelCard:
        """The model that speaks now."""

    def open(self, request: SpeechRequest, audio: AudioFormat, dry_at: float, until: int) -> Stream:
        """Begin a sentence; iterate the stream next, and close it in the end.

        Raises:
            AtCapacity: no room for another sentence now.
        """
