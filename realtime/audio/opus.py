"""PCM to packets and back: one Opus encoder or decoder, and the encoder of a sentence.

What it is: `Encoder` and `Decoder`, thin over libopus (RFC 6716), and `SentenceEncoder`,
which gives the packets of one sentence in the codec of a session, as ``engine.worker``
sends them. What it is not: a container (``containers``), or a stream of many sentences:
each has a fresh encoder and is silent at both ends, so that sentences join in any order.
"""

from __future__ import annotations

import ctypes
import weakref
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from . import libopus
from .resample import Resampler

Codec: TypeAlias = Literal["opus", "pcm_s16le"]
Samples: TypeAlias = npt.NDArray[np.float32]
"""PCM, float32 mono in [-1, 1], shape (N,)."""

SAMPLE_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)
"""Those that Opus works at, in Hz."""
FRAME_MS = (20, 40, 60)
TICKS_PER_S = 48_000
"""Positions on the wire count 48 kHz ticks, whatever the audio's rate (RFC 7845, 4)."""

_MAX_PACKET = 4_000  # bytes; the buffer size that opus_encode's documentation recommends
_SET_BITRATE, _SET_COMPLEXITY, _SET_SIGNAL = 4002, 4010, 4024  # opus_defines.h
_GET_LOOKAHEAD, _RESET_STATE = 4027, 4028
_APPLICATION_VOIP, _SIGNAL_VOICE = 2048, 3001
_FLOATS = ctypes.POINTER(ctypes.c_float)


class Encoder:
    """One Opus stream, mono, tuned for speech: whole frames in, packets out.

    One thread at a time uses it. libopus lets others run while it works.
    """

    def __init__(self, sample_rate: int, frame_ms: int, *, bitrate: int = 32_000, complexity: int = 5) -> None:
        """Make an encoder.

        Args:
            sample_rate: Hz, one of ``SAMPLE_RATES``.
            frame_ms: one of ``FRAME_MS``.
            bitrate: bits per second, on average.
            complexity: 0 to 10; 5 costs a quarter less than 10 and is hard to tell from it.

        Raises:
            ConfigError: there is no libopus.
            ValueError: a rate or frame that Opus does not have.
        """
        _check(sample_rate, frame_ms)
        self.frame_samples = sample_rate * frame_ms // 1000
        """Samples of a frame."""
        api = libopus.load().api.encoder
        self._state = api.create_state(sample_rate, 1, _APPLICATION_VOIP)
        weakref.finalize(self, api.destroy, self._state)
        self._encode = api.libopus_encode_float
        self._ctl = api.libopus_ctl
        self._packet = ctypes.create_string_buffer(_MAX_PACKET)
        self._set(_SET_BITRATE, bitrate)
        self._set(_SET_COMPLEXITY, complexity)
        self._set(_SET_SIGNAL, _SIGNAL_VOICE)
        lookahead = ctypes.c_int()
        self._check(self._ctl(self._state, _GET_LOOKAHEAD, ctypes.byref(lookahead)))
        self.pre_skip = lookahead.value * TICKS_PER_S // sample_rate
        """48 kHz ticks that the decoded audio comes later than the PCM."""

    def encode(self, frame: Samples) -> bytes:
        """Give the packet of one frame, (``frame_samples``,)."""
        if frame.shape != (self.frame_samples,):
            raise ValueError(f"a frame has {self.frame_samples} samples, not {frame.shape}")
        pcm = np.ascontiguousarray(frame, np.float32)
        size = self._encode(
            self._state,
            pcm.ctypes.data_as(_FLOATS),
            self.frame_samples,
            self._packet,
            _MAX_PACKET,
        )
        self._check(size)
        return ctypes.string_at(self._packet, size)

    def reset(self) -> None:
        """Forget all that was encoded: as if freshly made."""
        self._check(self._ctl(self._state, _RESET_STATE))

    def _set(self, request: int, value: int) -> None:
        self._check(self._ctl(self._state, request, ctypes.c_int(value)))

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:  # only a wrong call makes libopus fail: our bug
            raise RuntimeError(f"libopus: error {result}")


