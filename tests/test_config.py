"""Settings: their sources and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from realtime import config
from realtime.errors import ConfigError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_line_wins_over_the_environment_over_the_file(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "dulcet.toml").write_text('port = 1\nmodel = "file"\nsessions = 3\n')
    monkeypatch.setenv("DULCET_PORT", "2")
    monkeypatch.setenv("DULCET_MODEL", "environment")
    settings = config.load(port=5, model=None)
    assert (settings.port, settings.model, settings.sessions) == (5, "environment", 3)


def test_limits_are_set_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DULCET_LIMITS__TURN_CHARS", "99")
    limits = config.load().limits
    assert limits.turn_chars == 99
    assert limits.turns == config.Limits().turns


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DULCET_PORT", "70000", "setting port"),
        ("DULCET_PORT", "http", "setting port"),
        ("DULCET_LIMITS__TURNS", "0", "setting limits.turns"),
        ("DULCET_HOST", "0.0.0.0", "setting host"),
        ("DULCET_HOST", "example.org", "setting host"),
    ],
)
def test_a_bad_value_names_the_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=said):
        config.load()


@pytest.mark.parametrize("text", ["port = ", "prot = 1", "[limits]\nturms = 1"])
def test_a_bad_file_is_refused(empty_folder: Path, text: str) -> None:
    (empty_folder / "dulcet.toml").write_text(text)
    with pytest.raises(ConfigError):
        config.load()


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_loopback_addresses_are_known(host: str, *, is_loopback: bool) -> None:
    assert config.is_loopback(host) is is_loopback
