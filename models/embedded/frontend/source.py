"""The text of a request as one string, each character of which knows its place in the turn's raw text.

What it is: pieces joined, characters made plain (full-width letters, ligatures, accents, traditional hanzi), the map
back. What it is not: normalisation of numbers and the like (`tokens.py` and its readers). `speech.py` calls it.

Three strings are told apart. The *raw text* is the turn's, which nobody has here but by its positions. The *joined*
text is that of the pieces. The *plain* text is what the rest of the front end reads.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from ...speech import Pause, Piece, Text
from .lexicon import DATA

_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "þ": "th",
            "Þ": "Th", "ð": "th", "œ": "oe", "Œ": "OE", "ı": "i", "ĸ": "k", "ŋ": "ng", "ə": "e"}  # fmt: skip
_ALIKE = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-",
          "㎡": "m²", "㎥": "m³", "㎢": "km²", "⁄": "/", "∕": "/", "〇": "〇", "％": "%", "／": "/", "＠": "@",
          "＆": "&",
          "＃": "#", "＊": "*", "＿": "_", "．": ".", "\u2028": "\n", "\u2029": "\n"}  # fmt: skip
_KEPT = frozenset("²³¹½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞￥…℃℉№")
_JOINERS = frozenset(("Mn", "Me", "Cf"))
_BLANKS = frozenset(("Zs", "Zl", "Zp", "Cc", "Cs", "Co", "Cn"))


@dataclass(slots=True)
class Source:
    """Plain text and its places; pauses between its characters."""

    plain: str = ""
    joined: str = ""
    begins: list[int] = field(default_factory=list)
    """Of each plain character, its first character in `joined`."""
    ends: list[int] = field(default_factory=list)
    """Of each plain character, one past its last in `joined`."""
    raw_begins: list[int] = field(default_factory=list)
    """Of each joined character, its first code point in the raw text."""
    raw_ends: list[int] = field(default_factory=list)
    """Of each joined character, one past its last code point in the raw text."""
    pauses: list[tuple[int, int]] = field(default_factory=list)
    """(position in `plain` that a pause precedes, milliseconds), in order, one a position."""

    def span(self, start: int, end: int) -> tuple[str, int, int]:
        """Return the text as written, and its place in the raw text, of the plain characters `start` to `end`."""
        first, last = self.begins[start], self.ends[end - 1]
        return self.joined[first:last], self.raw_begins[first], self.raw_ends[last - 1]


def join(pieces: Sequence[Piece]) -> Source:
    """Join pieces. Sounds are left out: the voice makes none of them."""
    source = Source()
    plain: list[str] = []
    for piece in pieces:
        if isinstance(piece, Text):
            _append(source, plain, piece)
        elif isinstance(piece, Pause):
            _pause(source, len(plain), round(piece.duration_s * 1000))
    source.plain = "".join(plain)
    return source


def _pause(source: Source, position: int, milliseconds: int) -> None:
    if milliseconds <= 0:
        return
    if source.pauses and source.pauses[-1][0] == position:
        milliseconds += source.pauses.pop()[1]
    source.pauses.append((position, milliseconds))


def _append(source: Source, plain: list[str], piece: Text) -> None:
    alike = len(piece.text) == piece.char_end - piece.char_start
    paused = source.pauses[-1][0] if source.pauses else 0
    for i, character in enumerate(piece.text):
        at = len(source.joined) + i
        source.raw_begins.append(piece.char_start + (i if alike else 0))
        source.raw_ends.append(piece.char_start + i + 1 if alike else piece.char_end)
        spelled = _plain(character)
        if not spelled and len(plain) > paused:
            source.ends[-1] = at + 1  # an accent belongs to the letter before it
        for letter in spelled:
            plain.append(letter)
            source.begins.append(at)
            source.ends.append(at + 1)
    source.joined += piece.text


@cache
def _simplified() -> dict[str, str]:
    """Return the simplified form of each traditional hanzi."""
    traditional, simplified = (DATA / "traditional.txt").read_text(encoding="utf-8").splitlines()
    return dict(zip(traditional, simplified, strict=True))


def _plain(character: str) -> str:
    """Return what a character is read as: itself mostly, "" for an accent of its own, "kg" for one that holds both."""
    if character.isascii():
        return character if character >= " " or character == "\n" else " "
    if "㐀" <= character <= "鿿":
        return _simplified().get(character, character)
    if character in _KEPT:
        return character
    if character in _ALIKE or character in _LETTERS:
        return _ALIKE.get(character) or _LETTERS[character]
    category = unicodedata.category(character)
    if category in _JOINERS:
        return ""
    if category in _BLANKS:
        return " "
    if category[0] == "P":
        return character
    spelled = unicodedata.normalize("NFKD", character)
    bare = "".join(c for c in spelled if unicodedata.category(c) not in _JOINERS)
    return bare if bare and not set(bare) <= {" "} else character
