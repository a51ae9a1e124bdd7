"""The interface between a speech model and whoever schedules it.

What it is: the request (one sentence), the utterance (its state inside a model), the
step, and the chunk of PCM that a step may give, with marks and a resume state. What it
is not: a model, a scheduler, or anything that imports torch: numpy only, so that the
serving process can use these types. ``realtime.engine`` calls models through it; every
folder of ``models`` implements it; ``tests/conformance.py`` holds the promises below
against every model.

Life of an utterance::

    utterance = model.start(request)
    while True:
        result = model.step([utterance])[0]     # a batch of equal ``phase``
        if isinstance(result, AudioChunk): ...  # perhaps without samples yet
        elif result is Status.STARVED: model.extend(utterance, pieces, final)
        else: break                             # Status.DONE or a ModelError
    model.release(utterance)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.float32]
"""PCM, float32 mono in [-1, 1], shape (N,) where N is the number of samples."""

EMOTIONS = (
    "neutral",
    "happy",
    "excited",
    "sad",
    "angry",
    "fearful",
    "surprised",
    "disgusted",
    "calm",
    "gentle",
    "serious",
    "whisper",
)
"""The one vocabulary of emotions; every model maps it onto what it has."""

SOUNDS = ("laughter", "breath", "sigh")
"""Sounds that are no words; a model lists in its card those that it can make."""

Ability = Literal["clone", "instruct", "exact_marks", "incremental_text"]


class ModelError(Exception):
    """A model could not do what it was asked. In a step it ends one utterance only.

    ModelError
    ├── CheckpointError   a folder of weights cannot be loaded
    └── TextError         the text of one request cannot be spoken
    """


class CheckpointError(ModelError):
    """A checkpoint is missing, damaged, or of another model."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        """The file or folder that is at fault."""
        self.reason = reason
        """What is wrong with it, and the cure where there is one."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class TextError(ModelError):
    """The text of a request cannot be spoken by this model."""


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text to be spoken, with its place in the turn's raw text.

    Where ``len(text) == char_end - char_start`` the characters map one to one; else the
    piece stands as a whole for its span (an XML entity, say).
    """

    text: str
    char_start: int
    """Code points from the start of the turn's raw text."""
    char_end: int
    """One past the last code point."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence of a given length."""

    duration_s: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that is no word: one of ``SOUNDS``. A model that lacks it skips it."""

    name: str


Piece: TypeAlias = Text | Pause | Sound


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """One sentence, and how it is to be said. Picklable, comparable, and a cache key."""

    pieces: tuple[Piece, ...]
    """What is said, in order; `extend` may append to it."""
    voice: str = ""
    """A voice id of the model's card; empty: the model's default voice."""
    emotion: str = "neutral"
    """One of ``EMOTIONS``."""
    intensity: float = 0.7
    """0 (as neutral) to 1 (as strong as the model can)."""
    speed: float = 1.0
    """Rate of speech as a factor, 0.5 to 2."""
    pitch: float = 0.0
    """Shift in semitones, -12 to 12."""
    volume: float = 1.0
    """Linear gain, 0 to 2."""
    language: str = ""
    """BCP 47 tag of text whose script does not tell; empty: the model decides."""
    instructions: str = ""
    """Free words on how to speak, for models with the ability ``instruct``."""
    seed: int = 0
    """The same request with the same seed gives the same samples."""
    incremental: bool = False
    """More text may follow by `extend`; for models with ``incremental_text``."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is heard when: a word or a phoneme at a place in the utterance's audio."""

    kind: Literal["word", "phoneme"]
    text: str
    """A word as written in the raw text, or one phoneme in IPA."""
    start: int
    """Sample position from the utterance's start."""
    length: int
    """Samples."""
    char_start: int = -1
    """Words: code points from the start of the turn's raw text; phonemes: -1."""
    char_end: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """PCM made by one step; without samples where a step moved on in silence.

    A mark comes with the chunk in which its sound starts, or earlier, and once.
    """

    pcm: Samples
    """(N,) float32 in [-1, 1] at the card's sample rate; N may be 0."""
    position: int
    """Sample position of ``pcm[0]`` from the utterance's start; chunks leave no gap."""
    marks: tuple[Mark, ...] = ()
    resume: bytes = b""
    """Given to `start` with the same request, speech goes on at ``end``, without a seam."""

    @property
    def end(self) -> int:
        """Sample position one past the chunk's last sample."""
        return self.position + len(self.pcm)


