"""The promises of ``models.speech`` as checks that any model must pass.

Every ``check_*`` takes a `Subject` and raises `AssertionError` where a promise is broken.
``test_conformance`` runs them all against every model; ``test_conformance_catches`` shows
that each of them does catch something. What a model of this interface may not do, and
these checks miss, belongs here as a further check.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models.speech import (
    EMOTIONS,
    SOUNDS,
    AudioChunk,
    ModelError,
    Pause,
    Sound,
    SpeechRequest,
    Status,
    Text,
    Utterance,
    nearest_emotion,
)
from realtime.engine.scheduler import Claim, Scheduler
from realtime.engine.synthesizer import TICKS_PER_S
from tests.speaking import (
    STEPS,
    TEXTS,
    Subject,
    assert_equal,
    marks,
    pcm,
    request,
    speak,
    speak_together,
)

STEP_S = 1.0
"""The most audio that one step may make, in seconds, so that ``until`` can be kept."""
SILENCE = 10 ** (-50 / 20)
"""-50 dBFS: what is below is silent."""

Check = Callable[[Subject], None]


def check_card_is_sound(subject: Subject) -> None:
    """Voices, emotions and sounds of the card are those that the interface knows."""
    card = subject.model.card
    voices = [voice.id for voice in card.voices]
    assert voices, "no voice"
    assert len(set(voices)) == len(voices), "a voice twice"
    assert all(set(voice.languages) <= set(card.languages) for voice in card.voices)
    assert "neutral" in card.emotions
    assert set(card.emotions) <= set(EMOTIONS)
    assert set(card.sounds) <= set(SOUNDS)
    assert 8_000 <= card.sample_rate <= 48_000
    assert card.max_batch >= 1


def check_chunks_leave_no_gap(subject: Subject) -> None:
    """Chunks follow each other from sample 0, float32 mono, and give sound."""
    for text in subject.texts:
        chunks = speak(subject.model, request(text))
        at = 0
        for chunk in chunks:
            assert chunk.position == at, f"a chunk at {chunk.position}, not {at}"
            assert chunk.pcm.dtype == np.float32, "samples are float32"
            assert chunk.pcm.ndim == 1, "samples are mono"
            at = chunk.end
        assert np.abs(pcm(chunks)).max() > 0.02, "hardly a sound"


def check_samples_stay_in_range(subject: Subject) -> None:
    """Nothing leaves [-1, 1], not even at the greatest volume."""
    for emotion in subject.model.card.emotions:
        loud = replace(request(subject.texts[0]), volume=2.0, emotion=emotion, intensity=1.0)
        samples = pcm(speak(subject.model, loud))
        assert np.isfinite(samples).all(), f"{emotion}: a sample that is no number"
        assert np.abs(samples).max() <= 1.0, f"{emotion}: beyond full scale"


def check_both_ends_are_silent(subject: Subject) -> None:
    """The first and the last 2 ms are below -50 dBFS, so that sentences can be joined."""
    edge = subject.model.card.sample_rate // 500
    for text in subject.texts:
        samples = np.abs(pcm(speak(subject.model, request(text))))
        assert samples[:edge].max() < SILENCE, "it begins with a click"
        assert samples[-edge:].max() < SILENCE, "it ends with a click"


def check_a_step_makes_little(subject: Subject) -> None:
    """No step makes more than ``STEP_S``, however slow the speech or long the pause."""
    most = STEP_S * subject.model.card.sample_rate
    for asked in (
        replace(request(" ".join(subject.texts * 3)), speed=0.5),
        request(subject.texts[0], Pause(3.0), subject.texts[0]),
    ):
        longest = max(len(chunk.pcm) for chunk in speak(subject.model, asked))
        assert longest <= most, f"{longest} samples in one step"


def check_nothing_is_made_past_until(subject: Subject) -> None:
    """Driven by the scheduler, a model makes no more than one step beyond ``until``."""
    model = subject.model
    rate = model.card.sample_rate
    utterance = model.start(request(" ".join(subject.texts * 3)))
    scheduler = Scheduler(1, model.card.max_batch)
    until = TICKS_PER_S // 2
    scheduler.add(Claim(1, 0.0, 0.0, until, utterance.phase))
    for _ in range(STEPS):
        if not scheduler.batch():
            until += TICKS_PER_S // 4
            scheduler.demand(1, 0.0, until)
            continue
        (result,) = model.step([utterance])
        if not isinstance(result, AudioChunk):
            assert result is Status.DONE
            break
        made = result.end * TICKS_PER_S // rate
        assert made <= until + STEP_S * TICKS_PER_S, f"made {made} ticks, asked for {until}"
        scheduler.stepped(1, made, utterance.phase)
    else:
        raise AssertionError(f"no end after {STEPS} steps")
    model.release(utterance)


def check_every_word_is_marked_once(subject: Subject) -> None:
    """Every letter and digit lies in one word mark, which quotes the raw text."""
    for text in [*subject.texts, " ".join(subject.texts)]:
        before = 7
        whole = Text(text, before, before + len(text))
        words = marks(speak(subject.model, SpeechRequest((whole,))), "word")
        times = [0] * len(text)
        for word in words:
            start, end = word.char_start - before, word.char_end - before
            assert text[start:end] == word.text, f"{word} quotes {text[start:end]!r}"
            for place in range(start, end):
                times[place] += 1
        unmarked = [c for c, count in zip(text, times, strict=True) if not count]
        missed = "".join(filter(str.isalnum, unmarked))
        assert not missed, f"without a mark: {missed!r}"
        assert max(times) == 1, "a character with two marks"
        for single in ("$3.14", "20%"):
            if single in text:
                assert single in {word.text for word in words}, f"{single} is not one word"


def check_marks_are_in_order(subject: Subject) -> None:
    """Marks of a kind follow each other inside the audio; phonemes are named."""
    for text in subject.texts:
        chunks = speak(subject.model, request(text))
        end = len(pcm(chunks))
        for kind in ("word", "phoneme"):
            found = marks(chunks, kind)
            assert found or "exact_marks" not in subject.model.card.abilities, f"no {kind} marks"
            for mark in found:
                assert mark.text, f"{mark} names nothing"
                assert mark.start >= 0, f"{mark} begins before the audio"
                assert mark.length > 0, f"{mark} lasts no time"
                assert mark.start + mark.length <= end, f"{mark} ends after the audio"
                assert kind == "word" or mark.char_start == mark.char_end == -1
            for one, other in pairwise(found):
                assert one.start + one.length <= other.start, f"{one} runs into {other}"


def check_no_mark_comes_after_its_sound(subject: Subject) -> None:
    """A mark comes with the chunk in which its sound begins, or earlier."""
    for text in subject.texts:
        for chunk in speak(subject.model, request(text)):
            for mark in chunk.marks:
                assert mark.start >= chunk.position, f"{mark} came at {chunk.position}"


def check_words_span_pieces(subject: Subject) -> None:
    """A word may be cut between pieces, and a piece may stand for a longer span."""
    pieces = (Text("Fish", 0, 4), Text("es ", 6, 9), Text("c", 9, 14), Text("ats", 14, 17))
    if "en" in subject.model.card.languages:
        words = marks(speak(subject.model, SpeechRequest(pieces)), "word")
        spans = [(word.text, word.char_start, word.char_end) for word in words]
        assert spans == [("Fishes", 0, 8), ("cats", 9, 17)], f"spans {spans}"


def check_long_text_is_spoken_whole(subject: Subject) -> None:
    """A text of many sentences in one request loses no word."""
    text = " ".join(subject.texts * 6)
    words = marks(speak(subject.model, request(text)), "word")
    marked = "".join(word.text for word in words)
    assert [*filter(str.isalnum, marked)] == [*filter(str.isalnum, text)], "words are lost"


def check_same_request_gives_same_samples(subject: Subject) -> None:
    """A request and its seed decide every sample and every mark."""
    for text in subject.texts:
        asked = replace(request(text), seed=11)
        one, other = speak(subject.model, asked), speak(subject.model, asked)
        assert np.array_equal(pcm(one), pcm(other)), "it spoke differently the second time"
        assert marks(one) == marks(other), "it marked differently the second time"


def check_a_batch_equals_singles(subject: Subject) -> None:
    """Utterances stepped together sound as they do alone."""
    asked = [request(text) for text in [*subject.texts, *reversed(subject.texts), "No."]]
    asked = [replace(each, seed=place) for place, each in enumerate(asked)]
    for each, together in zip(asked, speak_together(subject.model, asked), strict=True):
        assert not isinstance(together, ModelError), "an utterance failed in a batch"
        alone = speak(subject.model, each)
        assert_equal(pcm(together), pcm(alone), "in a batch and alone")
        assert marks(together) == marks(alone), "other marks in a batch"


def check_resume_goes_on_without_a_seam(subject: Subject) -> None:
    """From any chunk's resume state the rest follows, sample for sample, mark for mark."""
    asked = replace(request(" ".join(subject.texts)), seed=5)
    chunks = speak(subject.model, asked)
    whole, told = pcm(chunks), marks(chunks)
    resumable = [place for place, chunk in enumerate(chunks) if chunk.resume]
    assert resumable, "no chunk can be resumed from"
    for place in resumable[:: max(1, len(resumable) // 6)]:
        chunk = chunks[place]
        assert isinstance(chunk.resume, bytes)
        rest = speak(subject.again, asked, chunk.resume)
        assert not rest or rest[0].position == chunk.end, "it goes on elsewhere"
        assert_equal(pcm(rest), whole[chunk.end :], f"resumed at {chunk.end}")
        assert marks(chunks[: place + 1]) + marks(rest) == told, "marks lost or doubled"


def check_release_disturbs_nobody(subject: Subject) -> None:
    """An utterance that is given up half way leaves no trace in the others."""
    asked = request(subject.texts[0])
    alone = pcm(speak(subject.model, asked))
    stays, goes = subject.model.start(asked), subject.model.start(asked)
    heard: list[AudioChunk] = []
    for step in range(STEPS):
        together = step < 2 and goes.phase == stays.phase
        result = subject.model.step([stays, goes] if together else [stays])[0]
        if step == 2:
            subject.model.release(goes)
        if not isinstance(result, AudioChunk):
            break
        heard.append(result)
    subject.model.release(stays)
    assert_equal(pcm(heard), alone, "next to one that was released, and alone")


def check_an_error_is_its_utterances_alone(subject: Subject) -> None:
    """What one utterance fails with does not reach the others of its batch."""
    good = request(subject.texts[0])
    if subject.unspeakable:
        bad = request(subject.unspeakable)
        first, failed, last = speak_together(subject.model, [good, bad, good])
        assert isinstance(failed, ModelError), "the unspeakable was spoken"
        for each in (first, last):
            assert not isinstance(each, ModelError), "the error spread in its batch"
            assert_equal(pcm(each), pcm(speak(subject.model, good)), "beside a failure")
    with pytest.raises(ModelError):
        subject.model.start(replace(good, voice="nobody"))


def check_nothing_speakable_comes_to_an_end(subject: Subject) -> None:
    """Without a word an utterance ends, in silence."""
    for asked in (request(), request("..."), request(" "), request("🙂")):
        samples = pcm(speak(subject.model, asked))
        assert not len(samples) or np.abs(samples).max() < SILENCE


def check_a_pause_is_silence_of_its_length(subject: Subject) -> None:
    """A pause lengthens the sentence by what it says, and nothing sounds in it."""
    text, rate = subject.texts[0], subject.model.card.sample_rate
    chunks = speak(subject.model, request(text, Pause(0.8), text))
    shorter = speak(subject.model, request(text, Pause(0.2), text))
    longer_s = (len(pcm(chunks)) - len(pcm(shorter))) / rate
    assert math.isclose(longer_s, 0.6, abs_tol=0.05), f"0.6 s of pause last {longer_s:.2f} s"
    second = next(m for m in marks(chunks, "word") if m.char_start >= len(text))
    gap = np.abs(pcm(chunks)[second.start - rate // 2 : second.start - rate // 10])
    assert gap.max() < SILENCE, "a sound in the pause"


def check_sounds_are_made_or_skipped(subject: Subject) -> None:
    """A sound of the card is heard; one that the model lacks is passed over."""
    text = subject.texts[0]
    plain = len(pcm(speak(subject.model, request(text))))
    for name in SOUNDS:
        length = len(pcm(speak(subject.model, request(text, Sound(name)))))
        if name in subject.model.card.sounds:
            assert length > plain + 0.1 * subject.model.card.sample_rate, f"no {name}"


def check_speed_and_volume_act(subject: Subject) -> None:
    """Faster is shorter, and a smaller volume is softer."""
    asked = request(subject.texts[0])
    usual = pcm(speak(subject.model, asked))
    fast = pcm(speak(subject.model, replace(asked, speed=1.6)))
    soft = pcm(speak(subject.model, replace(asked, volume=0.5)))
    assert len(fast) < 0.85 * len(usual), "faster is no shorter"
    ratio = float(np.sqrt(np.mean(soft**2)) / np.sqrt(np.mean(usual**2)))
    assert math.isclose(ratio, 0.5, rel_tol=0.1), f"half the volume is {ratio:.2f} as loud"


def check_the_applied_is_reported(subject: Subject) -> None:
    """An utterance tells the voice, the nearest emotion and the language that it has."""
    model = subject.model
    asked = request(subject.texts[0])

    def started(wanted: SpeechRequest) -> Utterance:
        utterance = model.start(wanted)
        model.release(utterance)
        return utterance

    assert started(asked).voice == model.card.voices[0].id
    for voice in model.card.voices:
        assert started(replace(asked, voice=voice.id)).voice == voice.id
    for emotion in EMOTIONS:
        applied = started(replace(asked, emotion=emotion)).emotion
        assert applied == nearest_emotion(emotion, model.card.emotions), emotion
    for text in subject.texts:
        language = started(request(text)).language
        assert language in model.card.languages, language
        assert text == TEXTS[language.split("-")[0]], f"{text} is not {language}"


def check_text_may_come_in_parts(subject: Subject) -> None:
    """A model with incremental text starves, goes on, and speaks every word once."""
    model, text = subject.model, subject.texts[0]
    if "incremental_text" not in model.card.abilities:
        utterance = model.start(request(text))
        with pytest.raises(ModelError):
            model.extend(utterance, [Text("More.", len(text), len(text) + 5)], True)
        model.release(utterance)
        return
    utterance = model.start(replace(request(), incremental=True))
    parts = [Text(character, at, at + 1) for at, character in enumerate(text)]
    chunks: list[AudioChunk] = []
    for _ in range(STEPS):
        (result,) = model.step([utterance])
        if isinstance(result, AudioChunk):
            chunks.append(result)
        elif result is Status.STARVED:
            assert parts, "starved at the end of the text"
            model.extend(utterance, [parts.pop(0)], not parts)
        else:
            break
    assert result is Status.DONE
    assert not parts, "done before the end of the text"
    spoken = "".join(word.text for word in marks(chunks, "word"))
    whole = [*filter(str.isalnum, spoken)] == [*filter(str.isalnum, text)]
    assert whole, "words are lost between parts"
    with pytest.raises(ModelError):
        model.extend(utterance, [Text("More.", len(text), len(text) + 5)], True)
    model.release(utterance)


def check_costs_are_estimated(subject: Subject) -> None:
    """Every phase that occurs has a cost, which does not fall with the batch."""
    utterance = subject.model.start(request(subject.texts[0]))
    phases = set()
    for _ in range(STEPS):
        phases.add(utterance.phase)
        if not isinstance(subject.model.step([utterance])[0], AudioChunk):
            break
    subject.model.release(utterance)
    for phase in phases:
        costs = [subject.model.cost_s(phase, batch) for batch in (1, 2, 8)]
        assert all(0 < cost < 60 for cost in costs), f"{phase} costs {costs} s"
        assert costs == sorted(costs), f"{phase} costs less in a batch: {costs} s"
    assert subject.model.step([]) == []


CHECKS: tuple[Check, ...] = tuple(value for name, value in list(globals().items()) if name.startswith("check_"))
