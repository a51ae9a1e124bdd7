"""How a sentence is said: emotion, speed, pitch and volume laid over what the acoustic model predicts.

What it is: the emotion profiles, and their application to durations and frames. What it is not: learnt; the network
speaks neutrally. Called by `model.py` between the network and the vocoder.

The directions of the profiles follow Juslin & Laukka (2003), Scherer (2003) and Burkhardt & Sendlmeier (2000), the
magnitudes are milder so that speech stays clear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor
from torch.nn import functional

from . import bands
from .phones import PAUSE, Boundary, Language, Phone


@dataclass(frozen=True, slots=True)
class Manner:
    """One way to speak. Factors are 1 and amounts 0 where it changes nothing."""

    pitch: float = 1.0
    """Factor on F0."""
    range: float = 1.0
    """Factor on the excursions of log F0."""
    rate: float = 1.0
    """Factor on speed."""
    pause: float = 1.0
    """Factor on pauses inside the sentence, besides the rate."""
    final: float = 1.0
    """Factor on the sounds before a pause."""
    stressed: float = 1.0
    """Factor on stressed syllables."""
    formant: float = 1.0
    """Factor on the formants."""
    level_db: float = 0.0
    accent_db: float = 0.0
    """Level of stressed syllables over the others."""
    accent: float = 0.0
    """Rise of log F0 on stressed English syllables."""
    tilt_db: float = 0.0
    """dB an octave over 1 kHz, and under."""
    breath: float = 0.0
    """Share of voiced sound that turns into noise, 0 to 1."""
    whisper: float = 0.0
    """Share of voicing that is lost, 0 to 1."""
    jitter: float = 0.0
    """Deviation of log F0 from frame to frame."""
    shimmer: float = 0.0
    """Deviation of the log amplitude from frame to frame."""
    tremor: float = 0.0
    """Amplitude of a 6.5 Hz tremble of log F0."""
    fall: float = 0.0
    """Further declination of log F0 over the sentence."""
    rise: float = 0.0
    """Rise of log F0 within the last 0.4 s."""


_FACTORS = frozenset({"pitch", "range", "rate", "pause", "final", "stressed", "formant"})
_UNTOUCHED = Manner()

EMOTIONS: dict[str, Manner] = {
    "neutral": Manner(),
    "happy": Manner(
        pitch=1.18, range=1.6, rate=1.1, level_db=2.5, accent_db=3, tilt_db=1, breath=0.03, accent=0.06,
        formant=1.03, pause=0.85, fall=-0.04, jitter=0.002,
    ),
    "excited": Manner(
        pitch=1.3, range=1.8, rate=1.17, level_db=4, accent_db=4, tilt_db=1.5, breath=0.02, accent=0.1,
        formant=1.03, pause=0.65, fall=-0.08, jitter=0.004, stressed=1.05,
    ),
    "sad": Manner(
        pitch=0.9, range=0.55, rate=0.85, level_db=-4, accent_db=-1, tilt_db=-1.6, breath=0.12, accent=-0.02,
        formant=0.985, pause=1.5, final=1.2, fall=0.1, jitter=0.005, shimmer=0.04,
    ),
    "angry": Manner(
        pitch=1.12, range=1.7, rate=1.14, level_db=5, accent_db=5, tilt_db=2.5, accent=0.1, stressed=1.08,
        formant=0.985, pause=0.7, final=0.9, jitter=0.008, shimmer=0.05,
    ),
    "fearful": Manner(
        pitch=1.35, range=0.95, rate=1.16, level_db=-1, accent_db=1, tilt_db=0.8, breath=0.12, formant=1.02,
        pause=1.2, final=0.9, fall=-0.06, jitter=0.012, shimmer=0.05, tremor=0.025,
    ),
    "surprised": Manner(
        pitch=1.25, range=1.9, rate=1.03, level_db=2.5, accent_db=3, tilt_db=1, breath=0.06, accent=0.08,
        formant=1.02, pause=0.9, final=1.2, rise=0.3,
    ),
    "disgusted": Manner(
        pitch=0.93, range=1.2, rate=0.88, level_db=0.5, accent_db=3, tilt_db=-0.4, accent=0.05, stressed=1.15,
        formant=0.97, final=1.1, fall=0.12, jitter=0.012, shimmer=0.06,
    ),
    "calm": Manner(
        pitch=0.95, range=0.8, rate=0.9, level_db=-2, accent_db=-1, tilt_db=-0.8, breath=0.05, pause=1.3,
        final=1.12, fall=0.04,
    ),
    "gentle": Manner(
        pitch=1.03, range=0.85, rate=0.92, level_db=-4, accent_db=-1, tilt_db=-1.3, breath=0.2, formant=1.01,
        pause=1.25, final=1.12,
    ),
    "serious": Manner(
        pitch=0.92, range=0.75, rate=0.94, level_db=1, accent_db=2, tilt_db=0.5, accent=0.02, formant=0.98,
        pause=1.25, stressed=1.04, fall=0.06,
    ),
    "whisper": Manner(
        whisper=1.0, rate=0.9, level_db=-9, tilt_db=1.5, breath=1.0, formant=1.03, pause=1.2, final=1.05,
    ),
}  # fmt: skip
"""Each emotion at intensity 1."""


def manner(emotion: str, intensity: float) -> Manner:
    """Return an emotion at an intensity from 0 to 1: factors to that power, amounts times it."""
    full = EMOTIONS[emotion]
    if emotion == "whisper":  # half voiced is hoarse, not a whisper: what is left grows faster
        return replace(_scaled(full, intensity), whisper=min(1.0, 1.6 * intensity))
    return _scaled(full, intensity)


def _scaled(full: Manner, intensity: float) -> Manner:
    values = {}
    for field in fields(Manner):
        value = getattr(full, field.name)
        values[field.name] = value**intensity if field.name in _FACTORS else value * intensity
    return Manner(**values)


def combine(one: Manner, other: Manner) -> Manner:
    """Return both at once: a voice's own manner and an emotion."""
    values = {}
    for field in fields(Manner):
        a, b = getattr(one, field.name), getattr(other, field.name)
        values[field.name] = a * b if field.name in _FACTORS else a + b
    return Manner(**values)


