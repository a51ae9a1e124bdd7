"""The messages of ``dulcet.v1``: typed, self-validating, and their bytes.

What it is: one class per JSON message, and the binary audio message with its 16-byte
header. An invalid message cannot exist. What it is not: the rules on which message may
come when (``session``), or a socket. PROTOCOL.md is the authority; ``tests/vectors``
holds the bytes, which the JavaScript client reads too.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.speech import EMOTIONS

from .errors import LocalProtocolError, RemoteProtocolError

SUBPROTOCOL = "dulcet.v1"

Codec: TypeAlias = Literal["opus", "pcm_s16le", "none"]
Pace: TypeAlias = Literal["clock", "none"]
MarkKind: TypeAlias = Literal["word", "viseme", "phoneme"]
Reason: TypeAlias = Literal["completed", "cancelled", "failed"]
SAMPLE_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)

TurnId: TypeAlias = Annotated[str, Field(min_length=1, max_length=128)]
Name: TypeAlias = Annotated[str, Field(max_length=128)]
Milliseconds: TypeAlias = Annotated[int, Field(ge=0, le=0xFFFF_FFFF)]
Emotion: TypeAlias = Annotated[str, Field(max_length=64)]


class Message(BaseModel):
    """A JSON message; unknown fields and loose types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


# --- client → server -------------------------------------------------------------------


class AudioRequest(Message):
    """What the client would like the audio to be."""

    codec: Codec = "opus"
    sample_rate: Literal[8_000, 12_000, 16_000, 24_000, 48_000] | None = None
    """Hz; absent: the model's, if Opus knows it."""
    frame_ms: Literal[20, 40, 60] = 20
    pace: Pace = "clock"
    lead_ms: int = Field(default=1_500, ge=100)
    """How far ahead of playback packets may leave."""
    burst_ms: int = Field(default=300, ge=20)
    """How much of a turn may leave at once at its start."""


class ResumeRequest(Message):
    """Take over a session whose connection was lost."""

    session: Name
    secret: Name
    seq: int = Field(ge=-1, le=0xFFFF_FFFF)
    """The last packet received; -1: none."""
    event: int = Field(ge=-1)
    """The last message received; -1: none."""


class SessionStart(Message):
    """The first message of a connection."""

    type: Literal["session.start"] = "session.start"
    voice: Name | None = None
    model: Name | None = None
    language: Name | None = None
    emotion: Emotion | None = None
    speed: float | None = Field(default=None, ge=0.5, le=2.0)
    audio: AudioRequest = AudioRequest()
    marks: tuple[MarkKind, ...] = Field(default=(), max_length=3)
    resume: ResumeRequest | None = None


class Delivery(Message):
    """How a turn is to be said; absent fields are the session's."""

    voice: Name | None = None
    emotion: Emotion | None = None
    speed: float | None = Field(default=None, ge=0.5, le=2.0)
    pitch: float | None = Field(default=None, ge=-12.0, le=12.0)
    """Semitones."""
    volume: float | None = Field(default=None, ge=0.0, le=2.0)
    """Linear gain."""
    language: Name | None = None
    instructions: str | None = Field(default=None, max_length=1_000)
    seed: int | None = Field(default=None, ge=0, le=0x7FFF_FFFF)


class TurnStart(Delivery):
    """Open a turn; its text follows."""

    type: Literal["turn.start"] = "turn.start"
    turn: TurnId
    channel: str = Field(default="main", min_length=1, max_length=64)
    when: Literal["queue", "interrupt"] = "queue"


class TurnText(Message):
    """A piece of the turn's text, as the LLM writes it."""

    type: Literal["turn.text"] = "turn.text"
    turn: TurnId
    text: str


class TurnFlush(Message):
    """Speak what is buffered now."""

    type: Literal["turn.flush"] = "turn.flush"
    turn: TurnId


class TurnEnd(Message):
    """The turn's text is complete."""

    type: Literal["turn.end"] = "turn.end"
    turn: TurnId


class TurnSay(Delivery):
    """Start, text and end in one."""

    type: Literal["turn.say"] = "turn.say"
    turn: TurnId
    text: str
    channel: str = Field(default="main", min_length=1, max_length=64)
    when: Literal["queue", "interrupt"] = "queue"


