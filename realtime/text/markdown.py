"""The grammar of markdown as language models write it: pure decisions, no state.

What it is: what the first characters of a line mean (`read_prefix`), whether a run of
``*``, ``_``, ``~`` or backticks is markup (`is_markup`), and what an XML entity stands for.
What it is not: CommonMark. Text that streams cannot be asked whether an emphasis will be
closed, so a delimiter is judged by its neighbours alone. ``speakable`` calls it.
"""

from __future__ import annotations

import html
import re
from enum import Enum, auto
from typing import Final

MAX_PREFIX: Final = 80
"""A line's beginning that is still undecided after so many characters is text."""
MAX_ENTITY: Final = 32


class Line(Enum):
    """What a line's beginning turns out to be."""

    MORE = auto()
    """Not certain yet."""
    TEXT = auto()
    BLANK = auto()
    QUOTE = auto()
    HEADING = auto()
    BULLET = auto()
    """A list item's mark or its check box; not said."""
    NUMBER = auto()
    """An ordered item: its number is said."""
    RULE = auto()
    """A thematic break or the underline of a heading, with its line end."""
    FENCE = auto()
    """A code fence, with its line end."""
    TABLE = auto()


# Each pattern is for prefixes that begin with the given character; tried in order.
_TEXT_AFTER: Final = r"(?s:.+)"
_RULES: Final[tuple[tuple[str, tuple[tuple[Line, str], ...]], ...]] = (
    ("\n", ((Line.BLANK, r"\n"),)),
    ("\r", ((Line.BLANK, r"\r\n"), (Line.MORE, r"\r"))),
    (">", ((Line.QUOTE, r">"),)),
    ("#", ((Line.MORE, r"#{1,6}"), (Line.HEADING, r"#{1,6}[ \t]"))),
    (
        "-+*_=",
        (
            (Line.MORE, r"-+|\++|\*+|_+|=+"),
            (Line.BULLET, r"[-+*][ \t]"),
            (Line.RULE, r"(?:-+|\++|\*+|_+|=+)[ \t\r]*\n"),
            (Line.MORE, r"(?:-{3,}|\+{3,}|\*{3,}|_{3,}|={3,})[ \t\r]*"),
        ),
    ),
    ("–—·", ((Line.MORE, r"[–—·]"), (Line.BULLET, r"[–—·][ \t]"))),
    ("•◦▪●○‣■□", ((Line.BULLET, r"."),)),
    (
        "0123456789",
        (
            (Line.MORE, r"[0-9]{1,3}[.)]?"),
            (Line.NUMBER, r"[0-9]{1,3}[.)][ \t]"),
        ),
    ),
    (
        "`",
        (
            (Line.MORE, r"`{1,2}|`{3,}[^`\n]*"),
            (Line.FENCE, r"`{3,}[^`\n]*\n"),
        ),
    ),
    ("~", ((Line.MORE, r"~{1,2}|~{3,}[^\n]*"), (Line.FENCE, r"~{3,}[^\n]*\n"))),
    ("|", ((Line.TABLE, r"\|"),)),
)
_PREFIXES: Final = {
    first: tuple((line, re.compile(pattern)) for line, pattern in rules) for firsts, rules in _RULES for first in firsts
}
_CHECK_BOX: Final = (
    (Line.MORE, re.compile(r"\[[ xX]?\]?")),
    (Line.BULLET, re.compile(r"\[[ xX]\][ \t]")),
)


def read_prefix(prefix: str, in_item: bool) -> Line:
    """Judge a line's beginning (without its indentation), one character at a time.

    ``in_item``: a bullet went before, so that a check box may follow. TEXT means that the
    prefix, its last character included, is ordinary text.
    """
    if len(prefix) > MAX_PREFIX:
        return Line.TEXT
    patterns = _PREFIXES.get(prefix[0])
    if patterns is None and in_item and prefix[0] == "[":
        patterns = _CHECK_BOX
    for line, pattern in patterns or ():
        if pattern.fullmatch(prefix):
            return line
    return Line.TEXT


def closes_fence(line: str, opening: str) -> bool:
    """Whether a line of code is the end of the block that ``opening`` (a run) began."""
    line = line.strip()
    return len(line) >= len(opening) and line == opening[0] * len(line)


def is_markup(run: str, before: str, after: str, opened: bool) -> bool:
    """Whether a run of up to three equal delimiters is emphasis, and so is not said.

    ``before`` and ``after`` are the neighbours (empty: the edge of the line), ``opened``
    whether a single ``*`` waits for its end. ``2 * 3``, ``2*3``, ``snake_case`` and ``~5``
    keep their marks.
    """
    inside = _is_word(before) and _is_word(after)
    loose = not before.strip() and not after.strip()
    if run[0] == "_":
        return not inside and not loose
    if run[0] == "*":
        numbers = before.isdigit() and after.isdigit()
        if inside and not numbers and run == "*" and _is_latin(before) and _is_latin(after):
            return opened
        return not loose and not numbers
    return len(run) > 1 and not loose


def _is_word(char: str) -> bool:
    return char.isalnum()


def _is_latin(char: str) -> bool:
    return char < "\u2e80"


def read_entity(entity: str) -> str | None:
    """Decode ``&amp;``, ``&#39;`` or ``&#x27;``; None: not an entity."""
    text = html.unescape(entity)
    return None if text == entity or text.endswith(";") else text


def may_be_entity(start: str) -> bool:
    """Whether an entity may begin like this (``&`` included)."""
    body = start[1:].removeprefix("#")
    return len(start) <= MAX_ENTITY and (not body or (body.isascii() and body.isalnum()))