LEAD_FRAMES, END_FRAMES = 3, 14
"""Frames of the pau at both ends: speech begins at once, and its last echo dies inside the sentence."""
_SHORTEST_FRAMES = 3.0
_PACE = {Language.ENGLISH: 1.0, Language.MANDARIN: 1.3}
"""Factor on the rate learnt: the teacher of Mandarin reads syllable by syllable, slower than people talk."""


def durations(log_frames: Tensor, phones: tuple[Phone, ...], how: Manner, speed: float) -> Tensor:
    """Return where each phone ends, (N,) int64 in frames from the start, all even at the end.

    log_frames (N,) is the network's prediction. Rounding is carried on, so that no drift adds up.
    """
    lengths = (log_frames.double().exp() - 0.5).clamp(min=_SHORTEST_FRAMES)
    factors = [_stretch(phone, how) / (how.rate * speed) for phone in phones]
    lengths = (lengths * lengths.new_tensor(factors)).clamp(min=_SHORTEST_FRAMES)
    frame_ms = 1000.0 * bands.FRAME / bands.SAMPLE_RATE
    for i, phone in enumerate(phones):
        if phone.forced_ms:
            lengths[i] = max(1.0, phone.forced_ms / frame_ms)
    lengths[0], lengths[-1] = LEAD_FRAMES, END_FRAMES
    ends = lengths.cumsum(0).round().long()
    ends[-1] += ends[-1] % 2
    return ends


def _stretch(phone: Phone, how: Manner) -> float:
    if phone.symbol == PAUSE:
        return how.pause
    pace = _PACE[phone.language]
    final = how.final if phone.boundary >= Boundary.PHRASE else 1.0
    return final * (how.stressed if _stressed(phone) else 1.0) / pace


def _stressed(phone: Phone) -> bool:
    if phone.language is Language.MANDARIN:
        return phone.accent not in (0, 5)
    return phone.accent == 1


