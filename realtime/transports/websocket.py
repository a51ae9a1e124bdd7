"""`Transport` over a Starlette WebSocket."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..errors import TransportClosed
from ..messages import Audio, ServerMessage, encode, encode_audio


class WebSocketTransport:
    """An accepted WebSocket."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str | bytes:
        """Wait for the next message, text or binary."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise TransportClosed(message.get("code", 1005), message.get("reason") or "")
        text: str | None = message.get("text")
        return text if text is not None else message["bytes"]

    async def send(self, items: Sequence[ServerMessage | Audio]) -> None:
        """Send each item as a text or a binary message."""
        try:
            for item in items:
                if isinstance(item, Audio):
                    await self._socket.send_bytes(encode_audio(item))
                else:
                    await self._socket.send_text(encode(item))
        except WebSocketDisconnect as gone:
            raise TransportClosed(gone.code, gone.reason or "") from gone
        except RuntimeError as error:
            # Starlette's word for sending after a close; its state tells, not its text.
            if self._socket.application_state is not WebSocketState.CONNECTED:
                raise TransportClosed(1006) from error
            raise

    async def close(self, code: int, reason: str) -> None:
        """Close with a code; a reason is cut to what a close frame holds."""
        open_states = (WebSocketState.CONNECTED, WebSocketState.CONNECTED)
        if (self._socket.application_state, self._socket.client_state) == open_states:
            short = reason.encode()[:123].decode(errors="ignore")
            await self._socket.close(code, short)
