"""How tests make a model speak: requests, whole utterances, what came of them.

What it is: the loop over `SpeechModel.step`, alone and in batches, with a bound, and the
texts and tolerances that checks share. What it is not: a check; ``conformance`` has those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.speech import (
    AudioChunk,
    Mark,
    ModelError,
    Piece,
    Samples,
    SpeechModel,
    SpeechRequest,
    Status,
    Text,
)

TOLERANCE = 1e-4
"""What samples may differ by where float sums are taken in another order."""
STEPS = 50_000
"""More steps than any text here takes: beyond, the model is stuck."""

TEXTS = {
    "en": "It cost $3.14, about 20% less than in 1999. Isn't that nice?",
    "zh": "今天天气真不错，我们出去走走吧。",
    "ja": "今日はとても良い天気ですね。",
}


@dataclass(frozen=True)
class Subject:
    """A model under test."""

    model: SpeechModel
    again: SpeechModel
    """The same model in another process, as it were: resume states go there."""
    unspeakable: str = ""
    """A text at which it fails; empty: none is known."""

    @property
    def texts(self) -> list[str]:
        """Text in each of the model's languages."""
        known = {language.split("-")[0] for language in self.model.card.languages}
        return [text for language, text in TEXTS.items() if language in known]


def request(*pieces: str | Piece) -> SpeechRequest:
    """Make a request, its texts one behind the other in the raw text."""
    made: list[Piece] = []
    at = 0
    for piece in pieces:
        if isinstance(piece, str):
            made.append(Text(piece, at, at + len(piece)))
            at += len(piece)
        else:
            made.append(piece)
    return SpeechRequest(tuple(made))


def speak(model: SpeechModel, asked: SpeechRequest, resume: bytes = b"") -> list[AudioChunk]:
    """Give all chunks of one utterance; what it fails with is raised."""
    (chunks,) = speak_together(model, [asked], resume)
    if isinstance(chunks, ModelError):
        raise chunks
    return chunks


def speak_together(
    model: SpeechModel, requests: Sequence[SpeechRequest], resume: bytes = b""
) -> list[list[AudioChunk] | ModelError]:
    """Speak several utterances, in batches of equal phase as large as there are."""
    running = {place: model.start(each, resume) for place, each in enumerate(requests)}
    spoken: list[list[AudioChunk]] = [[] for _ in requests]
    failed: dict[int, ModelError] = {}
    for _ in range(STEPS):
        if not running:
            return [failed.get(place, spoken[place]) for place in range(len(requests))]
        phase = next(iter(running.values())).phase
        batch = [place for place, each in running.items() if each.phase == phase]
        batch = batch[: model.card.max_batch]
        results = model.step([running[place] for place in batch])
        assert len(results) == len(batch), "one result for each utterance of a step"
        for place, result in zip(batch, results, strict=True):
            if isinstance(result, AudioChunk):
                spoken[place].append(result)
                continue
            assert result is not Status.STARVED, "a whole text starved"
            if isinstance(result, ModelError):
                failed[place] = result
            model.release(running.pop(place))
    raise AssertionError(f"no end after {STEPS} steps")


def pcm(chunks: Sequence[AudioChunk]) -> Samples:
    """Join the samples of chunks."""
    return np.concatenate([np.zeros(0, np.float32), *(chunk.pcm for chunk in chunks)])


def marks(chunks: Sequence[AudioChunk], kind: str = "") -> list[Mark]:
    """Join the marks of chunks, in the order in which they came."""
    return [mark for chunk in chunks for mark in chunk.marks if kind in ("", mark.kind)]


def assert_equal(one: Samples, other: Samples, what: str) -> None:
    """Compare samples, but for the order of float sums."""
    assert len(one) == len(other), f"{what}: {len(one)} and {len(other)} samples"
    if len(one):
        furthest = float(np.abs(one - other).max())
        assert furthest <= TOLERANCE, f"{what}: samples differ by {furthest}"