@dataclass(slots=True)
class Contour:
    """What is laid over the frames of one utterance, made once: everything (F,)."""

    emphasis: Tensor
    """-0.5 to 0.5: how stressed a frame is, smoothed."""
    accented: Tensor
    """The same of English stress alone: Mandarin's tones must not be bent."""
    progress: Tensor
    """-0.5 at the beginning of the utterance to 0.5 at its end."""
    until_end_s: Tensor
    silence: Tensor
    """0 to 1: how deep inside a pause."""
    sway: Tensor
    """(F, 2) noise of unit variance, for jitter and shimmer."""


def contour(phones: tuple[Phone, ...], ends: Tensor, sway: Tensor) -> Contour:
    """Return the contour of phones that end at `ends` (N,), in frames."""
    lengths = torch.diff(ends, prepend=ends.new_zeros(1))
    count = int(ends[-1])
    flags = torch.tensor(
        [
            [float(_stressed(p)), float(p.accent == 1 and p.language is Language.ENGLISH), float(p.symbol == PAUSE)]
            for p in phones
        ]
    )
    tracks = flags.repeat_interleave(lengths, 0).T[:, None]  # (3, 1, F)
    smooth = _smooth(tracks[:2], 25)[:, 0]
    means = smooth.mean(1, keepdim=True)
    # Deep means that all of 120 ms around is pause: no breath of noise in a long one.
    deep = -functional.max_pool1d(-functional.pad(tracks[2], (12, 12), value=1.0), 25, 1)[0]
    return Contour(
        emphasis=smooth[0] - means[0],
        accented=smooth[1] - means[1],
        progress=torch.arange(count) / max(1, count - 1) - 0.5,
        until_end_s=(count - torch.arange(count)) * (bands.FRAME / bands.SAMPLE_RATE),
        silence=deep,
        sway=sway,
    )


def _smooth(tracks: Tensor, width: int) -> Tensor:
    """Smooth tracks (R, 1, F) with a Hann window of `width` frames."""
    kernel = torch.hann_window(width + 2, periodic=False)[1:-1]
    padded = functional.pad(tracks, (width // 2, width // 2), mode="replicate" if tracks.shape[2] > 1 else "constant")
    return functional.conv1d(padded, (kernel / kernel.sum())[None, None])


_OCTAVES = torch.from_numpy(bands.CENTRES / 1000.0).log2().float().clamp(min=-1.7)
_NEPER = 20 / math.log(10)
"""Decibels of one neper."""
_BREATH = torch.tensor(
    [
        0.25 + 0.75 * min(1.0, (a + b) / 2 / 4000)
        for a, b in zip(bands.NOISE_EDGES[:-1], bands.NOISE_EDGES[1:], strict=True)
    ]
)
_HUSH = 9.0
"""Nepers that the middle of a pause is turned down."""


def hertz(relative: Tensor, middle_hz: float, how: Manner, over: Contour, window: slice) -> Tensor:
    """Return F0 (K,) in Hz of the frames in `window` from their log F0 relative to the voice's middle."""
    value = relative * how.range + math.log(middle_hz * how.pitch)
    value = value - how.fall * over.progress[window] + how.accent * over.accented[window]
    if how.rise:
        value = value + how.rise * (1 - over.until_end_s[window] / 0.4).clamp(min=0).square()
    if how.tremor:
        value = value + how.tremor * torch.sin(2 * math.pi * 6.5 * over.until_end_s[window])
    if how.jitter:
        value = value + how.jitter * over.sway[window, 0]
    return value.exp().clamp(50.0, 700.0)


def amplitude(envelope: Tensor, voicing: Tensor, how: Manner, volume: float, over: Contour, window: slice) -> Tensor:
    """Return the envelope (K, 80), log amplitude, said in this manner; `voicing` (K,) is 0 to 1."""
    gain = torch.full_like(voicing, how.level_db / _NEPER + math.log(max(volume, 1e-4)))
    gain = gain + how.accent_db / _NEPER * over.emphasis[window] - _HUSH * over.silence[window]
    if how.shimmer:
        gain = gain + how.shimmer * over.sway[window, 1] * voicing
    return envelope + gain[:, None] + (how.tilt_db / _NEPER) * _OCTAVES


def aperiodicity(noise: Tensor, how: Manner) -> Tensor:
    """Return the noise (K, 6) of voiced sound, with breath added."""
    return (noise + how.breath * _BREATH * (1 - noise)).clamp(0.0, 1.0)
