"""What the embedded voice's front end reads numbers, dates, money, units, links and signs as."""

from __future__ import annotations

import pytest

from models.embedded.frontend import script, source, speak
from models.speech import Text


def said(text: str, language: str = "") -> str:
    """Return what is said for a text: English words with blanks, hanzi without."""
    items = script.write(source.join([Text(text, 0, len(text))]), language).items
    out = ""
    for item in items:
        if isinstance(item, script.Said):
            latin = item.text[0].isascii()
            out += f" {item.text} " if latin else item.text
        else:
            out += " , "
    return " ".join(out.split()).strip(", ").replace(" ,", ",")


def places(text: str, language: str = "") -> list[str]:
    """Return the stretches of raw text that light up, in order."""
    return [text[w.char_start : w.char_end] for w in speak([Text(text, 0, len(text))], language).words]


ENGLISH = {
    # money
    "It cost $3.14.": "It cost three dollars and fourteen cents",
    "I paid $1,234.56.": "I paid one thousand two hundred thirty four dollars and fifty six cents",
    "A $1 coin": "a one dollar coin",
    "over $2.5 million": "over two point five million dollars",
    "just £0.99": "just ninety nine pence",
    "for 5€ each": "for five euros each",
    "$5/month": "five dollars per month",
    # parts
    "about 20% off": "about twenty percent off",
    "grew 3-5% again": "grew three to five percent again",
    "1/2 of them": "one half of them",
    "3/4 stayed": "three quarters stayed",
    "I had 3½ cups": "I had three and a half cups",
    "a 7/10 film": "a seven out of ten film",
    # dates and times
    "on March 5, 2024": "on March fifth, twenty twenty four",
    "due 2024-03-05": "due March fifth twenty twenty four",
    "by 12/25/2024": "by December twenty fifth twenty twenty four",
    "in 1984": "in nineteen eighty four",
    "in the 1990s": "in the nineteen nineties",
    "the '90s": "the nineties",
    "at 10:30 a.m. sharp": "at ten thirty A. M. sharp",
    "at 9:05": "at nine oh five",
    "at 5pm": "at five P. M.",
    # counting
    "the 3rd of May": "the third of May",
    "the 21st": "the twenty first",
    "1,000,000 people": "one million people",
    "agent 007": "agent zero zero seven",
    "-5 and 0.5": "minus five and zero point five",
    "from 10-20 people": "from ten to twenty people",
    "call 555-1234": "call five five five one two three four",
    "Version 2.10.3": "Version two point ten point three",
    # measures
    "3.5kg of rice": "three point five kilograms of rice",
    "1 kg of rice": "one kilogram of rice",
    "at 65 mph": "at sixty five miles per hour",
    "it was -5°C": "it was minus five degrees Celsius",
    "I am 6'2\" tall": "I am six foot two tall",
    # letters and links
    "GPT4 is here": "G. P. T. four is here",
    "at www.example.com today": "at example dot com today",
    "mail john.doe@example.com now": "mail john dot doe at example dot com now",
    "Dr. Smith of St. Mary's": "doctor Smith of saint Mary's",
    "World War II and Henry VIII": "World War two and Henry the eighth",
    "e.g. the U.S. one": "for example the U. S. one",
    "on p. 45": "on page forty five",
    "a 1/4 tsp of it": "a one quarter teaspoon of it",
    "a 1024x768 px screen": "a one thousand twenty four by seven hundred sixty eight pixels screen",
    "10k users, 1.2M more": "ten thousand users, one point two million more",
    "in 4K, 3x faster": "in four K., three times faster",
    "only 99¢": "only ninety nine cents",
    "2:30pm–4pm": "two thirty P. M. to four P. M.",
    "in ~5 min": "in about five minutes",
    "H.264 and GPT4.5": "H. two hundred sixty four and G. P. T. four point five",
    "ISBN 978-3-16-148410-0": "ISBN nine seven eight three one six one four eight four one zero zero",
    "odds of 50/50": "odds of fifty fifty",
    "the item(s) w/o TCP/IP": "the items without TCP IP",
    "One sentence.Another one": "One sentence, Another one",
    "see f(x) now": "see F. X. now",
    # signs
    "E = mc²": "E. equals mc squared",
    "a 3 <= 4": "a three is at most four",
    "it is 2 != 3": "it is two is not equal to three",
    "2 + 2 = 4": "two plus two equals four",
    "3 × 4": "three times four",
    "salt & pepper": "salt and pepper",
}

