"""The embedded voice as a `SpeechModel`: front end, acoustic model and vocoder, in steps.

What it is: the state of an utterance between steps, and the order of the work. What it is not: the work itself, which
is `frontend`, `network`, `controls` and `vocoder`. The model's process loads it through `models.catalog`.

Phases: `encode` runs the front end and finds how long every phone lasts; each `speak` decodes frames where they are
wanted, with the context that their convolutions see, and sounds the next of them. So the first sound costs no more for
a long sentence than for a short one.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..speech import (
    EMOTIONS,
    AudioChunk,
    Mark,
    ModelCard,
    ModelError,
    Piece,
    SpeechRequest,
    Status,
    StepResult,
    Text,
    TextError,
    Utterance,
    Voice,
    nearest_emotion,
    plain_text,
)
from . import bands, checkpoint, controls, frontend
from .checkpoint import VoiceFile
from .controls import Contour, Manner
from .network import CONTEXT, Phones
from .phones import INVENTORY, PAUSE, Clause, Phone, Spoken
from .vocoder import TAIL, Tracks, Vocoder, Voicing, white

FIRST_FRAMES = 30
"""Frames of the first chunk: 150 ms, so that sound starts soon."""
CHUNK_FRAMES = 120
"""Frames of every other chunk: 600 ms."""
WINDOW_STEPS = 240
"""Decoder steps at once after the first chunk: the context to either side is decoded with every window."""
_FADE_IN = bands.FRAME
_FADE_OUT = 2 * bands.FRAME
_REST_S = {
    Clause.NONE: 0.05,
    Clause.COMMA: 0.12,
    Clause.STATEMENT: 0.26,
    Clause.QUESTION: 0.3,
    Clause.EXCLAMATION: 0.26,
}
"""Silence behind a sentence, by how it ends."""
_GUESS_S = 0.01
"""Cost of a step of which none was measured yet, in seconds."""
_KNEE = 0.8
"""Amplitude above which sound is bent so that it never passes 1."""
_STATE = struct.Struct("<QIdd")
"""Sample position, next frame, phase and pitch of the vocoder; its tail follows."""


@dataclass(slots=True)
class Plan:
    """What `encode` finds: which phones sound when."""

    phones: tuple[Phone, ...]
    ends: Tensor
    """(N,) frames from the start."""
    text: Tensor
    """(1, N, C)"""
    sound: Tensor
    """(1, N, C)"""
    prosody: Tensor
    """(1, N) ids."""
    contour: Contour
    marks: list[Mark]
    """By their start; those that are told are taken out."""
    rest: int
    """Samples of silence behind the last frame."""

    @property
    def frames(self) -> int:
        """Length of the utterance without its rest."""
        return int(self.ends[-1])


@dataclass(slots=True, eq=False)
class EmbeddedUtterance:
    """One sentence under way. Callers read `phase`, `emotion`, `voice` and `language` only."""

    request: SpeechRequest
    speaker: VoiceFile
    how: Manner
    voicing: Voicing
    emotion: str
    language: str
    phase: str = "encode"
    plan: Plan | None = None
    tracks: Tracks | None = None
    """Decoded frames that have not sounded, from `voicing.frame` on."""
    samples: int = 0
    """Sample position of the next chunk."""
    resumed_at: int = 0
    """Sample position from which marks are still to be told."""

    @property
    def voice(self) -> str:
        """The id of the voice that speaks."""
        return self.speaker.id


class EmbeddedModel:
    """The voice that ships with the project. Not thread-safe; see `SpeechModel`."""

    def __init__(
        self,
        *,
        threads: int = 1,
        weights: Path = checkpoint.WEIGHTS,
        voices: Path = checkpoint.VOICES,
    ) -> None:
        """Load weights and voices.

        Raises:
            CheckpointError: a file is missing, damaged, or of another model.
        """
        torch.set_num_threads(threads)
        acoustics = checkpoint.load(weights)
        self._network = acoustics.network
        self._mean, self._deviation = acoustics.mean, acoustics.deviation
        speakers = checkpoint.load_voices(self._network.shape, voices)
        self._speakers = {speaker.id: speaker for speaker in speakers}
        self._vocoder = Vocoder()
        self._costs_s: dict[str, float] = {}
        self._card = ModelCard(
            name="embedded",
            sample_rate=bands.SAMPLE_RATE,
            languages=tuple(checkpoint.TAGS),
            voices=tuple(Voice(one.id, one.name, tuple(checkpoint.TAGS), one.gender) for one in speakers),
            emotions=EMOTIONS,
            abilities=frozenset({"exact_marks"}),
        )

    @property
    def card(self) -> ModelCard:
        """What the model is and can do."""
        return self._card

    def warm_up(self) -> None:
        """Load the front end's tables, and speak once in both languages, alone and together."""
        frontend.warm_up()
        texts = (
            "Hello there, this is a first sentence to warm up.",
            "今天天气真不错, let's go.",
        )
        for batch in (texts[:1], texts[1:], texts):
            self._speak_all([SpeechRequest((_whole(text),)) for text in batch])

    def _speak_all(self, requests: list[SpeechRequest]) -> None:
        utterances: list[Utterance] = [self.start(request) for request in requests]
        while utterances:
            phase = utterances[0].phase
            batch = [one for one in utterances if one.phase == phase]
            results = self.step(batch)
            for utterance, result in zip(batch, results, strict=True):
                if not isinstance(result, AudioChunk):
                    utterances.remove(utterance)

    def start(self, request: SpeechRequest, resume: bytes = b"") -> EmbeddedUtterance:
        """Begin one sentence; the work is in the steps.

        Raises:
            ModelError: no such voice, or `resume` is not of this model.
        """
        speaker = self._speakers.get(request.voice or self._card.voices[0].id)
        if speaker is None:
            raise ModelError(f"voice {request.voice!r} is none of {', '.join(self._speakers)}")
        emotion = nearest_emotion(request.emotion, EMOTIONS)
        pitched = Manner(pitch=2.0 ** (request.pitch / 12))
        how = controls.combine(
            controls.combine(speaker.manner, controls.manner(emotion, request.intensity)),
            pitched,
        )
        voicing = Voicing(request.seed, shift=how.formant)
        utterance = EmbeddedUtterance(request, speaker, how, voicing, emotion, _main_language(request))
        if resume:
            _restore(utterance, resume)
        return utterance

    def extend(self, utterance: Utterance, pieces: Sequence[Piece], final: bool) -> None:
        """Refuse: this model sees a sentence whole.

        Raises:
            ModelError: always.
        """
        raise ModelError("the embedded voice takes whole sentences")

    @torch.inference_mode()
    def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
        """Plan utterances, or sound the next chunk of each."""
        if not utterances:
            return []
        batch = [one for one in utterances if isinstance(one, EmbeddedUtterance)]
        assert len(batch) == len(utterances), "an utterance of another model"
        phase, begun = batch[0].phase, time.perf_counter()
        results = [_guarded(self._encode, one) for one in batch] if phase == "encode" else self._speak(batch)
        each_s = (time.perf_counter() - begun) / len(batch)
        self._costs_s[phase] = 0.9 * self._costs_s.get(phase, each_s) + 0.1 * each_s
        return results

    def cost_s(self, phase: str, batch: int) -> float:
        """Estimate the seconds of one step, from the steps measured so far."""
        return self._costs_s.get(phase, _GUESS_S) * batch

    def release(self, utterance: Utterance) -> None:
        """Free what an utterance holds."""
        assert isinstance(utterance, EmbeddedUtterance)
        utterance.plan = utterance.tracks = utterance.voicing.tail = None

    # --- encode -------------------------------------------------------------------------

    def _encode(self, utterance: EmbeddedUtterance) -> StepResult:
        """Plan one utterance; alone, so that its durations are those it has in any company."""
        request = utterance.request
        spoken = frontend.speak(request.pieces, request.language)
        if not spoken.phones:
            return Status.DONE
        phones = spoken.phones
        prosody = torch.tensor([[utterance.speaker.prosody[phone.language] for phone in phones]])
        text, sound, log_frames = self._network.encode(_tensors(phones, prosody))
        ends = controls.durations(log_frames[0], phones, utterance.how, request.speed)
        frames = int(ends[-1])
        sway = white(request.seed ^ 0x5BD1E995, 0, 2 * frames).view(frames, 2)
        rest_s = _REST_S[Clause(phones[-1].clause)] * utterance.how.pause / request.speed
        utterance.plan = Plan(
            phones=phones,
            ends=ends,
            text=text,
            sound=sound,
            prosody=prosody,
            contour=controls.contour(phones, ends, sway),
            marks=_marks(spoken, ends, utterance.resumed_at),
            rest=round(rest_s * bands.SAMPLE_RATE),
        )
        utterance.phase = "speak"
        return AudioChunk(np.zeros(0, np.float32), utterance.samples, resume=_saved(utterance))

    # --- speak --------------------------------------------------------------------------

    def _speak(self, batch: list[EmbeddedUtterance]) -> list[StepResult]:
        sounding = [one for one in batch if one.voicing.frame < _plan(one).frames]
        try:
            sound = self._sound(sounding) if sounding else {}
        except RuntimeError as error:  # torch: out of memory, say
            return [ModelError(str(error))] * len(batch)
        return [self._chunk(one, sound[id(one)]) if id(one) in sound else _finish(one) for one in batch]

    def _sound(self, batch: list[EmbeddedUtterance]) -> dict[int, Tensor]:
        """Return the next PCM of each utterance, by its identity."""
        self._decode([one for one in batch if self._wants_frames(one)])
        heard = self._vocoder.step([one.voicing for one in batch], [_take(one) for one in batch])
        return {id(one): pcm for one, pcm in zip(batch, heard, strict=True)}

    def _wants_frames(self, utterance: EmbeddedUtterance) -> bool:
        have = 0 if utterance.tracks is None else len(utterance.tracks)
        left = _plan(utterance).frames - utterance.voicing.frame
        return have < min(left, _next_frames(utterance) + 1)

    def _decode(self, batch: list[EmbeddedUtterance]) -> None:
        """Predict the next frames of each utterance, and lay its manner over them."""
        if not batch:
            return
        windows = [_window(one) for one in batch]
        plans = [_plan(one) for one in batch]
        size = max(stop - start for start, stop, _, _ in windows)
        width = max(len(plan.phones) for plan in plans)
        steps = torch.tensor([stop - start for start, stop, _, _ in windows])
        frames = self._network.decode(
            _stacked([plan.text[0] for plan in plans], width),
            _stacked([plan.sound[0] for plan in plans], width),
            _stacked([plan.prosody[0] for plan in plans], width),
            torch.tensor([one.speaker.timbre for one in batch]),
            torch.stack(
                [torch.nn.functional.pad(p.ends, (0, width - len(p.ends)), value=int(p.ends[-1])) for p in plans]
            ),
            (torch.arange(size) < steps[:, None]).float()[..., None],
            torch.tensor([start for start, _, _, _ in windows]),
        )
        for row, (one, (start, _, first, last)) in enumerate(zip(batch, windows, strict=True)):
            inside = slice(first - start, last - start)
            noise = frames.noise[row, inside].repeat_interleave(2, 0)
            self._lay(
                one,
                slice(2 * first, 2 * last),
                frames.pitch[row, inside].flatten(),
                frames.voicing[row, inside].flatten(),
                frames.envelope[row, inside].flatten(0, 1),
                noise,
            )

    def _lay(
        self,
        one: EmbeddedUtterance,
        window: slice,
        pitch: Tensor,
        voicing: Tensor,
        envelope: Tensor,
        noise: Tensor,
    ) -> None:
        """Turn predictions of the frames in `window` into tracks, said in the utterance's manner."""
        plan, how = _plan(one), one.how
        voiced = torch.sigmoid(4 * voicing)
        log_amplitude = 0.5 * (envelope * self._deviation + self._mean)
        tracks = Tracks(
            f0=controls.hertz(pitch, one.speaker.pitch_hz, how, plan.contour, window),
            voicing=voiced * (1 - how.whisper),
            envelope=controls.amplitude(log_amplitude, voiced, how, one.request.volume, plan.contour, window),
            noise=controls.aperiodicity(torch.sigmoid(noise), how),
        )
        one.tracks = tracks if one.tracks is None else _joined(one.tracks, tracks)

    def _chunk(self, utterance: EmbeddedUtterance, pcm: Tensor) -> AudioChunk:
        plan, start = _plan(utterance), utterance.samples
        samples = _edges(pcm.numpy(), start, plan.frames * bands.FRAME)
        utterance.samples = start + len(samples)
        return AudioChunk(samples, start, _told(plan, utterance.samples), _saved(utterance))


