"""A source-filter vocoder in torch: pitch, envelope and noise of 5 ms frames in, PCM at 24 kHz out, in steps.

A band-limited pulse train and white noise, mixed by frequency, pass a minimum-phase filter that changes every frame
and are overlap-added. No weights, no clock, no randomness but a hash of seed and sample position: so any division into
steps, any batch and a resumed utterance give the same samples (to float tolerance). Called by `model.py`; what shapes
the frames beforehand is `controls.py`.

Letters: K frames of one step, S samples (S = 120 K). Frame i sounds around sample 120 (i + 1): one frame of delay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.embedded import bands

FRAME, RATE, FFT = bands.FRAME, bands.SAMPLE_RATE, bands.FFT
_QUEFRENCIES = 512
_ROWS = -(-FFT // FRAME)
"""Frames' lengths that a frame's response fills."""
TAIL = (_ROWS - 1) * FRAME
"""Samples of response that reach past a step."""
_TOP_HZ = RATE / 2 - 200
_LOWEST_HZ = 40.0


@dataclass(slots=True)
class Tracks:
    """The frames of one utterance from `first` on, as far as they are known."""

    f0: Tensor
    """(F,) Hz, also where unvoiced."""
    voicing: Tensor
    """(F,) 0 to 1: share of the power that may be pulses."""
    envelope: Tensor
    """(F, 80) log amplitude."""
    noise: Tensor
    """(F, 6) share of the amplitude that is noise while voiced, 0 to 1."""

    def __len__(self) -> int:
        return len(self.f0)


@dataclass(slots=True)
class Voicing:
    """What one utterance carries from step to step."""

    seed: int
    shift: float = 1.0
    """Factor on the formants."""
    frame: int = 0
    """The next frame."""
    phase: float = 0.0
    """Cycles of the pulse train, modulo 1, at the beginning of the next frame's rise."""
    f0: float = 0.0
    """Hz of the frame before the next; 0 before the first."""
    tail: Tensor | None = None
    """(TAIL,) what earlier frames still sound; None: nothing."""


