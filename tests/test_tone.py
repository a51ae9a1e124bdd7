"""The tone model: what is its own, beside the promises of the conformance suite."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech import (
    AudioChunk,
    ModelError,
    Samples,
    Sound,
    SpeechRequest,
    Status,
    Text,
    TextError,
)
from models.tone import CARD, SAMPLE_RATE, ToneModel
from tests.speaking import STEPS, marks, pcm, request, speak, speak_together

MIXED = "Hello, 今天天气真不错! It cost $3.14, 约20%。"


def pitch_hz(samples: Samples) -> float:
    """Find the strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(samples))


def loudness(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def test_words_are_split_at_spaces_and_hanzi() -> None:
    words = [mark.text for mark in marks(speak(ToneModel(), request(MIXED)), "word")]
    assert words == [
        *(
            "Hello",
            "今",
            "天",
            "天",
            "气",
            "真",
            "不",
            "错",
            "It",
            "cost",
            "$3.14",
            "约",
            "20%",
        ),
    ]


def test_every_word_has_its_phonemes_in_ipa() -> None:
    found = marks(speak(ToneModel(), request("Shy 今 7")))
    assert [(mark.kind, mark.text) for mark in found] == [
        *(("word", "Shy"), ("phoneme", "s"), ("phoneme", "h"), ("phoneme", "j")),
        *(("word", "今"), ("phoneme", "w"), ("phoneme", "aɪ")),
        *(("word", "7"), ("phoneme", "s"), ("phoneme", "ɛ")),
    ]


def test_a_syllable_takes_as_long_as_in_speech() -> None:
    hanzi = speak(ToneModel(), request("今天天气真不错"))
    assert 0.1 < len(pcm(hanzi)) / SAMPLE_RATE / 7 < 0.25


@given(cuts=st.lists(st.integers(0, len(MIXED)), max_size=6))
def test_extending_in_any_parts_equals_the_whole(cuts: list[int]) -> None:
    model = ToneModel()
    places = [0, *sorted(cuts), len(MIXED)]
    parts = [Text(MIXED[start:end], start, end) for start, end in pairwise(places)]
    utterance = model.start(SpeechRequest((), incremental=True))
    chunks = []
    for _ in range(STEPS):
        (result,) = model.step([utterance])
        if isinstance(result, AudioChunk):
            chunks.append(result)
        elif result is Status.STARVED:
            model.extend(utterance, [parts.pop(0)], not parts)
        else:
            break
    assert result is Status.DONE
    whole = speak(model, request(MIXED))
    assert np.array_equal(pcm(chunks), pcm(whole))
    assert marks(chunks) == marks(whole)


def test_an_incremental_utterance_is_resumed_before_its_text_is_there() -> None:
    model, half = ToneModel(), len(MIXED) // 2
    asked = replace(request(MIXED[:half]), incremental=True)
    rest = Text(MIXED[half:], half, len(MIXED))
    whole = pcm(speak(model, request(MIXED)))
    utterance, chunks = model.start(asked), []
    while (result := model.step([utterance])[0]) is not Status.DONE:
        if isinstance(result, AudioChunk):
            chunks.append(result)
        else:
            model.extend(utterance, [rest], True)
    for chunk in chunks:
        again, at = model.start(asked, chunk.resume), chunk.end
        while (result := model.step([again])[0]) is not Status.DONE:
            if isinstance(result, AudioChunk):
                assert np.array_equal(result.pcm, whole[at : result.end])
                at = result.end
            else:
                model.extend(again, [rest], True)
        assert at == len(whole)


def test_a_batch_equals_singles_bit_for_bit() -> None:
    texts = [MIXED, "Hi.", "今天。", "The quick brown fox.", MIXED[::-1]]
    asked = [replace(request(text), seed=seed) for seed, text in enumerate(texts)]
    for each, together in zip(asked, speak_together(ToneModel(), asked), strict=True):
        assert not isinstance(together, ModelError)
        assert np.array_equal(pcm(together), pcm(speak(ToneModel(), each)))


def test_resuming_is_exact_to_the_bit() -> None:
    asked = replace(request(MIXED), emotion="whisper", seed=-3)
    chunks = speak(ToneModel(), asked)
    whole = pcm(chunks)
    for chunk in chunks:
        assert np.array_equal(pcm(speak(ToneModel(), asked, chunk.resume)), whole[chunk.end :])


@pytest.mark.parametrize("other", [request("Another text."), replace(request(MIXED), seed=1), request(MIXED[:-1])])
def test_a_resume_state_of_another_request_is_refused(other: SpeechRequest) -> None:
    resume = speak(ToneModel(), request(MIXED))[1].resume
    with pytest.raises(ModelError):
        ToneModel().start(other, resume)


def test_a_damaged_resume_state_is_refused() -> None:
    with pytest.raises(ModelError):
        ToneModel().start(request(MIXED), b"not a state")


def test_seeds_alter_the_samples_and_not_the_length() -> None:
    one, other = (pcm(speak(ToneModel(), replace(request("Hi."), seed=s))) for s in (1, 2))
    assert len(one) == len(other)
    assert np.abs(one - other).max() > 0.01


def test_voices_differ_in_pitch() -> None:
    heard = {
        voice.id: pitch_hz(pcm(speak(ToneModel(), replace(request("mmmmm"), voice=voice.id)))) for voice in CARD.voices
    }
    assert sorted(heard, key=heard.__getitem__) == ["bass", "tenor", "alto", "soprano"]


def test_pitch_shifts_by_semitones() -> None:
    low = pitch_hz(pcm(speak(ToneModel(), request("mmmmm"))))
    high = pitch_hz(pcm(speak(ToneModel(), replace(request("mmmmm"), pitch=12.0))))
    assert 1.9 < high / low < 2.1


@pytest.mark.parametrize("emotion", [each for each in CARD.emotions if each != "neutral"])
def test_emotions_are_heard_and_stronger_with_intensity(emotion: str) -> None:
    def heard(intensity: float) -> tuple[int, float, float]:
        asked = replace(request("Mamma mia."), emotion=emotion, intensity=intensity)
        samples = pcm(speak(ToneModel(), asked))
        noise = float(np.abs(np.diff(samples)).mean() / np.abs(samples).mean())
        return len(samples), loudness(samples), noise

    neutral = pcm(speak(ToneModel(), request("Mamma mia.")))
    none, some, full = heard(0.0), heard(0.5), heard(1.0)
    assert none[:2] == (len(neutral), loudness(neutral))
    distance = [abs(each / zero - 1) for each, zero in zip(some, none, strict=True)]
    further = [abs(each / zero - 1) for each, zero in zip(full, none, strict=True)]
    assert max(further) > max(distance) > 0.01


def test_notes_have_no_clicks() -> None:
    # A note of 370 Hz bends by 0.004 a sample at most; one that began at its peak by 0.2.
    samples = pcm(speak(ToneModel(), request("Mamma, mia.")))
    assert np.abs(np.diff(samples, 2)).max() < 0.01


def test_punctuation_pauses() -> None:
    plain = len(pcm(speak(ToneModel(), request("mama papa"))))
    comma = len(pcm(speak(ToneModel(), request("mama, papa"))))
    stop = len(pcm(speak(ToneModel(), request("mama. papa"))))
    assert plain < comma < stop


def test_laughter_sounds_otherwise_than_breath() -> None:
    laughter = pcm(speak(ToneModel(), request(Sound("laughter"))))
    breath = pcm(speak(ToneModel(), request(Sound("breath"))))
    assert loudness(laughter) > 0.01
    assert loudness(breath) > 0.01
    assert len(laughter) > len(breath)


def test_what_stands_before_the_unspeakable_is_spoken() -> None:
    model = ToneModel()
    utterance = model.start(request("All is well until \a comes."))
    chunks = []
    while isinstance(result := model.step([utterance])[0], AudioChunk):
        chunks.append(result)
    assert isinstance(result, TextError)
    assert [mark.text for mark in marks(chunks, "word")] == ["All", "is", "well", "until"]
    assert isinstance(model.step([utterance])[0], TextError)


def test_the_text_that_fails_can_be_chosen() -> None:
    with pytest.raises(TextError):
        speak(ToneModel(fail_on="mouse"), request("A mouse!"))
    speak(ToneModel(fail_on="mouse"), request("A bell\a!"))


def test_a_crash_on_demand_is_no_model_error() -> None:
    with pytest.raises(RuntimeError):
        speak(ToneModel(crash_on="mouse"), request("A mouse!"))


def test_slowness_on_demand_follows_the_audio() -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    model = ToneModel(real_time_factor=0.5, load_s=2.0, clock=lambda: now, sleep=sleep)
    assert now == 2.0
    samples = pcm(speak(model, request(MIXED)))
    assert now - 2.0 == pytest.approx(0.5 * len(samples) / SAMPLE_RATE)


def test_costs_are_learnt_from_steps() -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    model = ToneModel(real_time_factor=0.5, clock=lambda: now, sleep=sleep)
    for _ in range(10):
        speak(model, request(MIXED))
    assert 0.1 < model.cost_s("vocode", 1) < 0.25
    assert model.cost_s("vocode", 4) == pytest.approx(4 * model.cost_s("vocode", 1))
    assert model.cost_s("decode", 1) < 0.001


def test_options_come_from_a_string() -> None:
    assert ToneModel.configured("").card is CARD
    assert ToneModel.configured("real_time_factor=0.25,load_s=0").card is CARD
    with pytest.raises(ValueError, match="volume"):
        ToneModel.configured("volume=2")


def test_utterances_of_two_phases_are_no_batch() -> None:
    model = ToneModel()
    one, other = model.start(request("One.")), model.start(request("Two."))
    model.step([one])
    with pytest.raises(ValueError, match="phase"):
        model.step([one, other])


def test_a_released_utterance_takes_no_step() -> None:
    model = ToneModel()
    utterance = model.start(request("One."))
    model.release(utterance)
    with pytest.raises(ValueError, match="released"):
        model.step([utterance])


def test_a_number_out_of_range_is_refused() -> None:
    asked = request("Hi.")
    for wrong in (
        replace(asked, speed=0.1),
        replace(asked, pitch=99.0),
        replace(asked, volume=-1.0),
        replace(asked, intensity=2.0),
    ):
        with pytest.raises(ModelError):
            ToneModel().start(wrong)


def test_long_text_takes_a_hundredth_of_its_time() -> None:
    text = ("lorem ipsum dolor 天气 " * 1_000)[:20_000]
    begun = time.process_time()
    chunks = speak(ToneModel(), request(text))
    spent_s = time.process_time() - begun
    assert len(marks(chunks, "word")) == len(text.split()) + text.count("天气")
    assert spent_s < 0.01 * len(pcm(chunks)) / SAMPLE_RATE


def test_the_tone_model_loads_no_torch() -> None:
    code = "import models.tone, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