def _whole(text: str) -> Piece:
    return Text(text, 0, len(text))


def _guarded(work: Callable[[EmbeddedUtterance], StepResult], utterance: EmbeddedUtterance) -> StepResult:
    """Do one utterance's work; what goes wrong is its result."""
    try:
        return work(utterance)
    except ModelError as error:
        return error
    except (ValueError, KeyError, IndexError, RuntimeError) as error:
        return TextError(f"this text broke the front end: {error!r}")


def _plan(utterance: EmbeddedUtterance) -> Plan:
    assert utterance.plan is not None, "not encoded, or released"
    return utterance.plan


def _tensors(phones: tuple[Phone, ...], prosody: Tensor) -> Phones:
    """Return the network's input (1, N) of one sentence."""

    def row(values: list[int]) -> Tensor:
        return torch.tensor([values])

    return Phones(
        symbol=row([INVENTORY[phone.symbol] for phone in phones]),
        accent=row([phone.accent for phone in phones]),
        boundary=row([phone.boundary for phone in phones]),
        last=row([int(phone.last) for phone in phones]),
        clause=row([phone.clause for phone in phones]),
        language=row([int(phone.language) for phone in phones]),
        prosody=prosody,
        mask=torch.ones(1, len(phones), 1),
    )


def _main_language(request: SpeechRequest) -> str:
    """Tell the language of most of a sentence by its letters: a hanzi weighs as much as three of the Latin ones."""
    text = plain_text(request.pieces)
    hanzi = sum("\u3400" <= char <= "\u9fff" for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if hanzi or latin:
        return "zh" if 3 * hanzi > latin else "en"
    asked = request.language.partition("-")[0].lower()
    return asked if asked in checkpoint.TAGS else "en"


def _marks(spoken: Spoken, ends: Tensor, after: int) -> list[Mark]:
    """Place words and phonemes, by their start; those that started before sample `after` were told already."""
    # A frame sounds one frame late: see the vocoder.
    places = [0, *((int(end) + 1) * bands.FRAME for end in ends)]
    marks = [
        Mark("phoneme", phone.ipa, start, end - start)
        for phone, start, end in zip(spoken.phones, places[:-1], places[1:], strict=True)
        if phone.symbol != PAUSE
    ]
    for number, word in enumerate(spoken.words):
        of = [i for i, phone in enumerate(spoken.phones) if phone.word == number]
        start, end = places[of[0]], places[of[-1] + 1]
        marks.append(Mark("word", word.text, start, end - start, word.char_start, word.char_end))
    marks.sort(key=lambda mark: (mark.start, mark.kind != "word"))
    return [mark for mark in marks if mark.start >= after]


def _told(plan: Plan, before: int) -> tuple[Mark, ...]:
    """Take out the marks whose sound starts before a sample."""
    count = sum(mark.start < before for mark in plan.marks)
    told, plan.marks = tuple(plan.marks[:count]), plan.marks[count:]
    return told


def _next_frames(utterance: EmbeddedUtterance) -> int:
    return CHUNK_FRAMES if utterance.voicing.frame else FIRST_FRAMES


def _window(utterance: EmbeddedUtterance) -> tuple[int, int, int, int]:
    """Return the steps to decode, start and stop, and those of them that are wanted, first and last."""
    plan, tracks = _plan(utterance), utterance.tracks
    total = plan.frames // 2
    have = utterance.voicing.frame + (0 if tracks is None else len(tracks))
    first = have // 2
    wanted = FIRST_FRAMES // 2 + 1 if utterance.voicing.frame == 0 and tracks is None else WINDOW_STEPS
    last = min(total, first + wanted)
    return max(0, first - CONTEXT), min(total, last + CONTEXT), first, last


def _take(utterance: EmbeddedUtterance) -> Tracks:
    """Take the next frames out of the tracks, and one more that lends its pitch."""
    tracks, plan = utterance.tracks, _plan(utterance)
    assert tracks is not None
    count = min(_next_frames(utterance), plan.frames - utterance.voicing.frame)
    taken = _cut(tracks, 0, count + 1)
    utterance.tracks = _cut(tracks, count, len(tracks))
    if len(taken) == count:
        taken = _joined(taken, _cut(taken, count - 1, count))
    return taken


def _cut(tracks: Tracks, first: int, last: int) -> Tracks:
    window = slice(first, last)
    return Tracks(tracks.f0[window], tracks.voicing[window], tracks.envelope[window], tracks.noise[window])


def _joined(one: Tracks, other: Tracks) -> Tracks:
    return Tracks(
        torch.cat([one.f0, other.f0]),
        torch.cat([one.voicing, other.voicing]),
        torch.cat([one.envelope, other.envelope]),
        torch.cat([one.noise, other.noise]),
    )


def _stacked(rows: list[Tensor], width: int) -> Tensor:
    """Pad (N, …) tensors to one (B, width, …)."""
    out = rows[0].new_zeros((len(rows), width, *rows[0].shape[1:]))
    for row, values in zip(out, rows, strict=True):
        row[: len(values)] = values
    return out


def _edges(
    pcm: np.ndarray[tuple[int], np.dtype[np.float32]], start: int, total: int
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Fade the utterance in and out, and bend what is too loud; a function of the sample's position alone."""
    place = np.arange(start, start + len(pcm))
    rise = np.clip(place / _FADE_IN, 0, 1)
    fall = np.clip((total - 1 - place) / _FADE_OUT, 0, 1)
    faded = pcm * (0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall)))
    over = np.abs(faded) - _KNEE
    bent = np.sign(faded) * (_KNEE + (1 - _KNEE) * np.tanh(over / (1 - _KNEE)))
    return np.where(over > 0, bent, faded).astype(np.float32)


