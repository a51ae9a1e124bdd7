"""Tokens: what stands in the plain text, before anything is read aloud.

What it is: one pass that cuts text into words, runs of hanzi, notations (amounts, dates, times, links and whatever
else is not read as it is spelled), and marks (punctuation). What it is not: their reading (`english_notation.py`,
`mandarin_notation.py`), which depends on the language around them. `script.py` calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HANZI = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<![A-Za-z0-9)])\.\d+)"
_SCALE = r"(?:万亿|[万亿千百]|(?:hundred|thousand|million|billion|trillion|mln|bn|[kKMB])(?![A-Za-z]))"
_MONEY_SIGN = r"(?:US\$|HK\$|NT\$|CA\$|A\$|C\$|[$￥¥€£₩₹₽₺₫฿₿¢]|(?:USD|CNY|RMB|EUR|GBP|JPY|HKD)(?![A-Za-z]))"
_UNIT = (
    r"(?:km/h|kph|mph|m/s²|m/s|km²|cm²|mm²|m²|km³|cm³|m³|kWh|mAh|GHz|MHz|kHz|Hz|Gbps|Mbps|kbps|bps|GB|MB|KB|kB|TB|PB|"
    r"KiB|MiB|GiB|TiB|kg|mg|µg|μg|km|cm|mm|nm|µm|μm|ml|mL|kW|MW|GW|kV|mV|mA|dB|fps|FPS|dpi|ppi|ppm|px|rpm|psi|kcal|cal|"
    r"tbsp|tsp|lbs|lb|oz|ft|yd|mi|ms|µs|μs|ns|min|mins|hrs|hr|sec|secs|pm|am|kJ|kPa|Pa|ha|°C|°F|℃|℉|°|Ω|kΩ|[gmLlVWAJNhsKTt])"
    r"(?![A-Za-z0-9])"
)
_TOP_LEVEL = (
    r"(?:com|org|net|io|ai|dev|app|edu|gov|info|me|tv|co|cn|uk|de|fr|jp|us|eu|ru|hk|tw|xyz|site|online|top|cc|gg|py|js|"
    r"ts|md|txt|json|html|pdf|exe|zip|csv|yaml|toml|sh|cpp|java|png|jpg|mp3|mp4|wav)"
)
_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Capt|Lt|Sgt|Sen|Rep|Gov|Rev|Hon|Mt|Ft|Ave|Blvd|Rd|Inc|Ltd|Corp|Co|Dept|Est|"
    "Fig|fig|Vol|vol|No|Nos|no|pp|vs|etc|approx|ca|cf|al|ext|min|max|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|"
    "Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Ph\\.D|a\\.k\\.a"
)

_PATTERNS = (
    # Most of a text is plain words and hanzi: they come first, for speed, and step back before what is no plain word.
    ("plain", r"[A-Za-z]+(?:'[A-Za-z]+)*(?=[ ,;!?\n\"])"),
    ("hanzi", rf"[{HANZI}]+"),
    ("blank", r"[ \n]+"),
    ("link", r"(?:https?://|ftp://|www\.)[!-~]*[A-Za-z0-9/#=_-]"),
    ("mail", r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    ("site", rf"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*\.{_TOP_LEVEL}(?![A-Za-z0-9])(?:/[!-~]*[A-Za-z0-9/])?"),
    ("initials", r"(?:[A-Za-z]\.){2,}(?:[A-Za-z](?![A-Za-z]))?(?:'s)?|Ph\.D\.|w/o?(?= )"),
    ("plural", r"[A-Za-z]+\(e?s\)"),
    ("abbreviation", rf"(?<![A-Za-z])(?:(?:{_ABBREVIATIONS})\.|p\.(?= ?\d))"),
    ("hanzi_date",
    r"(?P<nian>\d{4}|\d\d(?=年 ?\d{1,2} ?月))年(?: ?(?P<yue>1[0-2]|0?[1-9]) ?月(?: ?(?P<ri>3[01]|[12]\d|"
    r"0?[1-9]) ?(?P<ri_sign>[日号]))?)?|"
                   r"(?P<only_yue>1[0-2]|0?[1-9])月(?P<only_ri>3[01]|[12]\d|0?[1-9])(?P<only_sign>[日号])"),
    ("date",
    r"(?P<year>[12]\d{3})(?P<dash>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=dash)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"),
    ("american", r"(?P<us_month>1[0-2]|0?[1-9])/(?P<us_day>3[01]|[12]\d|0?[1-9])/(?P<us_year>[12]\d{3}|\d\d)(?!\d)"),
    ("version", r"[vV]?\d+(?:\.\d+){2,}|[vV]\d+(?:\.\d+)*(?![A-Za-z])"),
    ("time", r"(?P<hour>[01]?\d|2[0-4])[:：](?P<minute>[0-5]\d)(?:[:：](?P<second>[0-5]\d))?(?!\d)"
             r"(?: ?(?P<half>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?"),
    ("clock", r"(?P<clock_hour>1[0-2]|0?[1-9]) ?(?P<clock_half>[AaPp](?:\.[Mm]\.|[Mm]))(?![A-Za-z])"),
    ("phone", r"\+\d{1,3}[ -]?\(?\d{1,4}\)?(?:[ -]?\d{2,4}){2,4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3,4}-\d{4}|"
              r"0\d{2,3}-\d{7,8}|1[3-9]\d{9}(?!\d)|(?<!\d)\d{3}-\d{4}(?!\d)|\d+(?:-\d+){3,}"),
    ("height", r"(?P<feet>\d)'(?P<inches>1[01]|\d)(?:\"|'')(?!\d)"),
    ("money", rf"(?P<minus>[-−])?(?P<currency>{_MONEY_SIGN}) ?(?P<amount>{_NUMBER})(?P<scale> ?{_SCALE})?"),
    ("price", rf"(?P<price_amount>{_NUMBER})(?P<price_scale> ?{_SCALE})? ?(?P<price_sign>{_MONEY_SIGN})"),
    ("percent",
    rf"(?P<percent_from>[-+−]?{_NUMBER})(?:%? ?[-–—~～至到] ?(?P<percent_to>{_NUMBER}))? ?(?P<percent_sign>[%‰])"),
    ("decade", r"'?(?P<decade_year>(?:1[0-9]|20)?\d0)'?s(?![A-Za-z])"),
    ("ordinal", r"(?P<nth>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)(?![A-Za-z])"),
    ("fraction", r"(?:(?P<whole>\d+) )?(?P<top>\d{1,4}) ?/ ?(?P<bottom>\d{1,4})(?![\d/])|(?P<vulgar_whole>\d+)? ?"
                 r"(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])"),
    ("dotted", r"(?P<dotted_left>\d{1,2})·(?P<dotted_right>\d{1,2})(?!\d)"),
    ("area", r"(?P<wide>\d+(?:\.\d+)?) ?x ?(?P<tall>\d+(?:\.\d+)?)(?: ?x ?(?P<deep>\d+(?:\.\d+)?))?"
             r"(?![A-Za-z0-9])"),
    ("ratio", r"(?P<left>\d{1,4})[:：](?P<right>\d{1,4})(?![\d:：])"),
    ("measure_range", rf"(?P<from_minus>(?<![A-Za-z0-9)])[-−])?(?P<from_>{_NUMBER}) ?[-–—~～] ?"
                      rf"(?P<to_>{_NUMBER}) ?(?P<range_unit>{_UNIT})"),
    ("count", rf"(?P<counted>{_NUMBER})(?P<times>[kKMBx])(?![A-Za-z0-9])"),
    ("measure", rf"(?P<negative>(?<![A-Za-z0-9)])[-−])?(?P<quantity>{_NUMBER}) ?(?P<unit>{_UNIT})"),
    ("range", rf"(?P<low>{_NUMBER})(?:[-–—~～]| [-–—~～] ?(?=\d))(?P<high>{_NUMBER})(?![-\d])"),
    ("mixed", r"[A-Za-z]+\d[A-Za-z0-9]*(?:(?<=\d)\.\d+)?|\d+(?!st|nd|rd|th|s(?![A-Za-z]))[A-Za-z][A-Za-z0-9]*"),
    ("number", rf"(?P<signed>(?<![A-Za-z0-9)])[-+−])?(?P<digits>{_NUMBER})"),
    ("word", r"[A-Za-z]+(?:'[A-Za-z]+)*'?"),
    ("sign", r"<=|>=|!=|==|->|=>|[+×÷=<>≤≥≠≈±√∞∑∏∫π∂∆°&@#%‰$€£￥¥₩^*/\\→←↔−№²³]"),
    ("around", r"(?<![\w)])[~～](?= ?[\d$€£¥￥])"),
    ("mark", r"\.{2,}|…+|-{2,}|—+|(?:[.?,;:。！？，、；：·–()（）\[\]【】「」『』《》〈〉{}\"|_']|!(?!=)|"
             r"-(?![\d.$€£¥￥])|[~～](?![\d$€£¥￥]))+|[-~～!]"),
    ("letter", r"[^\W\d_]"),
    ("other", r"."),
)  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS), re.DOTALL)


@dataclass(slots=True)
class Token:
    """A stretch of plain text of one kind."""

    kind: str
    """"word", "hanzi", "mark", "blank", "letter", "other", or a notation's name (see `_PATTERNS`)."""
    text: str
    start: int
    """First character in the plain text."""
    end: int
    groups: dict[str, str] = field(default_factory=dict)
    """A notation's named parts, those that it has."""


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """Cut `text[start:end]` into tokens without a gap."""
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup or "other"
        parts = match.groupdict() if kind in _PARTED else {}
        groups = {name: part for name, part in parts.items() if part is not None and name != kind}
        yield Token("word" if kind == "plain" else kind, match.group(), match.start(), match.end(), groups)


def near(found: Sequence[Token], i: int, step: int) -> str:
    """Return the text of the next token in a direction that is not blank, "" at the end."""
    k = i + step
    while 0 <= k < len(found) and found[k].kind == "blank":
        k += step
    return found[k].text if 0 <= k < len(found) else ""


def beside(found: Sequence[Token], i: int, step: int) -> str:
    """Return the text of the very next token, "" for a blank."""
    k = i + step
    return found[k].text if 0 <= k < len(found) and found[k].kind != "blank" else ""


_PARTED = frozenset(name for name, pattern in _PATTERNS if "(?P<" in pattern)
