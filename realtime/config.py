"""Settings: the only reader of the environment and of ``dulcet.toml``.

Every setting is a field here with its meaning and unit. Sources, strongest first:
command line, environment (``DULCET_PORT``, ``DULCET_LIMITS__TURN_CHARS``), the file
``dulcet.toml`` in the working directory, the default.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import ConfigError


class Limits(BaseModel):
    """Every limit as a number; sent to each client in ``session.started``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_bytes: int = Field(default=65_536, ge=1_024, le=1_048_576)
    """A control message, in bytes of UTF-8; larger ones get an ``error``."""
    turn_chars: int = Field(default=200_000, ge=1)
    """The text of one turn, in code points."""
    turns: int = Field(default=64, ge=1)
    """Turns of one session that have not ended."""
    channels: int = Field(default=8, ge=1)
    """Channels of one session with a turn that has not ended."""
    bad_messages: int = Field(default=60, ge=1)
    """Messages a minute answered with ``error``; one more closes with 4400."""
    unsent_bytes: int = Field(default=262_144, ge=65_536)
    """With pace ``none``: made but not yet sent; synthesis waits beyond it."""
    ahead_ms: int = Field(default=4_000, ge=500)
    """Nothing is synthesized further ahead of playback."""
    lead_ms: int = Field(default=10_000, ge=100)
    """The largest ``audio.lead_ms`` that a client may ask for."""
    journal_bytes: int = Field(default=2_097_152, ge=0)
    """What is kept of the sent items for a resume."""
    journal_s: float = Field(default=30.0, ge=0)
    """For how long, in seconds."""
    stall_s: float = Field(default=20.0, gt=0)
    """A client that reads nothing for so long is closed with 4408, in seconds."""
    start_s: float = Field(default=10.0, gt=0)
    """A connection must send ``session.start`` within, in seconds."""
    idle_s: float = Field(default=600.0, gt=0)
    """Without a message or a turn under way, the session closes with 4408."""


class Settings(BaseSettings):
    """How this server runs."""

    model_config = SettingsConfigDict(
        env_prefix="DULCET_",
        env_nested_delimiter="__",
        toml_file="dulcet.toml",
        extra="forbid",
        frozen=True,
    )

    host: str = "127.0.0.1"
    """Address to listen on; for now it must be a loopback address."""
    port: int = Field(default=8000, ge=0, le=65535)
    """TCP port; 0 takes a free one."""
    model: str = "embedded"
    """Name of a model, or a folder with its checkpoint."""
    model_threads: int = Field(default=1, ge=1)
    """Threads of the model's process."""
    origins: tuple[str, ...] = ()
    """Origins of web pages that may connect, besides the server's own."""
    sessions: int = Field(default=256, ge=1)
    """Sessions at once; one more is refused with 1013."""
    sentences: int = Field(default=1_024, ge=1)
    """Sentences under way at once in the model's process."""
    drain_s: float = Field(default=10.0, ge=0)
    """On SIGTERM, how long the current turns may go on, in seconds."""
    limits: Limits = Limits()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put ``dulcet.toml`` under the environment."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(**overrides: Any) -> Settings:
    """Read the settings once; ``None`` among the overrides means not given.

    Raises:
        ConfigError: a value is out of range; names the setting and the cure.
    """
    try:
        settings = Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"setting {name}: {first['msg']}") from error
    except ValueError as error:  # dulcet.toml is no TOML
        raise ConfigError(f"dulcet.toml: {error}") from error
    if not is_loopback(settings.host):
        raise ConfigError(
            f"setting host: {settings.host} is open to others, which needs access keys; they "
            "are not there yet: listen on 127.0.0.1, behind a proxy that authenticates"
        )
    return settings


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can connect to the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def web_root() -> Path:
    """Find the static files: in a wheel beside the package, in a checkout in ``web/``."""
    package = Path(__file__).parent
    inside = package / "_web"
    return inside if inside.is_dir() else package.parent / "web"
