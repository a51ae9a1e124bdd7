"""What is settled when a session starts, and how a turn's delivery follows from it.

What it is: the checks of ``session.start`` and of a turn's fields against the model's
card and the limits. What it is not: anything that changes later.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

from models.speech import ModelCard

from .. import messages
from ..audio.opus import pre_skip
from ..config import Limits
from ..engine.synthesizer import TICKS_PER_MS, AudioFormat
from ..errors import RemoteProtocolError
from ..text import Emotion
from .turn import Delivery


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a session is known."""

    session: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """Who knows it may take the session over."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What holds for the whole session."""

    delivery: Delivery
    """For turns that say nothing else."""
    audio: AudioFormat
    """What the engine makes."""
    started: messages.AudioStarted
    """As told to the client."""
    marks: frozenset[messages.MarkKind]
    ahead: int
    """48 kHz ticks that may be made ahead of the listener."""
    group: int
    """Packets in one message."""

    @property
    def audible(self) -> bool:
        """Audio goes over this connection."""
        return self.started.codec != "none"


def open_session(
    message: messages.SessionStart, identity: Identity, card: ModelCard, limits: Limits
) -> tuple[Opened, messages.SessionStarted]:
    """Settle a session.

    Raises:
        RemoteProtocolError: a field asks for what there is not; the client may try again.
    """
    if message.model not in (None, card.name):
        raise RemoteProtocolError("unknown_model", f"model: {card.name} speaks here", field="model")
    started = _audio(message.audio, card, limits)
    codec: Literal["opus", "pcm_s16le"] = "pcm_s16le" if started.codec == "pcm_s16le" else "opus"
    opened = Opened(
        delivery=deliver(message, Delivery(card.voices[0].id, Emotion("neutral")), card),
        audio=AudioFormat(codec, started.sample_rate, started.frame_ms),
        started=started,
        marks=frozenset(message.marks),
        ahead=max(limits.ahead_ms, started.lead_ms + 1_000) * TICKS_PER_MS,
        group=max(1, min(3, started.lead_ms // started.frame_ms)),
    )
    return opened, messages.SessionStarted(
        session=identity.session,
        secret=identity.secret,
        model=card.name,
        voice=opened.delivery.voice,
        audio=started,
        limits=limits.model_dump(),
    )


def deliver(message: messages.SessionStart | messages.Delivery, default: Delivery, card: ModelCard) -> Delivery:
    """Fill what a message leaves open from the session's own delivery.

    Raises:
        RemoteProtocolError: an unknown voice, emotion or language.
    """
    turn = message if isinstance(message, messages.Delivery) else messages.Delivery()
    return Delivery(
        voice=default.voice if message.voice is None else _voice(message.voice, card),
        emotion=default.emotion if message.emotion is None else _emotion(message.emotion),
        speed=_or(message.speed, default.speed),
        pitch=_or(turn.pitch, default.pitch),
        volume=_or(turn.volume, default.volume),
        language=_language(message.language, default.language, card),
        instructions=turn.instructions or default.instructions,
        seed=default.seed if turn.seed is None else turn.seed,
    )


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _audio(asked: messages.AudioRequest, card: ModelCard, limits: Limits) -> messages.AudioStarted:
    if asked.lead_ms > limits.lead_ms:
        raise RemoteProtocolError(
            "bad_value",
            f"audio.lead_ms: {asked.lead_ms} is over the limit of {limits.lead_ms}",
            field="audio.lead_ms",
        )
    own = card.sample_rate if card.sample_rate in messages.SAMPLE_RATES else 24_000
    rate = asked.sample_rate or own
    return messages.AudioStarted(
        codec=asked.codec,
        sample_rate=rate,
        frame_ms=asked.frame_ms,
        pre_skip=pre_skip("opus", rate) if asked.codec == "opus" else 0,
        pace=asked.pace,
        lead_ms=asked.lead_ms,
        burst_ms=asked.burst_ms,
    )


def _voice(voice: str, card: ModelCard) -> str:
    try:
        return card.voice(voice).id
    except KeyError:
        known = ", ".join(one.id for one in card.voices[:20])
        raise RemoteProtocolError("unknown_voice", f"voice: {voice!r} is none of {known}", field="voice") from None


def _emotion(text: str) -> Emotion:
    """Read ``happy`` or ``happy:0.4``."""
    name, colon, intensity = text.partition(":")
    messages.check_emotion(name)
    try:
        amount = float(intensity) if colon else 0.7
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount <= 1.0:
        raise RemoteProtocolError("bad_value", "emotion: an intensity is a number from 0 to 1", field="emotion")
    return Emotion(name, amount)


def _language(asked: str | None, default: str, card: ModelCard) -> str:
    if asked is None:
        return default
    primary = asked.partition("-")[0].lower()
    known = {tag.partition("-")[0].lower() for tag in card.languages}
    if asked and primary not in known:
        raise RemoteProtocolError(
            "unsupported_language",
            f"language: {card.name} speaks {', '.join(card.languages)}, not {asked!r}",
            field="language",
        )
    return asked
