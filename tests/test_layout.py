"""What may be loaded where, and that the docs tell the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import models
import realtime
from realtime import config

ROOT = Path(__file__).parent.parent


def loaded_by(statement: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_packages_are_those_of_this_checkout() -> None:
    assert Path(realtime.__file__).parent == ROOT / "realtime"
    assert Path(models.__file__).parent == ROOT / "models"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import realtime.session", {"torch", "starlette"}),
        ("import realtime.session.session", {"torch", "starlette", "uvicorn", "websockets"}),
        ("import realtime.app", {"torch"}),
        ("import realtime.engine.worker", {"torch", "starlette"}),
        ("import models.catalog", {"torch", "numpy.random", "realtime"}),
    ],
)
def test_an_import_loads_no_more_than_it_needs(statement: str, absent: set[str]) -> None:
    assert not loaded_by(statement) & absent


def test_torch_is_written_nowhere_in_the_serving_side() -> None:
    for path in (ROOT / "realtime").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) torch", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_top_level_is_the_customers() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split(
        "\n"
    )
    top = {path.split("/")[0] for path in tracked if path}
    allowed = {"realtime", "models", "web", "tests", "docker", "Makefile", "LICENSE"}
    allowed |= {"README.md", "CHANGELOG.md", "pyproject.toml", "constraints.txt"}
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_every_limit_stands_in_the_protocol() -> None:
    protocol = (ROOT / "realtime/PROTOCOL.md").read_text(encoding="utf-8")
    assert [name for name in config.Limits.model_fields if f"`{name}`" not in protocol] == []


def test_every_error_code_stands_in_the_protocol() -> None:
    protocol = (ROOT / "realtime/PROTOCOL.md").read_text(encoding="utf-8")
    written = set()
    for path in (ROOT / "realtime").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        written |= set(re.findall(r'(?:ProtocolError|SynthesisError)\(\s*"(\w+)"', text))
        written |= set(re.findall(r'code="(\w+)"', text))
    written.remove("bad_audio")  # what a client says of a server
    assert len(written) > 15
    assert sorted(code for code in written if f"`{code}`" not in protocol) == []


def test_the_base_install_asks_for_no_torch() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    base = text[text.index("\ndependencies = [") : text.index("[project.optional-dependencies]")]
    assert "torch" not in base
    assert re.search(r"^torch==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