class Status(Enum):
    """What a step found where it made no chunk."""

    DONE = "done"
    """The utterance is complete: release it."""
    STARVED = "starved"
    """The model needs more text: `extend` before the next step."""


StepResult: TypeAlias = AudioChunk | Status | ModelError


class Utterance(Protocol):
    """One sentence under way in a model. Opaque but for these fields."""

    @property
    def phase(self) -> str:
        """The kind of the next step; only utterances of one phase go into one step."""

    @property
    def emotion(self) -> str:
        """The emotion that is really applied: the nearest that the model has."""

    @property
    def voice(self) -> str:
        """The id of the voice that speaks."""

    @property
    def language(self) -> str:
        """BCP 47 tag of the (main) language of the sentence."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a model."""

    id: str
    name: str
    languages: tuple[str, ...]
    """BCP 47 tags."""
    gender: Literal["female", "male", "neutral"] = "neutral"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is and can do. Known before its weights are loaded."""

    name: str
    sample_rate: int
    """Hz."""
    languages: tuple[str, ...]
    """BCP 47 tags."""
    voices: tuple[Voice, ...]
    """The first is the default."""
    emotions: tuple[str, ...] = ("neutral",)
    """Those of ``EMOTIONS`` that it tells apart."""
    sounds: tuple[str, ...] = ()
    """Those of ``SOUNDS`` that it makes."""
    abilities: frozenset[Ability] = field(default_factory=frozenset)
    max_batch: int = 16
    """The most utterances in one step."""

    def voice(self, voice_id: str) -> Voice:
        """Find a voice by its id; empty: the default.

        Raises:
            KeyError: the model has no such voice.
        """
        if not voice_id:
            return self.voices[0]
        for voice in self.voices:
            if voice.id == voice_id:
                return voice
        raise KeyError(voice_id)


class SpeechModel(Protocol):
    """A resident model: weights read-only, all state in its utterances.

    Not thread-safe: one thread calls it. Nothing here blocks on anything but compute.
    """

    @property
    def card(self) -> ModelCard:
        """What the model is and can do."""

    def warm_up(self) -> None:
        """Run every phase once, so that the first listener waits no longer than others."""

    def start(self, request: SpeechRequest, resume: bytes = b"") -> Utterance:
        """Begin one sentence; cheap. Call `step` next, and `release` in the end.

        With the ``resume`` of an earlier chunk and the same request, the first chunk
        starts at that chunk's ``end`` with the samples that would have followed.

        Raises:
            ModelError: the request names what the model lacks, or cannot be spoken.
        """

    def extend(self, utterance: Utterance, pieces: Sequence[Piece], final: bool) -> None:
        """Append text to an utterance whose request is ``incremental``.

        Raises:
            ModelError: the model has no ``incremental_text``, or the text was final.
        """

    def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
        """Do one indivisible unit of work for a batch of equal ``phase``.

        Gives one result per utterance, in order. An error is the result of its
        utterance alone; the others go on.
        """

    def cost_s(self, phase: str, batch: int) -> float:
        """Estimate the seconds of one step, from the steps measured so far."""

    def release(self, utterance: Utterance) -> None:
        """Free what an utterance holds, at any time between steps."""


def plain_text(pieces: Sequence[Piece]) -> str:
    """Join the text of pieces, without pauses and sounds."""
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


def nearest_emotion(emotion: str, available: Sequence[str]) -> str:
    """Map an emotion onto the nearest that a model has; ``neutral`` if none is near."""
    if emotion in available:
        return emotion
    return next((near for near in _NEAREST.get(emotion, ()) if near in available), "neutral")


_NEAREST: Mapping[str, tuple[str, ...]] = {
    "excited": ("happy", "surprised"),
    "happy": ("excited",),
    "surprised": ("excited", "happy"),
    "disgusted": ("angry", "serious"),
    "fearful": ("surprised", "sad"),
    "angry": ("disgusted", "serious"),
    "gentle": ("calm",),
    "calm": ("gentle", "serious"),
    "serious": ("calm",),
    "sad": ("calm", "gentle"),
    "whisper": ("gentle", "calm"),
}
