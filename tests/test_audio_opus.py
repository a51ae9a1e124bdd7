"""Opus by the real libopus: delay, order of chunks, joins of sentences, resuming."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.speech import Samples
from models.tone import ToneModel
from realtime.audio import libopus
from realtime.audio.opus import (
    FRAME_MS,
    SAMPLE_RATES,
    Codec,
    Decoder,
    Encoder,
    SentenceEncoder,
    pre_skip,
)
from realtime.audio.resample import Resampler
from realtime.errors import ConfigError
from tests.speaking import pcm, request, speak

MODEL_RATE = 24_000
TICKS_PER_S = 48_000


def hum(seconds: float, rate: int = MODEL_RATE) -> Samples:
    """A chord in the middle of the band, silent at both ends."""
    time = np.arange(round(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * hertz * time) for hertz in (400.0, 700.0, 1100.0))
    edge = np.clip(np.minimum(time, time[::-1]) / 0.02, 0, 1)
    return (0.1 * wave * edge).astype(np.float32)


def encode(samples: Samples, codec: Codec = "opus", rate: int = MODEL_RATE, frame_ms: int = 20) -> list[bytes]:
    encoder = SentenceEncoder(codec, MODEL_RATE, rate, frame_ms)
    return encoder.feed(samples) + encoder.finish()


def decode(packets: Sequence[bytes], rate: int = MODEL_RATE) -> Samples:
    """Decode a stream and drop its pre-skip, as a player does."""
    decoder = Decoder(rate)
    decoded = np.concatenate([decoder.decode(packet) for packet in packets])
    return decoded[pre_skip("opus", MODEL_RATE) * rate // TICKS_PER_S :]


def snr_db(wanted: Samples, heard: Samples) -> float:
    noise = heard[: len(wanted)] - wanted
    return float(10 * np.log10(np.sum(wanted**2) / np.sum(noise**2)))


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("frame_ms", FRAME_MS)
def test_decoded_speech_is_what_was_spoken_where_it_was(rate: int, frame_ms: int) -> None:
    spoken = hum(1.2)
    heard = decode(encode(spoken, rate=rate, frame_ms=frame_ms))
    assert snr_db(spoken, heard) > 6
    spectra = np.fft.rfft([spoken[:24_000], heard[:24_000]])
    shifts = np.fft.irfft(spectra[0] * np.conj(spectra[1]))
    assert abs((int(np.argmax(shifts)) + 12_000) % 24_000 - 12_000) < 24  # 1 ms


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_the_delay_is_the_one_that_libopus_tells(rate: int) -> None:
    assert pre_skip("opus", rate) == Encoder(rate, 20).pre_skip == 312
    assert pre_skip("pcm_s16le", rate) == 0


@pytest.mark.parametrize("codec", ["opus", "pcm_s16le"])
@pytest.mark.parametrize("rate", [16_000, 24_000])
@settings(max_examples=15)
@given(sizes=st.lists(st.integers(0, 4_000), max_size=12))
def test_packets_do_not_depend_on_the_chunks(codec: Codec, rate: int, sizes: list[int]) -> None:
    spoken = hum(0.5)
    encoder = SentenceEncoder(codec, MODEL_RATE, rate, 20)
    packets: list[bytes] = []
    at = 0
    for size in sizes:
        packets += encoder.feed(spoken[at : at + size])
        at += size
    packets += encoder.feed(spoken[at:]) + encoder.finish()
    assert packets == encode(spoken, codec, rate)


@pytest.mark.parametrize("frame_ms", FRAME_MS)
@pytest.mark.parametrize("samples", [1, 479, 480, 481, 960, 5_000])
def test_packets_hold_the_sentence_and_its_delay(frame_ms: int, samples: int) -> None:
    encoder = SentenceEncoder("opus", MODEL_RATE, MODEL_RATE, frame_ms)
    packets = encoder.feed(np.full(samples, 0.1, np.float32))
    packets += encoder.finish()
    ticks = samples * 2 + encoder.pre_skip
    assert len(packets) == -(-ticks // encoder.frame_ticks)
    assert encoder.ticks == len(packets) * encoder.frame_ticks


def test_a_sentence_without_a_sample_has_no_packet() -> None:
    encoder = SentenceEncoder("opus", MODEL_RATE, 16_000, 20)
    assert encoder.feed(np.zeros(0, np.float32)) == []
    assert encoder.finish() == []


def test_a_reset_encoder_is_as_good_as_new() -> None:
    frames = hum(0.4).reshape(-1, 480)
    encoder = Encoder(MODEL_RATE, 20)
    first = [encoder.encode(frame) for frame in frames]
    assert [encoder.encode(frame) for frame in frames] != first
    encoder.reset()
    assert [encoder.encode(frame) for frame in frames] == first


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("frame_ms", FRAME_MS)
def test_sentences_join_without_a_click(rate: int, frame_ms: int) -> None:
    texts = ("Hello there.", "今天天气真不错!", "Good bye, then.")
    sentences = [encode(pcm(speak(ToneModel(), request(text))), "opus", rate, frame_ms) for text in texts]
    heard = decode([packet for sentence in sentences for packet in sentence], TICKS_PER_S)
    at = 0
    for sentence in sentences[:-1]:
        at += len(sentence) * frame_ms * TICKS_PER_S // 1000
        join = heard[at - TICKS_PER_S // 100 : at + TICKS_PER_S // 200]
        assert np.abs(join).max() < 10 ** (-50 / 20)


def test_the_end_of_a_sentence_is_not_cut_by_the_next() -> None:
    cut_off = np.concatenate([hum(0.5)[:9_600], np.zeros(100, np.float32)])
    heard = decode(encode(cut_off) + encode(np.zeros(9_600, np.float32)))
    assert snr_db(cut_off[9_360:9_600], heard[9_360:9_600]) > 6


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_a_sentence_resumed_mid_way_joins_what_was_sent(rate: int) -> None:
    spoken = hum(1.0)
    whole = encode(spoken, rate=rate)
    begin = 9_700  # 1 frame and 380 samples before packet 22, which is the first not yet sent
    encoder = SentenceEncoder("opus", MODEL_RATE, rate, 20, position=begin)
    first = encoder.ticks // encoder.frame_ticks
    assert first == begin // 480
    rest = encoder.feed(spoken[begin:]) + encoder.finish()
    assert first + len(rest) == len(whole)
    joined = decode(whole[:22] + rest[22 - first :])
    seam = slice(22 * 480 - 240, 22 * 480 + 720)
    assert snr_db(spoken[seam], joined[seam]) > 6
    bend = np.abs(np.diff(spoken, 2)).max()
    assert np.abs(np.diff(joined[seam], 2)).max() < 2 * bend


def test_pcm_resumed_mid_way_is_the_same_pcm() -> None:
    spoken = hum(0.5)
    whole = encode(spoken, "pcm_s16le", 16_000)
    encoder = SentenceEncoder("pcm_s16le", MODEL_RATE, 16_000, 20, position=4_801)
    rest = encoder.feed(spoken[4_801:]) + encoder.finish()
    assert rest[1:] == whole[11:]


def test_pcm_is_rounded_and_clipped() -> None:
    samples = np.array([0.0, 1.0, -1.0, 2.0, -2.0, 0.5, *[0.0] * 474], np.float32)
    (packet,) = encode(samples, "pcm_s16le")
    assert np.frombuffer(packet, "<i2")[:6].tolist() == [
        *(0, 32_767, -32_767, 32_767, -32_767, 16_384),
    ]


def test_pcm_of_another_rate_keeps_its_length() -> None:
    packets = encode(hum(1.0), "pcm_s16le", 48_000)
    assert sum(map(len, packets)) == 2 * 48_000
    heard = np.frombuffer(b"".join(packets), "<i2").astype(np.float32) / 32_767
    resampler = Resampler(MODEL_RATE, 48_000)
    wanted = np.concatenate([resampler.feed(hum(1.0)), resampler.flush()])
    assert np.abs(heard - wanted).max() < 1e-4


def test_bitrate_is_kept_near() -> None:
    packets = encode(np.concatenate([hum(1.0)] * 4))
    assert 16_000 < 8 * sum(map(len, packets)) / 4 < 40_000


@pytest.mark.parametrize(("rate", "frame_ms"), [(44_100, 20), (24_000, 10), (24_000, 25)])
def test_what_opus_lacks_is_refused(rate: int, frame_ms: int) -> None:
    with pytest.raises(ValueError, match=r"Hz|ms"):
        SentenceEncoder("opus", MODEL_RATE, rate, frame_ms)


def test_a_frame_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="480 samples"):
        Encoder(MODEL_RATE, 20).encode(np.zeros(479, np.float32))


def test_bytes_that_are_no_packet_are_refused() -> None:
    with pytest.raises(ValueError, match="no Opus packet"):
        Decoder(MODEL_RATE).decode(b"\xff\xff\xff")


def test_without_any_libopus_the_error_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "files", lambda _name: [])
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    with pytest.raises(ConfigError, match="pip install"):
        libopus.load.__wrapped__()


def test_the_systems_libopus_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    path = libopus.bundled()
    assert path is not None
    monkeypatch.setattr(libopus, "bundled", lambda: None)
    monkeypatch.setattr(ctypes.util, "find_library", {"opus": path}.get)
    assert libopus.load.__wrapped__().api.libopus


def test_encoding_loads_neither_torch_nor_ffmpeg() -> None:
    code = (
        "import sys; from realtime.audio.opus import pre_skip; pre_skip('opus', 24000)\n"
        "sys.exit(bool({'torch', 'av'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