class Decoder:
    """One Opus stream, mono: packets in, PCM out. For tests, files and measurements."""

    def __init__(self, sample_rate: int) -> None:
        """Make a decoder; the rate need not be the encoder's.

        Raises:
            ConfigError: there is no libopus.
            ValueError: a rate that Opus does not have.
        """
        _check(sample_rate, FRAME_MS[0])
        api = libopus.load().api.decoder
        self._state = api.create_state(sample_rate, 1)
        weakref.finalize(self, api.destroy, self._state)
        self._decode = api.libopus_decode_float
        self._pcm = np.zeros(sample_rate * 120 // 1000, np.float32)  # the longest packet

    def decode(self, packet: bytes) -> Samples:
        """Give the PCM of one packet.

        Raises:
            ValueError: the bytes are no Opus packet.
        """
        floats = self._pcm.ctypes.data_as(_FLOATS)
        count = self._decode(self._state, packet, len(packet), floats, len(self._pcm), 0)
        if count < 0:
            raise ValueError(f"no Opus packet (libopus: error {count})")
        return self._pcm[:count].copy()


class SentenceEncoder:
    """PCM of one sentence → packets of the session's codec: whole frames, a silent tail.

    Feed it chunks of any length, then finish it, once. The packets do not depend on how
    the sentence was cut into chunks. Dropping it half way needs no call.
    """

    def __init__(self, codec: Codec, model_rate: int, sample_rate: int, frame_ms: int, position: int = 0) -> None:
        """Begin a sentence, or go on with one.

        Args:
            codec: Opus, or each frame's PCM as it is.
            model_rate: Hz of the PCM that is fed.
            sample_rate: Hz of the session; for Opus one of ``SAMPLE_RATES``.
            frame_ms: one of ``FRAME_MS``.
            position: the sample at which the PCM begins, where a sentence is resumed. The
                first packet is then that of the frame in which this sample lies, see
                `ticks`; what lies before it in that frame is silence. A codec needs a
                frame or two to settle: resume early and drop those packets.

        Raises:
            ConfigError: there is no libopus.
            ValueError: a rate or frame that the codec does not have.
        """
        self._encoder = Encoder(sample_rate, frame_ms) if codec == "opus" else None
        self.pre_skip = self._encoder.pre_skip if self._encoder else 0
        """48 kHz ticks that the decoded audio comes later than the PCM."""
        self.frame_ticks = frame_ms * TICKS_PER_S // 1000
        self._frame = _whole(sample_rate * frame_ms, 1000)
        self._resampler = Resampler(model_rate, sample_rate) if model_rate != sample_rate else None
        model_frame = _whole(model_rate * frame_ms, 1000)
        self.ticks = position // model_frame * self.frame_ticks
        """Position of the next packet, in 48 kHz ticks from the sentence's start."""
        self._rest: Samples = np.zeros(0, np.float32)
        self._empty = position == 0
        if position % model_frame:
            self.feed(np.zeros(position % model_frame, np.float32))

    def feed(self, pcm: Samples) -> list[bytes]:
        """Take PCM; give the packets that are full, perhaps none."""
        self._empty = self._empty and not len(pcm)
        return self._take(self._resampler.feed(pcm) if self._resampler else pcm)

    def finish(self) -> list[bytes]:
        """Give the last packets, filled up with silence, the encoder's delay included.

        A sentence without a sample has no packet.
        """
        if self._empty:
            return []
        rest = [self._resampler.flush()] if self._resampler else []
        delay = self.pre_skip * self._frame // self.frame_ticks
        count = len(self._rest) + sum(map(len, rest)) + delay
        silence = np.zeros(delay + -count % self._frame, np.float32)
        return self._take(np.concatenate([*rest, silence]))

    def _take(self, pcm: Samples) -> list[bytes]:
        pcm = np.concatenate([self._rest, pcm]) if len(self._rest) else pcm
        end = len(pcm) // self._frame * self._frame
        self._rest = pcm[end:].copy()
        self.ticks += end // self._frame * self.frame_ticks
        encode: Any = self._encoder.encode if self._encoder else _s16le
        return [encode(frame) for frame in pcm[:end].reshape(-1, self._frame)]


@lru_cache
def pre_skip(codec: Codec, sample_rate: int) -> int:
    """Give the delay of a codec in 48 kHz ticks; 0 for PCM.

    Raises:
        ConfigError: there is no libopus.
        ValueError: a rate that Opus does not have.
    """
    return Encoder(sample_rate, FRAME_MS[0]).pre_skip if codec == "opus" else 0


def _s16le(frame: Samples) -> bytes:
    """Round PCM to 16 bits, little-endian; what is too loud is clipped."""
    return np.rint(np.clip(frame, -1.0, 1.0) * 32_767).astype("<i2").tobytes()


def _whole(dividend: int, divisor: int) -> int:
    quotient, rest = divmod(dividend, divisor)
    if rest:
        raise ValueError("a frame must be a whole number of samples")
    return quotient


def _check(sample_rate: int, frame_ms: int) -> None:
    if sample_rate not in SAMPLE_RATES:
        raise ValueError(f"Opus has no sample rate of {sample_rate} Hz; it has {SAMPLE_RATES}")
    if frame_ms not in FRAME_MS:
        raise ValueError(f"frames are {FRAME_MS} ms, not {frame_ms}")
