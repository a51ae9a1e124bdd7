"""How well the embedded voice is understood: a recogniser's word error rate, beside the teachers'.

What it is: `python -m models.embedded evaluate`. Every sentence of `sentences.txt` (none was in the training's text)
goes through the whole chain from text to sound, then through pocketsphinx (a development dependency). The teachers
read the same sentences where festival and flite are installed; else their figures as they were measured once are
printed, and said to be so. What it is not: a listener. pocketsphinx was trained on natural speech and punishes what
is unusual.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from ..speech import AudioChunk, Samples, SpeechRequest, Text
from .model import EmbeddedModel

HERE = Path(__file__).parent
RECORDED = HERE / "teachers.json"
"""What the teachers scored when they were last measured."""
_HEARING_HZ = 16_000
_TEACHERS = {"lin": ("festival", "slt"), "sam": ("flite", "rms")}
"""Voice to its teacher: engine and voice."""


@dataclass(slots=True)
class Score:
    """Errors of a recogniser over many sentences."""

    errors: int = 0
    words: int = 0

    def add(self, said: str, heard: str, *, show: bool) -> None:
        """Count one sentence."""
        reference, hypothesis = _words(said), _words(heard)
        errors = distance(reference, hypothesis)
        self.errors += errors
        self.words += len(reference)
        if show and errors:
            print(f"  {errors}  {' '.join(reference)}\n     {' '.join(hypothesis)}")

    @property
    def rate(self) -> float:
        """Word error rate in percent."""
        return 100 * self.errors / max(1, self.words)


def run(count: int, *, show: bool) -> None:
    """Print the table."""
    sentences = (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()[:count]
    hear = _recogniser()
    model = EmbeddedModel()
    model.warm_up()
    print(f"{len(sentences)} sentences, word error rate by pocketsphinx")
    print(f"{'voice':8}{'student':>10}{'teacher':>10}{'ratio':>8}   teacher is")
    for voice, (engine, name) in _TEACHERS.items():
        score = Score()
        for said in sentences:
            score.add(said, hear(_speak(model, said, voice)[0], model.card.sample_rate), show=show)
        teacher, source = _teacher(voice, sentences, hear)
        ratio = score.rate / max(teacher, 1e-9)
        print(f"{voice:8}{score.rate:9.1f}%{teacher:9.1f}%{ratio:8.2f}   {engine} {name}, {source}")
    _print_speed(model, sentences)


def _print_speed(model: EmbeddedModel, sentences: list[str]) -> None:
    firsts, factors = [], []
    for said in sentences[:20]:
        pcm, first_s, whole_s = _speak(model, said, "")
        firsts.append(first_s * 1000)
        factors.append(whole_s / (len(pcm) / model.card.sample_rate))
    print(f"one thread, median: first chunk {np.median(firsts):.1f} ms, RTF {np.median(factors):.4f}")


def _speak(model: EmbeddedModel, text: str, voice: str) -> tuple[Samples, float, float]:
    """Give the PCM, the seconds to its first chunk, and the seconds in all."""
    begun, first_s = time.perf_counter(), 0.0
    utterance = model.start(SpeechRequest((Text(text, 0, len(text)),), voice=voice))
    chunks = []
    while isinstance(result := model.step([utterance])[0], AudioChunk):
        chunks.append(result.pcm)
        if len(result.pcm) and not first_s:
            first_s = time.perf_counter() - begun
    model.release(utterance)
    return np.concatenate(chunks), first_s, time.perf_counter() - begun


def _recogniser() -> Callable[[Samples, int], str]:
    from pocketsphinx import Config, Decoder

    decoder = Decoder(Config(samprate=_HEARING_HZ, loglevel="FATAL"))

    def hear(pcm: Samples, sample_rate: int) -> str:
        sound = _resampled(pcm, sample_rate)
        sound = sound / max(1e-9, float(np.abs(sound).max())) * 0.6
        sound = np.pad(sound, (_HEARING_HZ // 5, _HEARING_HZ // 3))
        # The same hiss for every reader: digital silence confuses the recogniser.
        sound = sound + np.random.default_rng(0).standard_normal(len(sound)) * 3e-4
        decoder.start_utt()
        decoder.process_raw((sound * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        found: Any = decoder.hyp()
        return str(found.hypstr) if found else ""

    return hear


def _resampled(pcm: Samples, sample_rate: int) -> npt.NDArray[np.float64]:
    if sample_rate == _HEARING_HZ:
        return pcm.astype(np.float64)
    resampler = av.AudioResampler("flt", "mono", _HEARING_HZ)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None], np.float32), format="flt", layout="mono")
    frame.sample_rate = sample_rate
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([one.to_ndarray()[0] for one in frames]).astype(np.float64)


def _teacher(voice: str, sentences: list[str], hear: Callable[[Samples, int], str]) -> tuple[float, str]:
    """Give the teacher's word error rate, and whether it was measured now."""
    engine, name = _TEACHERS[voice]
    if shutil.which(engine) is None or shutil.which("gcc") is None:
        recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[voice]
        return float(recorded["wer"]), f"as measured on {recorded['measured']} on {recorded['sentences']} sentences"
    score = Score()
    with tempfile.TemporaryDirectory() as folder:
        for said, (pcm, rate) in zip(sentences, _lecture(name, sentences, Path(folder)), strict=True):
            score.add(said, hear(pcm, rate), show=False)
    return score.rate, "measured now"


def _lecture(name: str, sentences: list[str], folder: Path) -> Iterator[tuple[Samples, int]]:
    """Let a teacher read the sentences."""
    from .training import teachers

    speak = teachers.speak_slt if name == "slt" else teachers.speak_rms
    speak(sentences, folder)
    for number in range(len(sentences)):
        with wave.open(str(folder / f"{number:05d}.wav")) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32768)
            yield pcm.astype(np.float32), file.getframerate()


def _words(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def distance(reference: list[str], hypothesis: list[str]) -> int:
    """Count insertions, deletions and substitutions (Levenshtein)."""
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[:], i
        for j, other in enumerate(hypothesis, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other))
    return row[-1]
