"""How the embedded voice's front end pronounces English."""

from __future__ import annotations

import zlib

import pytest

from models.embedded.frontend import english, speak
from models.embedded.frontend.lexicon import CONSONANTS, VOWELS, pack, unpack
from models.embedded.frontend.lexicon import english as lexicon
from models.embedded.frontend.spelling import spell_out
from models.embedded.phones import INVENTORY, PAUSE
from models.speech import Text


def sounds(text: str) -> str:
    """Return the phones of a text, vowels with their stress."""
    phones = speak([Text(text, 0, len(text))], "en").phones
    return " ".join(p.symbol + (str(p.accent) if p.symbol in VOWELS else "") for p in phones if p.symbol != PAUSE)


WORDS = {
    "hello": "hh ax0 l ow1",
    "beautiful": "b y uw1 t ax0 f ax0 l",
    "Wednesday": "w eh1 n z d iy0",
    # endings
    "John's": "jh aa1 n z",
    "cat's": "k ae1 t s",
    "boss's": "b aa1 s ax0 z",
    "she'll": "sh iy1 l",
    "they've": "dh ey1 v",
    "don't": "d ow1 n t",
    "I'm": "ay1 m",
    # letters
    "GPU": "jh iy1 p iy1 y uw1",
    "LLMs": "eh1 l eh1 l eh1 m z",
    "URL": "y uw1 aa1 r eh1 l",
    "NASA": "n ae1 s ax0",
    "U.S.": "y uw1 eh1 s",
    # words made of parts
    "ChatGPT": "ch ae1 t jh iy1 p iy1 t iy1",
    "JavaScript": "jh aa1 v ax0 s k r ih1 p t",
    "iPhone": "ay1 f ow1 n",
    # as they stand in accents and ligatures
    "café": "k ae0 f ey1",
    "ﬁnd": "f ay1 n d",
    "ＯＫ": "ow1 k ey1",
}

HOMOGRAPHS = {
    "I will read it": "r iy1 d",
    "I read it yesterday": "r eh1 d",
    "I had read it": "r eh1 d",
    "a live show": "l ay1 v",
    "they live here": "l ih1 v",
    "the record": "r eh1 k er0 d",
    "to record it": "r ax0 k ao1 r d",
    "an object": "aa1 b jh eh0 k t",
    "I object": "ax0 b jh eh1 k t",
    "close the door": "k l ow1 z",
    "so close to it": "k l ow1 s",
    "please use it": "y uw1 z",
    "the use of it": "y uw1 s",
    "I wind the clock": "w ay1 n d",
    "the wind blew": "w ih1 n d",
    "a minute": "m ih1 n ax0 t",
    "minute details": "m ay0 n uw1 t",
    "a bow and arrow": "b ow1",
    "bow to the king": "b aw1",
}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_the_sounds_of_american_english(word: str) -> None:
    assert sounds(word) == WORDS[word]


@pytest.mark.parametrize("text", HOMOGRAPHS)
def test_a_homograph_is_read_by_its_neighbours(text: str) -> None:
    assert f" {HOMOGRAPHS[text]} " in f" {sounds(text)} "


@pytest.mark.parametrize(
    ("text", "the"), [("the dog", "dh ax0"), ("the apple", "dh iy0"), ("the hour", "dh iy0"), ("the unit", "dh ax0")]
)
def test_the_article_sounds_after_what_follows_it(text: str, the: str) -> None:
    assert sounds(text).startswith(the + " ")


@pytest.mark.parametrize(("text", "first"), [("A cat", "ax0"), ("A. Smith", "ey1"), ("Plan A", "p")])
def test_the_letter_a_is_told_from_the_article(text: str, first: str) -> None:
    assert sounds(text).split()[0] == first
    assert sounds("Plan A").endswith(" ey1")


def test_capitals_of_a_shouted_sentence_are_words() -> None:
    assert sounds("STOP! DO NOT TOUCH THAT BUTTON!") == sounds("Stop! Do not touch that button!")


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("extra", ["eh1 k", "s t r ax0"]), ("singing", ["s ih1 ng", "ax0 ng"]), ("window", ["w ih1 n", "d ow0"])],
)
def test_syllables_begin_with_the_longest_onset(word: str, syllables: list[str]) -> None:
    cut = english.syllabify(english.pronounce(word))
    joined = [" ".join(s + (str(stress) if s in VOWELS else "") for s in symbols) for symbols, stress in cut]
    assert [syllable.replace("ih0", "ax0") for syllable in joined] == syllables


def test_every_word_of_the_lexicon_can_be_said() -> None:
    assert len(lexicon()) > 100_000
    for word in lexicon():
        found = lexicon().find(word)
        assert found
        assert all(sound.rstrip("01") in INVENTORY for sound in found)


def test_sounds_are_packed_without_loss() -> None:
    every = (*CONSONANTS, *(vowel + stress for vowel in VOWELS for stress in "01"))
    assert unpack(pack(every)) == every


def test_words_that_the_speller_never_saw_are_mostly_right() -> None:
    # the held-out words of training/spelling.py
    held_out = [word for word in lexicon() if word.isalpha() and word.isascii() and zlib.crc32(word.encode()) % 20 == 0]
    sample = held_out[::8]
    bare = [[sound.rstrip("01") for sound in lexicon().find(word) or ()] for word in sample]
    right = sum([s.rstrip("01") for s in spell_out(word)] == want for word, want in zip(sample, bare, strict=True))
    assert len(sample) > 500
    assert right / len(sample) > 0.66


@pytest.mark.parametrize("word", ["zyxo", "qqq", "brrr", "aaaaaaaaaaaa", "x" * 500, "blorfing", "Kubernetes"])
def test_any_word_is_said_somehow(word: str) -> None:
    assert sounds(word)
