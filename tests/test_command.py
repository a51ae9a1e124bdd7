"""The command line as a user runs it."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import av
import pytest

from tests.serving import serve

README = Path(__file__).parent.parent / "README.md"


def dulcet(*words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "realtime", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=100, check=False)


def seconds(path: Path) -> float:
    """Length of a file's audio, decoded to its end."""
    with av.open(str(path)) as file:
        return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


@pytest.mark.parametrize("ending", ["wav", "ogg", "mp3", "flac"])
def test_say_writes_a_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    done = dulcet("say", "[happy] One two three.", "--model", "tone", "-o", str(path))
    assert done.returncode == 0, done.stderr
    said = re.search(r"([\d.]+) s of speech", done.stdout)
    assert said
    assert seconds(path) == pytest.approx(float(said[1]), abs=0.15)


def test_say_reads_a_file_and_standard_input(tmp_path: Path) -> None:
    text = "One two three. " * 300
    (tmp_path / "text.txt").write_text(text)
    from_file, from_pipe = tmp_path / "a.wav", tmp_path / "b.wav"
    options = ("--model", "tone", "-o")
    assert dulcet("say", "-f", str(tmp_path / "text.txt"), *options, str(from_file)).returncode == 0
    assert dulcet("say", "-f", "-", *options, str(from_pipe), stdin=text).returncode == 0
    assert from_file.read_bytes() == from_pipe.read_bytes()
    assert seconds(from_file) > 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("say", "x", "-o", "x.doc"), ".wav"),
        (("say", "x", "-o", "/nowhere/x.wav", "--model", "tone"), "/nowhere/x.wav"),
        (("say", "x", "-o", "x.wav", "--model", "tone", "--voice", "nobody"), "alto"),
        (("say", "-f", "/nowhere.txt"), "/nowhere.txt"),
        (("say", "x", "--model", "nothing", "-o", "x.wav"), "nothing"),
    ],
)
def test_say_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = dulcet(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_voices_and_models_are_listed() -> None:
    assert "alto" in dulcet("voices", "--model", "tone").stdout
    assert {"embedded", "tone"} <= set(dulcet("models").stdout.split())


def test_bench_prints_its_figures_as_json() -> None:
    done = dulcet("bench", "--model", "tone", "--turns", "5", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["turns"] == 5
    assert 0 < figures["ttfa_p50_ms"] <= figures["ttfa_p99_ms"]
    assert figures["audio_s"] > 5
    assert min(figures[name] for name in ("rtf", "server_mb", "model_mb", "ready_s")) > 0


def test_the_python_example_of_the_readme_runs_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    monkeypatch.chdir(tmp_path)
    with serve("embedded") as served:
        moved = code.replace("127.0.0.1:8000", f"127.0.0.1:{served.port}")
        done = subprocess.run(
            [sys.executable, "-c", moved],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert "Hello! 今天天气真不错。" in done.stdout
    assert seconds(tmp_path / "hello.ogg") > 1.5


def test_the_example_leaves_no_task_behind() -> None:
    from realtime.client import connect

    async def check(url: str) -> None:
        async with connect(url) as client:
            await client.say("One two three.")
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    with serve("tone") as served:
        asyncio.run(check(served.stream))
