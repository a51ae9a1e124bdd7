"""What a connection needs of a way to a client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..messages import Audio, ServerMessage


class Transport(Protocol):
    """Carries messages of ``dulcet.v1`` to one client and back.

    `send` returns when the items are handed on; TCP hides megabytes, so what bounds the
    data under way is the session's pacing, not this.
    """

    async def receive(self) -> str | bytes:
        """Wait for the next message; text is JSON.

        Raises:
            TransportClosed: the client is gone.
        """

    async def send(self, items: Sequence[ServerMessage | Audio]) -> None:
        """Send items in their order.

        Raises:
            TransportClosed: the client is gone.
        """

    async def close(self, code: int, reason: str) -> None:
        """Close the connection; does nothing if it is closed."""
