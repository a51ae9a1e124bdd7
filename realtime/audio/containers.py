"""Packets of a session into a file or a stream: wav, ogg (Opus), mp3, flac.

What it is: one class a container, all fed with packets as they come, so that a text of any
length needs no memory. Opus packets go into ogg untouched; the others take
``pcm_s16le``. What it is not: a player or a reader. The command line and the routes that
answer with a file call `create`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias, get_args

import numpy as np

from .ogg import OggOpusWriter
from .opus import TICKS_PER_S, Codec, pre_skip

Kind: TypeAlias = Literal["wav", "ogg", "mp3", "flac"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_UNKNOWN = 0xFFFF_FFFF
"""The length in a header for "until the stream ends"."""


class Container(Protocol):
    """Something that takes the packets of a turn, and must be closed in the end."""

    def write(self, packets: Sequence[bytes]) -> None:
        """Take packets of the kind's codec (`codec_of`) in order."""

    def close(self) -> None:
        """Write what is left; the stream below stays open."""


def codec_of(kind: Kind) -> Codec:
    """Tell which codec a kind of container takes."""
    return "opus" if kind == "ogg" else "pcm_s16le"


def kind_of(name: str) -> Kind:
    """Tell a kind from a file's name.

    Raises:
        ValueError: the name has another ending.
    """
    ending = name.lower().rpartition(".")[2]
    for kind in KINDS:
        if ending == kind or (ending, kind) == ("opus", "ogg"):
            return kind
    raise ValueError(f"{name}: the file's name must end in one of .{', .'.join(KINDS)}")


def create(out: BinaryIO, kind: Kind, sample_rate: int, frame_ms: int) -> Container:
    """Begin a file of a kind.

    Args:
        out: a file or a pipe; where it can seek, wav and flac get their length in the header.
        kind: see `kind_of`.
        sample_rate: Hz of the packets.
        frame_ms: length of every packet.

    Raises:
        ConfigError: there is no libopus.
        ValueError: a rate that the container's codec does not have.
    """
    if kind == "ogg":
        return OggOpusWriter(
            out,
            pre_skip=pre_skip("opus", sample_rate),
            packet_ticks=frame_ms * TICKS_PER_S // 1000,
            sample_rate=sample_rate,
        )
    return WavWriter(out, sample_rate) if kind == "wav" else _FfmpegWriter(out, kind, sample_rate)


class WavWriter:
    """RIFF wave, 16 bits, mono. Unlike the standard library's it can write to a pipe."""

    def __init__(self, out: BinaryIO, sample_rate: int) -> None:
        self._out = out
        self._sample_rate = sample_rate
        self._length = 0
        self._start = out.tell() if out.seekable() else None
        out.write(self._header(_UNKNOWN))

    def write(self, packets: Sequence[bytes]) -> None:
        """Take PCM."""
        for packet in packets:
            self._out.write(packet)
            self._length += len(packet)

    def close(self) -> None:
        """Write the length into the header, where ``out`` can seek."""
        if self._start is not None:
            self._out.seek(self._start)
            self._out.write(self._header(self._length))
            self._out.seek(0, 2)

    def _header(self, length: int) -> bytes:
        length = min(length, _UNKNOWN)  # 24 hours at 24 kHz; players go on to the file's end
        riff = struct.pack("<4sI4s", b"RIFF", min(length + 36, _UNKNOWN), b"WAVE")
        rate = self._sample_rate
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
        return riff + form + struct.pack("<4sI", b"data", length)


class _FfmpegWriter:
    """mp3 and flac by PyAV, which is imported only here."""

    def __init__(self, out: BinaryIO, kind: Literal["mp3", "flac"], sample_rate: int) -> None:
        import av  # FFmpeg takes 30 MB: only where it is used

        self._av: Any = av
        self._sample_rate = sample_rate
        self._samples = 0
        self._container: Any = av.open(out, "w", format=kind)
        options = {"b": "64k"} if kind == "mp3" else {}
        codec = "libmp3lame" if kind == "mp3" else "flac"
        self._stream: Any = self._container.add_stream(codec, rate=sample_rate, layout="mono", options=options)

    def write(self, packets: Sequence[bytes]) -> None:
        """Take PCM."""
        pcm = np.frombuffer(b"".join(packets), "<i2")
        if not len(pcm):
            return
        frame = self._av.AudioFrame.from_ndarray(pcm[None, :], format="s16", layout="mono")
        frame.sample_rate = self._sample_rate
        frame.time_base = Fraction(1, self._sample_rate)
        frame.pts = self._samples
        self._samples += len(pcm)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Encode what is left."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
