"""Starts and watches the model's process, and hands its audio to the sessions.

What it is: the `Synthesizer` of one machine. It spawns ``worker``, waits until the model
is warm, opens streams, and starts the process anew when it dies. What it is not: the
schedule, which lives in the model's process.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from models.speech import ModelCard, SpeechRequest

from ..errors import AtCapacity, ConfigError, SynthesisError
from . import pipe
from .synthesizer import AudioFormat, EncodedChunk

logger = logging.getLogger(__name__)

_BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Wait before each start of a process that keeps dying."""
_STEADY_S = 60.0
"""A process that lived this long has not "kept dying"."""


@dataclass(frozen=True, slots=True)
class Loading:
    """How long the model took to be ready."""

    load_s: float
    warm_up_s: float
    start_s: float
    """From the start of the process until it was warm."""


class HostStream:
    """The audio of one sentence from the model's process."""

    def __init__(self, host: Host, stream_id: int) -> None:
        self._host = host
        self._id = stream_id
        # Bounded by what `until` lets the model make, not by the queue itself.
        self._chunks: asyncio.Queue[EncodedChunk | SynthesisError] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[EncodedChunk]:
        """Yield chunks; ends after the one that is ``last``.

        Raises:
            SynthesisError: the sentence failed.
        """
        while True:
            item = await self._chunks.get()
            if isinstance(item, SynthesisError):
                raise item
            yield item
            if item.last:
                return

    def demand(self, dry_at: float, until: int) -> None:
        """Tell when the listener needs the sentence, and how much may be made."""
        self._host.send(pipe.Demand(self._id, dry_at, until))

    def close(self) -> None:
        """Stop the sentence: no further step is spent on it."""
        self._host.drop(self._id)

    def put(self, item: EncodedChunk | SynthesisError) -> None:
        """Take what the process has made; the host calls it."""
        self._chunks.put_nowait(item)


class Host:
    """One model in one process. Use as an async context manager.

    Entering starts the process; await `ready` before the first `open`. Leaving ends it.
    """

    def __init__(self, model: str, *, threads: int = 1, capacity: int = 1024) -> None:
        self._model = model
        self._threads = threads
        self._capacity = capacity
        self._ids = itertools.count()
        self._streams: dict[int, HostStream] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._card: ModelCard | None = None
        self._warm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.loading: Loading | None = None
        self.restarts = 0

    async def __aenter__(self) -> Host:
        self._keeper = asyncio.create_task(self._keep(), name="model process")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if not self._warm.done():
            self._warm.cancel()

    async def ready(self) -> ModelCard:
        """Wait until the model is loaded and warm.

        Raises:
            ConfigError: it cannot be loaded; says which file and why.
        """
        await asyncio.shield(self._warm)
        return self.card

    @property
    def is_ready(self) -> bool:
        """Whether a sentence opened now is spoken at once."""
        return self._card is not None

    @property
    def card(self) -> ModelCard:
        """The model that speaks now.

        Raises:
            AtCapacity: none does at the moment; it is loading.
        """
        if self._card is None:
            raise AtCapacity(f"sessions (the model {self._model} is loading)", 1.0)
        return self._card

    @property
    def pid(self) -> int | None:
        """Process id of the model's process, while there is one."""
        return self._process.pid if self._process else None

    def open(self, request: SpeechRequest, audio: AudioFormat, dry_at: float, until: int) -> HostStream:
        """Begin a sentence; iterate the stream next, and close it in the end.

        Raises:
            AtCapacity: the model is not there, or has no room for another sentence.
        """
        if self._card is None:
            raise AtCapacity(f"sessions (the model {self._model} is loading)", 1.0)
        if len(self._streams) >= self._capacity:
            raise AtCapacity("sentences", 1.0)
        stream_id = next(self._ids)
        stream = self._streams[stream_id] = HostStream(self, stream_id)
        self.send(pipe.Speak(stream_id, request, audio, dry_at, until))
        return stream

    def drop(self, stream_id: int) -> None:
        """Forget a stream; its sentence stops."""
        if self._streams.pop(stream_id, None):
            self.send(pipe.Drop(stream_id))

    def send(self, message: pipe.ToWorker) -> None:
        """Pass a message to the process, if it lives; its streams fail when it does not."""
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            self._process.stdin.write(pipe.pack(message))

    async def _keep(self) -> None:
        """Start the process again whenever it dies, later each time."""
        failures = 0
        while True:
            await asyncio.sleep(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
            begun = time.monotonic()
            try:
                await self._run(begun)
            except ConfigError as error:
                if not self._warm.done():
                    self._warm.set_exception(error)
                    return
                logger.error("the model cannot be loaded again: %s", error)  # noqa: TRY400
            self._fail_all()
            failures = 1 if time.monotonic() - begun > _STEADY_S else failures + 1
            self.restarts += 1
            logger.error("the model's process ended; it is started again")

    async def _run(self, begun: float) -> None:
        process = self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "realtime.engine.worker", self._model),
            *("--threads", str(self._threads), "--capacity", str(self._capacity)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(self._threads),
            limit=1 << 20,
        )
        try:
            await self._listen(process, begun)
        finally:
            self._card = None
            await _end(process)

    async def _listen(self, process: asyncio.subprocess.Process, begun: float) -> None:
        assert process.stdout is not None
        while (message := await pipe.receive(process.stdout)) is not None:
            if isinstance(message, pipe.Made):
                self._deliver(message.id, message.chunk, message.chunk.last)
            elif isinstance(message, pipe.Failed):
                self._deliver(message.id, SynthesisError(message.code, message.message), True)
            elif isinstance(message, pipe.Ready):
                self._become_ready(message, begun)
            else:
                raise ConfigError(message.reason)
        if not self._warm.done():
            code = await process.wait()
            raise ConfigError(f"the process of model {self._model} ended with {code}")

    def _become_ready(self, message: pipe.Ready, begun: float) -> None:
        self._card = message.card
        start_s = time.monotonic() - begun
        self.loading = Loading(message.load_s, message.warm_up_s, start_s)
        logger.info("model %s is warm after %.2f s", message.card.name, start_s)
        if not self._warm.done():
            self._warm.set_result(None)

    def _deliver(self, stream_id: int, item: EncodedChunk | SynthesisError, last: bool) -> None:
        stream = self._streams.get(stream_id)
        if last:
            self._streams.pop(stream_id, None)
        if stream:
            stream.put(item)

    def _fail_all(self) -> None:
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            stream.put(SynthesisError("model_restarting", "the model's process ended", 2.0))


def _environment(threads: int) -> dict[str, str]:
    """Keep the numeric libraries of the child to its threads; they read this at import."""
    count = str(threads)
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, count)}


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the process's input, which ends it; kill it if it does not listen."""
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        try:
            await asyncio.wait_for(process.wait(), 2.0)
        except TimeoutError:
            process.kill()
            await process.wait()