class TurnCancel(Message):
    """Stop a turn, or all turns."""

    type: Literal["turn.cancel"] = "turn.cancel"
    turn: TurnId | None = None
    played_ms: Milliseconds | None = None
    """What the listener has heard of it; only with ``turn``."""


class Playback(Message):
    """What the player has played so far."""

    type: Literal["playback"] = "playback"
    turn: TurnId
    played_ms: Milliseconds
    buffered_ms: Milliseconds | None = None
    underruns: int | None = Field(default=None, ge=0, le=0xFFFF_FFFF)


class Ping(Message):
    """Ask for a pong."""

    type: Literal["ping"] = "ping"
    id: str | int | None = None


ClientMessage: TypeAlias = (
    SessionStart | TurnStart | TurnText | TurnFlush | TurnEnd | TurnSay | TurnCancel | Playback | Ping
)

# --- server → client -------------------------------------------------------------------


class Event(Message):
    """A message of the server; the session numbers them."""

    event: int = -1
    """Counter of the session, from 0; set when the message is queued."""


class AudioStarted(Message):
    """The audio as it will be."""

    codec: Codec
    sample_rate: int
    """Hz of the encoder; with Opus the decoder may give 48 kHz all the same."""
    frame_ms: int
    pre_skip: int
    """48 kHz ticks for the client to drop at the start of each turn."""
    pace: Pace
    lead_ms: int
    burst_ms: int


class ResumedTurn(Message):
    """A turn that is under way in a resumed session."""

    turn: str
    number: int
    received_chars: int
    ended: bool
    """Its text is complete."""


class SessionStarted(Event):
    """The session is there."""

    type: Literal["session.started"] = "session.started"
    session: str
    secret: str
    model: str
    voice: str
    audio: AudioStarted
    limits: dict[str, int | float]
    turns: tuple[ResumedTurn, ...] | None = None


class TurnStarted(Event):
    """A turn was accepted and got its number."""

    type: Literal["turn.started"] = "turn.started"
    turn: str
    number: int
    """As in binary headers."""
    channel: str


class EmotionApplied(Message):
    """What was asked for, and what the model made of it."""

    name: str
    intensity: float
    applied: str


class SentenceStarted(Event):
    """The audio of a sentence begins at ``start_ms``."""

    type: Literal["sentence.started"] = "sentence.started"
    turn: str
    sentence: int
    """Counter within the turn, from 0."""
    text: str
    """What a reader should see: no tags, no markup, numbers as written."""
    char_start: int
    char_end: int
    emotion: EmotionApplied
    voice: str
    language: str
    start_ms: int


class WordMark(Message):
    """A word on the turn's time line."""

    text: str
    start_ms: int
    end_ms: int
    char_start: int
    char_end: int


class VisemeMark(Message):
    """A mouth shape, by its Oculus name."""

    viseme: str
    start_ms: int
    end_ms: int
    weight: float


class PhonemeMark(Message):
    """A phoneme in IPA."""

    phoneme: str
    start_ms: int
    end_ms: int


class Marks(Event):
    """Marks of a sentence, each sent once and never after its sound."""

    type: Literal["marks"] = "marks"
    turn: str
    sentence: int
    words: tuple[WordMark, ...] | None = None
    visemes: tuple[VisemeMark, ...] | None = None
    phonemes: tuple[PhonemeMark, ...] | None = None
    exact: bool


class SentenceEnded(Event):
    """The last packet of a sentence has left."""

    type: Literal["sentence.ended"] = "sentence.ended"
    turn: str
    sentence: int
    end_ms: int


class TurnSent(Event):
    """The last packet of a turn has left."""

    type: Literal["turn.sent"] = "turn.sent"
    turn: str
    audio_ms: int


class TurnEnded(Event):
    """The turn is over; what was heard of it is known."""

    type: Literal["turn.ended"] = "turn.ended"
    turn: str
    reason: Reason
    audio_ms: int
    heard_ms: int
    heard_text: str
    unheard_text: str
    session_ms: int


class ModelChanged(Event):
    """Another model speaks from now on."""

    type: Literal["model.changed"] = "model.changed"
    model: str
    previous: str
    voice: str


