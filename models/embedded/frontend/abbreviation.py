"""How English words are read that are not said as they are spelled: abbreviations, initials, numerals, lone letters.

What it is: readers for the tokens that are words. What it is not: pronunciation (`english.py`). `english_notation.py`
calls it, which reads all other tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .numeral import MONTHS, cardinal, ordinal
from .tokens import Token, near
from .units import UNITS

_ABBREVIATED = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "prof": "professor", "sr": "senior", "jr": "junior",
    "gen": "general", "col": "colonel", "capt": "captain", "lt": "lieutenant", "sgt": "sergeant", "sen": "senator",
    "rep": "representative", "gov": "governor", "rev": "reverend", "hon": "honorable", "mt": "mount", "ft": "fort",
    "ave": "avenue", "blvd": "boulevard", "rd": "road", "inc": "incorporated", "ltd": "limited", "corp": "corporation",
    "co": "company", "dept": "department", "est": "established", "fig": "figure", "vol": "volume", "no": "number",
    "nos": "numbers", "pp": "pages", "p": "page", "vs": "versus", "etc": "et cetera", "approx": "approximately",
    "ca": "circa", "cf": "compare", "al": "al", "ext": "extension", "min": "minimum", "max": "maximum", "mon": "Monday",
    "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "thur": "Thursday",
    "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday", "ph.d": "P. H. D.", "a.k.a": "A. K. A.",
    "sept": "September",
} | {m[:3].lower(): m for m in MONTHS}  # fmt: skip
_INITIALS = {"e.g.": "for example", "i.e.": "that is", "a.m.": "A. M.", "p.m.": "P. M.", "w/": "with", "w/o": "without"}
_BARE = {"vs": "versus", "mr": "mister", "mrs": "missus", "dr": "doctor", "ms": "miz"}
_ROMAN = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "XI": "11", "XII": "12",
          "XIII": "13", "XIV": "14", "XV": "15", "XVI": "16", "XX": "20", "XXI": "21"}  # fmt: skip
_NUMBERED = frozenset(
    "war chapter part act volume book phase type level section article episode class final rocky bowl".split()
)
_CROWNED = frozenset("henry louis charles george edward william james richard elizabeth mary catherine napoleon philip "
                     "frederick nicholas alexander peter pius benedict gregory francis leo".split())  # fmt: skip
_ALSO_WORDS = frozenset("Sun Sat Mon Wed Mar Jun Gen Rep Mt min max al Fig fig".split())
"""Abbreviations that are words at the end of a text."""
_COINS = frozenset("$€£¥")
_GREEK = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")


def word(found: Sequence[Token], i: int) -> list[str]:
    """Read a word as it stands, a lone letter by its name, a Roman numeral after what it numbers."""
    text = found[i].text
    before = near(found, i, -1)
    if text in _ROMAN and before.lower() in _NUMBERED:
        return cardinal(_ROMAN[text])
    if text in _ROMAN and before.lower() in _CROWNED:
        return ["the", *ordinal(_ROMAN[text])]
    if (text.lower() in _BARE and text[0].isupper() != text.isupper()) or text == "vs":
        return [_BARE[text.lower()]]
    if len(text) > 1 and text in UNITS and _measured(found, i):
        return UNITS[text].many.split() if found[i - 2].kind == "area" else UNITS[text].one.split()
    if len(text) == 1 and text not in "aIO":
        after = near(found, i, 1)
        begins = not before or before[-1] in '.!?:;"(—'
        named = after[:1].isupper() and len(after) > 1
        article = text == "A" and ((begins and (after[:1].isalnum() or after[:1] in _COINS)) or named)
        return ["a"] if article else [text.upper() + "."]
    bare = text.rstrip("'")
    return [text if bare.lower().endswith("s") and bare != text else bare]


def _measured(found: Sequence[Token], i: int) -> bool:
    """Tell whether a word is the unit of a fraction or an area before it: 1/4 tsp."""
    k = i - 1
    while k > 0 and found[k].kind == "blank":
        k -= 1
    return k >= 0 and found[k].kind in ("fraction", "area")


def letter(found: Sequence[Token], i: int) -> list[str]:
    """Read a Greek letter by its name; other scripts are not read."""
    match = _GREEK.match(unicodedata.name(found[i].text, ""))
    return [match[1].lower()] if match else []


def initials(found: Sequence[Token], i: int) -> list[str]:
    """Read U.S. by its letters, e.g. by its meaning."""
    text = found[i].text
    known = _INITIALS.get(text.lower())
    if known:
        return known.split()
    names = [c.upper() + "." for c in text.partition("'")[0] if c.isalpha()]
    return [*names[:-1], names[-1][0] + "'s"] if text.endswith("'s") else names


def abbreviation(found: Sequence[Token], i: int) -> list[str]:
    """Read Dr. and its like in full, by what stands beside it."""
    text = found[i].text[:-1]
    after = near(found, i, 1)
    if text == "St":
        return ["saint" if after[:1].isupper() and not near(found, i, -1)[:1].isupper() else "street"]
    if text in ("no", "No") and not after[:1].isdigit():
        return [text]
    if text in _ALSO_WORDS and not after:
        return [text]
    return _ABBREVIATED.get(text.lower(), text).split()
