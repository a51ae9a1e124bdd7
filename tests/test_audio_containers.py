"""Files of every kind, read back by another's decoder (FFmpeg's)."""

from __future__ import annotations

import io
import tracemalloc
import wave
from pathlib import Path
from typing import Any, BinaryIO, cast

import av
import numpy as np
import pytest

from models.speech import Samples
from realtime.audio.containers import KINDS, Kind, WavWriter, codec_of, create, kind_of
from realtime.audio.ogg import OggOpusWriter
from realtime.audio.opus import SentenceEncoder, pre_skip

RATE = 24_000


class Pipe:
    """Takes bytes and cannot seek."""

    def __init__(self, *, keep: bool = True) -> None:
        self.taken = bytearray()
        self._keep = keep

    def seekable(self) -> bool:
        return False

    def write(self, data: bytes) -> int:
        if self._keep:
            self.taken += data
        return len(data)


def hum(seconds: float) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    edge = np.clip(np.minimum(time, time[::-1]) / 0.02, 0, 1)
    return (0.3 * edge * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


def write(out: BinaryIO, kind: Kind, sample_rate: int, seconds: float) -> int:
    """Write a hum; give the number of packets of 20 ms."""
    container = create(out, kind, sample_rate, 20)
    encoder = SentenceEncoder(codec_of(kind), RATE, sample_rate, 20)
    count = 0
    for chunk in np.array_split(hum(seconds), 7):
        packets = encoder.feed(chunk)
        container.write(packets)
        count += len(packets)
    rest = encoder.finish()
    container.write(rest)
    container.close()
    return count + len(rest)


def read(file: bytes) -> tuple[np.ndarray[Any, Any], int, str]:
    """Decode a file: samples, rate, codec."""
    with av.open(io.BytesIO(file), "r") as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        samples: np.ndarray[Any, Any] = np.concatenate(frames)
        if samples.dtype.kind == "i":
            samples = samples / np.iinfo(samples.dtype).max
        return samples, stream.rate, stream.codec_context.name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 24_000, 48_000])
def test_a_file_holds_what_was_written(kind: Kind, sample_rate: int) -> None:
    out = io.BytesIO()
    packets = write(out, kind, sample_rate, 1.5)
    samples, rate, _codec = read(out.getvalue())
    skipped = pre_skip("opus", sample_rate) if kind == "ogg" else 0
    assert len(samples) == (packets * 960 - skipped) * rate // 48_000
    middle = samples[rate // 2 : rate]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(np.argmax(spectrum) * rate / len(middle) - 440) < 4
    assert 0.2 < np.abs(middle).max() < 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipe_gets_a_file_that_can_be_read(kind: Kind) -> None:
    pipe = Pipe()
    write(cast("BinaryIO", pipe), kind, RATE, 1.0)
    samples, rate, _codec = read(bytes(pipe.taken))
    assert abs(len(samples) / rate - 1.0) < 0.06
    assert np.abs(samples).max() > 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_audio_is_a_file(kind: Kind) -> None:
    out = io.BytesIO()
    container = create(out, kind, RATE, 20)
    container.write([])
    container.close()
    assert len(out.getvalue()) > 20 or kind == "mp3"


def test_ogg_holds_the_packets_untouched() -> None:
    packets = [bytes([index % 256]) * (1 + index * 7 % 1_000) for index in range(700)]
    out = io.BytesIO()
    writer = OggOpusWriter(out, pre_skip=312, packet_ticks=960, sample_rate=RATE)
    for index in range(0, 700, 9):
        writer.write(packets[index : index + 9])
    writer.close()
    with av.open(io.BytesIO(out.getvalue()), "r") as container:
        stored = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    assert stored == packets


def test_an_ogg_page_has_the_checksum_of_the_rfc() -> None:
    out = io.BytesIO()
    OggOpusWriter(out, pre_skip=312, packet_ticks=960, sample_rate=RATE).close()
    page = out.getvalue()[: 27 + 1 + 19]
    register = 0
    for byte in page[:22] + bytes(4) + page[26:]:  # RFC 3533, section 6, bit by bit
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
            register &= 0xFFFFFFFF
    assert page[22:26] == register.to_bytes(4, "little")


def test_ogg_leaves_as_it_comes_but_for_the_last_packet() -> None:
    out = io.BytesIO()
    writer = OggOpusWriter(out, pre_skip=312, packet_ticks=960, sample_rate=RATE)
    headers = len(out.getvalue())
    writer.write([b"first"])
    assert len(out.getvalue()) == headers
    writer.write([b"second"])
    assert out.getvalue().endswith(b"first")
    writer.close()
    assert out.getvalue().endswith(b"second")


def test_wav_is_read_by_the_standard_library(tmp_path: Path) -> None:
    path = tmp_path / "hum.wav"
    with path.open("wb") as out:
        write(out, "wav", 16_000, 1.0)
    with wave.open(str(path)) as file:
        assert file.getparams()[:4] == (1, 2, 16_000, 16_000)


def test_wav_may_begin_behind_other_bytes() -> None:
    out = io.BytesIO(b"before")
    out.seek(6)
    writer = WavWriter(out, RATE)
    writer.write([bytes(960)])
    writer.close()
    assert out.getvalue()[:10] == b"beforeRIFF"
    assert out.tell() == 6 + 44 + 960


@pytest.mark.parametrize("kind", KINDS)
def test_long_audio_needs_no_memory(kind: Kind) -> None:
    container = create(cast("BinaryIO", Pipe(keep=False)), kind, RATE, 60)
    packet = bytes(2_880) if kind != "ogg" else bytes(200)
    container.write([packet] * 20)
    tracemalloc.start()
    for _ in range(100):
        container.write([packet] * 20)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    container.close()
    assert peak < 1_000_000


def test_kinds_are_told_by_a_files_name() -> None:
    assert [kind_of(f"a.b/c.{end}") for end in ("wav", "OGG", "opus", "mp3", "flac")] == [
        *("wav", "ogg", "ogg", "mp3", "flac"),
    ]
    with pytest.raises(ValueError, match=r"\.wav, \.ogg"):
        kind_of("speech.txt")
