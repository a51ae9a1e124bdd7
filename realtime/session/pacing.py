"""Where the listener is, and how far ahead of them packets may leave. Arithmetic only.

What it is: the media clock of one turn, in 48 kHz ticks against monotonic seconds. What
it is not: a timer; the session asks for times and its shell waits. TCP takes megabytes
without a word, so this is the only bound on what is under way to a client.
"""

from __future__ import annotations

from ..engine.synthesizer import TICKS_PER_MS, TICKS_PER_S

CATCH_UP = 2.0
"""After the burst, audio leaves at this multiple of its own speed until the lead is full."""


class Playhead:
    """Estimates what a listener has heard of one turn.

    The last report plus the time since, else the time since the first packet; never
    beyond what was sent. A turn follows another of its channel: it is heard when that
    one has ended.
    """

    def __init__(self) -> None:
        self._after: Playhead | None = None
        self._anchor: tuple[float, int] | None = None
        """Monotonic seconds, and the position in ticks that was heard then."""
        self.sent = 0
        """Ticks that have left."""
        self.reported_ticks = -1
        """What the client told last; -1: nothing yet."""

    def follow(self, before: Playhead) -> None:
        """Be heard when the turn before has ended."""
        self._after = before

    def send(self, ticks: int, now: float) -> None:
        """Note that this much more has left."""
        if self._anchor is None or self.reached(self.sent, now):
            # The listener had run dry: the clock stood still, and goes on from here.
            self._anchor = (now, self.sent)
        self.sent += ticks

    def report(self, ticks: int, now: float) -> None:
        """Take the client's word for where it is; a report older than the last is void."""
        ticks = min(ticks, self.sent)
        if ticks < self.reported_ticks or self._anchor is None:
            return
        if ticks:
            self._after = None
        self.reported_ticks = ticks
        self._anchor = (now, ticks)

    def release(self, before: Playhead, now: float) -> None:
        """Note that the turn before is over, so that this one is heard from now."""
        if self._after is before:
            self._after = None
            if self._anchor is not None:
                self._anchor = (now, 0)

    def virtual(self, now: float) -> float:
        """Where the listener is, in ticks; below zero while the turn before is heard."""
        start = self._after.ends_at(now) if self._after else now
        if self._anchor is None:
            return min(0.0, (now - start) * TICKS_PER_S)
        since, position = self._anchor
        since = max(since, start) if self._after else since
        return min(float(self.sent), position + (now - since) * TICKS_PER_S)

    def position(self, now: float) -> int:
        """What has been heard, in ticks."""
        return max(0, int(self.virtual(now)))

    def reached(self, ticks: int, now: float) -> bool:
        """Whether the listener is at a position, to a tick's rounding of the clock."""
        return self.virtual(now) >= ticks - 1

    def time_of(self, ticks: int, now: float) -> float:
        """When a position will be heard, if nothing interrupts."""
        return now + (ticks - self.virtual(now)) / TICKS_PER_S

    def ends_at(self, now: float) -> float:
        """When what was sent will have been heard."""
        if self._anchor is None:
            return self._after.ends_at(now) if self._after else now
        since, position = self._anchor
        if self._after:
            since = max(since, self._after.ends_at(now))
        return since + (self.sent - position) / TICKS_PER_S


class Pacer:
    """Decides when a packet of one turn may leave.

    At once: `burst_ms` of audio. Then at `CATCH_UP` times its speed, and never more than
    `lead_ms` ahead of the listener.
    """

    def __init__(self, playhead: Playhead, lead_ms: int, burst_ms: int) -> None:
        self._playhead = playhead
        self._lead = lead_ms * TICKS_PER_MS
        self._burst = burst_ms * TICKS_PER_MS
        self._began: float | None = None

    def started(self, now: float) -> None:
        """Note that the first packet leaves."""
        self._began = now

    def allowed(self, now: float) -> int:
        """The position up to which audio may leave now, in ticks."""
        began = now if self._began is None else self._began
        burst = self._burst + (now - began) * CATCH_UP * TICKS_PER_S
        return int(min(self._playhead.virtual(now) + self._lead, burst) + 0.5)

    def when(self, ticks: int, now: float) -> float:
        """When the audio up to a position may leave; in the past where it may already."""
        lead = self._playhead.time_of(ticks - self._lead, now)
        began = now if self._began is None else self._began
        return max(lead, began + (ticks - self._burst) / (CATCH_UP * TICKS_PER_S))
