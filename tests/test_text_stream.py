"""Properties of the whole text pipeline, over adversarial input and every split."""

from __future__ import annotations

import re
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.speech import EMOTIONS, Pause, Sound, Text
from realtime.text import Emotion, Sentence, SentenceStream

TAGS = """
[happy]
[happy:0.4]
[SAD]
[/]
[/angry]
[开心]
【悲伤】
[whisper:9]
[laughter]
[breath]
[sigh]
[pause:500ms]
[pause:1.5s]
[停顿:1秒]
<emotion value='sad'/>
<break time="500ms"/>
<break time="1s"/>
<expr type="expression" label="happy"/>
<laugh>
<mstts:express-as style="cheerful" styledegree="1.5">
</mstts:express-as>
""".strip().splitlines()
PLAIN = """
a b I The He Smith Mr. Dr. etc. U.S. J. No. p.m. e.g. 1 12 3.14 v2.0.1 $3,000 20% 10:30 x_y
. . .. ... … …… , ; : ! !! ? ?! ( ) ' " ’ “ ” 今 天气 好 です と 행복
。 ！ ？ 」 「 、 ， ： ； “ ”
""".split()
ODD = r"""
* ** *** _ __ ~ ~~ ` `` ``` ~~~ # ## - -- --- + = | |- > 1. 2) • [ ] < > 【 】 ［ [1] [see ](
http://a.b/c_d ![ ](x) &amp; &lt; &#39; & &x \ \* <b> </b> <br> <think> </think> <!-- --> <i
</ [hap py] [happy: 😀 😡 👨‍👩‍👧 ❤️ 1️⃣ 🇩🇪 <http: <https://a.b/c>
""".split()
ODD += ["<i and", "e\u0301", "\u200b", "\u200d", "\u2028", "\u3000", "\r", "\ud83d", "x" * 61]
SPACE = [" ", " ", " ", "  ", "\n", "\n\n", "\t"]
EXAMPLE = "[happy] Hello, 今天天气真不错! Let's go [whisper:0.8] outside. It cost $3.14, about 20%."

plain_text = st.lists(st.sampled_from(PLAIN + SPACE), max_size=40).map("".join)
tagged_text = st.lists(st.sampled_from(PLAIN + SPACE + TAGS), max_size=40).map("".join)
any_text = st.lists(
    st.one_of(
        st.sampled_from(PLAIN + SPACE),
        st.sampled_from(ODD + TAGS),
        st.text("[]<>/:\"'.*_`~#-|=! \nhappy1。好", max_size=4),
    ),
    max_size=40,
).map("".join)


def sentences_of(*deltas: str) -> list[Sentence]:
    stream = SentenceStream()
    sentences = [sentence for delta in deltas for sentence in stream.feed(delta)]
    return sentences + stream.end()


def assert_sound(text: str, sentences: list[Sentence]) -> None:
    """Spans tile the raw text; pieces lie in order in their sentence, as verbatim slices."""
    position = 0
    for sentence in sentences:
        assert sentence.char_start == position
        assert sentence.char_end > position
        place = position
        position = sentence.char_end
        for piece in sentence.pieces:
            if not isinstance(piece, Text):
                continue
            assert place <= piece.char_start <= piece.char_end <= position
            place = piece.char_end
            if len(piece.text) == piece.char_end - piece.char_start:
                assert piece.text == text[piece.char_start : piece.char_end]
        assert sentence.emotion.name in EMOTIONS
        assert 0 <= sentence.emotion.intensity <= 1
    assert position == len(text)


def spoken_of(sentences: list[Sentence]) -> str:
    pieces = [piece for sentence in sentences for piece in sentence.pieces]
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


def unspaced(text: str) -> str:
    return "".join(text.split())


@given(any_text, st.lists(st.integers(0, 500), max_size=6))
@settings(max_examples=120, deadline=None)
def test_any_split_of_the_input_gives_the_same_sentences(text: str, places: list[int]) -> None:
    whole = sentences_of(text)
    assert sentences_of(*text) == whole
    cuts = sorted(place % (len(text) + 1) for place in places)
    deltas = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert sentences_of(*deltas) == whole


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE,
        '<mstts:express-as style="sad" styledegree="1.5">Hi.</mstts:express-as> [/]Bye <b>.',
        "**Bold** [link](http://a.b/c_(d)) `c` 👨‍👩‍👧 &amp; etc. The 「行こう。」と言った。",
    ],
)
def test_every_single_split_point_gives_the_same_sentences(text: str) -> None:
    whole = sentences_of(text)
    for at in range(len(text) + 1):
        assert sentences_of(text[:at], text[at:]) == whole


