"""The command ``dulcet bench``: measures a server that it starts itself.

What it is: a client that times what a listener would notice. TTFA runs from the delta
that completes the first clause to the arrival of the first packet whose sound is above
-50 dBFS, with texts that never repeat. What it is not: a test; it judges nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import re
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np

from .audio.opus import Decoder
from .client import Client, Turn, connect
from .errors import ConfigError
from .messages import Audio, AudioRequest
from .text import SentenceStream

AUDIBLE = 10 ** (-50 / 20)
"""RMS above which a packet is sound: -50 dBFS."""
_START_S = 60.0

_SUBJECTS = "the captain,my brother,our teacher,a young girl,the doctor,everybody".split(",")
_VERBS = "wants to,tries to,has to,hopes to,refuses to,decided to".split(",")
_ACTS = (
    "cross the river,open the old gate,write a long letter,buy some fresh bread,"
    "learn a new song,count the stars,repair the clock,visit the museum"
).split(",")
_TAILS = "before sunrise,in the rain,with great care,after the storm,this evening".split(",")
_CHINESE = "今天天气真不错,我们一起去公园吧,他明天要去北京,你喜欢听什么音乐,请把门打开".split(",")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured."""

    model: str
    turns: int
    ready_s: float
    """From the start of the server's process to the first 200 of ``/readyz``."""
    ttfa_p50_ms: float
    ttfa_p95_ms: float
    ttfa_p99_ms: float
    audio_s: float
    rtf: float
    """CPU seconds of the model's process per second of audio, encoding included."""
    server_cpu: float
    """CPU seconds of the serving process per second of audio."""
    server_mb: float
    model_mb: float


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds and resident megabytes of the two processes."""

    server_s: float
    server_mb: float
    model_s: float
    model_mb: float


def run(model: str | None, turns: int, *, as_json: bool) -> int:
    """Measure and print.

    Raises:
        ConfigError: the server does not start.
    """
    with server(model) as (process, url, ready_s):
        figures = asyncio.run(_measure(process, url, ready_s, turns))
    print(json.dumps(asdict(figures)) if as_json else _table(figures))
    return 0


@contextmanager
def server(model: str | None) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """Run ``dulcet serve`` on a free port; gives process, address, seconds to ready.

    Raises:
        ConfigError: it ends instead, or is not ready within a minute.
    """
    command = [sys.executable, "-m", "realtime", "serve", "--port", "0"]
    if model:
        command += ["--model", model]
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        address = next(
            (found[0] for line in process.stdout if (found := re.findall(r"http://\S+", line))),
            None,
        )
        if address is None:
            raise ConfigError(f"the server ended with {process.wait()}")
        _await_ready(process, address, begun)
        yield process, address, time.monotonic() - begun
    finally:
        process.terminate()
        process.wait(15)


def _await_ready(process: subprocess.Popen[str], address: str, begun: float) -> None:
    while time.monotonic() < begun + _START_S:
        if process.poll() is not None:
            raise ConfigError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}readyz", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise ConfigError(f"the server was not ready within {_START_S:g} s")


async def _measure(process: subprocess.Popen[str], url: str, ready_s: float, turns: int) -> Figures:
    texts = _texts()
    ttfas: list[float] = []
    audio_ms = 0
    stream = url.replace("http", "ws", 1) + "v1/stream"
    async with connect(stream, audio=AudioRequest(pace="none")) as client:
        for text in itertools.islice(texts, 3):  # the first turns of a process are not timed
            await _turn(client, text)
        before = _usage(process.pid)
        for text in itertools.islice(texts, turns):
            ttfa, spoken_ms = await _turn(client, text)
            ttfas.append(ttfa * 1000)
            audio_ms += spoken_ms
        after = _usage(process.pid)
        model = client.started.model
    audio_s = audio_ms / 1000
    points = statistics.quantiles(ttfas, n=100, method="inclusive")
    return Figures(
        model=model,
        turns=turns,
        ready_s=ready_s,
        ttfa_p50_ms=points[49],
        ttfa_p95_ms=points[94],
        ttfa_p99_ms=points[98],
        audio_s=audio_s,
        rtf=(after.model_s - before.model_s) / audio_s,
        server_cpu=(after.server_s - before.server_s) / audio_s,
        server_mb=after.server_mb,
        model_mb=after.model_mb,
    )


async def _turn(client: Client, text: str) -> tuple[float, int]:
    """Speak a text in deltas; gives TTFA in seconds and the audio's milliseconds."""
    turn = await client.start()
    complete = SentenceStream()
    asked: float | None = None
    for delta in re.findall(r"\s*\S{1,6}", text):
        if asked is None and complete.feed(delta):
            asked = time.monotonic()
        await turn.write(delta)
    if asked is None:
        asked = time.monotonic()
    await turn.end()
    ttfa = await _first_sound(turn, client.started.audio.sample_rate) - asked
    async for _ in turn:
        pass
    assert turn.ended
    return ttfa, turn.ended.audio_ms


async def _first_sound(turn: Turn, sample_rate: int) -> float:
    decoder = Decoder(sample_rate)
    async for item in turn:
        arrived = time.monotonic()
        for packet in item.packets if isinstance(item, Audio) else ():
            if math.sqrt(float(np.mean(np.square(decoder.decode(packet))))) > AUDIBLE:
                return arrived
    raise ConfigError("a turn made no sound")


def _texts() -> Iterator[str]:
    """Give texts of one to three sentences, two languages, each different."""
    chance = random.Random(20)  # noqa: S311 - texts, not secrets
    for number in itertools.count(1):
        words = [chance.choice(part) for part in (_SUBJECTS, _VERBS, _ACTS, _TAILS)]
        sentence = " ".join(words)
        text = f"{sentence[0].upper()}{sentence[1:]}, and this is line {number} of the story."
        if number % 3 == 0:
            text += f" {chance.choice(_CHINESE)}。"
        if number % 4 == 0:
            text = f"{chance.choice(_CHINESE)}，{chance.choice(_CHINESE)}，第{number}句。" + text
        yield text


def _usage(pid: int) -> Usage:
    try:
        import psutil
    except ImportError as error:
        raise ConfigError("the benchmark needs psutil: pip install 'dulcet[bench]'") from error
    serving = psutil.Process(pid)
    (model,) = serving.children()
    cpu = [process.cpu_times() for process in (serving, model)]
    size = [process.memory_info().rss / 1e6 for process in (serving, model)]
    return Usage(cpu[0].user + cpu[0].system, size[0], cpu[1].user + cpu[1].system, size[1])


def _table(figures: Figures) -> str:
    rows = [
        ("model", figures.model),
        ("start to ready", f"{figures.ready_s:.2f} s"),
        ("turns", f"{figures.turns}, {figures.audio_s:.0f} s of speech"),
        (
            "TTFA p50 / p95 / p99",
            f"{figures.ttfa_p50_ms:.1f} / {figures.ttfa_p95_ms:.1f} / {figures.ttfa_p99_ms:.1f} ms",
        ),
        ("RTF, model and encoder", f"{figures.rtf:.4f}"),
        ("CPU of the serving process", f"{figures.server_cpu:.4f} s per second of speech"),
        ("memory, serving / model", f"{figures.server_mb:.0f} / {figures.model_mb:.0f} MB"),
    ]
    return "\n".join(f"{name:28} {value}" for name, value in rows)
