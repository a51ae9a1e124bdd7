"""The resampler: exact places and lengths, chunks without seams, a clean band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.speech import Samples
from realtime.audio.resample import Resampler

RATES = [
    (24_000, 48_000),
    (24_000, 16_000),
    (24_000, 12_000),
    (24_000, 8_000),
    (22_050, 24_000),
    (22_050, 16_000),
    (16_000, 24_000),
    (44_100, 48_000),
]


def resample(samples: Samples, source: int, target: int) -> Samples:
    resampler = Resampler(source, target)
    return np.concatenate([resampler.feed(samples), resampler.flush()])


def tone(hertz: float, rate: int, count: int) -> Samples:
    wave: Samples = np.sin(2 * np.pi * hertz / rate * np.arange(count)).astype(np.float32)
    return wave


@pytest.mark.parametrize(("source", "target"), RATES)
@pytest.mark.parametrize("share", [0.05, 0.4, 0.8])
def test_a_tone_in_the_band_comes_out_as_it_went_in(source: int, target: int, share: float) -> None:
    hertz = share * min(source, target) / 2
    made = resample(tone(hertz, source, source // 2), source, target)
    inside = slice(target // 20, -target // 20)
    wanted = tone(hertz, target, len(made))
    assert np.abs(made - wanted)[inside].max() < 1e-4


@pytest.mark.parametrize(("source", "target"), [r for r in RATES if r[1] < r[0]])
@pytest.mark.parametrize("share", [1.1, 1.3])
def test_what_lies_beyond_the_band_is_gone(source: int, target: int, share: float) -> None:
    hertz = share * target / 2
    if hertz >= source / 2:
        hertz = (target / 2 * 1.05 + source / 2) / 2
    made = resample(tone(hertz, source, source // 2), source, target)
    assert np.abs(made[target // 20 : -target // 20]).max() < 1e-4


@pytest.mark.parametrize(("source", "target"), RATES)
@settings(max_examples=20)
@given(sizes=st.lists(st.integers(0, 2_500), max_size=10))
def test_samples_do_not_depend_on_the_chunks(source: int, target: int, sizes: list[int]) -> None:
    count = sum(sizes)
    samples = np.random.default_rng(count).uniform(-1, 1, count).astype(np.float32)
    resampler = Resampler(source, target)
    cuts = np.cumsum(sizes)
    made = [resampler.feed(part) for part in np.split(samples, cuts)]
    joined = np.concatenate([*made, resampler.flush()])
    assert len(joined) == -(-count * target // source)
    assert np.array_equal(joined, resample(samples, source, target))


@pytest.mark.parametrize(("source", "target"), RATES)
def test_a_sample_is_certain_a_few_milliseconds_later(source: int, target: int) -> None:
    made = Resampler(source, target).feed(np.zeros(source, np.float32))
    assert target - len(made) <= 0.006 * target


def test_an_impulse_stays_where_it_is() -> None:
    samples = np.zeros(2_400, np.float32)
    samples[1_200] = 1.0
    for target in (48_000, 16_000, 8_000):
        made = resample(samples, 24_000, target)
        assert int(np.argmax(made)) == 1_200 * target // 24_000
