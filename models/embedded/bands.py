"""The spectral axis of the embedded voice: 80 mel-spaced bands of log power, and 6 bands of aperiodicity.

Shared by the training's analysis and the vocoder's synthesis, so that they cannot disagree. numpy only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 24_000
FRAME = 120
"""Samples of one envelope frame: 5 ms."""
STEP = 240
"""Samples of one decoder step: two frames, 10 ms."""
FFT = 1024
BANDS = 80
FLOOR = -17.0
"""Log power under which an envelope is not told from silence."""
NOISE_EDGES = (0.0, 1000.0, 2000.0, 4000.0, 6000.0, 9000.0, 12000.0)
"""Hz; the aperiodicity of a band is the noise's share of the amplitude, 0 to 1."""

Matrix = npt.NDArray[np.float64]


def mel(hertz: Matrix | float) -> Matrix:
    """Map Hz to mel (O'Shaughnessy's formula)."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(hertz) / 700.0))


def _hertz(mels: Matrix) -> Matrix:
    return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)


EDGES = _hertz(np.linspace(float(mel(40.0)), float(mel(12_000.0)), BANDS + 2))
CENTRES = EDGES[1:-1]
"""(80,) Hz."""


def analysis() -> Matrix:
    """Return (80, 513): triangular means of a log power spectrum of 1024 points."""
    bins = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    weights = np.zeros((BANDS, len(bins)))
    for i, (low, centre, high) in enumerate(zip(EDGES[:-2], EDGES[1:-1], EDGES[2:], strict=True)):
        rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
        weights[i] = np.maximum(0.0, np.minimum(rising, falling))
        if weights[i].sum() < 1e-3:  # narrower than a bin: interpolate at the centre
            place = centre / SAMPLE_RATE * FFT
            below = int(place)
            weights[i, below], weights[i, below + 1] = 1 - (place - below), place - below
        weights[i] /= weights[i].sum()
    return weights


def synthesis(shift: float = 1.0) -> Matrix:
    """Return (80, 513): linear interpolation, on the mel scale, from bands to bins.

    `shift` above 1 moves the formants up by that factor.
    """
    centres = mel(CENTRES)
    bins = mel(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT / shift)
    place = np.clip(bins, centres[0], centres[-1])
    below = np.clip(np.searchsorted(centres, place) - 1, 0, BANDS - 2)
    share = (place - centres[below]) / (centres[below + 1] - centres[below])
    weights = np.zeros((BANDS, len(bins)))
    columns = np.arange(len(bins))
    weights[below, columns] += 1 - share
    weights[below + 1, columns] += share
    return weights


def noise_spread() -> Matrix:
    """Return (6, 513): linear interpolation from the centres of the noise bands to bins."""
    centres = (np.array(NOISE_EDGES[:-1]) + np.array(NOISE_EDGES[1:])) / 2
    bins = np.clip(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT, centres[0], centres[-1])
    below = np.clip(np.searchsorted(centres, bins) - 1, 0, len(centres) - 2)
    share = (bins - centres[below]) / (centres[below + 1] - centres[below])
    weights = np.zeros((len(centres), len(bins)))
    columns = np.arange(len(bins))
    weights[below, columns] += 1 - share
    weights[below + 1, columns] += share
    return weights
