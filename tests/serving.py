"""Real server processes for tests."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready."""

    url: str
    """``http://127.0.0.1:PORT``"""
    process: subprocess.Popen[str]

    @property
    def stream(self) -> str:
        """Address of the WebSocket."""
        return self.url.replace("http", "ws", 1) + "/v1/stream"

    @property
    def port(self) -> int:
        """TCP port."""
        return int(self.url.rpartition(":")[2])


@contextmanager
def serve(model: str = "tone", *options: str, env: dict[str, str] | None = None) -> Iterator[Served]:
    """Run ``dulcet serve`` on a free port until the block is left."""
    command = [sys.executable, "-m", "realtime", "serve", "--port", "0", "--model", model]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, env=env)
    try:
        assert process.stdout
        found = next(f for line in process.stdout if (f := re.search(r"http://\S+?(?=/?\s)", line)))
        served = Served(found[0], process)
        _await_ready(served)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def _await_ready(served: Served) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert served.process.poll() is None, "the server ended"
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{served.url}/readyz", timeout=5).close()
            return
        time.sleep(0.05)
    raise AssertionError("the server was not ready in time")
