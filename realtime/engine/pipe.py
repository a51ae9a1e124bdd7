"""What the serving process and the model's process say to each other, and how.

What it is: the messages, and a length-prefixed pickle of each over the child's standard
input and output: these work alike on every platform, and a parent that dies takes its
child along, because the child reads the end of its input. What it is not: a wire for
strangers; both ends are this program. ``host`` and ``worker`` use it.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

from models.speech import ModelCard, SpeechRequest

from .synthesizer import AudioFormat, EncodedChunk

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Speak:
    """Begin sentence ``id``."""

    id: int
    request: SpeechRequest
    audio: AudioFormat
    dry_at: float
    until: int


@dataclass(frozen=True, slots=True)
class Demand:
    """The listener of sentence ``id`` has moved on."""

    id: int
    dry_at: float
    until: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Sentence ``id`` is wanted no more."""

    id: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded and warm."""

    card: ModelCard
    load_s: float
    warm_up_s: float


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The model cannot be loaded; the process ends."""

    reason: str
    """One line that says which file and why."""


@dataclass(frozen=True, slots=True)
class Made:
    """Audio of sentence ``id``."""

    id: int
    chunk: EncodedChunk


@dataclass(frozen=True, slots=True)
class Failed:
    """Sentence ``id`` ended in an error."""

    id: int
    code: str
    message: str


ToWorker: TypeAlias = Speak | Demand | Drop
FromWorker: TypeAlias = Ready | LoadFailed | Made | Failed


def pack(message: ToWorker | FromWorker) -> bytes:
    """Write one message with its length in front."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def read(stream: BinaryIO) -> Any:
    """Read one message, blocking; ``None`` at the end of the stream."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - our own child


async def receive(stream: asyncio.StreamReader) -> Any:
    """Read one message; ``None`` at the end of the stream."""
    try:
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        return pickle.loads(await stream.readexactly(length))  # noqa: S301 - our own child
    except asyncio.IncompleteReadError:
        return None
