"""Drives one session over one transport: the thin shell around the sans-I/O core.

What it is: the only place of a connection with tasks, timers and a clock. One task
reads, one writes, and one a sentence passes on what the engine makes. What it is not: a
decision; the session makes those.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from .. import messages
from ..config import Limits
from ..engine.synthesizer import Stream, Synthesizer
from ..errors import AtCapacity, RemoteProtocolError, SynthesisError, TransportClosed
from ..session.command import Cancel, Close, Command, Demand, Key, Open
from ..session.session import Session
from .transport import Transport

logger = logging.getLogger(__name__)


class Connection:
    """One client's connection; `run` lasts as long as it does."""

    def __init__(
        self,
        transport: Transport,
        session: Session,
        synthesizer: Synthesizer,
        limits: Limits,
        name: str,
    ) -> None:
        self._transport = transport
        self._session = session
        self._synthesizer = synthesizer
        self._limits = limits
        self._name = name
        self._streams: dict[Key, Stream] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._close: Close | None = None
        self._drained: Close | None = None
        """How to close once nothing is said any more."""

    async def run(self) -> None:
        """Serve the client until it leaves or is closed; never raises but cancellation."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                group.create_task(self._read(), name=f"{self._name} reader")
                group.create_task(self._write(), name=f"{self._name} writer")
        except* TransportClosed as closed:
            logger.debug("session %s: %s", self._name, closed.exceptions[0])
        except* Exception:
            logger.exception("session %s", self._name)
            await self._shut(1011, "internal error")
        finally:
            for stream in self._streams.values():
                stream.close()

    def drain(self, reason: str) -> None:
        """Close with 1001 when every turn that was begun has ended."""
        self._drained = Close(1001, reason)
        self._changed.set()

    def close(self, code: int, reason: str) -> None:
        """Close when what is outgoing has left."""
        self._close = Close(code, reason)
        self._changed.set()

    async def _read(self) -> None:
        while True:
            data = await self._transport.receive()
            now = time.monotonic()
            try:
                self._session.receive(self._decode(data), now)
            except RemoteProtocolError as error:
                self._session.refuse(error, now)
            self._follow_up()

    def _decode(self, data: str | bytes) -> messages.ClientMessage:
        limit = self._limits.message_bytes
        if isinstance(data, bytes):
            raise RemoteProtocolError("unexpected_binary", "binary messages go to clients only")
        if len(data) > limit or len(data.encode()) > limit:
            raise RemoteProtocolError(
                "message_too_large",
                f"a message may have {limit} bytes; send a long text in several turn.text",
            )
        return messages.decode_client(data)

    async def _write(self) -> None:
        while True:
            items = self._session.outgoing(time.monotonic())
            self._execute()
            if items:
                await self._send(items)
            elif close := self._closing():
                await self._shut(close.code, close.reason)
                raise TransportClosed(close.code, close.reason)
            else:
                await self._wait()

    def _closing(self) -> Close | None:
        return self._close or (None if self._session.speaking else self._drained)

    async def _send(self, items: list[messages.ServerMessage | messages.Audio]) -> None:
        try:
            async with asyncio.timeout(self._limits.stall_s):
                await self._transport.send(items)
        except TimeoutError:
            await self._shut(4408, f"nothing read for {self._limits.stall_s:g} s")
            raise TransportClosed(4408, "stalled") from None

    async def _wait(self) -> None:
        """Sleep until something happened or is due."""
        deadline = self._session.deadline()
        timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        self._changed.clear()
        self._session.tick(time.monotonic())
        self._execute()

    def _follow_up(self) -> None:
        """Act on what an input has brought about, at once; sending is the writer's."""
        self._execute()
        self._changed.set()

    def _execute(self) -> None:
        for command in self._session.commands():
            self._do(command)

    def _do(self, command: Command) -> None:
        if isinstance(command, Open):
            self._open(command)
        elif isinstance(command, Demand):
            if stream := self._streams.get(command.key):
                stream.demand(command.dry_at, command.until)
        elif isinstance(command, Cancel):
            if stream := self._streams.pop(command.key, None):
                stream.close()
            if task := self._tasks.pop(command.key, None):
                task.cancel()
        else:
            self._close = command

    def _open(self, command: Open) -> None:
        try:
            stream = self._synthesizer.open(command.request, command.audio, command.dry_at, command.until)
        except AtCapacity as error:
            self._session.failed(command.key, error, time.monotonic())
            self._follow_up()
            return
        self._streams[command.key] = stream
        name = f"{self._name} sentence {command.key.turn}.{command.key.sentence}"
        self._tasks[command.key] = self._group.create_task(self._speak(command.key, stream), name=name)

    async def _speak(self, key: Key, stream: Stream) -> None:
        """Pass a sentence's chunks to the session."""
        try:
            async for chunk in stream:
                if chunk.last:
                    self._forget(key)
                self._session.audio(key, chunk, time.monotonic())
                self._follow_up()
        except SynthesisError as error:
            self._forget(key)
            self._session.failed(key, error, time.monotonic())
            self._follow_up()

    def _forget(self, key: Key) -> None:
        self._streams.pop(key, None)
        self._tasks.pop(key, None)

    async def _shut(self, code: int, reason: str) -> None:
        with contextlib.suppress(TransportClosed, OSError):
            await self._transport.close(code, reason)
