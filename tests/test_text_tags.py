"""The tag parser: every dialect, every cut, and what is no tag."""

from __future__ import annotations

import pytest

from models.speech import EMOTIONS, SOUNDS, Pause, Sound
from realtime.text.atom import Change, Element, Enter, Leave, Reset, Tag
from realtime.text.emotion import (
    DEFAULT_INTENSITY,
    Emotion,
    Mood,
    emoji_emotion,
    emotion_named,
    sound_named,
    style_named,
)
from realtime.text.tags import MAX_BRACKET, MAX_ELEMENT, TagParser


def parse(*deltas: str) -> list[str | Tag]:
    """Parse to the end; neighbouring runs of text are joined."""
    parser = TagParser()
    tokens = [token for delta in deltas for token in parser.feed(delta)] + parser.finish()
    joined: list[str | Tag] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if isinstance(token.content, str) and isinstance(last, str):
            joined[-1] = last + token.content
        else:
            joined.append(token.content)
    return joined


HAPPY = Emotion("happy")

BRACKETS: list[tuple[str, Tag]] = [
    ("[happy]", Change(HAPPY)),
    ("[HaPPy]", Change(HAPPY)),
    ("[ happy ]", Change(HAPPY)),
    ("[happy:0.4]", Change(Emotion("happy", 0.4))),
    ("[happy: 0.4 ]", Change(Emotion("happy", 0.4))),
    ("[happy：0.4]", Change(Emotion("happy", 0.4))),
    ("[happy=.4]", Change(Emotion("happy", 0.4))),
    ("[happy:40%]", Change(Emotion("happy", 0.4))),
    ("[happy:7]", Change(Emotion("happy", 1.0))),
    ("[happy:-7]", Change(Emotion("happy", 0.0))),
    ("[cheerful]", Change(HAPPY)),
    ("[joy]", Change(HAPPY)),
    ("[*happy*]", Change(HAPPY)),
    ("[开心]", Change(HAPPY)),
    ("【高兴】", Change(HAPPY)),
    ("【悲伤：0.2】", Change(Emotion("sad", 0.2))),
    ("［生气］", Change(Emotion("angry"))),
    ("[whispers]", Change(Emotion("whisper"))),
    ("[/]", Reset()),
    ("[ / ]", Reset()),
    ("[/happy]", Reset()),
    ("[laughter]", Sound("laughter")),
    ("[laughs]", Sound("laughter")),
    ("[笑]", Sound("laughter")),
    ("[breath]", Sound("breath")),
    ("[sigh]", Sound("sigh")),
    ("【叹气】", Sound("sigh")),
    ("[pause:500ms]", Pause(0.5)),
    ("[pause:500 ms]", Pause(0.5)),
    ("[pause:1.5s]", Pause(1.5)),
    ("[pause: 2 seconds]", Pause(2.0)),
    ("[pause 1s]", Pause(1.0)),
    ("[pause:250]", Pause(0.25)),
    ("[pause:2]", Pause(2.0)),
    ("[pause]", Pause(0.5)),
    ("[pause:900s]", Pause(10.0)),
    ("[停顿:1秒]", Pause(1.0)),
    ("[停顿:300毫秒]", Pause(0.3)),
]
ELEMENTS: list[tuple[str, Tag]] = [
    ('<emotion value="happy"/>', Change(HAPPY)),
    ("<emotion value='happy' />", Change(HAPPY)),
    ("<EMOTION Value=happy/>", Change(HAPPY)),
    ('<emotion value="happy" intensity="0.2"/>', Change(Emotion("happy", 0.2))),
    ('<emotion value="content"/>', Change(HAPPY)),
    ('<emotion value="happy">', Enter(HAPPY)),
    ('<emotion value="unheard-of"/>', Element("emotion", closing=True)),
    ("</emotion>", Leave()),
    ('<expr type="expression" label="happy"/>', Change(HAPPY)),
    ('<expr type="sound" label="laugh"/>', Sound("laughter")),
    ('<mstts:express-as style="cheerful">', Enter(HAPPY)),
    ('<mstts:express-as style="cheerful" styledegree="1.5">', Enter(Emotion("happy", 1.0))),
    ('<mstts:express-as style="sad" styledegree="0.5">', Enter(Emotion("sad", 0.35))),
    ('<mstts:express-as role="Girl" style="unheard-of">', Enter(None)),
    ("</mstts:express-as>", Leave()),
    ('<break time="500ms"/>', Pause(0.5)),
    ('<break time="1s"/>', Pause(1.0)),
    ('<break time="0.25s">', Pause(0.25)),
    ('<break strength="strong"/>', Pause(1.0)),
    ("<break/>", Pause(0.75)),
    ("<break\n time = '2s'\n/>", Pause(2.0)),
    ("<laugh>", Sound("laughter")),
    ("<sigh/>", Sound("sigh")),
    ("</laughter>", Element("laughter", closing=True)),
    ("<happy>", Change(HAPPY)),
    ("</happy>", Reset()),
    ("<b>", Element("b", closing=False)),
    ("</p>", Element("p", closing=True)),
    ('<a href="https://a.b/?c=d#e">', Element("a", closing=False)),
    ('<prosody rate="+10%" pitch="-2st">', Element("prosody", closing=False)),
]


