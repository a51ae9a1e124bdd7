"""Where sentences end, and how soon that is known."""

from __future__ import annotations

import pytest

from realtime.text import SentenceStream


def cut(text: str) -> list[str]:
    """Cut a text; the early cut of the first clause is used up before it."""
    stream = SentenceStream()
    sentences = stream.feed("One two three four.\n" + text) + stream.end()
    return [sentence.text for sentence in sentences if sentence.speakable][1:]


@pytest.mark.parametrize(
    "marked",
    [
        # English
        "Hello there.| How are you?| Fine!| Really?!| Wow!!!| Yes.",
        "It cost $3.14, about 20%.| Version 2.0.1 of example.com is out.| Go to a.b.c now.",
        "Dr. Smith met Mrs. Jones and Prof. Li.| Mr. X came.",
        "J. K. Rowling and John F. Kennedy met J.R.R. Tolkien.| It was I.| We saw.",
        "At 5 p.m. We left.".replace("We", "| We"),
        "The U.S. Army came.| He lives in the U.S.| He likes it.| E.g. this, i.e. that.",
        "Apples, pears, etc. are fine.| Apples, pears, etc.| The rest is not.",
        "See Fig. 3 and No. 5.| No.| I won't.| The answer is no.| We go.",
        "Jan. 5 was cold.| Apple Inc. CEO Tim Cook.",
        "I was... thinking.| Well...| Then go.| Wait… what?| Ok…| Sure.",
        'She said "Is it you?" and left.| "Yes!"| He smiled.| “Good.”| ‘One.’| Two.',
        "(It was late.)| He (really!) slept.| She (who? me?) ran.| [See below.]| End.",
        "Visit https://a.b/c?d=e!f now.| Mail me@x.co.| Yes.",
        "Hello!World is one.| a.b is too.",
        # Chinese and Japanese
        "你好。|今天天气真不错！|真的吗？！|是的……|",
        "他说：“你好。|我们走吧！”|然后离开了。|“好。”|",
        "嗯……我觉得可以。|价格是3.5元。|版本2.0。|苹果、香蕉，橙子；都有。|",
        "他（真的吗？）走了。|（是吗？）|不是。|",
        "こんにちは、元気ですか？|「行こう。」と言った。|「はい！」|そうです。|",
        '他说:"你好。"|然后走了。|"再见。"|',
        # mixed
        "Hello, 今天天气真不错!| Let's go.| GPT-4很强。|OK!|好的。|Yes!| Go.",
        "我用Python 3.11写。|It works.|好",
        "好的!我们走.".replace("我", "|我"),
    ],
)
def test_sentences_end_where_a_reader_would_say(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|") if part.strip()]
    assert cut(marked.replace("|", "")) == expected


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("1. First. Then.\n2. Second", ["1. First.", "Then.", "2. Second"]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("... Hello", ["... Hello"]),
        ("Wow! ... Yes.", ["Wow!", "... Yes."]),
        ("Go.[laughter] Ha.", ["Go.", "Ha."]),
        ('"Ant. Bee." Cat? "D."\n"E."', ['"Ant.', 'Bee."', "Cat?", '"D."', '"E."']),
    ],
)
def test_lines_and_odd_ends(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


# How soon: the text up to the sign | gives the first sentence, and no less does.


@pytest.mark.parametrize(
    "marked",
    [
        "Hello. |There",
        "Hello! |There",
        "你好。我|们",
        "你好！！我|们",
        "「行こう。」そ|う",
        '"Yes." H|e',
        "Well... T|hen",
        "No. I| won't",
        "It is etc. The |rest",
        "At 5 p.m. Tomorrow |we",
        "Go\n|on",
        "Go [sad]|",
        "不错! |Let's",
        "不错!我|们",
        "Hello there my good friend,| how",
        "I paid 3, 4 and 5, |then",
        '"Hello there my good friend," |he said',
        "我觉得今天很好，|我们",
        "我觉得今天很好——我|们",
        "Here is what we have: |one",
        "きょうはいい天気、な|ので",
        "so it goes " * 19 + "so it goes o|n",
    ],
)
def test_a_sentence_is_given_as_soon_as_it_is_certain(marked: str) -> None:
    before = marked[: marked.index("|")]
    stream = SentenceStream()
    assert [stream.feed(char) for char in before[:-1]] == [[]] * (len(before) - 1)
    assert len(stream.feed(before[-1])) == 1


def test_the_first_clause_is_cut_early_and_later_ones_are_not() -> None:
    text = "Well, I think this is nice, but later clauses, as we know them, stay. And so on."
    stream = SentenceStream()
    assert [s.text for s in stream.feed(text) + stream.end()] == [
        "Well, I think this is nice,",
        "but later clauses, as we know them, stay.",
        "And so on.",
    ]


def test_a_short_first_sentence_leaves_the_next_clause_early() -> None:
    stream = SentenceStream()
    texts = [s.text for s in stream.feed("Sure! I can help you with that, gladly. Now then, go on.")]
    assert texts == ["Sure!", "I can help you with that,", "gladly."]


def test_chinese_enumerations_are_no_clauses() -> None:
    stream = SentenceStream()
    texts = [s.text for s in stream.feed("我喜欢苹果和香蕉、橙子、梨子，还有别的。") + stream.end()]
    assert texts == ["我喜欢苹果和香蕉、橙子、梨子，", "还有别的。"]


def test_a_hard_cut_takes_the_best_place() -> None:
    clause = "and " * 40 + "then, " + "some " * 20
    assert cut(clause + "more")[0].endswith("then,")
    assert cut("word " * 60)[0].endswith("word")
    assert cut("字" * 60 + "，" + "词" * 40)[0].endswith("，")
    assert all(len(part) <= 80 for part in cut("字" * 300))


def test_a_hard_cut_is_never_within_a_number_or_a_combined_character() -> None:
    number = "1234567.89" * 3
    assert "".join(cut(number.join("x" * 40 for _ in range(12)))).count(number) == 11
    assert not any(part.startswith("\u0301") for part in cut("e\u0301" * 900))
    stream = SentenceStream()
    parts = [s.text for s in stream.feed("y" * 214 + "12345678901234567890" + "z" * 40) + stream.end()]
    assert any("12345678901234567890" in part for part in parts)