class Error(Event):
    """Something went wrong; the session lives unless ``fatal``."""

    type: Literal["error"] = "error"
    code: str
    message: str
    field: str | None = None
    turn: str | None = None
    fatal: bool = False
    retry_after_ms: int | None = None


class Pong(Event):
    """The answer to a ping."""

    type: Literal["pong"] = "pong"
    id: str | int | None = None


ServerMessage: TypeAlias = (
    SessionStarted
    | TurnStarted
    | SentenceStarted
    | Marks
    | SentenceEnded
    | TurnSent
    | TurnEnded
    | ModelChanged
    | Error
    | Pong
)

# --- bytes -----------------------------------------------------------------------------

FIRST = 1
"""Flag: the first audio message of its turn."""
LAST = 2
"""Flag: no audio of this turn follows."""

_HEADER = struct.Struct(">BBHIII")
_LENGTH = struct.Struct(">H")
_AUDIO = 1


@dataclass(frozen=True, slots=True)
class Audio:
    """A binary message: packets of one turn in their order."""

    turn: int
    """The turn's number."""
    seq: int
    """Number of the first packet in the session."""
    position: int
    """48 kHz ticks from the turn's start to the first packet."""
    packets: tuple[bytes, ...]
    flags: int = 0
    """``FIRST``, ``LAST`` or both."""


_CLIENT: TypeAdapter[ClientMessage] = TypeAdapter(Annotated[ClientMessage, Field(discriminator="type")])
_SERVER: TypeAdapter[ServerMessage] = TypeAdapter(Annotated[ServerMessage, Field(discriminator="type")])
_CODES = {
    "json_invalid": "bad_json",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "unknown_type",
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
}


def encode(message: Message) -> str:
    """Write a message as JSON; fields that are ``None`` are left out."""
    return message.model_dump_json(exclude_none=True)


def decode_client(text: str) -> ClientMessage:
    """Read a message of a client.

    Raises:
        RemoteProtocolError: it is none; names the field and what would be right.
    """
    message: ClientMessage = _decode(_CLIENT, text)
    return message


def decode_server(text: str) -> ServerMessage:
    """Read a message of a server; for clients.

    Raises:
        RemoteProtocolError: it is none.
    """
    message: ServerMessage = _decode(_SERVER, text)
    return message


def encode_audio(audio: Audio) -> bytes:
    """Write an audio message: the header, then each packet behind its length.

    Raises:
        LocalProtocolError: a number or a packet does not fit its field.
    """
    try:
        parts = [_HEADER.pack(_AUDIO, audio.flags, len(audio.packets), audio.turn, audio.seq, audio.position)]
        for packet in audio.packets:
            parts += (_LENGTH.pack(len(packet)), packet)
    except struct.error as error:
        raise LocalProtocolError(f"audio message: {error}") from error
    return b"".join(parts)


def decode_audio(data: bytes) -> Audio:
    """Read an audio message.

    Raises:
        RemoteProtocolError: it is cut short, too long, or of another kind.
    """
    try:
        kind, flags, count, turn, seq, position = _HEADER.unpack_from(data)
        packets, at = [], _HEADER.size
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size + length
            packets.append(data[at - length : at])
    except struct.error as error:
        raise RemoteProtocolError("bad_audio", f"audio message: {error}") from error
    if kind != _AUDIO or at != len(data):
        raise RemoteProtocolError("bad_audio", f"audio message of kind {kind}, {at} bytes read")
    return Audio(turn, seq, position, tuple(packets), flags)


def _decode(adapter: TypeAdapter[Any], text: str) -> Any:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    # The first place is the union's tag, which is the message's type and no field.
    path = ".".join(str(part) for part in first["loc"][1:])
    code = _CODES.get(first["type"], "bad_value")
    field = path or ("type" if code == "unknown_type" else None)
    said = f"{field}: {first['msg']}" if field else first["msg"]
    raise RemoteProtocolError(code, said, field=field)


def check_emotion(name: str) -> None:
    """Accept a name of the vocabulary.

    Raises:
        RemoteProtocolError: it is none; the message lists those there are.
    """
    if name not in EMOTIONS:
        raise RemoteProtocolError("unknown_emotion", f"emotion: one of {', '.join(EMOTIONS)}", field="emotion")
