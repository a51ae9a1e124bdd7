"""The model's process through its host: real processes, real pipes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from models.speech import SpeechRequest, Text
from realtime.engine.host import Host, HostStream
from realtime.engine.synthesizer import TICKS_PER_S, AudioFormat, EncodedChunk
from realtime.errors import AtCapacity, ConfigError, SynthesisError

OPUS = AudioFormat("opus", 24_000, 20)
FAR = 10_000 * TICKS_PER_S


def ask(text: str) -> SpeechRequest:
    return SpeechRequest((Text(text, 0, len(text)),))


@asynccontextmanager
async def tone(**options: int) -> AsyncIterator[Host]:
    async with Host("tone", **options) as host:
        await host.ready()
        yield host


def begin(host: Host, text: str, until: int = FAR) -> HostStream:
    return host.open(ask(text), OPUS, dry_at=0.0, until=until)


async def hear(stream: HostStream) -> list[EncodedChunk]:
    return [chunk async for chunk in stream]


def test_a_sentence_comes_in_chunks_and_the_last_says_so() -> None:
    async def check() -> None:
        async with tone() as host:
            chunks = await hear(begin(host, "One two three four five."))
            assert [chunk.last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
            assert chunks[0].applied
            assert all(chunk.applied is None for chunk in chunks[1:])
            words = [mark.text for chunk in chunks for mark in chunk.marks if mark.kind == "word"]
            assert words == "One two three four five".split()

    asyncio.run(check())


def test_sentences_at_once_are_those_spoken_alone() -> None:
    async def check() -> None:
        async with tone() as host:
            texts = [f"This is sentence number {n}." for n in range(8)]
            alone = [await hear(begin(host, text)) for text in texts]
            together = await asyncio.gather(*(hear(begin(host, text)) for text in texts))
            for one, other in zip(alone, together, strict=True):
                assert [p for c in one for p in c.packets] == [p for c in other for p in c.packets]

    asyncio.run(check())


def test_nothing_is_made_far_beyond_until_before_it_is_demanded() -> None:
    async def check() -> None:
        async with tone() as host:
            stream = begin(host, "word " * 200, until=2 * TICKS_PER_S)
            got: list[EncodedChunk] = []

            async def listen() -> None:
                async for chunk in stream:
                    got.append(chunk)  # noqa: PERF401 - what came before the end counts

            listening = asyncio.create_task(listen())
            await hear(begin(host, "Another sentence, which shows that time has passed."))
            made_s = sum(len(chunk.packets) for chunk in got) / 50
            assert 1.9 <= made_s <= 3.1
            stream.demand(0.0, FAR)
            await listening
            assert got[-1].last

    asyncio.run(check())


def test_a_closed_stream_costs_no_further_step() -> None:
    async def check() -> None:
        async with tone() as host:
            stream = begin(host, "word " * 100_000)
            await anext(aiter(stream))
            stream.close()
            await hear(begin(host, "Another."))
            assert host.pid
            process = psutil.Process(host.pid)
            before = process.cpu_times().user
            await asyncio.sleep(0.3)
            assert process.cpu_times().user - before < 0.05

    asyncio.run(check())


def test_an_error_of_one_sentence_leaves_the_others_alone() -> None:
    async def check() -> None:
        async with tone() as host:
            good = begin(host, "One two three four five six seven.")
            bad = begin(host, "One two \a three.")
            results = await asyncio.gather(hear(good), hear(bad), return_exceptions=True)
            assert isinstance(results[0], list)
            assert isinstance(results[1], SynthesisError)
            assert results[1].code == "text_unspeakable"

    asyncio.run(check())


def test_an_unknown_model_is_named() -> None:
    async def check() -> None:
        async with Host("no-such-model") as host:
            with pytest.raises(ConfigError, match="no-such-model"):
                await host.ready()

    asyncio.run(check())


def test_a_killed_process_fails_its_sentences_and_comes_back() -> None:
    async def check() -> None:
        async with tone() as host:
            stream = begin(host, "word " * 100_000)
            await anext(aiter(stream))
            assert host.pid
            os.kill(host.pid, signal.SIGKILL)
            with pytest.raises(SynthesisError) as failed:
                await hear(stream)
            assert failed.value.retry_after_s
            for _ in range(200):
                if host.is_ready:
                    break
                await asyncio.sleep(0.05)
            assert (await hear(begin(host, "Hello again.")))[-1].last

    asyncio.run(check())


def test_a_host_without_room_says_so_at_once() -> None:
    async def check() -> None:
        async with tone(capacity=1) as host:
            stream = begin(host, "word " * 1000, until=0)
            with pytest.raises(AtCapacity):
                begin(host, "One too many.")
            stream.close()
            assert await hear(begin(host, "There is room."))

    asyncio.run(check())


def test_leaving_ends_the_process() -> None:
    async def check() -> int:
        async with tone() as host:
            assert host.pid
            return host.pid

    assert not psutil.pid_exists(asyncio.run(check()))


def test_a_host_that_is_not_ready_refuses_sentences() -> None:
    async def check() -> None:
        async with Host("tone") as host:
            with pytest.raises(AtCapacity):
                begin(host, "Too soon.")
            await host.ready()

    asyncio.run(check())
