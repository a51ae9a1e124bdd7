"""What is said of markdown, entities, emoji and the like."""

from __future__ import annotations

import pytest

from models.speech import Pause, Sound, Text
from realtime.text import Emotion, Sentence, SentenceStream


def sentences_of(text: str) -> list[Sentence]:
    stream = SentenceStream()
    return stream.feed(text) + stream.end()


def texts_of(text: str) -> list[str]:
    return [sentence.text for sentence in sentences_of(text) if sentence.speakable]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("**Bold** and *fine*", "Bold and fine"),
        ("***Both*** __strong__ _soft_", "Both strong soft"),
        ("这是**重点**内容", "这是重点内容"),
        ("这是*重点*内容", "这是重点内容"),
        ("**Note:** mind", "Note: mind"),
        ("~~gone~~ but ~5 stay", "gone but ~5 stay"),
        ("2 * 3 = 6 and 2*3 and 2**3", "2 * 3 = 6 and 2*3 and 2**3"),
        ("snake_case and x_1 and a*b", "snake_case and x_1 and a*b"),
        ("5 ** 2 and a _ b", "5 ** 2 and a _ b"),
        ("fill ____ in, f**** it", "fill ____ in, f**** it"),
        ("use `pip install foo_bar` now", "use pip install foo_bar now"),
        ("``a*b*c`` end", "a*b*c end"),
        ("\\*not\\* \\_this\\_ C:\\dir", "*not* _this_ C:\\dir"),
        ("See [the docs](https://a.b/c_(d)) now", "See the docs now"),
        ('[**bold** link](http://x "title") x', "bold link x"),
        ("![a cat](cat.png) there", "a cat there"),
        ("Wow! [1](see also) [2] [a][b]", "Wow! [1](see also) [2] [a][b]"),
        ("[x](y", "[x](y"),
        ("see <https://a.b/c_d> there", "see https://a.b/c_d there"),
        ("https://a.b/_c_d_/e?f=*g&h=1 ok", "https://a.b/_c_d_/e?f=*g&h=1 ok"),
        (
            "Tom &amp; Jerry &lt;3 &#39;x&#x27; AT&T R&D &foo;",
            "Tom & Jerry <3 'x' AT&T R&D &foo;",
        ),
        ("a&nbsp;b", "a b"),
        ("a <b>bold</b> <span class='x'>word</span>", "a bold word"),
        ("un<b>believ</b>able", "unbelievable"),
        ("pizza 🍕 time", "pizza time"),
        ("好的😊我们", "好的 我们"),
        ("family 👨‍👩‍👧 flag 🇩🇪 key 1️⃣ x", "family flag key 1 x"),
        ("© 2024 ™ ° → ❶", "© 2024 ™ ° → ❶"),
        ("zero\u200bwidth soft\u00adhyphen \ufeff", "zerowidth softhyphen"),
        ("half \ud83d pair", "half pair"),
        ("می‌خواهم", "می‌خواهم"),
        ("a   b\t c", "a b c"),
    ],
)
def test_within_a_line(raw: str, said: str) -> None:
    assert " ".join(texts_of(raw)) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("# Title\nBody", ["Title", "Body"]),
        ("#hashtag one", ["#hashtag one"]),
        ("Title\n=====\nBody", ["Title", "Body"]),
        ("- one\n* two\n+ three\n• four\n– five", ["one", "two", "three", "four", "five"]),
        ("1. one\n2) two\n  - [x] done\n  - [ ] open", ["1. one", "2) two", "done", "open"]),
        ("-5 degrees\n2024 was\n3.5 is", ["-5 degrees", "2024 was", "3.5 is"]),
        ("> quoted\n>> twice", ["quoted", "twice"]),
        ("one\n---\ntwo\n* * *\nthree\n\n___\n", ["one", "two", "three"]),
        ("| a | b |\n|---|:-:|\n| 1 | -2 |\n| - | x |", ["a, b", "1, -2", "x"]),
        ("Code:\n```python\nprint('[sad]')\n```\nDone", ["Code:", "Done"]),
        ("~~~\nx\n~~~\nDone", ["Done"]),
        ("````\n```\n````\nDone", ["Done"]),
        ("```code``` here", ["code here"]),
        ("a\n```\nnever closed", ["a"]),
        ("<p>One</p><p>Two<br/>Three</p>", ["One", "Two", "Three"]),
        ("<think>Hm. [sad] <b>no</b></think>Yes", ["Yes"]),
        ("a <!-- hidden. --> b", ["a b"]),
        ("one\r\ntwo\u2028three", ["one", "two", "three"]),
    ],
)
def test_lines_and_blocks(raw: str, said: list[str]) -> None:
    assert texts_of(raw) == said


