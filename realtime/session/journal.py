"""What a session has sent lately, so that a lost connection can be made good.

What it is: sent items in their order, bounded in bytes and in seconds. What it is not:
the rule of who may resume (``resume`` in PROTOCOL.md). The session records every item as
it leaves.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..messages import Audio, ServerMessage


@dataclass(frozen=True, slots=True)
class Entry:
    """An item that was sent."""

    item: ServerMessage | Audio
    sent_at: float
    """Monotonic seconds."""
    size: int
    """Bytes, near enough for a bound."""


class Journal:
    """A bounded record of sent items."""

    def __init__(self, max_bytes: int, max_age_s: float) -> None:
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._lost_event = -1
        self._lost_seq = -1

    def __len__(self) -> int:
        return len(self._entries)

    def record(self, item: ServerMessage | Audio, now: float) -> None:
        """Keep an item that leaves now; the oldest go where the bounds are passed."""
        entry = Entry(item, now, _size(item))
        self._entries.append(entry)
        self._bytes += entry.size
        while self._entries and (self._bytes > self._max_bytes or now - self._entries[0].sent_at > self._max_age_s):
            self._forget()

    def since(self, seq: int, event: int) -> list[ServerMessage | Audio] | None:
        """Give what a client has not seen, in its order.

        Args:
            seq: the last packet that it has; -1 for none.
            event: the last message that it has; -1 for none.

        Returns:
            The items, or ``None`` where some of them are held no more.
        """
        if seq < self._lost_seq or event < self._lost_event:
            return None
        return [entry.item for entry in self._entries if _unseen(entry.item, seq, event)]

    def _forget(self) -> None:
        entry = self._entries.popleft()
        self._bytes -= entry.size
        if isinstance(entry.item, Audio):
            self._lost_seq = max(self._lost_seq, _last_seq(entry.item))
        else:
            self._lost_event = max(self._lost_event, entry.item.event)


def _last_seq(audio: Audio) -> int:
    return audio.seq + len(audio.packets) - 1


def _unseen(item: ServerMessage | Audio, seq: int, event: int) -> bool:
    return _last_seq(item) > seq if isinstance(item, Audio) else item.event > event


def _size(item: ServerMessage | Audio) -> int:
    if isinstance(item, Audio):
        return 16 + sum(2 + len(packet) for packet in item.packets)
    return 512