@pytest.mark.parametrize(("raw", "tag"), BRACKETS + ELEMENTS)
def test_a_tag_is_read_wherever_it_is_cut(raw: str, tag: Tag) -> None:
    for at in range(len(raw) + 1):
        assert parse("a" + raw[:at], raw[at:] + "b") == ["a", tag, "b"]
    assert parse(*raw) == [tag]


NO_TAGS = """
[1] [see_below] [happy_birthday] [happy:] [happy:x] [happy,sad] [] [_] [x] [/see] [[] [note:1]
[content] [pause:long] 【重要】 ［１］ [happy】 < > <> </> a<b <3 <foo> <bar/> <-- <!b> <b
<i_and_b> <b_x> <emotion_value='happy' List<int> <happyness> <b/b> <a_href='x'y>
""".split()


@pytest.mark.parametrize("text", NO_TAGS)
def test_what_is_no_tag_is_text(text: str) -> None:
    text = text.replace("_", " ")
    assert parse(text) == [text]
    assert parse(*text) == [text]


@pytest.mark.parametrize(
    "text",
    ["[see", "[1", "[]", "< ", "<foo", "[happy b", "[happy:x", "[pause:l", "<b and c", "<int",
     "<!x", "[happy:0..", "【重", "</x", "<emotion x>", '<b"', "[hap]"],
)  # fmt: skip
def test_text_is_released_with_the_first_character_that_no_tag_has(text: str) -> None:
    parser = TagParser()
    assert [parser.feed(char) for char in text[:-1]] == [[]] * (len(text) - 1)
    assert [token.content for token in parser.feed(text[-1])] == [text]


def test_what_is_held_is_bounded() -> None:
    for opening, bound in (
        ("[" + " " * 5000, MAX_BRACKET),
        ("<b x='" + "y" * 5000, MAX_ELEMENT),
    ):
        parser = TagParser()
        given = sum(token.end - token.start for token in parser.feed(opening))
        assert len(opening) - given <= bound


def test_an_opening_bracket_begins_anew() -> None:
    assert parse("[hap[happy]") == ["[hap", Change(HAPPY)]
    assert parse("<emo<b>") == ["<emo", Element("b", closing=False)]
    assert parse("<a href='[happy]'>") == ["<a href='", Change(HAPPY), "'>"]
    assert parse("[[happy]]") == ["[", Change(HAPPY), "]"]


def test_a_comment_is_passed_over() -> None:
    comment = Element("<!--", closing=False)
    assert parse(*"a<!-- [happy] <b> -- > - ->-->b") == ["a", comment, "b"]
    assert parse("a<!-- never closed") == ["a", comment]


def test_tokens_know_their_places() -> None:
    tokens = TagParser().feed("Hi [happy] you<!-- no -->[sad]!")
    assert [(token.start, token.end) for token in tokens] == [
        (0, 3),
        (3, 10),
        (10, 14),
        (14, 18),
        (25, 30),
        (30, 31),
    ]


# The vocabulary and the mood


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_emotion_has_its_own_name(name: str) -> None:
    assert emotion_named(name) == Emotion(name)
    assert emotion_named(f" {name.upper()} ") == Emotion(name)


@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_has_its_own_name(name: str) -> None:
    assert sound_named(name) == name


@pytest.mark.parametrize(
    ("word", "name"),
    [("难过", "sad"), ("furious", "angry"), ("terrified", "fearful"), ("低语", "whisper"),
     ("温柔", "gentle"), ("严肃", "serious"), ("平静", "calm"), ("惊讶", "surprised")],
)  # fmt: skip
def test_words_near_an_emotion_stand_for_it(word: str, name: str) -> None:
    emotion = emotion_named(word)
    assert emotion is not None
    assert emotion.name == name


def test_stronger_words_are_stronger() -> None:
    furious, annoyed = emotion_named("furious"), emotion_named("annoyed")
    assert furious
    assert annoyed
    assert furious.intensity > DEFAULT_INTENSITY > annoyed.intensity


def test_words_of_attributes_are_no_tags_in_brackets() -> None:
    assert style_named("content") == Emotion("happy")
    assert emotion_named("content") is None
    assert parse("[content]") == ["[content]"]


def test_emoji_carry_emotions() -> None:
    assert emoji_emotion("😭") == Emotion("sad", 1.0)
    assert emoji_emotion("❤") == Emotion("gentle")
    assert emoji_emotion("🍕") is None


def test_elements_nest_and_restore_and_a_slash_resets() -> None:
    mood = Mood(Emotion("calm"))
    mood.change(HAPPY)
    mood.enter(Emotion("sad"))
    mood.enter(None)
    assert mood.current == Emotion("sad")
    mood.reset()
    assert mood.current == Emotion("calm")
    mood.leave()
    assert mood.current == Emotion("sad")
    mood.leave()
    assert mood.current == HAPPY
    mood.leave()
    assert mood.current == Emotion("calm")


def test_elements_may_nest_deeper_than_is_remembered() -> None:
    mood = Mood()
    mood.change(HAPPY)
    for _ in range(1000):
        mood.enter(Emotion("sad"))
    for _ in range(1000):
        mood.leave()
    assert mood.current == HAPPY
