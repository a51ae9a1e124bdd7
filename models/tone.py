"""ToneModel: a speech model without weights that sings a note for every phoneme.

What it is: every part of ``models.speech`` (a token loop with two phases, incremental
text, marks, resume, errors and slowness on demand) in numpy alone, deterministic, and
thousands of times faster than real time. What it is not: speech. Tests of the session,
the engine and the transports run on it, and it is a measure for real models:
``tests/conformance.py`` runs against it first.

How it speaks. ``models.score`` makes notes of the text: a letter is one, a hanzi or a
digit two. The phase ``decode`` reads a few of them, ``vocode`` turns those that are read
into at most ``CHUNK_S`` of PCM; every note begins and ends in silence.

On demand, by arguments of the constructor, which `ToneModel.configured` reads from a
string such as ``"real_time_factor=0.5,load_s=2"``:

- text that holds ``fail_on`` (U+0007 unless told) ends its utterance with a `TextError`
  when the token loop gets there, after all that stands before it is spoken;
- text that holds ``crash_on`` makes `ToneModel.step` raise `RuntimeError`: a bug in a
  model, for whoever has to live with it;
- ``real_time_factor`` is the compute time of a second of audio, ``load_s`` that of loading.
"""

from __future__ import annotations

import struct
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np

from .score import IDEOGRAPH, KANA, Note, Score
from .speech import (
    AudioChunk,
    Mark,
    ModelCard,
    ModelError,
    Piece,
    Samples,
    SpeechRequest,
    Status,
    StepResult,
    Text,
    TextError,
    Utterance,
    Voice,
    nearest_emotion,
)

SAMPLE_RATE = 24_000
CHUNK_S = 0.5
"""The most audio of one step, in seconds."""
_FIRST_NOTES, _NOTES = 3, 6
"""Notes read by the first and by every later step of the token loop."""
_EDGE_S = 0.008
_AMPLITUDE = 0.2

_PITCH_HZ = {"alto": 220.0, "tenor": 147.0, "bass": 98.0, "soprano": 330.0}
CARD = ModelCard(
    name="tone",
    sample_rate=SAMPLE_RATE,
    languages=("en", "zh", "ja"),
    voices=(
        Voice("alto", "Alto", ("en", "zh", "ja"), "female"),
        Voice("tenor", "Tenor", ("en", "zh", "ja"), "male"),
        Voice("bass", "Bass", ("en", "zh", "ja"), "male"),
        Voice("soprano", "Soprano", ("en", "zh", "ja"), "female"),
    ),
    emotions=("neutral", "happy", "sad", "angry", "fearful", "surprised", "calm", "whisper"),
    sounds=("laughter", "breath"),
    abilities=frozenset({"exact_marks", "incremental_text"}),
)

_EMOTIONS = {
    # semitones up, gain, rate, share of noise; each at intensity 1
    "neutral": (0.0, 1.0, 1.0, 0.0),
    "happy": (3.0, 1.2, 1.1, 0.0),
    "sad": (-3.0, 0.8, 0.85, 0.1),
    "angry": (1.0, 1.5, 1.15, 0.2),
    "fearful": (4.0, 0.8, 1.2, 0.3),
    "surprised": (5.0, 1.2, 1.05, 0.0),
    "calm": (-1.0, 0.9, 0.9, 0.0),
    "whisper": (0.0, 0.6, 0.95, 1.0),
}

_HISSING = frozenset(("s", "z", "f", "v", "θ", "ʃ", "h"))
_SCALE = (0, 2, 4, 7, 9)


class _Style(NamedTuple):
    """What a request means for every note of an utterance."""

    pitch_hz: float
    amplitude: float
    rate: float
    breath: float
    seed: int


@dataclass(eq=False)
class ToneUtterance:
    """A sentence under way."""

    voice: str
    emotion: str
    language: str
    style: _Style
    score: Score
    key: int
    """Tells a request's resume states from those of others."""
    pending: deque[Note]
    """Read and not yet spoken to the end."""
    phase: str = "decode"
    offset: int = 0
    """Samples of the first pending note that are spoken."""
    position: int = 0
    error: TextError | None = None
    released: bool = False

    def resume(self) -> bytes:
        """Pack the place of the next sample; what was read ahead is read again."""
        place = self.pending[0].place if self.pending else self.score.place
        return _RESUME.pack(b"tone", self.key, *place, self.offset, self.position)


_RESUME = struct.Struct("<4sIIIIIQ")


