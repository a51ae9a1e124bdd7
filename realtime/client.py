"""A client of ``dulcet.v1`` for Python: bots, game servers, tests, the benchmark.

What it is: one WebSocket, turns as asynchronous iterators of what the server sends. What
it is not: a player; it reports no playback unless told to. Use::

    async with connect("ws://127.0.0.1:8000/v1/stream") as dulcet:
        turn = await dulcet.say("[happy] Hello!")
        await turn.save("hello.ogg")
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import websockets.asyncio.client as websocket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from . import messages
from .audio import containers
from .errors import RemoteProtocolError, TransportClosed
from .messages import SUBPROTOCOL, Audio, AudioRequest

Item: TypeAlias = messages.ServerMessage | Audio

_WAITING_ITEMS = 4_096
"""Items of a turn that nobody has read; the socket is not read beyond them."""


class Turn:
    """A turn of ours. Iterate it: messages and audio in their order, to `turn.ended`."""

    def __init__(self, client: Client, turn_id: str) -> None:
        self._client = client
        self.id = turn_id
        self.number: int | None = None
        """As in binary headers; known from `turn.started` on."""
        self.ended: messages.TurnEnded | None = None
        """How it ended, once it has."""
        self.items: asyncio.Queue[Item | Exception] = asyncio.Queue(_WAITING_ITEMS)

    async def write(self, text: str) -> None:
        """Send a piece of text, as an LLM writes it."""
        await self._client.send(messages.TurnText(turn=self.id, text=text))

    async def flush(self) -> None:
        """Have what is buffered spoken now."""
        await self._client.send(messages.TurnFlush(turn=self.id))

    async def end(self) -> None:
        """Say that the text is complete."""
        await self._client.send(messages.TurnEnd(turn=self.id))

    async def cancel(self, played_ms: int | None = None) -> None:
        """Stop the turn; `ended` tells what was heard when the iteration is over."""
        await self._client.send(messages.TurnCancel(turn=self.id, played_ms=played_ms))

    async def report(self, played_ms: int) -> None:
        """Tell what the player has played; about every 250 ms, and at the end."""
        await self._client.send(messages.Playback(turn=self.id, played_ms=played_ms))

    async def __aiter__(self) -> AsyncIterator[Item]:
        """Yield what comes, `turn.ended` last.

        Raises:
            RemoteProtocolError: the server refused the turn.
            TransportClosed: the connection is gone.
        """
        while self.ended is None:
            item = await self.items.get()
            if isinstance(item, Exception):
                raise item
            if isinstance(item, messages.TurnEnded):
                self.ended = item
            yield item

    async def packets(self) -> list[bytes]:
        """Wait for the end and give all packets; for turns short enough to hold."""
        return [packet async for item in self if isinstance(item, Audio) for packet in item.packets]

    async def save(self, path: str | Path) -> messages.TurnEnded:
        """Write the turn's audio to a file as it comes: .ogg from Opus, .wav from PCM."""
        audio = self._client.started.audio
        kind = containers.kind_of(str(path))
        if containers.codec_of(kind) != audio.codec:
            raise ValueError(f"{path} needs the codec {containers.codec_of(kind)}")
        with Path(path).open("wb") as out:  # noqa: ASYNC230 - a few bytes at a time
            writer = containers.create(out, kind, audio.sample_rate, audio.frame_ms)
            async for item in self:
                if isinstance(item, Audio):
                    writer.write(item.packets)
            writer.close()
        assert self.ended
        return self.ended


