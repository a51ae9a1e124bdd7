"""The error tree of the serving side. Match on types and fields, never on text.

DulcetError
├── ProtocolError            somebody broke the wire protocol
│   ├── LocalProtocolError   we did: a bug; the connection closes with 1011
│   └── RemoteProtocolError  the peer did: it gets an ``error`` message and goes on
├── AtCapacity               no room now: 1013 or 503, with a hint when to come back
├── SynthesisError           one sentence failed: its session lives
├── TransportClosed          the peer is gone: normal
└── ConfigError              the server cannot start so: exit code 2
"""

from __future__ import annotations


class DulcetError(Exception):
    """Root of all errors raised on purpose by ``realtime``."""


class ProtocolError(DulcetError):
    """The rules of the wire protocol were broken."""


class LocalProtocolError(ProtocolError):
    """We broke the protocol ourselves; always a bug of ours."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what it may not send; becomes an ``error`` message."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        turn: str | None = None,
        fatal: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        """A stable word for programs, listed in PROTOCOL.md."""
        self.message = message
        """For people: the field, the limit and the cure."""
        self.field = field
        """The field at fault, as a path (``audio.frame_ms``)."""
        self.turn = turn
        """The client's id of the turn it is about."""
        self.fatal = fatal
        """The connection closes after it."""


class AtCapacity(DulcetError):
    """There is no room for more work now."""

    def __init__(self, what: str, retry_after_s: float) -> None:
        super().__init__(f"{what} are at capacity; try again in {retry_after_s:g} s")
        self.what = what
        self.retry_after_s = retry_after_s
        """Seconds after which trying again makes sense."""


class SynthesisError(DulcetError):
    """One sentence could not be spoken; its turn goes on with the next."""

    def __init__(self, code: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        """A stable word for programs, listed in PROTOCOL.md."""
        self.retry_after_s = retry_after_s


class TransportClosed(DulcetError):
    """The peer closed the connection, or it broke."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"closed with {code} {reason}".rstrip())
        self.code = code
        self.reason = reason


class ConfigError(DulcetError):
    """The settings, the machine or a model do not allow the server to start."""
