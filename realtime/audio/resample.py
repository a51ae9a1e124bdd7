"""A resampler for one sentence: PCM of any rate in, of another out, chunk by chunk.

What it is: a polyphase filter in numpy, with a windowed sinc (Smith, "Digital Audio
Resampling", 2002) that passes 0.9 of the lower band. Sample 0 comes out where it went in,
the length is exact, and the output does not depend on the chunks. What it is not: needed
on the usual path; a model and a session of equal rate have none. ``opus`` calls it.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]

_ZEROS = 32
"""Zero crossings of the sinc on each side, counted at the lower rate."""
_BAND = 0.94
"""Centre of the filter's edge as a share of the lower Nyquist frequency."""
_BETA = 9.0
"""Of the Kaiser window: about 90 dB of rejection."""
_BLOCK = 512
"""Outputs made at once: their windows stay in the processor's cache."""


class Resampler:
    """Streams PCM of one sentence from one rate to another.

    The output's sample ``i`` lies at the input's time ``i / target_rate``; N samples in
    give ``ceil(N * target_rate / source_rate)`` out.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        """Begin; rates in Hz."""
        common = gcd(source_rate, target_rate)
        self._up, self._down = target_rate // common, source_rate // common
        self._phases = _phases(self._up, self._down)
        self._half = self._phases.shape[1] // 2
        self._held: Samples = np.zeros(self._half - 1, np.float32)
        self._held_from = 1 - self._half
        """Input position of the first sample held; silence precedes the sentence."""
        self._made = 0

    def feed(self, pcm: Samples) -> Samples:
        """Take samples (N,); give those that are certain, perhaps none."""
        held = np.concatenate([self._held, pcm.astype(np.float32, copy=False)])
        # The window of output i ends at input i * down // up + half.
        last = self._held_from + len(held) - 1 - self._half
        end = max(self._made, -(-(last + 1) * self._up // self._down))
        times = np.arange(self._made, end) * self._down
        begins = times // self._up + 1 - self._half - self._held_from
        made = _filter(held, begins, times % self._up, self._phases)
        self._made = end
        drop = max(0, end * self._down // self._up + 1 - self._half - self._held_from)
        self._held, self._held_from = held[drop:].copy(), self._held_from + drop
        return made

    def flush(self) -> Samples:
        """Give the rest; the end is as if silence followed. Feed no more after it."""
        return self.feed(np.zeros(self._half, np.float32))


def _filter(
    held: Samples,
    begins: npt.NDArray[np.int64],
    phases: npt.NDArray[np.int64],
    filters: Samples,
) -> Samples:
    """Weigh the windows of ``held`` that begin at ``begins`` (N,) by rows of ``filters``.

    Products are summed row by row, so that a sample does not depend on its neighbours.
    """
    made = np.zeros(len(begins), np.float32)
    if not len(begins):
        return made
    windows = np.lib.stride_tricks.sliding_window_view(held, filters.shape[1])
    for at in range(0, len(begins), _BLOCK):
        block = slice(at, at + _BLOCK)
        made[block] = np.einsum("nt,nt->n", windows[begins[block]], filters[phases[block]])
    return made


@lru_cache
def _phases(up: int, down: int) -> Samples:
    """Make the filter, one row for every place of an output between two inputs.

    Returns:
        (up, T) with T taps, even: row p has the weights of the T inputs around an output
        that lies p / up after the T/2-th of them.
    """
    slower = max(1.0, down / up)
    half = ceil(_ZEROS * slower)
    offsets = np.arange(1 - half, half + 1)[None, :] - np.arange(up)[:, None] / up
    band = _BAND / slower
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, 1))) / np.i0(_BETA)
    taps = band * np.sinc(band * offsets) * window
    filters: Samples = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return filters
