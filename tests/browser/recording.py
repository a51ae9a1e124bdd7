"""What the player gave out, sample for sample, and what it should have been.

The page's node is tapped by ``tap.js``; the reference is the server's own packets, read
by the Python client and decoded by libopus.
"""

from __future__ import annotations

import asyncio
import base64
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeAlias

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page

from realtime.audio.opus import Decoder
from realtime.client import connect
from realtime.messages import AudioRequest

RATE = 48_000
Samples: TypeAlias = npt.NDArray[np.float32]
P = ParamSpec("P")


class UnderrunError(Exception):
    """The machine was too busy for the network, the decoder or the test to keep pace."""


def patient(test: Callable[P, None]) -> Callable[P, None]:
    """Let a test begin again, twice at most, where the player ran dry: all else must hold."""

    @functools.wraps(test)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> None:
        for _ in range(2):
            try:
                return test(*args, **kwargs)
            except UnderrunError:
                continue
        return test(*args, **kwargs)

    return repeated


@dataclass(frozen=True, slots=True)
class Recording:
    """All that came out of the player's node since it was made."""

    pcm: Samples
    """Shape (N,), 48 kHz."""
    marks: tuple[tuple[str, int], ...]
    """Name and index into `pcm`: `stop` is when the player was told to."""

    @staticmethod
    def of(page: Page) -> Recording:
        """Read it from the page.

        Raises:
            UnderrunError: speech paused, as the player itself has counted.
        """
        told: dict[str, Any] = page.evaluate("() => watch.dump()")
        if told["underruns"]:
            raise UnderrunError(f"{told['underruns']} underruns")
        pcm = np.frombuffer(base64.b64decode(told["pcm"]), np.float32)
        marks = tuple((name, frame - told["first"]) for name, frame in told["marks"])
        return Recording(pcm, marks)

    def find(self, reference: Samples) -> int:
        """Find where a reference lies, by cross-correlation."""
        size = 1 << (len(self.pcm) + len(reference)).bit_length()
        spectrum = np.fft.rfft(self.pcm, size) * np.conj(np.fft.rfft(reference, size))
        return int(np.argmax(np.fft.irfft(spectrum, size)[: len(self.pcm)]))

    def error(self, reference: Samples) -> float:
        """Give the largest difference to a reference that should be in it."""
        at = self.find(reference)
        heard = self.pcm[at : at + len(reference)]
        assert len(heard) == len(reference), "the recording ends before the reference"
        return float(np.abs(heard - reference).max())


def server_decode(stream: str, text: str, **delivery: Any) -> Samples:
    """Have a server speak a text, and decode its packets here; shape (N,), 48 kHz."""

    async def speak() -> Samples:
        async with connect(stream, audio=AudioRequest(pace="none")) as client:
            turn = await client.say(text, **delivery)
            decoder = Decoder(RATE)
            pcm = [decoder.decode(packet) for packet in await turn.packets()]
            return np.concatenate(pcm)[client.started.audio.pre_skip :]

    # Playwright runs a loop of its own in the test's thread.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(speak())).result()


def last_sound(pcm: Samples) -> int:
    """Give the index behind the last sample that is not zero."""
    (sounding,) = np.nonzero(pcm)
    return int(sounding[-1]) + 1 if len(sounding) else 0