@given(any_text)
@settings(max_examples=120, deadline=None)
def test_sentences_tile_the_raw_text_and_pieces_are_slices_of_it(text: str) -> None:
    assert_sound(text, sentences_of(text))


@given(any_text, st.lists(st.integers(0, 200), max_size=4))
@settings(max_examples=60, deadline=None)
def test_sentences_tile_the_raw_text_around_flushes(text: str, places: list[int]) -> None:
    stream = SentenceStream()
    sentences: list[Sentence] = []
    for at, char in enumerate(text):
        sentences += stream.feed(char)
        if at in places:
            sentences += stream.flush()
    assert stream.received == len(text)
    assert_sound(text, sentences + stream.end())


@given(plain_text)
@settings(max_examples=120, deadline=None)
def test_no_character_of_ordinary_text_is_lost_or_doubled(text: str) -> None:
    sentences = sentences_of(text)
    assert unspaced(spoken_of(sentences)) == unspaced(text)
    assert unspaced("".join(sentence.text for sentence in sentences)) == unspaced(text)


@given(any_text)
@settings(max_examples=120, deadline=None)
def test_no_place_of_the_raw_text_is_said_twice(text: str) -> None:
    places = [
        place
        for sentence in sentences_of(text)
        for piece in sentence.pieces
        if isinstance(piece, Text)
        for place in range(piece.char_start, piece.char_end)
    ]
    assert places == sorted(set(places))