class ToneModel:
    """The weightless model. See the module for what can be asked of it."""

    def __init__(
        self,
        *,
        fail_on: str = "\a",
        crash_on: str = "",
        real_time_factor: float = 0.0,
        load_s: float = 0.0,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fail_on = fail_on
        self._crash_on = crash_on
        self._real_time_factor = real_time_factor
        self._clock = clock
        self._sleep = sleep
        self._cost_s = {"decode": 5e-5, "vocode": 5e-4}
        if load_s:
            sleep(load_s)

    @classmethod
    def configured(cls, options: str) -> Self:
        """Make a model from ``name=value`` pairs joined by commas; empty: the default.

        Raises:
            ValueError: an option that is not there, or a value that is no number.
        """
        pairs = [option.split("=", 1) for option in options.split(",") if option]
        numbers = {name: float(value) for name, value in pairs}
        if unknown := numbers.keys() - {"real_time_factor", "load_s"}:
            raise ValueError(f"the tone model has no option {', '.join(sorted(unknown))}")
        return cls(**numbers)  # type: ignore[arg-type]

    @property
    def card(self) -> ModelCard:
        """What the model is and can do."""
        return CARD

    def warm_up(self) -> None:
        """Run every phase once."""
        utterance = self.start(SpeechRequest((Text("la", 0, 2),)))
        while isinstance(self.step([utterance])[0], AudioChunk):
            pass
        self.release(utterance)

    def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
        """Begin one sentence, or go on with it.

        Raises:
            ModelError: an unknown voice or emotion, a number out of range, or a resume
                state of another request.
        """
        style, voice, emotion = _style(request)
        score = Score(SAMPLE_RATE, style.rate, self._fail_on, self._crash_on)
        whole = not request.incremental
        score.add(request.pieces, final=whole)
        key = zlib.crc32(repr((style, voice, emotion, request.pieces if whole else ())).encode())
        utterance = ToneUtterance(voice, emotion, _language(request), style, score, key, deque())
        if resume:
            _continue(utterance, resume)
        return utterance

    def extend(self, utterance: Utterance, pieces: Sequence[Piece], final: bool) -> None:
        """Append text.

        Raises:
            ModelError: the text was final.
        """
        tone = _own(utterance)
        if tone.score.final:
            raise ModelError("the text of this utterance was final")
        tone.score.add(pieces, final)

    def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
        """Read notes, or speak those that were read; see the module."""
        batch = [_own(utterance) for utterance in utterances]
        if not batch:
            return []
        phase = batch[0].phase
        if any(utterance.phase != phase for utterance in batch):
            raise ValueError("one step takes utterances of one phase")
        began = self._clock()
        results = [_decode(each) if phase == "decode" else _vocode(each) for each in batch]
        samples = sum(len(each.pcm) for each in results if isinstance(each, AudioChunk))
        due_s = self._real_time_factor * samples / SAMPLE_RATE
        if due_s > (spent_s := self._clock() - began):
            self._sleep(due_s - spent_s)
        each_s = (self._clock() - began) / len(batch)
        self._cost_s[phase] += 0.1 * (each_s - self._cost_s[phase])
        return results

    def cost_s(self, phase: str, batch: int) -> float:
        """Estimate the seconds of one step: in this model, in proportion to the batch."""
        return self._cost_s[phase] * batch

    def release(self, utterance: Utterance) -> None:
        """Forget an utterance; a later step with it is an error of the caller."""
        tone = _own(utterance)
        tone.released = True
        tone.pending.clear()


def _own(utterance: Utterance) -> ToneUtterance:
    if not isinstance(utterance, ToneUtterance) or utterance.released:
        raise ValueError("not an utterance of this model, or released")
    return utterance


def _style(request: SpeechRequest) -> tuple[_Style, str, str]:
    """Check a request; give its style, and the voice and emotion that really act."""
    try:
        voice = CARD.voice(request.voice).id
    except KeyError:
        raise ModelError(f"no voice {request.voice!r}") from None
    for name, low, high in _RANGES:
        if not low <= getattr(request, name) <= high:
            raise ModelError(f"{name} must be within {low} and {high}")
    emotion = nearest_emotion(request.emotion, CARD.emotions)
    semitones, gain, rate, breath = _EMOTIONS[emotion]
    much = request.intensity
    style = _Style(
        pitch_hz=_PITCH_HZ[voice] * 2 ** ((request.pitch + semitones * much) / 12),
        amplitude=_AMPLITUDE * request.volume * gain**much,
        rate=request.speed * rate**much,
        breath=breath * much,
        seed=request.seed,
    )
    return style, voice, emotion


_RANGES = (("intensity", 0, 1), ("speed", 0.5, 2), ("pitch", -12, 12), ("volume", 0, 2))


def _continue(utterance: ToneUtterance, resume: bytes) -> None:
    try:
        magic, key, cursor, index, serial, offset, position = _RESUME.unpack(resume)
    except struct.error:
        magic, key = b"", 0
    if magic != b"tone" or key != utterance.key:
        raise ModelError("the resume state is not of this request")
    utterance.score.seek(cursor, index, serial)
    utterance.offset, utterance.position = offset, position


def _decode(utterance: ToneUtterance) -> StepResult:
    """Take one turn of the token loop."""
    pending, score = utterance.pending, utterance.score
    wanted = _NOTES if utterance.position else _FIRST_NOTES
    while utterance.error is None and len(pending) < wanted:
        try:
            note = score.read()
        except TextError as error:
            utterance.error = error  # told when what stands before it is spoken
            break
        if note is None:
            break
        pending.append(note)
    if pending:
        utterance.phase = "vocode"
        empty = np.zeros(0, np.float32)
        return AudioChunk(empty, utterance.position, (), utterance.resume())
    return utterance.error or (Status.DONE if score.final else Status.STARVED)


def _vocode(utterance: ToneUtterance) -> StepResult:
    """Speak what was read, up to ``CHUNK_S``."""
    pending, begin, room = utterance.pending, utterance.position, round(CHUNK_S * SAMPLE_RATE)
    parts: list[Samples] = []
    marks: list[Mark] = []
    while pending and room:
        note, offset = pending[0], utterance.offset
        if offset == 0:
            marks.extend(_marks(note, utterance.position))
        end = min(note.length, offset + room)
        parts.append(_pcm(note, utterance.style, offset, end))
        utterance.position += end - offset
        room -= end - offset
        utterance.offset = end
        if end == note.length:
            pending.popleft()
            utterance.offset = 0
    if not pending:
        utterance.phase = "decode"
    return AudioChunk(np.concatenate(parts), begin, tuple(marks), utterance.resume())


def _marks(note: Note, position: int) -> Iterator[Mark]:
    if note.word is not None:
        text, length, char_start, char_end = note.word
        yield Mark("word", text, position, length, char_start, char_end)
    if note.symbol not in ("", "~"):
        yield Mark("phoneme", note.symbol, position, note.length)


def _pcm(note: Note, style: _Style, begin: int, end: int) -> Samples:
    """Sound samples ``begin`` to ``end`` of a note: the same wherever a chunk ends."""
    if not note.symbol:
        return np.zeros(end - begin, np.float32)
    serial = note.place[2]
    breath = max(style.breath, 0.6 if note.symbol in _HISSING else 0.0)
    wave = np.zeros(note.length)
    if note.symbol == "~":
        breath = 1.0
    if breath < 1.0:
        step = _SCALE[zlib.crc32(note.symbol.encode()) % len(_SCALE)]
        hertz = style.pitch_hz * 2 ** ((step + 0.3 * _chance(style.seed, serial)) / 12)
        angle = np.arange(note.length) * (2 * np.pi * hertz / SAMPLE_RATE)
        wave += (1 - breath) * (0.7 * np.sin(angle) + 0.3 * np.sin(2 * angle))
    if breath > 0.0:
        noise = np.random.default_rng((style.seed & 0xFFFFFFFF, serial))
        wave += breath * noise.uniform(-1, 1, note.length)
    wave *= style.amplitude * (1 + 0.1 * _chance(style.seed + 1, serial))
    wave *= _envelope(note.length)
    return wave.astype(np.float32)[begin:end]


def _chance(seed: int, serial: int) -> float:
    """Give a number in [-1, 1) that depends on its arguments alone."""
    return zlib.crc32(f"{seed}:{serial}".encode()) / 2**31 - 1


@lru_cache(maxsize=64)
def _envelope(length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Raise and lower a note by half a cosine, (length,)."""
    edge = min(length // 2, round(_EDGE_S * SAMPLE_RATE))
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / max(edge, 1))
    envelope = np.ones(length)
    envelope[:edge] = rise
    envelope[length - edge :] = rise[::-1]
    return envelope


def _language(request: SpeechRequest) -> str:
    text = "".join(piece.text for piece in request.pieces if isinstance(piece, Text))
    if KANA.search(text):
        return "ja"
    ideographs = len(IDEOGRAPH.findall(text))
    if ideographs and 2 * ideographs >= len(text.split()):
        return "zh"
    return request.language or "en"
