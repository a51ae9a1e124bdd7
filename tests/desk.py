"""Drives a session by hand: a clock that is a number, and audio that is made on demand."""

from __future__ import annotations

from typing import Any, TypeVar

from models.tone import ToneModel
from realtime import messages
from realtime.config import Limits
from realtime.engine.synthesizer import Applied, EncodedChunk, PlacedMark
from realtime.messages import Audio, AudioRequest, SessionStart
from realtime.session.command import Cancel, Close, Command, Demand, Key, Open
from realtime.session.opening import Identity
from realtime.session.session import Session

FRAME = 960
PACKET = b"\x78" + bytes(39)
M = TypeVar("M")


class Desk:
    """A session with everything that came out of it."""

    def __init__(self, limits: Limits | None = None, *, start: bool = True, **fields: Any) -> None:
        self.now = 1000.0
        self.limits = limits or Limits()
        identity = Identity("session", "secret")
        self.session = Session(identity, ToneModel().card, self.limits, self.now)
        self.items: list[messages.ServerMessage | Audio] = []
        self.did: list[Command] = []
        self.begun: list[Key] = []
        self.done: set[Key] = set()
        if start:
            self.start(**fields)

    def start(self, **fields: Any) -> None:
        """Send ``session.start``."""
        audio = AudioRequest(**fields.pop("audio", {}))
        self.send(SessionStart(audio=audio, marks=("word",), **fields))

    def send(self, *sent: messages.ClientMessage) -> None:
        """Have the client say something."""
        for message in sent:
            self.session.receive(message, self.now)
            self.drain()

    def say(self, turn: str, text: str = "One two three four five.", **fields: Any) -> None:
        """Have the client speak a whole text."""
        self.send(messages.TurnSay(turn=turn, text=text, **fields))

    def make(self, frames: int = 50, *, last: bool = True, words: int = 0) -> Key:
        """Have the engine make audio of the oldest sentence that it was asked for."""
        request = self.opened[0]
        length = frames * FRAME // max(1, words)
        marks = tuple(PlacedMark("word", "w", i * length, length, 4 * i, 4 * i + 3) for i in range(words))
        first = not any(key == request.key for key in self.begun)
        self.begun.append(request.key)
        applied = Applied("neutral", request.request.voice, "en") if first else None
        chunk = EncodedChunk((PACKET,) * frames, marks, applied, last)
        if last:
            self.done.add(request.key)
        self.session.audio(request.key, chunk, self.now)
        self.drain()
        return request.key

    @property
    def opened(self) -> list[Open]:
        """Sentences that the engine is to make, and has not finished."""
        stopped = {one.key for one in self.did if isinstance(one, Cancel)} | self.done
        return [one for one in self.did if isinstance(one, Open) and one.key not in stopped]

    def wait(self, seconds: float) -> None:
        """Let time pass, ticking when the session asks for it."""
        end, ticks = self.now + seconds, 0
        while (due := self.session.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.session.tick(self.now)
            self.drain()
            ticks += 1
            assert ticks < 200 * max(1.0, seconds), "a deadline that stands still"
        self.now = end
        self.session.tick(end)
        self.drain()

    def told(self, kind: type[M]) -> list[M]:
        """Messages of a type that were sent so far."""
        return [item for item in self.items if isinstance(item, kind)]

    def commands(self, kind: type[M]) -> list[M]:
        """Commands of a type that were given so far."""
        return [one for one in self.did if isinstance(one, kind)]

    def sent_ms(self, number: int = 0) -> int:
        """Audio of a turn that has left."""
        return sum(20 * len(one.packets) for one in self.told(Audio) if one.turn == number)

    def codes(self) -> list[str]:
        """Codes of the errors that were told."""
        return [error.code for error in self.told(messages.Error)]

    def drain(self) -> None:
        """Take what comes out."""
        for _ in range(8):  # draining lets more out where the pace is none
            self.did += self.session.commands()
            items = self.session.outgoing(self.now)
            self.items += items
            if not items:
                break
        self.did += self.session.commands()


__all__ = ["FRAME", "Cancel", "Close", "Demand", "Desk", "Key", "Open"]
