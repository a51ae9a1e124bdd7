"""The command ``dulcet say``: a text becomes a file, or sound from the sound card.

What it is: the server's own session over a transport that leads to a file or a sound
card, with a model process of its own. What it is not: a client; no server is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from models.speech import ModelCard

from . import config, messages
from .audio import containers
from .config import Limits, Settings
from .engine.host import Host
from .errors import ConfigError, TransportClosed
from .messages import Audio, AudioRequest, SessionStart, TurnEnd, TurnStart, TurnText
from .session.opening import Identity
from .session.session import Session
from .transports.connection import Connection

_DELTA_CHARS = 2_000
_PROGRESS_EVERY_S = 0.5


class Sink(Protocol):
    """Takes the packets of a turn."""

    def write(self, packets: Sequence[bytes]) -> None:
        """Take packets in order; may block."""

    def close(self) -> None:
        """Finish."""


class LocalTransport:
    """A client in this process: says one text, and lets a sink have the audio."""

    def __init__(
        self,
        opening: Iterator[messages.ClientMessage],
        open_sink: Callable[[messages.AudioStarted], Sink],
        progress: Callable[[int, int], None],
    ) -> None:
        self._opening = opening
        self._open_sink = open_sink
        self._progress = progress
        self._sink: Sink | None = None
        self._over = asyncio.Event()
        self._sample_ms = 0
        self.failure: str = ""
        """What went wrong, empty if nothing did."""
        self.ended: messages.TurnEnded | None = None

    async def receive(self) -> str | bytes:
        """Give the messages of the text, one after the other, then wait for the end."""
        await asyncio.sleep(0)
        message = next(self._opening, None)
        if message is not None:
            return messages.encode(message)
        await self._over.wait()
        raise TransportClosed(1000)

    async def send(self, items: Sequence[messages.ServerMessage | Audio]) -> None:
        """Pass audio to the sink, off the event loop: files and sound cards block."""
        for item in items:
            if isinstance(item, messages.SessionStarted):
                await self._open(item.audio)
            elif isinstance(item, Audio) and self._sink:
                await asyncio.to_thread(self._sink.write, item.packets)
            elif isinstance(item, messages.SentenceEnded):
                self._sample_ms = item.end_ms
            elif isinstance(item, messages.SentenceStarted):
                self._progress(item.char_start, self._sample_ms)
            elif isinstance(item, messages.Error):
                self.failure = self.failure or item.message
                if item.turn is None:
                    self._over.set()
            elif isinstance(item, messages.TurnEnded):
                self.ended = item
                self._over.set()

    async def _open(self, started: messages.AudioStarted) -> None:
        try:
            self._sink = await asyncio.to_thread(self._open_sink, started)
        except ConfigError as error:
            self.failure = str(error)
            self._over.set()

    async def close(self, code: int, reason: str) -> None:
        """End; the sink stays the command's to close."""
        self.failure = self.failure or f"closed with {code}: {reason}"
        self._over.set()

    def finish(self) -> None:
        """Close the sink."""
        if self._sink:
            self._sink.close()


class SoundCard:
    """Plays PCM on the default output."""

    def __init__(self, started: messages.AudioStarted) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise ConfigError(
                "sound is played by sounddevice and PortAudio, which are not here "
                "(pip install 'dulcet[play]'); or write a file: -o hello.wav"
            ) from error
        try:
            self._stream = sounddevice.RawOutputStream(samplerate=started.sample_rate, channels=1, dtype="int16")
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise ConfigError(f"no sound card plays here ({error}); write a file instead: -o hello.wav") from error

    def write(self, packets: Sequence[bytes]) -> None:
        """Play; blocks while the card's buffer is full."""
        self._stream.write(b"".join(packets))

    def close(self) -> None:
        """Wait until all is played."""
        self._stream.stop()
        self._stream.close()


def run(args: argparse.Namespace) -> int:
    """Speak the text that the command line names.

    Raises:
        ConfigError: the text, the file, a field or the model does not allow it.
    """
    settings = config.load(model=args.model)
    text = _text(args)
    delivery = {"voice": args.voice, "emotion": args.emotion, "speed": args.speed}
    begun = time.monotonic()
    ended = asyncio.run(_say(settings, text, delivery, args.output))
    took = time.monotonic() - begun
    if args.output:
        print(f"{args.output}: {ended.audio_ms / 1000:.1f} s of speech in {took:.1f} s")
    return 0


def card(settings: Settings) -> ModelCard:
    """Load a model, in its process, to learn what it is.

    Raises:
        ConfigError: it cannot be loaded.
    """

    async def ask() -> ModelCard:
        async with Host(settings.model) as host:
            return await host.ready()

    return asyncio.run(ask())


def _text(args: argparse.Namespace) -> str:
    if args.file is None:
        return str(args.text)
    if args.file == "-":
        return sys.stdin.read()
    try:
        return Path(args.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{args.file}: {error}") from error


async def _say(settings: Settings, text: str, delivery: dict[str, Any], output: str | None) -> messages.TurnEnded:
    open_sink, codec = _sink(output)
    audio = AudioRequest(codec=codec, pace="none")
    limits = Limits(turn_chars=max(1, len(text)))
    with _progress(len(text)) as progress:
        transport = LocalTransport(_opening(text, delivery, audio), open_sink, progress)
        async with Host(settings.model, threads=settings.model_threads) as host:
            model = await host.ready()
            session = Session(Identity(), model, limits, time.monotonic())
            await Connection(transport, session, host, limits, "say").run()
        await asyncio.to_thread(transport.finish)
    if transport.ended is None or transport.ended.reason != "completed":
        raise ConfigError(transport.failure or "the text could not be spoken")
    return transport.ended


def _opening(text: str, delivery: dict[str, Any], audio: AudioRequest) -> Iterator[messages.ClientMessage]:
    yield SessionStart(audio=audio, **delivery)
    yield TurnStart(turn="say")
    for at in range(0, len(text), _DELTA_CHARS):
        yield TurnText(turn="say", text=text[at : at + _DELTA_CHARS])
    yield TurnEnd(turn="say")


def _sink(
    output: str | None,
) -> tuple[Callable[[messages.AudioStarted], Sink], messages.Codec]:
    if output is None:
        return SoundCard, "pcm_s16le"
    try:
        kind = containers.kind_of(output)
    except ValueError as error:
        raise ConfigError(str(error)) from error

    def open_file(started: messages.AudioStarted) -> Sink:
        try:
            out = Path(output).open("wb")  # noqa: SIM115 - closed by the sink
        except OSError as error:
            raise ConfigError(f"{output}: {error.strerror}") from error
        return _FileSink(out, containers.create(out, kind, started.sample_rate, started.frame_ms))

    return open_file, containers.codec_of(kind)


class _FileSink:
    """A container and the file below it."""

    def __init__(self, out: Any, container: containers.Container) -> None:
        self._out = out
        self.write = container.write
        self._container = container

    def close(self) -> None:
        self._container.close()
        self._out.close()


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[int, int], None]]:
    """Print how far a long text is, on a terminal."""
    shown_at = time.monotonic()

    def show(chars: int, audio_ms: int) -> None:
        nonlocal shown_at
        if sys.stderr.isatty() and time.monotonic() - shown_at > _PROGRESS_EVERY_S:
            shown_at = time.monotonic()
            part = 100 * chars // max(1, total)
            print(f"\r{part:3d} %  {audio_ms / 1000:.0f} s of speech", end="", file=sys.stderr)

    yield show
    if sys.stderr.isatty():
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