class Client:
    """A started session. Made by `connect`."""

    def __init__(self, socket: websocket.ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count()
        self._turns: dict[str, Turn] = {}
        self._numbers: dict[int, Turn] = {}
        self.started: messages.SessionStarted
        """What the server settled."""
        self.errors: list[messages.Error] = []
        """Errors that speak of no turn, the last hundred."""

    async def start(self, *, turn: str | None = None, **fields: Any) -> Turn:
        """Open a turn; `write` its text next, and `end` it.

        Args:
            turn: an id of your own; absent: one is made.
            fields: those of `messages.TurnStart`.
        """
        opened = self._add(turn)
        await self.send(messages.TurnStart(turn=opened.id, **fields))
        return opened

    async def say(self, text: str, *, turn: str | None = None, **fields: Any) -> Turn:
        """Speak a whole text in one message; see `start`."""
        opened = self._add(turn)
        await self.send(messages.TurnSay(turn=opened.id, text=text, **fields))
        return opened

    async def send(self, message: messages.ClientMessage) -> None:
        """Send a message.

        Raises:
            TransportClosed: the connection is gone.
        """
        try:
            await self._socket.send(messages.encode(message))
        except ConnectionClosed as closed:
            raise _gone(closed) from closed

    async def receive(self) -> Item:
        """Wait for the next item of the connection; `connect` reads with it.

        Raises:
            TransportClosed: the connection is gone.
        """
        try:
            data = await self._socket.recv()
        except ConnectionClosed as closed:
            raise _gone(closed) from closed
        if isinstance(data, bytes):
            return messages.decode_audio(data)
        return messages.decode_server(data)

    async def read(self) -> None:
        """Hand each item to its turn until the connection ends; `connect` runs it."""
        error: Exception = TransportClosed(1000)
        try:
            while True:
                await self._route(await self.receive())
        except TransportClosed as closed:
            error = closed
        finally:
            for turn in self._turns.values():
                if turn.items.full():
                    turn.items.get_nowait()
                turn.items.put_nowait(error)

    def _add(self, turn_id: str | None) -> Turn:
        turn = Turn(self, turn_id or f"t{next(self._ids)}")
        self._turns[turn.id] = turn
        return turn

    async def _route(self, item: Item) -> None:
        if isinstance(item, Audio):
            turn = self._numbers.get(item.turn)
        else:
            turn_id = getattr(item, "turn", None)
            turn = self._turns.get(turn_id) if turn_id else None
        if isinstance(item, messages.Error) and turn is None:
            self.errors = [*self.errors[-99:], item]
        if turn is None:
            return
        if isinstance(item, messages.TurnStarted):
            turn.number = item.number
            self._numbers[item.number] = turn
        refused = isinstance(item, messages.Error) and turn.number is None
        if isinstance(item, messages.TurnEnded) or refused:
            del self._turns[turn.id]
            self._numbers.pop(-1 if turn.number is None else turn.number, None)
        if isinstance(item, messages.Error) and refused:
            await turn.items.put(RemoteProtocolError(item.code, item.message, field=item.field, turn=turn.id))
        else:
            await turn.items.put(item)


def _gone(closed: ConnectionClosed) -> TransportClosed:
    received = closed.rcvd
    return TransportClosed(received.code, received.reason) if received else TransportClosed(1006)


@asynccontextmanager
async def connect(
    url: str = "ws://127.0.0.1:8000/v1/stream",
    *,
    audio: AudioRequest | None = None,
    **fields: Any,
) -> AsyncIterator[Client]:
    """Connect and start a session; leaving closes it.

    Args:
        url: of the stream.
        audio: codec, rate, pacing; absent: Opus, paced by the clock.
        fields: the others of `messages.SessionStart`.

    Raises:
        RemoteProtocolError: the server refused the session.
        TransportClosed: the server closed the connection; its code says why.
    """
    start = messages.SessionStart(audio=audio or AudioRequest(), **fields)
    async with websocket.connect(
        url, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None, max_size=None
    ) as socket:
        client = Client(socket)
        await client.send(start)
        first = await client.receive()
        if isinstance(first, messages.Error):
            raise RemoteProtocolError(first.code, first.message, field=first.field)
        assert isinstance(first, messages.SessionStarted)
        client.started = first
        # No TaskGroup: it would wrap what the caller's own block raises.
        reader = asyncio.create_task(client.read(), name="client reader")
        try:
            yield client
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
