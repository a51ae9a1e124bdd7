"""Analyse the teachers' audio: `<id>.wav` and `.seg` in, `<id>.npz` out. Second step of training.

    python -m models.embedded.training.features DATA [--jobs 2]

Each npz holds, for T steps of 10 ms and N phones: `f0` (2T,) Hz, 0 where unvoiced; `env` (2T, 80) log power, float16;
`noise` (T, 6); `ends` (N,) in 5 ms frames, float; `symbol`, `accent`, `boundary`, `last`, `clause` (N,).
Files that exist are kept, so that it can be stopped and started again.
"""

from __future__ import annotations

import argparse
import itertools
import warnings
from concurrent.futures import ProcessPoolExecutor
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from models.embedded import bands
from models.embedded.phones import INVENTORY, PAUSE, Boundary, Clause

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pyworld

F0_RANGE = {"slt": (90.0, 350.0), "rms": (60.0, 220.0), "cmn": (55.0, 300.0), "eng": (55.0, 300.0)}
LEVEL = 0.1
"""RMS of what is louder than a fiftieth of the peak."""
_CLAUSES = {",": Clause.COMMA, ".": Clause.STATEMENT, "?": Clause.QUESTION, "!": Clause.EXCLAMATION}
_PERIOD_MS = 1000.0 * bands.FRAME / bands.SAMPLE_RATE


def phones(rows: list[list[str]]) -> dict[str, np.ndarray]:
    """Return the features of `models.embedded.phones.Phone`, as arrays (N,), from the rows of a segment file."""
    count = len(rows)
    symbol = [row[1] for row in rows]
    boundary = [0] * count
    clause = [0] * count
    coming, strength = Clause.STATEMENT, Boundary.SENTENCE
    for i in range(count - 1, -1, -1):
        mark = rows[i][5] if len(rows[i]) > 5 else "0"
        if symbol[i] == PAUSE:
            strength = Boundary.SENTENCE if i == count - 1 else Boundary.PHRASE
        else:
            coming = _CLAUSES.get(mark[:1], coming)
            if rows[i][4] != "0":
                strength = Boundary.INSIDE
            elif rows[i][3] == "0" and (i == count - 1 or symbol[i + 1] != PAUSE):
                strength = Boundary.WORD
            boundary[i] = int(strength)
        clause[i] = int(coming)
    return {
        "symbol": np.array([INVENTORY[s] for s in symbol]),
        "accent": np.array([0 if s == PAUSE else int(row[2]) for s, row in zip(symbol, rows, strict=True)]),
        "boundary": np.array(boundary),
        "last": np.array([row[3] == "0" for row in rows], dtype=np.int64),
        "clause": np.array(clause),
    }


def waveform(path: Path) -> np.ndarray:
    """Return a teacher's wave at 24 kHz and our level, float64."""
    wave, rate = soundfile.read(path)
    common = gcd(rate, bands.SAMPLE_RATE)
    wave = resample_poly(wave, bands.SAMPLE_RATE // common, rate // common)
    loud = wave[np.abs(wave) > 0.02 * np.abs(wave).max()]
    return np.asarray(wave * (LEVEL / np.sqrt(np.mean(loud**2))))


def analyse(wave: np.ndarray, low: float, high: float) -> dict[str, np.ndarray]:
    """Return `f0`, `env` and `noise` of a wave at 24 kHz (WORLD: Morise et al. 2016)."""
    rate = bands.SAMPLE_RATE
    wave = wave + np.random.default_rng(0).standard_normal(len(wave)) * 1e-5
    f0, times = pyworld.dio(wave, rate, f0_floor=low, f0_ceil=high, frame_period=_PERIOD_MS, speed=2)
    f0 = pyworld.stonemask(wave, f0, times, rate)
    count = len(f0) // 2 * 2
    f0, times = f0[:count], times[:count]
    spectrum = pyworld.cheaptrick(wave, f0, times, rate, fft_size=bands.FFT)
    half = pyworld.d4c(wave, f0[::2].copy(), times[::2].copy(), rate, fft_size=bands.FFT)
    voiced = np.repeat(half[:, 10] < 0.9, 2) & (f0 > 0)
    bins = [round(edge / rate * bands.FFT) for edge in bands.NOISE_EDGES]
    noise = np.stack([half[:, a : b + 1].mean(1) for a, b in itertools.pairwise(bins)], 1)
    env = np.log(np.maximum(spectrum, 1e-12)) @ bands.analysis().T
    return {
        "f0": np.where(voiced, f0, 0.0).astype(np.float32),
        "env": env.astype(np.float16),
        "noise": noise.astype(np.float16),
    }


def one(path: Path) -> float:
    """Analyse one utterance; returns its minutes, 0 if it is there already or is of no use."""
    target = path.with_suffix(".npz")
    rows = [line.split(" ") for line in path.with_suffix(".seg").read_text().splitlines()]
    if target.exists() or not rows or any(row[1] not in INVENTORY for row in rows):
        return 0.0
    wave = waveform(path)
    lead = 0.0
    if rows[0][1] != PAUSE:
        lead = 0.08
        wave = np.concatenate([np.zeros(round(lead * bands.SAMPLE_RATE)), wave])
        rows.insert(0, ["0", PAUSE, "0", "0", "0", "0"])
    if rows[-1][1] != PAUSE:
        rows.append([rows[-1][0], PAUSE, "0", "0", "0", "0"])
    low, high = F0_RANGE[path.parent.name]
    features = analyse(wave, low, high)
    count = len(features["f0"])
    ends = np.array([float(row[0]) + lead for row in rows]) * 1000.0 / _PERIOD_MS
    ends = np.minimum(ends, count)
    ends[-1] = count
    if (features["f0"] > 0).sum() < 10:
        return 0.0
    partial = target.with_suffix(".part.npz")
    np.savez(partial, **features, ends=ends, **phones(rows))  # type: ignore[arg-type]
    partial.rename(target)
    return count * _PERIOD_MS / 60_000.0


def main() -> None:
    """Analyse every utterance, the teachers in turn so that a part of the work is a fair sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    paths = sorted(options.data.glob("*/*.wav"), key=lambda path: (path.stem, path.parent.name))
    with ProcessPoolExecutor(options.jobs) as pool:
        minutes = sum(pool.map(one, paths, chunksize=4))
    print(f"{len(paths)} utterances, {minutes:.1f} minutes analysed")


if __name__ == "__main__":
    main()
