"""The Starlette application: routes, lifespan, and the static pages.

What it is: the wiring of settings, host and connections. What it is not: any of their
decisions. ``__main__`` serves it with uvicorn; the tests start that as a real process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from models import catalog

from .config import Settings, web_root
from .engine.host import Host
from .errors import AtCapacity, ConfigError
from .messages import SUBPROTOCOL, Error
from .session.opening import Identity
from .session.session import Session
from .transports.connection import Connection
from .transports.websocket import WebSocketTransport

logger = logging.getLogger(__name__)

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class Server:
    """What the routes share: the host and the live connections."""

    def __init__(self, settings: Settings, on_failure: Callable[[ConfigError], None]) -> None:
        self.settings = settings
        self._on_failure = on_failure
        self._connections: set[Connection] = set()
        self._draining = False
        self._empty = asyncio.Event()
        """No connection is left."""
        self._empty.set()

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Run the model's process as long as the application runs."""
        del app
        settings = self.settings
        self.host = Host(settings.model, threads=settings.model_threads, capacity=settings.sentences)
        async with self.host, asyncio.TaskGroup() as group:
            waiting = group.create_task(self._await_model(), name="model readiness")
            yield
            waiting.cancel()

    async def _await_model(self) -> None:
        try:
            await self.host.ready()
        except ConfigError as error:
            self._on_failure(error)

    async def drain(self) -> None:
        """Take no new session, and let the current turns finish within the limit."""
        self._draining = True
        for connection in self._connections:
            connection.drain("the server is stopping")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.drain_s):
                await self._empty.wait()
        for connection in self._connections:
            connection.close(1001, "the server is stopping")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await self._empty.wait()

    # --- WebSocket ----------------------------------------------------------------------

    async def stream(self, socket: WebSocket) -> None:
        """Serve ``/v1/stream``."""
        offered = socket.scope.get("subprotocols") or []
        await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        transport = WebSocketTransport(socket)
        if reason := self._refusal(socket, offered):
            await transport.close(1008, reason)
            return
        try:
            session, name = self._admit()
        except AtCapacity as error:
            retry_ms = int(error.retry_after_s * 1000)
            told = Error(
                event=0,
                code="at_capacity",
                message=str(error),
                fatal=True,
                retry_after_ms=retry_ms,
            )
            await transport.send([told])
            await transport.close(1013, str(error))
            return
        limits = self.settings.limits
        connection = Connection(transport, session, self.host, limits, name)
        self._connections.add(connection)
        self._empty.clear()
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            if not self._connections:
                self._empty.set()

    def _refusal(self, socket: WebSocket, offered: list[str]) -> str:
        """Say why a connection may not be; empty where it may."""
        if offered and SUBPROTOCOL not in offered:
            return f"offer the subprotocol {SUBPROTOCOL}"
        origin = socket.headers.get("origin")
        if origin is None or origin in self.settings.origins or origin in self._own(socket):
            return ""
        return "this origin is not allowed; add it to the setting origins"

    def _own(self, socket: WebSocket) -> set[str]:
        # Not the Host header: a page of a stranger whose name resolves to us sends its own.
        _, port = socket.scope["server"]
        hosts = (*_LOCAL, self.settings.host)
        return {f"http://{host}:{port}" for host in hosts} | (
            {f"http://{host}" for host in hosts} if port == 80 else set()
        )

    def _admit(self) -> tuple[Session, str]:
        if self._draining:
            raise AtCapacity("sessions (the server is stopping)", 5.0)
        if len(self._connections) >= self.settings.sessions:
            raise AtCapacity("sessions", 5.0)
        identity = Identity()
        session = Session(identity, self.host.card, self.settings.limits, time.monotonic())
        return session, identity.session

    # --- HTTP ---------------------------------------------------------------------------

    async def healthz(self, request: Request) -> Response:
        """Answer as long as the process lives."""
        del request
        return PlainTextResponse("ok\n")

    async def readyz(self, request: Request) -> Response:
        """Answer 200 when the model is warm."""
        del request
        if self._draining:
            return _unavailable("stopping")
        if not self.host.is_ready:
            return _unavailable(f"model {self.settings.model} is loading")
        return PlainTextResponse("ok\n")

    async def models(self, request: Request) -> Response:
        """List the models there are, and which one speaks."""
        del request
        current = self.host.card.name if self.host.is_ready else None
        listed = [
            {
                "name": entry.name,
                "summary": entry.summary,
                "state": "ready" if entry.name == current else "available",
            }
            for entry in catalog.ENTRIES
        ]
        return JSONResponse({"models": listed})

    async def voices(self, request: Request) -> Response:
        """List the voices of the model that speaks, the default first."""
        del request
        try:
            card = self.host.card
        except AtCapacity as error:
            return _unavailable(str(error), error.retry_after_s)
        listed: list[dict[str, Any]] = [
            {
                "id": voice.id,
                "name": voice.name,
                "languages": voice.languages,
                "gender": voice.gender,
                "model": card.name,
                "emotions": card.emotions,
            }
            for voice in card.voices
        ]
        return JSONResponse({"voices": listed})

    def routes(self) -> list[BaseRoute]:
        """Give the routes of the application."""
        root = web_root()
        pages: list[BaseRoute] = [
            Mount("/client", StaticFiles(directory=root / "client", check_dir=False)),
            Mount("/", StaticFiles(directory=root / "demo", html=True, check_dir=False)),
        ]
        return [
            WebSocketRoute("/v1/stream", self.stream),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/v1/models", self.models),
            Route("/v1/voices", self.voices),
            *pages,
        ]


class SecureHeaders:
    """Sets the headers that keep the pages to their own scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, adding headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _unavailable(reason: str, retry_after_s: float = 1.0) -> Response:
    return PlainTextResponse(f"{reason}\n", status_code=503, headers={"Retry-After": f"{retry_after_s:.0f}"})


def create_server(settings: Settings, on_failure: Callable[[ConfigError], None]) -> tuple[Starlette, Server]:
    """Build the application and the server behind it.

    Args:
        settings: how to run.
        on_failure: told once if the model cannot be loaded; the caller ends the process.
    """
    server = Server(settings, on_failure)
    app = Starlette(routes=server.routes(), lifespan=server.lifespan)
    app.add_middleware(SecureHeaders)
    return app, server
