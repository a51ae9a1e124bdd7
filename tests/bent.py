"""Tone models that break one promise each, and how a test shows that this is caught."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.speech import (
    AudioChunk,
    ModelError,
    StepResult,
    Utterance,
)
from models.tone import ToneModel
from tests.conformance import Check
from tests.speaking import Subject


class Bent(ToneModel):
    """A tone model whose results pass through `bend`."""

    def bend(self, chunk: AudioChunk) -> StepResult:
        return chunk

    def step(self, utterances: Sequence[Utterance]) -> list[StepResult]:
        return [self.bend(result) if isinstance(result, AudioChunk) else result for result in super().step(utterances)]


def caught(check: Check, model: ToneModel, why: str) -> None:
    """Assert that a check passes for the tone model and fails for a bent one, saying why."""
    unspeakable = "Say \a now."
    check(Subject(ToneModel(), ToneModel(), unspeakable))
    with pytest.raises((AssertionError, ModelError), match=why):
        check(Subject(model, model, unspeakable))
