"""What a session sends, numbered and remembered.

What it is: the queue between the session and its shell: messages get their event counter, packets their `seq`, and the
journal a copy of both as they leave. What it is not: the rule of when something may be queued (``floor``).
"""

from __future__ import annotations

from collections import deque

from .. import messages
from ..messages import Audio
from .journal import Journal


class Output:
    """The outgoing side of one session."""

    def __init__(self, journal: Journal, most_unsent_bytes: int) -> None:
        self._journal = journal
        self._most_unsent_bytes = most_unsent_bytes
        # Bounded by pacing, or with pace "none" by `full`.
        self._items: deque[messages.ServerMessage | Audio] = deque()
        self._unsent_bytes = 0
        self._events = 0
        self._seq = 0

    @property
    def full(self) -> bool:
        """Too much audio waits for its way out."""
        return self._unsent_bytes >= self._most_unsent_bytes

    def message(self, message: messages.ServerMessage) -> None:
        """Queue a message."""
        self._items.append(message.model_copy(update={"event": self._events}))
        self._events += 1

    def audio(self, turn: int, position: int, packets: tuple[bytes, ...], flags: int) -> None:
        """Queue packets of a turn; ``position`` is in 48 kHz ticks from its start."""
        self._items.append(Audio(turn, self._seq, position, packets, flags))
        self._seq += len(packets)
        self._unsent_bytes += sum(map(len, packets))

    def drain(self, now: float) -> list[messages.ServerMessage | Audio]:
        """Give what is queued, which leaves now."""
        items = list(self._items)
        self._items.clear()
        self._unsent_bytes = 0
        for item in items:
            self._journal.record(item, now)
        return items
