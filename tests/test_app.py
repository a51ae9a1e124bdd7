"""The application as a real process, over real sockets."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
import websockets.asyncio.client as websocket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from realtime.audio.opus import Decoder
from realtime.client import Client, connect
from realtime.errors import TransportClosed
from realtime.messages import Audio, AudioRequest, Error, Marks, SentenceStarted, decode_audio
from tests.serving import Served, serve

ISSUE = "[happy] Hello, 今天天气真不错! Let's go [whisper:0.8] outside. It cost $3.14, about 20%."
NOW = AudioRequest(pace="none")


@pytest.fixture(scope="module", params=["tone", "embedded"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    with serve(request.param) as server:
        yield server


@pytest.fixture(scope="module")
def tone() -> Iterator[Served]:
    with serve("tone") as server:
        yield server


async def raw(url: str, *sent: dict[str, Any], until: str, **options: Any) -> list[Any]:
    """Talk the protocol without our client: JSON and bytes as they are on the wire."""
    got: list[Any] = []
    protocols = [Subprotocol("dulcet.v1")]
    async with websocket.connect(url, subprotocols=protocols, **options) as ws:
        assert ws.subprotocol == "dulcet.v1"
        for message in sent:
            await ws.send(json.dumps(message))
        async for data in ws:
            got.append(decode_audio(data) if isinstance(data, bytes) else json.loads(data))
            if not isinstance(got[-1], Audio) and got[-1]["type"] == until:
                return got
    return got


def messages_of(got: list[Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in got if not isinstance(one, Audio) and one["type"] == kind]


def test_a_turn_over_the_raw_protocol(served: Served) -> None:
    start = {"type": "session.start", "audio": {"pace": "none"}, "marks": ["word", "viseme"]}
    say = {"type": "turn.say", "turn": "t", "text": ISSUE}
    got = asyncio.run(raw(served.stream, start, say, until="turn.ended"))
    sentences = messages_of(got, "sentence.started")
    assert not any(re.search(r"[\[\]]|happy|whisper", one["text"]) for one in sentences)
    moods = [one["emotion"]["name"] for one in sentences]
    assert [mood for mood, _ in itertools.groupby(moods)] == ["happy", "whisper"]
    marks = messages_of(got, "marks")
    words = [word for one in marks for word in one.get("words", [])]
    assert "$3.14" in [word["text"] for word in words]
    assert all(ISSUE[w["char_start"] : w["char_end"]] == w["text"] for w in words)
    for name in ("words", "visemes"):
        starts = [mark["start_ms"] for one in marks for mark in one.get(name, [])]
        assert starts == sorted(starts)
        assert len(starts) > 10
    audio = [one for one in got if isinstance(one, Audio)]
    packets = [packet for one in audio for packet in one.packets]
    numbers = [one.seq + i for one in audio for i in range(len(one.packets))]
    assert numbers == list(range(len(packets)))
    (ended,) = messages_of(got, "turn.ended")
    settled = messages_of(got, "session.started")[0]["audio"]
    decoder = Decoder(settled["sample_rate"])
    decoded = sum(len(decoder.decode(packet)) for packet in packets) / settled["sample_rate"]
    assert abs(ended["audio_ms"] - decoded * 1000) <= 60
    assert ended["heard_text"] == ISSUE


def test_tokens_and_whole_text_give_the_same_packets(served: Served) -> None:
    async def speak(client: Client, *, split: bool) -> tuple[list[Any], list[bytes]]:
        turn = await (client.start(seed=3) if split else client.say(ISSUE, seed=3))
        if split:
            for piece in re.findall(r".{1,3}", ISSUE, re.DOTALL):
                await turn.write(piece)
            await turn.end()
        items = [item async for item in turn]
        texts = [
            (one.text, one.char_start, one.char_end, one.start_ms) for one in items if isinstance(one, SentenceStarted)
        ]
        return texts, [p for one in items if isinstance(one, Audio) for p in one.packets]

    async def both() -> None:
        async with connect(served.stream, audio=NOW) as client:
            assert await speak(client, split=True) == await speak(client, split=False)

    asyncio.run(both())


def test_marks_never_come_after_their_sound(served: Served) -> None:
    async def check() -> None:
        async with connect(served.stream, audio=NOW, marks=("word", "phoneme")) as client:
            sent_ms = 0
            async for item in await client.say(ISSUE):
                if isinstance(item, Audio):
                    sent_ms += 20 * len(item.packets)
                elif isinstance(item, Marks):
                    starts = [word.start_ms for word in item.words or ()]
                    starts += [phoneme.start_ms for phoneme in item.phonemes or ()]
                    assert min(starts) >= sent_ms - 60

    asyncio.run(check())


def test_pcm_and_opus_are_the_same_speech(served: Served) -> None:
    async def speak(codec: Any) -> list[bytes]:
        audio = AudioRequest(codec=codec, sample_rate=24_000, pace="none")
        async with connect(served.stream, audio=audio) as client:
            return await (await client.say("One two three four five six.")).packets()

    async def both() -> tuple[Any, Any]:
        pcm = np.frombuffer(b"".join(await speak("pcm_s16le")), "<i2").astype(np.float32)
        decoder = Decoder(24_000)
        opus = np.concatenate([decoder.decode(one) for one in await speak("opus")])
        return pcm / 32768, opus

    pcm, opus = asyncio.run(both())
    lag = 156  # the encoder's look-ahead at 24 kHz
    pcm, opus = pcm[: len(opus) - lag], opus[lag:][: len(pcm)]
    assert np.corrcoef(pcm, opus[: len(pcm)])[0, 1] > 0.8


def test_many_sessions_get_their_own_speech(tone: Served) -> None:
    async def speak(text: str, voice: str) -> list[bytes]:
        async with connect(tone.stream, audio=NOW, voice=voice) as client:
            return await (await client.say(text)).packets()

    async def all_at_once() -> None:
        texts = [f"This is line number {n}, spoken to listener {n}." for n in range(12)]
        alone = [await speak(text, "alto") for text in texts]
        together = await asyncio.gather(*(speak(text, "alto") for text in texts))
        assert alone == together

    asyncio.run(all_at_once())


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", "bad_json"),
        (b"\0\1", "unexpected_binary"),
        ('{"type":"turn.say","turn":"x","text":"' + "x" * 70_000 + '"}', "message_too_large"),
        ('{"type":"turn.start","turn":"x","voice":"nobody"}', "unknown_voice"),
        ('{"type":"turn.start","turn":"x","speed":9}', "bad_value"),
        ('{"type":"turn.text","turn":"x","text":"hi"}', "unknown_turn"),
    ],
)
def test_bad_input_leaves_the_session_and_its_turns_alone(tone: Served, sent: str | bytes, code: str) -> None:
    async def check() -> None:
        protocols = [Subprotocol("dulcet.v1")]
        async with websocket.connect(tone.stream, subprotocols=protocols) as ws:
            await ws.send('{"type":"session.start","audio":{"pace":"none"}}')
            await ws.send('{"type":"turn.start","turn":"good"}')
            await ws.send(sent)
            await ws.send('{"type":"turn.text","turn":"good","text":"One two three."}')
            await ws.send('{"type":"turn.end","turn":"good"}')
            got = []
            async for data in ws:
                if isinstance(data, str):
                    got.append(json.loads(data))
                    if got[-1]["type"] == "turn.ended":
                        break
            assert [one["code"] for one in messages_of(got, "error")] == [code]
            assert got[-1]["reason"] == "completed"

    asyncio.run(check())


def test_a_cancel_is_answered_at_once_and_nothing_follows(tone: Served) -> None:
    async def check() -> None:
        async with connect(tone.stream) as client:
            turn = await client.say("One two three four five six seven eight nine ten. " * 5)
            sent_ms = 0
            async for item in turn:
                if isinstance(item, Audio):
                    sent_ms += 20 * len(item.packets)
                    if sent_ms == 20 * (1 + 3 * 12):  # after so many groups: once
                        await turn.cancel(played_ms=300)
            assert turn.ended
            assert turn.ended.reason == "cancelled"
            assert turn.ended.heard_ms == 300
            later = await client.say("Next.", turn="next")
            async for item in later:
                if isinstance(item, Audio):
                    assert item.turn == later.number

    asyncio.run(check())


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("http://127.0.0.1:{port}", True),
        ("http://localhost:{port}", True),
        ("http://localhost:1", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_a_strange_page_may_not_connect(tone: Served, origin: str | None, *, welcome: bool) -> None:
    async def check() -> None:
        told = Origin(origin.format(port=tone.port)) if origin else None
        protocols = [Subprotocol("dulcet.v1")]
        async with websocket.connect(tone.stream, subprotocols=protocols, origin=told) as ws:
            if welcome:
                await ws.send('{"type":"ping"}')
                assert json.loads(await ws.recv())["type"] == "pong"
                return
            with pytest.raises(ConnectionClosed) as closed:
                await ws.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008

    asyncio.run(check())


def test_the_http_routes_answer(tone: Served) -> None:
    with httpx.Client(base_url=tone.url) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 200
        voices = http.get("/v1/voices").json()["voices"]
        assert {"id", "name", "languages", "gender", "model", "emotions"} <= set(voices[0])
        models = {one["name"]: one["state"] for one in http.get("/v1/models").json()["models"]}
        assert models["tone"] == "ready"
        page = http.get("/")
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert http.get("/client/client.js").status_code == 200
        assert http.get("/../pyproject.toml").status_code == 404


def test_a_full_server_says_when_to_come_back() -> None:
    async def check(server: Served) -> None:
        async with connect(server.stream):
            protocols = [Subprotocol("dulcet.v1")]
            async with websocket.connect(server.stream, subprotocols=protocols) as ws:
                error = json.loads(await ws.recv())
                assert (error["code"], error["fatal"]) == ("at_capacity", True)
                assert error["retry_after_ms"] > 0
                with pytest.raises(ConnectionClosed) as closed:
                    await ws.recv()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1013

    with serve("tone", env={**os.environ, "DULCET_SESSIONS": "1"}) as server:
        asyncio.run(check(server))


def test_sigterm_lets_a_turn_finish_and_closes_with_1001() -> None:
    async def check(server: Served) -> None:
        async with connect(server.stream) as client:
            turn = await client.say("One two three four five six seven.")
            async for item in turn:
                if isinstance(item, SentenceStarted):
                    server.process.send_signal(signal.SIGTERM)
            assert turn.ended
            assert turn.ended.reason == "completed"
            with pytest.raises(TransportClosed) as closed:
                await (await client.say("Too late.")).packets()
            assert closed.value.code == 1001

    with serve("tone") as server:
        asyncio.run(check(server))
        assert server.process.wait(10) == 0


def test_the_model_process_ends_with_its_server() -> None:
    import psutil

    with serve("tone") as server:
        (child,) = psutil.Process(server.process.pid).children()
        server.process.kill()
        server.process.wait()
        child.wait(5)
        assert not child.is_running()


def test_a_model_process_that_is_killed_is_started_again() -> None:
    import psutil

    async def check(server: Served) -> None:
        async with connect(server.stream, audio=NOW) as client:
            (child,) = psutil.Process(server.process.pid).children()
            child.kill()
            child.wait(5)
            for attempt in range(100):
                turn = await client.say("Hello again.", turn=f"again{attempt}")
                items = [item async for item in turn]
                assert turn.ended
                if turn.ended.reason == "completed":
                    return
                assert [one.code for one in items if isinstance(one, Error)]
                await asyncio.sleep(0.1)
            raise AssertionError("it did not come back")

    with serve("tone") as server:
        asyncio.run(check(server))


@pytest.mark.parametrize("model", ["no-such-model", "."])
def test_a_model_that_cannot_be_loaded_ends_with_code_2_and_one_line(model: str) -> None:
    command = [sys.executable, "-m", "realtime", "serve", "--port", "0", "--model", model]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("dulcet: ")
    assert model in line


def test_a_port_in_use_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "realtime", "serve", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert f"port {port}" in ended.stderr
    assert "--port" in ended.stderr


def test_a_wide_bind_is_refused() -> None:
    command = [sys.executable, "-m", "realtime", "serve", "--host", "0.0.0.0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "access keys" in ended.stderr
