"""A model that loses, doubles or misplaces a mark is caught. See ``bent``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.speech import (
    AudioChunk,
    Mark,
    Pause,
    Piece,
    SpeechRequest,
    StepResult,
    Utterance,
)
from models.tone import ToneModel, ToneUtterance
from tests import conformance
from tests.bent import Bent, caught


def test_a_lost_mark_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            kept = tuple(mark for mark in chunk.marks if mark.text not in ("cost", "天"))
            return replace(chunk, marks=kept)

    caught(conformance.check_every_word_is_marked_once, Model(), "without a mark: 'cost'")


def test_a_doubled_mark_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            return replace(chunk, marks=chunk.marks + chunk.marks[-2:])

    caught(conformance.check_every_word_is_marked_once, Model(), "two marks")


def test_a_mark_with_a_wrong_place_in_the_text_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            moved = (replace(mark, char_start=mark.char_start + 1, char_end=mark.char_end + 1) for mark in chunk.marks)
            return replace(chunk, marks=tuple(moved))

    caught(conformance.check_every_word_is_marked_once, Model(), "quotes")


def test_a_word_split_at_its_full_stop_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            made: list[Mark] = []
            for mark in chunk.marks:
                half, cut = mark.length // 2, mark.char_start + 2
                if mark.text == "$3.14":
                    made.append(replace(mark, text="$3", length=half, char_end=cut))
                    made.append(replace(mark, text=".14", start=mark.start + half, char_start=cut))
                else:
                    made.append(mark)
            return replace(chunk, marks=tuple(made))

    caught(conformance.check_every_word_is_marked_once, Model(), "not one word")


def test_unsorted_marks_are_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            return replace(chunk, marks=chunk.marks[::-1])

    caught(conformance.check_marks_are_in_order, Model(), "runs into")


def test_a_mark_after_its_sound_is_caught() -> None:
    class Model(Bent):
        late: tuple[Mark, ...] = ()

        def bend(self, chunk: AudioChunk) -> StepResult:
            late, self.late = self.late, chunk.marks
            return replace(chunk, marks=late)

    caught(conformance.check_no_mark_comes_after_its_sound, Model(), "came at")


def test_a_mark_beyond_the_audio_is_caught() -> None:
    class Model(Bent):
        def bend(self, chunk: AudioChunk) -> StepResult:
            shifted = (replace(mark, start=mark.start + 24_000) for mark in chunk.marks)
            return replace(chunk, marks=tuple(shifted))

    caught(conformance.check_marks_are_in_order, Model(), "after the audio")


def test_a_word_lost_between_pieces_is_caught() -> None:
    class Model(Bent):
        def start(self, request: SpeechRequest, resume: bytes = b"") -> ToneUtterance:
            spaced: list[Piece] = []
            for piece in request.pieces:
                spaced += [piece, Pause(0.0)]  # ends a word wherever a piece ends
            return super().start(replace(request, pieces=tuple(spaced)), resume)

    caught(conformance.check_words_span_pieces, Model(), "spans")


def test_a_word_lost_between_extends_is_caught() -> None:
    class Model(ToneModel):
        def extend(self, utterance: Utterance, pieces: Sequence[Piece], final: bool) -> None:
            lost = [piece for piece in pieces if getattr(piece, "text", "") != "I"]
            super().extend(utterance, lost, final)

    caught(conformance.check_text_may_come_in_parts, Model(), "lost between")
