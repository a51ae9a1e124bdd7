"""The embedded voice with its real weights: what it promises beyond `tests/conformance.py`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from models.embedded import checkpoint, evaluate
from models.embedded.controls import EMOTIONS as PROFILES
from models.embedded.model import EmbeddedModel
from models.embedded.vocoder import white
from models.speech import EMOTIONS, AudioChunk, CheckpointError, Mark, Samples, SpeechRequest, Text

RATE = 24_000
LINE = "Hello there, my friend, how are you this evening?"


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    return EmbeddedModel()


def ask(text: str = LINE, **fields: object) -> SpeechRequest:
    return SpeechRequest((Text(text, 0, len(text)),), **fields)  # type: ignore[arg-type]


def speak(model: EmbeddedModel, request: SpeechRequest) -> tuple[Samples, list[Mark]]:
    utterance = model.start(request)
    pcm: list[Samples] = [np.zeros(0, np.float32)]
    marks: list[Mark] = []
    while isinstance(result := model.step([utterance])[0], AudioChunk):
        pcm.append(result.pcm)
        marks += result.marks
    model.release(utterance)
    return np.concatenate(pcm), marks


def pitch(pcm: Samples) -> float:
    """Median F0 in Hz, by the peak of the autocorrelation of loud frames."""
    found = []
    for start in range(0, len(pcm) - 1200, 600):
        frame = pcm[start : start + 1200] - pcm[start : start + 1200].mean()
        if np.sqrt((frame**2).mean()) < 0.03:
            continue
        spectrum = np.fft.rfft(frame, 4096)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)
        lags = slice(RATE // 400, RATE // 60)
        peak = int(np.argmax(correlation[lags])) + lags.start
        if correlation[peak] > 0.5 * correlation[0]:
            found.append(RATE / peak)
    return float(np.median(found)) if len(found) > 5 else 0.0


def test_the_two_voices_differ_as_a_woman_and_a_man(model: EmbeddedModel) -> None:
    woman, man = (pitch(speak(model, ask(voice=voice))[0]) for voice in ("lin", "sam"))
    assert 140 < woman < 220
    assert 75 < man < 130


def test_speech_is_loud_enough_and_never_clips(model: EmbeddedModel) -> None:
    for emotion in EMOTIONS:
        pcm, _ = speak(model, ask(emotion=emotion, intensity=1.0, volume=2.0))
        assert np.abs(pcm).max() <= 1.0
        assert np.sqrt((pcm**2).mean()) > 0.01, emotion


def test_every_word_is_marked_at_its_place_and_sounds(model: EmbeddedModel) -> None:
    text = "Hello, 今天天气真不错! It cost $3.14, about 20%."
    pcm, marks = speak(model, ask(text))
    words = [mark for mark in marks if mark.kind == "word"]
    assert [w.text for w in words] == [*"Hello 今 天 天 气 真 不 错 It cost $3.14 about 20%".split()]
    assert all(text[w.char_start : w.char_end] == w.text for w in words)
    for word in words:
        sound = pcm[word.start : word.start + word.length]
        assert np.abs(sound).max() > 0.02, word.text


def test_phonemes_lie_inside_their_words(model: EmbeddedModel) -> None:
    _, marks = speak(model, ask())
    words = [mark for mark in marks if mark.kind == "word"]
    for phoneme in (mark for mark in marks if mark.kind == "phoneme"):
        middle = phoneme.start + phoneme.length / 2
        assert any(word.start <= middle < word.start + word.length for word in words)


@pytest.mark.parametrize("emotion", sorted(set(PROFILES) - {"neutral", "whisper"}))
def test_an_emotion_moves_pitch_and_rate_in_its_direction(model: EmbeddedModel, emotion: str) -> None:
    neutral, _ = speak(model, ask())
    moved, _ = speak(model, ask(emotion=emotion, intensity=1.0))
    profile = PROFILES[emotion]
    if abs(np.log(profile.pitch)) > 0.04:
        assert (pitch(moved) > pitch(neutral)) == (profile.pitch > 1)
    if abs(np.log(profile.rate)) > 0.05:
        assert (len(moved) < len(neutral)) == (profile.rate > 1)


def test_a_whisper_has_no_voice(model: EmbeddedModel) -> None:
    assert pitch(speak(model, ask(emotion="whisper", intensity=1.0))[0]) == 0.0


def test_speed_and_pitch_do_what_they_say(model: EmbeddedModel) -> None:
    plain, _ = speak(model, ask())
    fast, _ = speak(model, ask(speed=1.5))
    high, _ = speak(model, ask(pitch=4.0))
    assert len(plain) / len(fast) == pytest.approx(1.5, abs=0.15)
    assert pitch(high) / pitch(plain) == pytest.approx(2 ** (4 / 12), rel=0.08)


def test_the_first_chunk_does_not_wait_for_the_rest_of_a_long_sentence(model: EmbeddedModel) -> None:
    utterance = model.start(ask(LINE[:-1] + ", " + LINE * 5))
    model.step([utterance])
    chunk = model.step([utterance])[0]
    assert isinstance(chunk, AudioChunk)
    assert 0.1 <= len(chunk.pcm) / RATE <= 0.2
    assert utterance.tracks is not None
    assert len(utterance.tracks) < 200  # frames decoded ahead, of some four thousand


def test_noise_is_white_and_a_function_of_seed_and_position() -> None:
    whole = white(5, 0, 48_000)
    assert torch.equal(whole[1000:2000], white(5, 1000, 1000))
    assert not torch.equal(whole, white(6, 0, 48_000))
    assert abs(float(whole.mean())) < 0.02
    assert abs(float(whole.std()) - 1) < 0.02
    spectrum = np.abs(np.fft.rfft(whole.numpy())) ** 2
    bands = spectrum[1:].reshape(10, -1).mean(1)
    assert bands.max() / bands.min() < 1.15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(checkpoint.WEIGHTS, tmp_path / "weights")
    shutil.copytree(checkpoint.VOICES, tmp_path / "voices")
    return tmp_path


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "weights/acoustic.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"acoustic\.safetensors.*not found"):
        EmbeddedModel(weights=folder / "weights")


def test_a_truncated_file_is_refused(folder: Path) -> None:
    path = folder / "weights/acoustic.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match=r"acoustic\.safetensors"):
        EmbeddedModel(weights=folder / "weights")


@pytest.mark.parametrize(
    ("key", "value"), [("format", 99), ("sample_rate", 16_000), ("symbols", ["x"]), ("shape", {"width": 3})]
)
def test_weights_of_another_kind_are_refused(folder: Path, key: str, value: object) -> None:
    path = folder / "weights/acoustic.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(CheckpointError, match=r"acoustic\.json"):
        EmbeddedModel(weights=folder / "weights")


@pytest.mark.parametrize(
    ("key", "value"),
    [("timbre", 99), ("pitch_hz", 5), ("gender", "x"), ("prosody", {"en": 0}), ("manner", {"x": 1}), ("nmae", "Lin")],
)
def test_a_voice_file_that_does_not_fit_is_refused_by_name(folder: Path, key: str, value: object) -> None:
    path = folder / "voices/lin.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(CheckpointError, match=r"lin\.json.*" + key):
        EmbeddedModel(voices=folder / "voices")


def test_errors_of_a_recogniser_are_counted_by_words() -> None:
    assert evaluate.distance("a b c d".split(), "a x c".split()) == 2
    assert evaluate.distance([], "a b".split()) == 2


def test_the_recorded_teachers_are_those_of_the_voices() -> None:
    recorded = json.loads(evaluate.RECORDED.read_text())
    assert set(recorded) == {voice.stem for voice in checkpoint.VOICES.glob("*.json")}