def _finish(utterance: EmbeddedUtterance) -> StepResult:
    """Give the silence behind the sentence, then be done."""
    plan = _plan(utterance)
    end = plan.frames * bands.FRAME + plan.rest
    if utterance.samples >= end:
        return Status.DONE
    pcm, start = np.zeros(end - utterance.samples, np.float32), utterance.samples
    utterance.samples = end
    return AudioChunk(pcm, start, _told(plan, end), _saved(utterance))


def _saved(utterance: EmbeddedUtterance) -> bytes:
    """Write what `_restore` needs: where the vocoder is, and what still sounds."""
    voicing = utterance.voicing
    tail = voicing.tail.numpy().tobytes() if voicing.tail is not None else b""
    return _STATE.pack(utterance.samples, voicing.frame, voicing.phase, voicing.f0) + tail


def _restore(utterance: EmbeddedUtterance, resume: bytes) -> None:
    if len(resume) not in (_STATE.size, _STATE.size + 4 * TAIL):
        raise ModelError("this resume state is of another model")
    voicing = utterance.voicing
    utterance.samples, voicing.frame, voicing.phase, voicing.f0 = _STATE.unpack_from(resume)
    utterance.resumed_at = utterance.samples
    if len(resume) > _STATE.size:
        voicing.tail = torch.from_numpy(np.frombuffer(resume, np.float32, offset=_STATE.size).copy())
