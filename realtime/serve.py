"""Runs the application under uvicorn until it is told to stop.

What it is: the listening socket, the signals, the drain. What it is not: the application
(``app``). The command ``dulcet serve`` calls it.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from .app import Server, create_server
from .config import Settings
from .errors import ConfigError


class _Uvicorn(uvicorn.Server):
    """uvicorn without its signal handlers: it would close the sockets without a word."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `_drain_on_signal`."""
        yield


def run(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM.

    Raises:
        ConfigError: the port is taken, or the model cannot be loaded.
    """
    listener = _listen(settings)
    if importlib.util.find_spec("uvloop"):
        import uvloop

        uvloop.run(_serve(settings, listener))
    else:
        asyncio.run(_serve(settings, listener))
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; choose another with --port"
        ) from error


async def _serve(settings: Settings, listener: socket.socket) -> None:
    failures: list[ConfigError] = []

    def fail(error: ConfigError) -> None:
        failures.append(error)
        server.should_exit = True

    app, dulcet = create_server(settings, fail)
    server = _Uvicorn(
        uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            # Above our own limit, which answers with an error instead of a close.
            ws_max_size=16 * settings.limits.message_bytes,
            log_level="warning",
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
    )
    async with asyncio.TaskGroup() as group:
        stop = group.create_task(_drain_on_signal(server, dulcet), name="signals")
        _announce(settings, listener)
        await server.serve(sockets=[listener])
        stop.cancel()
    if failures:
        raise failures[0]


async def _drain_on_signal(server: uvicorn.Server, dulcet: Server) -> None:
    """On the first signal let the turns finish; on the second stop at once."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, asked.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(asked.set))
    await asked.wait()
    asked.clear()
    async with asyncio.TaskGroup() as group:
        draining = group.create_task(dulcet.drain(), name="drain")
        impatient = group.create_task(asked.wait(), name="second signal")
        await asyncio.wait([draining, impatient], return_when=asyncio.FIRST_COMPLETED)
        draining.cancel()
        impatient.cancel()
    server.should_exit = True


def _announce(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"Dulcet is starting with the model {settings.model}.\nDemo page: http://{host}:{port}/\n")
    sys.stdout.flush()
