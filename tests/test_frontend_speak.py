"""The embedded voice's front end as a whole: places, pieces, pauses, clauses, and any text at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.embedded.frontend import speak
from models.embedded.phones import INVENTORY, PAUSE, Boundary, Clause, Language, Phone, Spoken
from models.speech import Pause, Piece, Sound, Text

_ANY = st.characters()  # surrogates too: an LLM's stream may be cut between two of them
_TRICKY = st.sampled_from(
    "$3.14|20%|½|3½|1/0|0/0|-|--|...|'|''s|'s|\"|St.|U.S.|A|007|1e10|00:00|99:99|13/13/2020|2024年13月|v1.2.3|http://|"
    "www.|a@b.c|x²|́|‍|️|🙂|кот|日本の|한국|々|〇|儿|一|不|一一一|ﷺ|ﬁ|㎏|①|Ⅳ|𝐀|ß|İ|٣|12345678901234567890123|#|&|@|=|"
    "￥|‰|°|\n|\r|\t| |。|，|？|！|《|》|n't|O'|GPU's|LLMs|AAAAAAAAAA|zzzzzzzz".split("|")
)
_TEXT = st.lists(_TRICKY | st.text(_ANY, max_size=6), max_size=8).map("".join)
_LANGUAGES = st.sampled_from(["", "en", "en-US", "zh", "zh_CN", "cmn-Hans", "fr", "x"])


@st.composite
def _pieces(draw: st.DrawFn) -> list[Piece]:
    """Return pieces in raw text order, some of them standing for spans of another length, some with gaps between."""
    pieces: list[Piece] = []
    at = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            pieces.append(Pause(draw(st.sampled_from([0.0, 0.1, 1.0]))))
        elif kind == 1:
            pieces.append(Sound("breath"))
        else:
            text = draw(_TEXT)
            at += draw(st.integers(0, 3))
            size = draw(st.integers(1, 9)) if kind == 2 else len(text)
            pieces.append(Text(text, at, at + size))
            at += size
    return pieces


def spoken(text: str, language: str = "") -> Spoken:
    return speak([Text(text, 0, len(text))], language)


def symbols(phones: Spoken) -> list[str]:
    return [phone.symbol for phone in phones.phones]


@settings(max_examples=400, deadline=None)
@given(_pieces(), _LANGUAGES)
@example([Text("a\ud800b", 0, 3)], "")
@example([Text("", 0, 4), Pause(0.5)], "zh")
def test_any_text_gives_phones_and_words_that_fit_together(pieces: list[Piece], language: str) -> None:
    result = speak(pieces, language)
    texts = [piece for piece in pieces if isinstance(piece, Text)]
    end = 0
    for word in result.words:
        assert end <= word.char_start < word.char_end
        assert any(piece.char_start <= word.char_start < piece.char_end for piece in texts)
        assert any(piece.char_start < word.char_end <= piece.char_end for piece in texts)
        assert word.text.strip()
        end = word.char_end
    for phone in result.phones:
        assert phone.symbol in INVENTORY
        assert (phone.symbol == PAUSE) == (phone.word == -1)
    order = [phone.word for phone in result.phones if phone.word >= 0]
    assert order == sorted(order)
    assert set(order) == set(range(len(result.words)))
    if result.phones:
        assert result.phones[0].symbol == result.phones[-1].symbol == PAUSE
    assert all(not (a.symbol == b.symbol == PAUSE) for a, b in pairwise(result.phones))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["Hello", "世界", "$3.14", "it's", "2024年", " ", ", ", "GPT4", "。"]), max_size=6),
    st.data(),
)
def test_text_may_come_in_pieces_cut_anywhere(words: list[str], data: st.DataObject) -> None:
    text = "".join(words)
    cut = data.draw(st.integers(0, len(text)))
    assert speak([Text(text[:cut], 0, cut), Text(text[cut:], cut, len(text))], "") == spoken(text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x7F), min_size=1, max_size=30))
def test_every_string_of_latin_letters_is_said(text: str) -> None:
    assert len(spoken(text).words) == 1


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "?!", "🙂", "кот", "ひらがな", "한국", "\u200d", "\x00"])
def test_what_cannot_be_said_is_silent(text: str) -> None:
    assert spoken(text) == Spoken((), ())


def test_the_rest_of_a_text_is_said_around_what_cannot_be() -> None:
    assert [w.text for w in spoken("Hello кот world 한국 你好").words] == ["Hello", "world", "你", "好"]


def test_a_piece_of_another_length_than_its_span_stands_for_all_of_it() -> None:
    result = speak([Text("salt ", 0, 5), Text("&", 5, 10), Text(" pepper", 10, 17)], "en")
    assert [(w.char_start, w.char_end) for w in result.words] == [(0, 4), (5, 10), (11, 17)]


def test_a_word_may_be_cut_by_a_tag() -> None:
    result = speak([Text("un", 0, 2), Text("happy", 7, 12)], "en")
    assert [(w.text, w.char_start, w.char_end) for w in result.words] == [("unhappy", 0, 12)]
    assert symbols(result) == symbols(spoken("unhappy"))


def test_places_count_from_the_start_of_the_turn() -> None:
    word = speak([Text("你好", 100, 102)], "").words[1]
    assert (word.char_start, word.char_end) == (101, 102)


def test_a_letter_beyond_the_basic_plane_is_one_code_point() -> None:
    result = spoken("🙂 Hello")
    assert (result.words[0].char_start, result.words[0].char_end) == (2, 7)


def test_a_pause_has_the_length_that_was_asked_for() -> None:
    result = speak([Text("Hello ", 0, 6), Pause(0.35), Text("world", 20, 25)], "en")
    assert [(p.symbol, p.forced_ms) for p in result.phones if p.forced_ms] == [(PAUSE, 350)]
    before = result.phones[[p.forced_ms for p in result.phones].index(350) - 1]
    assert before.boundary == Boundary.PHRASE


def test_pauses_side_by_side_add_up() -> None:
    result = speak([Text("a", 0, 1), Pause(0.2), Pause(0.3), Text("b", 1, 2)], "en")
    assert [p.forced_ms for p in result.phones if p.forced_ms] == [500]


def test_sounds_are_left_out() -> None:
    assert speak([Text("Hi ", 0, 3), Sound("laughter"), Text("you", 13, 16)], "en").phones == spoken("Hi you").phones


def boundaries(text: str) -> list[int]:
    """Return the boundary after each syllable."""
    return [phone.boundary for phone in spoken(text).phones if phone.last and phone.symbol != PAUSE]


def test_a_comma_ends_a_phrase_and_a_pause_follows() -> None:
    assert boundaries("Yes, sir.") == [Boundary.PHRASE, Boundary.SENTENCE]
    assert symbols(spoken("Yes, sir.")).count(PAUSE) == 3


def test_boundaries_are_inside_after_and_between_words() -> None:
    assert boundaries("Open it now") == [Boundary.INSIDE, Boundary.WORD, Boundary.WORD, Boundary.SENTENCE]


@pytest.mark.parametrize(
    ("mark", "clause"),
    [(".", Clause.STATEMENT), ("", Clause.STATEMENT), ("?", Clause.QUESTION), ("!", Clause.EXCLAMATION),
     ("？", Clause.QUESTION), ("！", Clause.EXCLAMATION), ("。", Clause.STATEMENT), ("?!", Clause.QUESTION)],
)  # fmt: skip
def test_the_end_of_a_clause_colours_all_of_it(mark: str, clause: Clause) -> None:
    assert {p.clause for p in spoken(f"You know it{mark}").phones} == {clause}
    assert {p.clause for p in spoken(f"你知道了{mark}").phones} == {clause}


def test_each_clause_has_its_own_end() -> None:
    clauses = [p.clause for p in spoken("Well, really? Yes.").phones if p.symbol != PAUSE]
    assert list(dict.fromkeys(clauses)) == [Clause.COMMA, Clause.QUESTION, Clause.STATEMENT]


@pytest.mark.parametrize(
    "text",
    [
        "The old captain of the little ship told everyone that the storm would come before the night was over",
        "他昨天晚上在公司旁边的那家新开的餐厅里和几个多年没有见面的大学同学一起吃了一顿非常丰盛的晚饭",
    ],
)
def test_a_long_clause_is_said_in_more_than_one_breath(text: str) -> None:
    result = spoken(text)
    assert symbols(result).count(PAUSE) > 2
    assert longest(result.phones) <= 17


def longest(phones: tuple[Phone, ...]) -> int:
    """Return the most words between two pauses."""
    runs: list[set[int]] = [set()]
    for phone in phones:
        if phone.symbol == PAUSE:
            runs.append(set())
        else:
            runs[-1].add(phone.word)
    return max(map(len, runs))


def test_phones_know_their_language() -> None:
    languages = [p.language for p in spoken("Hello 世界").phones if p.symbol != PAUSE]
    assert list(dict.fromkeys(languages)) == [Language.ENGLISH, Language.MANDARIN]