MANDARIN = {
    "一共￥88。": "一共八十八元",
    "花了$3.14。": "花了三点一四美元",
    "价格为1,234.56元": "价格为一千二百三十四点五六元",
    "涨了20%。": "涨了百分之二十",
    "10%-20%的人": "百分之十到百分之二十的人",
    "1/2的人": "二分之一的人",
    "2024年3月5日": "二零二四年三月五日",
    "于2024-03-05到": "于二零二四年三月五日到",
    "1998年的事": "一九九八年的事",
    "现在是10:30。": "现在是十点三十分",
    "下午14:05见": "下午十四点零五分见",
    "重3.5kg吗": "重三点五公斤吗",
    "气温-5°C": "气温零下五摄氏度",
    "有2个苹果": "有两个苹果",
    "第2个人": "第二个人",
    "2月2号": "二月二号",
    "2000块": "两千块",
    "12个人": "十二个人",
    "102个": "一百零二个",
    "10203": "一万零二百零三",
    "比分3:2。": "比分三比二",
    "有5-10个": "有五到十个",
    "电话是13800138000": "电话是幺三八零零幺三八零零零",
    "密码是0523": "密码是零五二三",
    "3×4=12": "三乘四等于十二",
    "+5%，-0.3%": "百分之五, 负百分之零点三",
    "气温-3~5℃": "气温零下三到五摄氏度",
    "14:30~16:00开会": "十四点三十分到十六点整开会",
    "PM2.5指数": "P. M. 二点五指数",
    "身高1米65": "身高一米六五",
    "在302室": "在三零二室",
    "是5A级的": "是五 A. 级的",
    "99年的事，10年了": "九九年的事, 十年了",
    "请打110报警": "请打幺幺零报警",
    "9·11事件": "九一一事件",
    "IP地址192.168.1.1": "IP 地址一百九十二点一百六十八点一点一",
    "QQ号123456": "QQ 号幺二三四五六",
    "快了3x吗": "快了三倍吗",
}

MIXED = {
    "It cost $3.14, 涨了20%。": "It cost three dollars and fourteen cents, 涨了百分之二十",
    "我有3个 iPhone 15": "我有三个 iPhone 十五",
    "我用 GPT4 写了2章": "我用 G. P. T. 四写了两章",
    "在 github.com 上有3个 bug": "在 github dot com 上有三个 bug",
    "It cost $3.14, 今天天气真不错!": "It cost three dollars and fourteen cents, 今天天气真不错",
    "我在 Windows 11 上用": "我在 Windows 十一上用",
    "The 北京 2008 games": "The 北京 two thousand eight games",
    "Meet me at 10:30, 我在2楼等你": "Meet me at ten thirty, 我在二楼等你",
}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_text_is_read_as_an_american_says_it(text: str) -> None:
    assert said(text, "en") == ENGLISH[text]


@pytest.mark.parametrize("text", MANDARIN)
def test_mandarin_text_is_read_as_in_beijing(text: str) -> None:
    assert said(text, "zh") == MANDARIN[text]


@pytest.mark.parametrize("text", MIXED)
def test_figures_are_read_in_the_language_around_them(text: str) -> None:
    assert said(text) == MIXED[text]


@pytest.mark.parametrize(
    "notation",
    ["$3.14", "20%", "2024-03-05", "3.5kg", "￥88", "10:30", "1/2", "21st", "555-1234", "v1.2.3", "5-10", "GPT4",
     "https://example.com/a", "a@b.com", "6'2\"", "1,234.5", "½", "'90s", "U.S."],
)  # fmt: skip
@pytest.mark.parametrize(("before", "after", "language"), [("see ", " now", "en"), ("看", "吧", "zh")])
def test_a_notation_lights_up_as_one_word(notation: str, before: str, after: str, language: str) -> None:
    assert notation in places(f"{before}{notation}{after}", language)


def test_the_words_of_the_promised_sentence_are_as_written() -> None:
    text = "Hello, 今天天气真不错! Let's go outside. It cost $3.14, about 20%."
    assert places(text) == [
        "Hello", *"今天天气真不错", "Let's", "go", "outside", "It", "cost", "$3.14", "about", "20%",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "spoken"), [("en", "twenty"), ("zh-CN", "二十"), ("", "twenty")])
def test_a_number_alone_is_read_in_the_language_of_the_request(language: str, spoken: str) -> None:
    assert said("20", language) == spoken


@pytest.mark.parametrize("notation", [*ENGLISH, *MANDARIN])
def test_nothing_that_can_be_said_is_left_silent(notation: str) -> None:
    spoken = {k for w in speak([Text(notation, 0, len(notation))], "").words for k in range(w.char_start, w.char_end)}
    silent = [c for k, c in enumerate(notation) if c.isalnum() and k not in spoken]
    assert silent == []
