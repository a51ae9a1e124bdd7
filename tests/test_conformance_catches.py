"""A model that breaks a promise about its samples is caught by the check that is about it.

Each model here is the tone model, bent in one place; unbent, it passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models import tone
from models.speech import (
    AudioChunk,
    Mark,
    ModelCard,
    ModelError,
    Pause,
    SpeechRequest,
    Status,
    StepResult,
    TextError,
    Utterance,
)
from models.tone import ToneModel, ToneUtterance
from tests import conformance
from tests.bent import Bent, caught
from tests.speaking import Subject


def test_silent_truncation_is_caught() -> None:
    class Model(ToneModel):
        def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
            results = super().step(utterances)
            for place, result in enumerate(results):
                if isinstance(result, AudioChunk) and result.position > 10 * 24_000:
                    results[place] = Status.DONE
            return results

    caught(conformance.check_long_text_is_spoken_whole, Model(), "words are lost")


def test_a_changed_sample_after_resume_is_caught() -> None:
    class Model(Bent):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            utterance = super().start(request, resume)
            self._spoil = bool(resume)
            return utterance

        def bend(self, chunk: AudioChunk) -> StepResult:
            if not self._spoil or not len(chunk.pcm):
                return chunk
            self._spoil = False
            spoilt = chunk.pcm.copy()
            spoilt[0] += 0.001
            return replace(chunk, pcm=spoilt)

    caught(conformance.check_resume_goes_on_without_a_seam, Model(), "samples differ by")


def test_a_mark_repeated_after_resume_is_caught() -> None:
    class Model(Bent):
        told: Mark | None = None
        again = False

        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            self.again = bool(resume)
            return super().start(request, resume)

        def bend(self, chunk: AudioChunk) -> StepResult:
            if self.again and self.told:
                self.again = False
                return replace(chunk, marks=(self.told, *chunk.marks))
            self.told = chunk.marks[-1] if chunk.marks else self.told
            return chunk

    caught(conformance.check_resume_goes_on_without_a_seam, Model(), "lost or doubled")


def test_resuming_from_the_start_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            assert isinstance(resume, bytes)
            return super().start(request)

    caught(conformance.check_resume_goes_on_without_a_seam, Model(), "goes on elsewhere")


class Greedy(ToneModel):
    """Speaks a whole sentence in one step."""

    def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
        results: list[StepResult] = []
        for utterance in utterances:
            chunks: list[AudioChunk] = []
            while isinstance(result := super().step([utterance])[0], AudioChunk):
                chunks.append(result)
            if chunks:
                whole = np.concatenate([chunk.pcm for chunk in chunks])
                told = tuple(mark for chunk in chunks for mark in chunk.marks)
                result = AudioChunk(whole, chunks[0].position, told, chunks[-1].resume)
            results.append(result)
        return results


def test_work_past_until_is_caught() -> None:
    caught(conformance.check_nothing_is_made_past_until, Greedy(), "asked for")


def test_a_step_that_speaks_the_whole_sentence_is_caught() -> None:
    caught(conformance.check_a_step_makes_little, Greedy(), "samples in one step")


def test_a_long_pause_in_one_step_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tone, "CHUNK_S", 0.5)
    check = conformance.check_a_step_makes_little
    check(Subject(ToneModel(), ToneModel()))
    monkeypatch.setattr(tone, "CHUNK_S", 1.5)
    with pytest.raises(AssertionError):
        check(Subject(ToneModel(), ToneModel()))


def test_an_error_that_kills_its_batch_is_caught() -> None:
    class Model(ToneModel):
        def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
            results = super().step(utterances)
            errors = [result for result in results if isinstance(result, ModelError)]
            return [errors[0]] * len(results) if errors else results

    caught(conformance.check_an_error_is_its_utterances_alone, Model(), "spread in its batch")


def test_an_error_raised_out_of_a_step_is_caught() -> None:
    class Model(ToneModel):
        def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
            results = super().step(utterances)
            for result in results:
                if isinstance(result, ModelError):
                    raise result
            return results

    caught(conformance.check_an_error_is_its_utterances_alone, Model(), "cannot speak")


def test_an_unknown_voice_that_is_accepted_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            known = [voice.id for voice in self.card.voices]
            voice = request.voice if request.voice in known else ""
            return super().start(replace(request, voice=voice), resume)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        conformance.check_an_error_is_its_utterances_alone(Subject(Model(), Model()))


def test_a_gap_between_chunks_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            return replace(chunk, position=chunk.position + (chunk.position > 0))

    caught(conformance.check_chunks_leave_no_gap, Model(), "a chunk at")


def test_samples_of_double_precision_are_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            wide: Any = chunk.pcm.astype(np.float64)
            return replace(chunk, pcm=wide)

    caught(conformance.check_chunks_leave_no_gap, Model(), "float32")


def test_samples_out_of_range_are_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            return replace(chunk, pcm=chunk.pcm * np.float32(3))

    caught(conformance.check_samples_stay_in_range, Model(), "full scale")


def test_a_sample_that_is_no_number_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            holed = chunk.pcm.copy()
            holed[100:101] = np.nan
            return replace(chunk, pcm=holed)

    caught(conformance.check_samples_stay_in_range, Model(), "no number")


def test_a_click_at_the_end_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            jumped = chunk.pcm.copy()
            jumped[-10:] += 0.01
            return replace(chunk, pcm=jumped)

    caught(conformance.check_both_ends_are_silent, Model(), "ends with a click")


def test_samples_that_vary_from_run_to_run_are_caught() -> None:
    class Model(Bent):
        runs = 0

        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            self.runs += 1
            return super().start(replace(request, seed=self.runs), resume)

    caught(conformance.check_same_request_gives_same_samples, Model(), "second time")


def test_a_batch_that_bleeds_is_caught() -> None:
    class Model(ToneModel):
        def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
            results = super().step(utterances)
            if len(results) > 1 and isinstance(results[1], AudioChunk):
                results[1] = replace(results[1], pcm=results[1].pcm * np.float32(0.9))
            return results

    caught(conformance.check_a_batch_equals_singles, Model(), "in a batch and alone")


def test_a_release_that_harms_its_neighbour_is_caught() -> None:
    class Model(ToneModel):
        def __init__(self) -> None:
            super().__init__()
            self._all: list[ToneUtterance] = []

        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            self._all.append(super().start(request, resume))
            return self._all[-1]

        def release(self, utterance: Utterance) -> None:
            super().release(utterance)
            for other in self._all:
                other.style = other.style._replace(amplitude=0.05)

    caught(conformance.check_release_disturbs_nobody, Model(), "released")


def test_a_wrong_report_of_the_emotion_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            utterance = super().start(request, resume)
            utterance.emotion = request.emotion
            return utterance

    caught(conformance.check_the_applied_is_reported, Model(), "excited")


def test_a_pause_of_the_wrong_length_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            pieces = tuple(
                Pause(piece.duration_s / 2) if isinstance(piece, Pause) else piece for piece in request.pieces
            )
            return super().start(replace(request, pieces=pieces), resume)

    caught(conformance.check_a_pause_is_silence_of_its_length, Model(), "of pause last")


def test_a_sound_that_is_promised_and_not_made_is_caught() -> None:
    class Model(ToneModel):
        @property
        def card(self) -> ModelCard:
            return replace(super().card, sounds=("laughter", "breath", "sigh"))

    caught(conformance.check_sounds_are_made_or_skipped, Model(), "no sigh")


def test_speed_without_effect_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            return super().start(replace(request, speed=1.0), resume)

    caught(conformance.check_speed_and_volume_act, Model(), "no shorter")


def test_volume_without_effect_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            return super().start(replace(request, volume=1.0), resume)

    caught(conformance.check_speed_and_volume_act, Model(), "half the volume")


def test_a_refusal_of_nothing_speakable_is_caught() -> None:
    class Model(ToneModel):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            if any(map(str.isalnum, "".join(map(str, request.pieces)))):
                return super().start(request, resume)
            raise TextError("nothing to say")

    caught(conformance.check_nothing_speakable_comes_to_an_end, Model(), "nothing to say")


def test_a_cost_that_falls_with_the_batch_is_caught() -> None:
    class Model(ToneModel):
        def cost_s(self, phase: str, batch: int) -> float:
            return super().cost_s(phase, 1) / batch

    caught(conformance.check_costs_are_estimated, Model(), "less in a batch")


def test_a_voice_listed_twice_is_caught() -> None:
    class Model(ToneModel):
        @property
        def card(self) -> ModelCard:
            card = super().card
            return replace(card, voices=(*card.voices, card.voices[0]))

    caught(conformance.check_card_is_sound, Model(), "a voice twice")
