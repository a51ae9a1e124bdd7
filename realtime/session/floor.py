"""What a turn that has the floor does: has its sentences made, and sends what may leave.

What it is: the steps of a speaking turn under a session's pacing. What it is not: the order of turns (``session``) or
the arithmetic of time (``pacing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

from .. import messages
from ..engine.synthesizer import TICKS_PER_MS, TICKS_PER_S
from .command import Demand, Key, Open
from .opening import Opened
from .output import Output
from .state import State, TurnEvent
from .turn import Turn

_REFRESH_S = 1.0
"""How often the engine hears of a listener's progress while a sentence is made."""
_REPORT_GRACE_S = 0.3
"""A client that reports tells the end itself; a little longer than its interval."""


class Floor:
    """The rules of speaking, the same for all turns of a session."""

    def __init__(self, opened: Opened, output: Output) -> None:
        self._opened = opened
        self._output = output
        self._clock = opened.started.pace == "clock"

    def make(self, turn: Turn, now: float) -> Open | Demand | None:
        """Open the next sentence, or let the engine know how far the listener is."""
        horizon = self._horizon(turn, now)
        if turn.making is None and turn.pending and turn.made < horizon:
            making = turn.open(horizon)
            request = turn.delivery.request(making.sentence, making.index)
            key, dry_at, until = self._demand(turn, now)
            return Open(key, request, turn.audio, dry_at, until)
        if turn.making and horizon - turn.making.told >= _REFRESH_S * TICKS_PER_S:
            turn.making.told = horizon
            return Demand(*self._demand(turn, now))
        return None

    def pump(self, turn: Turn, now: float) -> None:
        """Send what may leave now."""
        while turn.queue:
            head = turn.queue[0]
            if not isinstance(head, bytes):
                self._output.message(head)
                turn.queue.popleft()
                continue
            count = self._next_group(turn)
            end = turn.playhead.sent + count * turn.audio.frame_ticks
            if end > self._allowed(turn, now):
                return
            self._send(turn, count, now)

    def finish(self, turn: Turn) -> None:
        """Tell that all of a turn has left."""
        turn.move(TurnEvent.SENT)
        if turn.packets_sent and not turn.last_flagged and self._opened.audible:
            self._output.audio(turn.number, turn.playhead.sent, (), messages.LAST)
        audio_ms = turn.audible_ms(turn.playhead.sent)
        self._output.message(messages.TurnSent(turn=turn.id, audio_ms=audio_ms))

    def heard_at(self, turn: Turn, now: float) -> float:
        """When the listener will have heard all of a turn that was sent."""
        end = turn.playhead.sent - turn.pre_skip
        if not self._clock or turn.playhead.reported_ticks >= end - TICKS_PER_MS:
            return now
        grace = _REPORT_GRACE_S if turn.playhead.reported_ticks >= 0 else 0.0
        return turn.playhead.ends_at(now) + grace

    def wakes(self, turn: Turn, now: float) -> Iterator[float]:
        """When this turn can do more than now, though nothing comes in."""
        if not self._clock:
            return
        if turn.state is State.SENT:
            yield self.heard_at(turn, now)
        if turn.making or turn.pending:
            yield now + _REFRESH_S
        if turn.queue:
            end = turn.playhead.sent + self._next_group(turn) * turn.audio.frame_ticks
            yield turn.pacer.when(end, now)

    def _demand(self, turn: Turn, now: float) -> tuple[Key, float, int]:
        making = turn.making
        assert making
        dry_at = turn.playhead.time_of(making.start, now) if self._clock else now
        return Key(turn.number, making.index), dry_at, making.told - making.start

    def _horizon(self, turn: Turn, now: float) -> int:
        """The position of the turn up to which audio may be made now, in ticks."""
        if self._clock:
            return int(turn.playhead.virtual(now)) + self._opened.ahead
        return turn.playhead.sent + (0 if self._output.full else self._opened.ahead)

    def _allowed(self, turn: Turn, now: float) -> int:
        """The position of the turn up to which audio may leave now, in ticks."""
        if self._clock:
            return turn.pacer.allowed(now)
        return turn.playhead.sent if self._output.full else turn.made

    def _next_group(self, turn: Turn) -> int:
        """How many packets the next message holds: the first of a turn goes alone."""
        most = self._opened.group if turn.packets_sent else 1
        head = takewhile(lambda item: isinstance(item, bytes), islice(turn.queue, most))
        return sum(1 for _ in head)

    def _send(self, turn: Turn, count: int, now: float) -> None:
        taken = [turn.queue.popleft() for _ in range(count)]
        packets = tuple(packet for packet in taken if isinstance(packet, bytes))
        flags = 0 if turn.packets_sent else messages.FIRST
        if turn.closing and not any(isinstance(item, bytes) for item in turn.queue):
            flags |= messages.LAST
            turn.last_flagged = True
        if not turn.packets_sent:
            turn.pacer.started(now)
        position = turn.playhead.sent
        turn.packets_sent += count
        turn.playhead.send(count * turn.audio.frame_ticks, now)
        if self._opened.audible:
            self._output.audio(turn.number, position, packets, flags)