class Vocoder:
    """The constant matrices, and the step."""

    def __init__(self) -> None:
        self._noise_spread = torch.from_numpy(bands.noise_spread()).float()  # (6, 513)
        self._window = torch.hann_window(2 * FRAME)
        self._cepstra: dict[float, Tensor] = {}
        self._time = torch.arange(FRAME, dtype=torch.float64)

    def step(self, voicings: list[Voicing], tracks: list[Tracks]) -> list[Tensor]:
        """Sound the next frames of each utterance; returns PCM (120 K,) of each and moves its `voicing` on.

        `tracks` holds K + 1 frames from `voicing.frame` on: the last only lends its pitch (at the end of an utterance
        repeat it), so K is its length less one and may differ from utterance to utterance.
        """
        counts = [len(track) - 1 for track in tracks]
        excited = torch.cat([self._excite(v, t) for v, t in zip(voicings, tracks, strict=True)])
        envelope = torch.cat(
            [self._quefrencies(t.envelope[:-1], v.shift) for v, t in zip(voicings, tracks, strict=True)]
        )
        voicing = torch.cat([t.voicing[:-1] for t in tracks])[:, None]
        noise = torch.cat([t.noise[:-1] for t in tracks]) @ self._noise_spread
        sound = self._filter(excited, envelope, voicing, noise)
        results = []
        place = 0
        for state, track, count in zip(voicings, tracks, counts, strict=True):
            results.append(self._overlap(state, sound[place : place + count]))
            place += count
            state.frame += count
            state.f0 = float(track.f0[count - 1])
        return results

    def _excite(self, state: Voicing, track: Tracks) -> Tensor:
        """Return pulses and noise (K, 2, 240) under each frame's window, and advance the phase."""
        count = len(track) - 1
        f0 = track.f0.double().clamp(min=_LOWEST_HZ)
        before = f0.new_tensor([state.f0 if state.f0 > 0 else float(f0[0])])
        knots = torch.cat([before, f0])  # (K + 2,) pitch at the ends of K + 1 stretches
        start, end = knots[:-1, None], knots[1:, None]
        cycles = (knots[:-1] + knots[1:]) * (FRAME / (2 * RATE))
        phase = state.phase + torch.cat([f0.new_zeros(1), cycles.cumsum(0)[:-1]])
        state.phase = math.fmod(state.phase + float(cycles[:count].sum()), 1.0)
        hertz = start + (end - start) * (self._time / FRAME)
        turn = phase[:, None] + (start * self._time + (end - start) * self._time**2 / (2 * FRAME)) / RATE
        pulses = _pulses((turn - turn.floor()).float(), hertz.float())
        first = (state.frame - 1) * FRAME
        noise = white(state.seed, first, (count + 1) * FRAME).view(count + 1, FRAME)
        both = torch.stack([pulses, noise], 1)  # (K + 1, 2, 120)
        return torch.cat([both[:-1], both[1:]], -1) * self._window

    def _quefrencies(self, envelope: Tensor, shift: float) -> Tensor:
        """Return the causal (minimum-phase) cepstrum (K, 512) of log amplitudes (K, 80)."""
        key = round(shift, 3)
        if key not in self._cepstra:
            cepstrum = np.fft.irfft(bands.synthesis(key), n=FFT)[:, :_QUEFRENCIES]
            cepstrum[:, 1:] *= 2  # folded: Oppenheim & Schafer, Discrete-Time Signal Processing, 13.5
            self._cepstra[key] = torch.from_numpy(cepstrum).float()
        return envelope @ self._cepstra[key]

    def _filter(self, excited: Tensor, cepstrum: Tensor, voicing: Tensor, noise: Tensor) -> Tensor:
        """Return each frame's sound (K, 1024) from its windowed sources (K, 2, 240)."""
        exponent = torch.fft.rfft(cepstrum, n=FFT)
        response = torch.polar(exponent.real.exp(), exponent.imag.contiguous())  # a complex exp is not vectorised
        spectra = torch.fft.rfft(excited, n=FFT)
        aperiodic = (voicing * noise.square() + (1 - voicing)).clamp(0, 1)
        mixed = spectra[:, 0] * (1 - aperiodic).sqrt() + spectra[:, 1] * aperiodic.sqrt()
        sound: Tensor = torch.fft.irfft(response * mixed, n=FFT)
        return sound

    def _overlap(self, state: Voicing, sound: Tensor) -> Tensor:
        """Add frames (K, 1024) to what still sounds; returns what is complete (120 K,)."""
        count = len(sound)
        rows = functional.pad(sound, (0, _ROWS * FRAME - FFT)).view(count, _ROWS, FRAME)
        out = torch.zeros(count + _ROWS - 1, FRAME)
        if state.tail is not None:
            out[: _ROWS - 1] += state.tail.view(_ROWS - 1, FRAME)
        for row in range(_ROWS):
            out[row : row + count] += rows[:, row]
        state.tail = out[count:].flatten().clone()
        return out[:count].flatten()


def _pulses(phase: Tensor, hertz: Tensor) -> Tensor:
    """Return a band-limited pulse train of unit power: the sum of all cosines under the top, in closed form.

    phase in cycles, 0 to 1; the closed form is Dirichlet's kernel.
    """
    harmonics = torch.floor(_TOP_HZ / hertz)
    half = phase * math.pi
    sine = torch.sin(half)
    near = sine.abs() < 1e-4
    order = 2 * harmonics + 1
    kernel = torch.where(near, order, torch.sin(order * half) / torch.where(near, 1.0, sine))
    return (kernel - 1) / 2 * torch.sqrt(2.0 / harmonics)


def white(seed: int, first: int, count: int) -> Tensor:
    """Return white noise of unit variance, a function of seed and sample position alone (a 32-bit hash: Wellons)."""
    x = torch.arange(first, first + count, dtype=torch.int64) + (seed * 0x9E3779B1 & 0xFFFFFFFF)
    x = x & 0xFFFFFFFF
    x = (x ^ (x >> 16)) * 0x7FEB352D & 0xFFFFFFFF
    x = (x ^ (x >> 15)) * 0x846CA68B & 0xFFFFFFFF
    x = x ^ (x >> 16)
    return (x.float() / 2**31 - 1.0) * math.sqrt(3.0)