def test_a_line_wrapped_by_hand_goes_on_but_blocks_do_not() -> None:
    line = "these words fill a line that somebody wrapped by hand at its end"
    assert texts_of(f"{line}\nand go on") == [f"{line} and go on"]
    assert texts_of(f"{line}\n\nand go on") == [line, "and go on"]
    assert texts_of(f"- {line}\n- next") == [line, "next"]
    assert texts_of(f"# {line}\nnext") == [line, "next"]
    assert texts_of(f"{line}:\nnext") == [f"{line}:", "next"]
    wide = "这一行的字很多所以有人把它折成了两行来写因为屏幕不够宽也就没有别的办法"
    assert texts_of(f"{wide}\n可是") == [f"{wide}可是"]


def test_pieces_are_slices_with_their_places() -> None:
    (sentence,) = sentences_of("A **bold** [link](u) &amp; 3")
    assert sentence.pieces == (
        Text("A ", 0, 2),
        Text("bold", 4, 8),
        Text(" ", 10, 11),
        Text("link", 12, 16),
        Text(" ", 20, 21),
        Text("&", 21, 26),
        Text(" 3", 26, 28),
    )
    assert sentence.text == "A bold link & 3"


def test_sounds_and_pauses_lie_between_the_text() -> None:
    (sentence,) = sentences_of("Well [laughter] yes [pause:200ms]no")
    assert sentence.pieces == (
        Text("Well ", 0, 5),
        Sound("laughter"),
        Text("yes ", 16, 20),
        Pause(0.2),
        Text("no", 33, 35),
    )


def test_a_tag_does_not_join_two_words() -> None:
    assert texts_of("one[pause:1s]two") == ["one two"]
    assert texts_of("[happy]one[happy]two") == ["one two"]


# Emotions


def moods_of(text: str, emotion: Emotion | None = None) -> list[tuple[str, str]]:
    stream = SentenceStream(emotion or Emotion("neutral"))
    sentences = stream.feed(text) + stream.end()
    return [(s.text, s.emotion.name) for s in sentences if s.speakable]


def test_an_emotion_holds_until_changed_or_reset() -> None:
    assert moods_of("Ant. [happy] Bee. Cat. [sad] Dog. [/] Elk.", Emotion("calm")) == [
        ("Ant.", "calm"),
        ("Bee.", "happy"),
        ("Cat.", "happy"),
        ("Dog.", "sad"),
        ("Elk.", "calm"),
    ]


def test_a_tag_in_mid_sentence_cuts_only_if_it_changes_something() -> None:
    assert moods_of("[happy] one [happy] two [sad] three") == [
        ("one two", "happy"),
        ("three", "sad"),
    ]


def test_the_tag_just_before_the_text_counts() -> None:
    assert moods_of("[sad][happy]\n- [calm] one") == [("one", "calm")]


def test_an_element_nests_and_restores() -> None:
    style = '<mstts:express-as style="{}">'
    raw = f"[sad]Ant. {style.format('cheerful')}Bee. {style.format('angry')}Cat.</mstts:express-as> Dog."
    assert moods_of(raw + "</mstts:express-as> Elk.") == [
        ("Ant.", "sad"),
        ("Bee.", "happy"),
        ("Cat.", "angry"),
        ("Dog.", "happy"),
        ("Elk.", "sad"),
    ]


def test_a_leading_emoji_is_for_its_sentence_alone() -> None:
    assert moods_of("😊 Yes! No. 😡Go! And 😭 then.") == [
        ("Yes!", "happy"),
        ("No.", "neutral"),
        ("Go!", "angry"),
        ("And then.", "neutral"),
    ]


def test_an_emoji_behind_a_sentence_is_not_for_the_next_line() -> None:
    assert moods_of("Great! 😊\nNow the bad news.") == [
        ("Great!", "neutral"),
        ("Now the bad news.", "neutral"),
    ]
    assert moods_of("太好了！😊我们走吧。") == [
        ("太好了！", "neutral"),
        ("我们走吧。", "neutral"),
    ]


def test_a_tag_is_stronger_than_an_emoji() -> None:
    assert moods_of("[sad] 😊 Hm.") == [("Hm.", "sad")]
    assert moods_of("😊 [sad] Hm.") == [("Hm.", "sad")]


def test_tags_in_code_and_thought_change_nothing() -> None:
    assert moods_of("```\n[sad]\n```\nAnt. <think>[angry]</think>Bee.") == [
        ("Ant.", "neutral"),
        ("Bee.", "neutral"),
    ]
