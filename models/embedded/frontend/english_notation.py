"""How a token is read aloud in English: amounts, dates, links, signs.

What it is: one reader for each kind of token, each giving spoken words; those for words are in `abbreviation.py`. What
it is not: a finder of notations (`tokens.py`) or pronunciation (`english.py`, whose spelling of a spoken word it uses:
`"G."` is the letter's name). `script.py` calls it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from . import abbreviation
from .numeral import MONTHS, cardinal, digits, ordinal, plural, year
from .tokens import Token, beside, near
from .units import CURRENCIES, SCALES, SIGNS, UNITS, VULGAR

_MONTH_NAMES = frozenset(m.lower() for m in MONTHS) | frozenset(m[:3].lower() for m in MONTHS) | {"sept"}
_PER = frozenset("hour second minute day week month year night person user kilogram liter mile".split())
_SYMBOLS_IN_LINKS = {".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", ":": "colon",
    "?": "question mark",
                     "=": "equals", "&": "and", "#": "hash", "+": "plus", "%": "percent", "~": "tilde"}  # fmt: skip
_HALVES = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_YEAR_BEFORE = frozenset("of in since by from year until till before after circa around during back early late spring "
                         "summer autumn fall winter".split()) | _MONTH_NAMES  # fmt: skip


def read(found: Sequence[Token], i: int) -> list[str]:
    """Return the spoken words of `found[i]`; none where it is not said."""
    reader = _READERS.get(found[i].kind)
    return reader(found, i) if reader else []


def _amount(figures: str) -> list[str]:
    return cardinal(figures.replace(",", ""))


def _number(found: Sequence[Token], i: int) -> list[str]:
    sign, figures = found[i].groups.get("signed", ""), found[i].groups["digits"]
    before = near(found, i, -1).lower()
    after = near(found, i, 1)
    if before.rstrip(".") in _MONTH_NAMES and re.fullmatch(r"3[01]|[12]\d|[1-9]", figures):
        return ordinal(figures)
    if after in MONTHS and re.fullmatch(r"3[01]|[12]\d|[1-9]", figures):
        return ordinal(figures)
    if sign:
        return ["minus" if sign != "+" else "plus", *_amount(figures)]
    if _is_year(figures, before):
        return year(figures)
    if figures.isdigit() and len(figures) > 9:
        return digits(figures)
    return _amount(figures)


def _is_year(figures: str, before: str) -> bool:
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", figures):
        return False
    if 2000 <= int(figures) <= 2009:
        return False  # two thousand five, as a number is
    return before in _YEAR_BEFORE or figures[:2] in ("17", "18", "19", "20")


def _scaled(figures: str, scale: str | None) -> list[str]:
    words = _amount(figures)
    return words + SCALES[scale.strip()][0].split() if scale else words


def _money(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minus = ["minus"] if groups.get("minus") else []
    return minus + _price(groups["amount"], groups.get("scale"), groups["currency"])


def _tagged(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return _price(groups["price_amount"], groups.get("price_scale"), groups["price_sign"])


def _price(figures: str, scale: str | None, sign: str) -> list[str]:
    currency = CURRENCIES[sign]
    figures = figures.replace(",", "")
    whole, _, fraction = figures.partition(".")
    if scale or not currency.small_one or len(fraction) not in (0, 2):
        one = figures == "1" and not scale
        return _scaled(figures, scale) + (currency.one if one else currency.many).split()
    cents = int(fraction or "0")
    small = [*cardinal(str(cents)), currency.small_one if cents == 1 else currency.small_many] if cents else []
    if int(whole or "0") == 0 and cents:
        return small
    large = cardinal(whole or "0") + (currency.one if int(whole or "0") == 1 else currency.many).split()
    return [*large, "and", *small] if small else large


def _percent(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    sign = {"-": ["minus"], "−": ["minus"], "+": ["plus"]}.get(groups["percent_from"][0], [])
    name = ["percent"] if groups["percent_sign"] == "%" else ["per", "mille"]
    first = sign + _amount(groups["percent_from"].lstrip("+-−"))
    return first + (["to", *_amount(groups["percent_to"])] if "percent_to" in groups else []) + name


def _date(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return _day_of(int(groups["month"]), groups["day"], groups["year"])


def _american(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return _day_of(int(groups["us_month"]), groups["us_day"], groups["us_year"])


def _hanzi_date(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    if "only_yue" in groups:
        return _day_of(int(groups["only_yue"]), groups["only_ri"], "")
    if "yue" not in groups:
        return year(groups["nian"])
    return _day_of(int(groups["yue"]), groups.get("ri", ""), groups["nian"])


def _day_of(month: int, day: str, in_year: str) -> list[str]:
    spoken = year(in_year) if len(in_year) == 4 else cardinal(in_year)
    return [MONTHS[month - 1], *(ordinal(str(int(day))) if day else []), *spoken]


def _time(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    hour, minute = str(int(groups["hour"])), groups["minute"]
    half = [f"{c.upper()}." for c in groups.get("half", "") if c.isalpha()]
    words = cardinal(hour)
    if minute == "00":
        words += [] if half else ["o'clock"] if int(hour) in range(1, 13) else ["hundred"]
    else:
        words += ["oh", *cardinal(minute[1])] if minute[0] == "0" else cardinal(minute)
    if "second" in groups:
        words += ["and", *cardinal(str(int(groups["second"]))), "seconds"]
    return words + half


def _clock(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return cardinal(str(int(groups["clock_hour"]))) + [f"{c.upper()}." for c in groups["clock_half"] if c.isalpha()]


def _height(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    return [*cardinal(groups["feet"]), "foot", *cardinal(groups["inches"])]


def _phone(found: Sequence[Token], i: int) -> list[str]:
    words = ["plus"] if found[i].text.startswith("+") else []
    return words + digits(re.sub(r"\D", "", found[i].text))


def _decade(found: Sequence[Token], i: int) -> list[str]:
    figures = found[i].groups["decade_year"]
    return plural(year(figures) if len(figures) == 4 else cardinal(figures))


def _ordinal(found: Sequence[Token], i: int) -> list[str]:
    return ordinal(found[i].groups["nth"].replace(",", ""))


def _fraction(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    whole = groups.get("whole") or groups.get("vulgar_whole")
    top, bottom = VULGAR[groups["vulgar"]] if "vulgar" in groups else (int(groups["top"]), int(groups["bottom"]))
    words = [*cardinal(whole), "and"] if whole else []
    if (top, bottom) == (24, 7):
        return ["twenty", "four", "seven"]
    if top == bottom == 50:
        return ["fifty", "fifty"]
    if top > 1 and not whole and bottom in (10, 100, 1000):
        return [*cardinal(str(top)), "out", "of", *cardinal(str(bottom))]
    if bottom < 2 or (top >= bottom and not whole) or (bottom > 20 and bottom not in (25, 50, 100, 1000)):
        return [*words, *cardinal(str(top)), "over", *cardinal(str(bottom))]
    one, many = _HALVES.get(bottom) or (" ".join(ordinal(str(bottom))), " ".join(plural(ordinal(str(bottom)))))
    if whole and top == 1 and bottom in _HALVES:
        return [*words, "a", one]
    return [*words, *cardinal(str(top)), *(one if top == 1 else many).split()]


def _dotted(found: Sequence[Token], i: int) -> list[str]:
    return [*cardinal(found[i].groups["dotted_left"]), *cardinal(found[i].groups["dotted_right"])]


def _area(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    deep = ["by", *cardinal(groups["deep"])] if "deep" in groups else []
    return [*cardinal(groups["wide"]), "by", *cardinal(groups["tall"]), *deep]


def _count(found: Sequence[Token], i: int) -> list[str]:
    """Read 10k, 1.2M, 3x; but 4K and 3M are names."""
    figures, mark = found[i].groups["counted"], found[i].groups["times"]
    if mark == "x":
        return [*_amount(figures), "times" if near(found, i, 1)[:1].isalpha() else "X."]
    named = mark in "MB" and near(found, i, 1)[:1].isupper()
    if named or (mark == "K" and figures in ("2", "4", "8")) or (mark, figures) == ("M", "3"):
        return [*_amount(figures), mark + "."]
    return [*_amount(figures), *SCALES[mark][0].split()]


def _ratio(found: Sequence[Token], i: int) -> list[str]:
    return [*cardinal(found[i].groups["left"]), "to", *cardinal(found[i].groups["right"])]


def _range(found: Sequence[Token], i: int) -> list[str]:
    low, high = (found[i].groups[k].replace(",", "") for k in ("low", "high"))
    if near(found, i, 1) == "=":
        return [*cardinal(low), "minus", *cardinal(high)]
    ends = [year(f) if _is_year(f, "in") else cardinal(f) for f in (low, high)]
    return [*ends[0], "to", *ends[1]]


def _unit(symbol: str, quantity: str) -> list[str]:
    unit = UNITS[symbol]
    return (unit.one if quantity == "1" else unit.many).split()


def _measure(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minus = ["minus"] if groups.get("negative") else []
    return minus + _amount(groups["quantity"]) + _unit(groups["unit"], groups["quantity"])


def _measure_range(found: Sequence[Token], i: int) -> list[str]:
    groups = found[i].groups
    minus = ["minus"] if "from_minus" in groups else []
    return [
        *minus,
        *_amount(groups["from_"]),
        "to",
        *_amount(groups["to_"]),
        *_unit(groups["range_unit"], groups["to_"]),
    ]


def _version(found: Sequence[Token], i: int) -> list[str]:
    text = found[i].text
    words = ["version"] if text[0] in "vV" else []
    for k, part in enumerate(text.lstrip("vV").split(".")):
        words += (["point"] if k else []) + cardinal(part)
    return words


def _mixed(found: Sequence[Token], i: int) -> list[str]:
    """Read GPT4, mp3, 4K, H2O: letters by their names unless they make a word, figures as a number."""
    words: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", found[i].text):
        if part[0].isdigit():
            words += _figures(part) if part.isdigit() else cardinal(part)
        else:
            words += letters(part)
    return words


def _figures(part: str) -> list[str]:
    if len(part) > 3 and _is_year(part, ""):
        return year(part)
    return digits(part) if len(part) > 4 or part[0] == "0" else cardinal(part)


def letters(part: str) -> list[str]:
    """Return the letters of a mixed token: their names, or one word where they make one."""
    if (part.isupper() and len(part) <= 4) or len(part) <= 2 or not re.search("[aeiouyAEIOUY]", part):
        return [c.upper() + "." for c in part]
    return [part]


def _link(found: Sequence[Token], i: int) -> list[str]:
    """Read a link or an address by its parts, without scheme, leading www and query."""
    text = re.sub(r"^(?:https?|ftp)://", "", found[i].text)
    text = re.sub(r"^www\.", "", text).partition("?")[0].partition("#")[0].rstrip("/")
    words: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", text):
        if part.isalpha():
            words += letters(part) if len(part) <= 2 and part.lower() not in _SMALL else [part]
        elif part.isdigit():
            words += _figures(part)
        else:
            words += _SYMBOLS_IN_LINKS.get(part, "").split()
    return words


_SMALL = frozenset("me my go to do we it us is on in or at by co so up no he".split())


def _sign(found: Sequence[Token], i: int) -> list[str]:
    sign = found[i].text
    before, after = near(found, i, -1), near(found, i, 1)
    if sign in "*\\←↔" and not (sign == "*" and before[-1:].isdigit() and after[:1].isdigit()):
        return []
    if sign in "/^<>-−=²³" and not (before and (after or sign in "²³")):
        return []
    if sign == "/" and not (before[-1:].isdigit() and after[:1].isdigit()):
        if before[-1:].isdigit() or after.lower() in _PER:
            return ["per"]
        if before.isupper() and after.isupper():
            return []
        return ["slash"] if beside(found, i, 1) and (before, after) != ("and", "or") else []
    if sign == "#" and not after[:1].isdigit():
        return ["hashtag"] if beside(found, i, 1)[:1].isalpha() else []
    if sign == "@" and not after:
        return []
    return SIGNS[sign][0].split() if sign in SIGNS else []


_Reader = Callable[[Sequence[Token], int], list[str]]
_READERS: dict[str, _Reader] = {
    "word": abbreviation.word, "letter": abbreviation.letter, "initials": abbreviation.initials,
    "abbreviation": abbreviation.abbreviation, "number": _number,
    "money": _money, "price": _tagged, "percent": _percent, "date": _date, "american": _american,
    "hanzi_date": _hanzi_date, "time": _time, "clock": _clock, "height": _height, "phone": _phone,
    "decade": _decade, "ordinal": _ordinal,
    "fraction": _fraction, "ratio": _ratio, "range": _range, "measure": _measure, "measure_range": _measure_range,
    "version": _version, "mixed": _mixed, "link": _link, "mail": _link, "site": _link, "sign": _sign,
    "dotted": _dotted, "area": _area, "count": _count,
    "plural": lambda found, i: [found[i].text.replace("(", "").replace(")", "")],
    "around": lambda *_: ["about"], "through": lambda *_: ["to"],
}  # fmt: skip