# Written anew, so that the parser is not its own judge.
ANY_TAG = re.compile(
    r"[\[【［]\s*/?\s*(?:happy|sad|angry|whisper|laughter|breath|sigh|pause|停顿|开心|悲伤)?\s*"
    r"(?:[:：]\s*[\d.]+\s*(?:ms|s|秒)?)?\s*[\]】］]"
    r"|</?(?:emotion|break|expr|laugh|mstts:express-as)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
BARE_BRACKETS = re.compile(r"[\[【［]\s*[\]】］]")


@given(tagged_text)
@settings(max_examples=120, deadline=None)
def test_no_tag_is_ever_said_or_shown_and_all_else_is(text: str) -> None:
    sentences = sentences_of(text)
    for sentence in sentences:
        for shown in (sentence.text, spoken_of([sentence])):
            assert not [tag for tag in ANY_TAG.findall(shown) if not BARE_BRACKETS.match(tag)]
    assert unspaced(spoken_of(sentences)) == unspaced(ANY_TAG.sub("", text))


@given(plain_text, st.sampled_from(TAGS), plain_text)
@settings(max_examples=60, deadline=None)
def test_a_tag_that_is_flushed_in_its_middle_is_still_not_said(before: str, tag: str, after: str) -> None:
    for at in range(1, len(tag)):
        stream = SentenceStream()
        sentences = stream.feed(before + tag[:at]) + stream.flush()
        sentences += stream.feed(tag[at:] + after) + stream.end()
        assert unspaced(spoken_of(sentences)) == unspaced(before + after)


@given(any_text)
@settings(max_examples=60, deadline=None)
def test_a_sentence_without_anything_to_hear_says_so(text: str) -> None:
    for sentence in sentences_of(text):
        heard = any(isinstance(piece, Pause | Sound) or any(map(str.isalnum, piece.text)) for piece in sentence.pieces)
        assert sentence.speakable == heard


@pytest.mark.parametrize(
    "opening",
    ["[", "<", "【", "［", "[hap", "[happy:0.", "<emotion ", "<a href=x", "</", "[a](http://x",
     "&am", "![x", "`", "**", "_", "(", '"', "“", "\\", "1", "- ", "| ", "> ", "#", "[**b"],
)  # fmt: skip
def test_what_never_closes_is_released_as_text(opening: str) -> None:
    stream = SentenceStream()
    sentences = stream.feed(opening + " and so it goes on. " * 200)
    assert len(sentences) > 50
    assert sentences[-1].char_end > 3800


@pytest.mark.parametrize("half", ["[hap", "<emotion value='hap", "[", "&am", "[a](htt", "!", "\\", "**", "- ", "``"])
def test_what_is_half_open_at_the_end_is_text_or_markup_but_never_lost(half: str) -> None:
    (sentence,) = sentences_of("Hi there " + half)
    markup = half == "``"
    assert sentence.text == ("Hi there" if markup else f"Hi there {half}".strip())


@pytest.mark.parametrize("opening", ["[a](", "[", "<a href=", "&#"])
def test_an_endless_word_is_no_reason_to_wait_for_ever(opening: str) -> None:
    assert len(SentenceStream().feed(opening + "x" * 4000)) > 4


def test_text_without_any_end_is_cut_into_bearable_lengths() -> None:
    for unit, most in (("word ", 230), ("字", 85), ("字，", 85), ("x", 230), ("👨", 1)):
        lengths = [len(sentence.text) for sentence in sentences_of(unit * 500)]
        assert max(lengths) <= most
    assert max(len(s.text) for s in sentences_of("1" * 5000)) <= 900


def test_a_hundred_thousand_characters_one_by_one_take_well_under_two_seconds() -> None:
    text = "[happy] Hello, 今天天气真不错! Let's go [whisper:0.8] **outside**. It cost $3.14.\n" * 1400
    stream = SentenceStream()
    began = time.process_time()
    count = sum(len(stream.feed(char)) for char in text[:100_000]) + len(stream.end())
    assert time.process_time() - began < 2
    assert count > 4000


GRIND = r"""
[ < [happy [happy: <a_href="x * _ ` ~~ [a]( [a](b ]( ![ &amp \ | |- -_ 1. 字 “ ( … Mr._ 😀
etc._The [happy]_ [laughter] <b> <!-- a_ **a 1 [sad][happy]
""".split()
GRIND += ["\u0301", "\u200b"]


@pytest.mark.parametrize("unit", [unit.replace("_", " ") for unit in GRIND])
def test_time_is_linear_and_memory_bounded_whatever_comes(unit: str) -> None:
    stream = SentenceStream()
    text = unit * (10_000 // len(unit))
    began = time.process_time()
    for char in text:
        stream.feed(char)
    assert time.process_time() - began < 0.5
    tracemalloc.start()
    try:
        for char in text:
            stream.feed(char)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 400_000


def test_flush_says_what_is_buffered_and_begins_early_again() -> None:
    stream = SentenceStream()
    assert stream.feed("Let me look") == []
    assert [sentence.text for sentence in stream.flush()] == ["Let me look"]
    assert stream.flush() == []
    texts = [s.text for s in stream.feed(" it up for you, it takes a while. And so") + stream.end()]
    assert texts == ["it up for you,", "it takes a while.", "And so"]


def test_a_pause_alone_waits_through_a_flush_for_what_follows() -> None:
    stream = SentenceStream()
    assert stream.feed("[pause:1s]") + stream.flush() == []
    (sentence,) = stream.feed("Yes") + stream.end()
    assert sentence.pieces == (Pause(1.0), Text("Yes", 10, 13))


def test_text_with_nothing_to_hear_is_one_silent_sentence() -> None:
    for text in ("...", "**", "[happy]", "😀", " \n ", "```\ncode\n```", "<think>hm</think>"):
        sentences = sentences_of(text)
        assert not any(sentence.speakable for sentence in sentences)
        assert_sound(text, sentences)
    assert sentences_of("") == []


def test_the_example_of_the_protocol() -> None:
    text = EXAMPLE
    sentences = sentences_of(text)
    assert [(s.text, s.emotion) for s in sentences] == [
        ("Hello, 今天天气真不错!", Emotion("happy")),
        ("Let's go", Emotion("happy")),
        ("outside.", Emotion("whisper", 0.8)),
        ("It cost $3.14, about 20%.", Emotion("whisper", 0.8)),
    ]
    assert [text[s.char_start : s.char_end] for s in sentences] == [
        "[happy] Hello, 今天天气真不错! ",
        "Let's go ",
        "[whisper:0.8] outside. ",
        "It cost $3.14, about 20%.",
    ]
