"""From a position in the audio to a place in the text; phonemes to mouth shapes."""

from __future__ import annotations

import pytest

from realtime.engine.synthesizer import PlacedMark
from realtime.session.heard import Transcript, unspaced
from realtime.session.viseme import visemes

VISEMES = set("sil PP FF TH DD kk CH SS nn RR aa E ih oh ou".split())


def word(text: str, start: int, length: int, at: int) -> PlacedMark:
    return PlacedMark("word", text, start, length, at, at + len(text))


def test_a_word_is_heard_when_half_of_it_was_played() -> None:
    words = Transcript()
    words.add(word("Hello", 100, 200, 0), sentence_start=0)
    words.add(word("world", 300, 200, 6), sentence_start=0)
    assert words.heard_chars(199) == 0
    assert words.heard_chars(200) == 5
    assert words.heard_chars(399) == 5
    assert words.heard_chars(10_000) == 11


def test_words_of_a_later_sentence_lie_behind_its_start() -> None:
    words = Transcript()
    words.add(word("one", 0, 100, 0), sentence_start=0)
    words.add(word("two", 0, 100, 4), sentence_start=1000)
    assert words.heard_chars(900) == 3
    assert words.heard_chars(1050) == 7


def test_a_script_without_spaces_is_cut_between_characters() -> None:
    words = Transcript()
    words.add(word("天气真好", 0, 400, 3), sentence_start=0)
    assert [words.heard_chars(at) for at in (49, 50, 150, 250, 350)] == [0, 4, 5, 6, 7]


def test_a_word_that_stands_for_a_longer_span_is_not_cut() -> None:
    words = Transcript()
    words.add(PlacedMark("word", "$3.14", 0, 400, 0, 5), sentence_start=0)
    assert words.heard_chars(199) == 0
    assert words.heard_chars(200) == 5


@pytest.mark.parametrize(("text", "is_unspaced"), [("天气", True), ("カナ", True), ("abc", False), ("한국", False)])
def test_scripts_are_told_apart(text: str, is_unspaced: bool) -> None:
    assert unspaced(text) is is_unspaced


@pytest.mark.parametrize(
    ("ipa", "shapes"),
    [
        ("p", ["PP"]),
        ("tʃ", ["CH"]),
        ("ʈʂʰ", ["DD", "CH"]),
        ("aɪ", ["aa", "ih"]),
        ("oʊ", ["oh", "ou"]),
        ("ɑː", ["aa"]),
        ("?", ["sil"]),
        ("", ["sil"]),
    ],
)
def test_phonemes_become_mouth_shapes(ipa: str, shapes: list[str]) -> None:
    made = list(visemes(PlacedMark("phoneme", ipa, 10, 100)))
    assert [shape.name for shape in made] == shapes
    assert made[0].start == 10
    assert made[-1].start + made[-1].length == 110


def test_every_sound_of_the_embedded_voice_has_a_shape() -> None:
    from models.embedded.phones import INVENTORY, Language, Phone

    for symbol in set(INVENTORY) - {"pau"}:
        for language in Language:
            phone = Phone(symbol, 1, 0, True, 2, language, 0)
            shapes = {shape.name for shape in visemes(PlacedMark("phoneme", phone.ipa, 0, 10))}
            assert shapes <= VISEMES - {"sil"}, symbol
