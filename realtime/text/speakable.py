"""Turns a turn's text, as language models write it, into text that can be said.

What it is: `Token`s in, `Atom`s out, incremental. Markdown (emphasis, headings, lists,
tables, quotes, rules, links, images, inline code), XML entities, emoji, HTML elements and
characters without a sound are dropped from what is said; fenced code and hidden elements
(``<think>``) are passed over; line ends become breaks where a line or block really ends.
Bare URLs stay: the model reads them. What it is not: a normaliser (``20%`` stays ``20%``),
nor does it know sentences. ``stream`` calls it, ``segmenter`` gets the atoms.

Look-ahead: none for plain characters. A run of ``* _ ~`` or backticks, ``\\`` and ``!``
wait for the next character; ``<`` for at most 5, ``&`` for at most 32; a line's beginning
until its first characters are no mark of a list, heading or table (usually one, at most
80). A bracket ``[`` holds what follows until it closes, at most `inline.MAX_LABEL`, and a
link's address at most `inline.MAX_ADDRESS`. A line end waits for the next line's beginning
only after a line of at least `WRAPPED` columns, which may have been wrapped by hand.
"""

from __future__ import annotations

from typing import Final

from models.speech import Pause, Sound

from .atom import Atom, Change, Element, Enter, Kind, Leave, Reset, Tag, Token
from .emotion import Mood
from .inline import TAG, Inline
from .markdown import Line, closes_fence, read_prefix
from .script import is_wide, words

WRAPPED: Final = 60
"""Columns from which a line may go on in the next; wide characters count twice."""

_BLOCKS: Final = frozenset(
    words("p br hr div ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr blockquote section article details summary")
)
_HIDDEN: Final = frozenset(("think", "thinking", "script", "style"))
_SPACED: Final = frozenset(("td", "th", "img", "a"))
_LINE_SEPARATORS: Final = "\u2028\u2029"
"""Read as line ends."""


class Speakable:
    """One turn's text on its way to the segmenter; feed it tokens in order."""

    def __init__(self, mood: Mood) -> None:
        self._mood = mood
        self._inline = Inline()
        self._hidden = ("", 0)
        self._fence = ""
        self._code_line = ""
        self._newline = -1
        self._wrapped_after = ""
        self._begin_line()

    def feed(self, token: Token) -> list[Atom]:
        """Take the next token; give the atoms that became certain."""
        content = token.content
        if isinstance(content, str):
            at = token.start
            for char in content:
                self._char(char, at)
                at += 1
        else:
            self._tag(content, token.start, token.end)
        return self._inline.take()

    def flush(self) -> list[Atom]:
        """Give what is held, as if the text ended here; more may follow."""
        if self._prefix:
            if self._prefix.startswith(("```", "~~~")):
                self._open_fence(self._prefix, self._prefix_at)
            else:
                self._leave_prefix()
        self._inline.resolve("")
        self._settle(is_break=True)
        return self._inline.take()

    # Lines

    def _begin_line(self) -> None:
        self._prefix: str | None = ""
        self._prefix_at = 0
        self._in_item = False
        self._heading = False
        self._row = False
        self._inline.begin_line()

    def _char(self, char: str, at: int) -> None:
        if self._hidden[1]:
            return
        if char in _LINE_SEPARATORS:
            char = "\n"
        if self._fence:
            self._pass_code(char)
        elif self._prefix is not None:
            self._read_line_start(char, at)
        elif char == "\n":
            self._inline.resolve("\n")
            self._end_line(at)
        else:
            self._inline.feed(char, at)

    def _read_line_start(self, char: str, at: int) -> None:
        if not self._prefix:
            if char in " \t\u3000":
                self._inline.drop(at, at + 1)
                return
            self._prefix_at = at
        self._prefix = (self._prefix or "") + char
        line = read_prefix(self._prefix, self._in_item)
        if line is Line.MORE:
            return
        if line is Line.TEXT:
            self._leave_prefix()
        elif line is Line.QUOTE:
            self._inline.drop(at, at + 1)
            self._prefix = ""
        elif line is Line.FENCE:
            self._open_fence(self._prefix, self._prefix_at)
        else:
            self._begin_block(line, self._prefix, self._prefix_at)

    def _begin_block(self, line: Line, prefix: str, start: int) -> None:
        """A line that begins with a mark begins a block, and so ends what went before."""
        end = start + len(prefix)
        self._settle(is_break=True)
        if line in (Line.BLANK, Line.RULE):
            self._break(start, end)
            self._begin_line()
            self._inline.end_block()
            return
        self._break(start, start)
        self._prefix = "" if line is Line.BULLET else None
        if line is Line.NUMBER:
            for offset, char in enumerate(prefix):
                self._inline.feed(char, start + offset)
        elif line is Line.TABLE:
            self._row = True
            self._inline.begin_row(start)
        else:
            self._inline.drop(start, end)
            self._in_item = line is Line.BULLET
            self._heading = line is Line.HEADING

    def _leave_prefix(self) -> None:
        """The line begins with ordinary text."""
        prefix, start = self._prefix or "", self._prefix_at
        self._prefix = None
        self._settle(is_break=False, first=prefix[:1])
        for offset, char in enumerate(prefix):  # a line end may be the last of them
            self._char(char, start + offset)

    def _end_line(self, at: int) -> None:
        inline = self._inline
        whole = self._heading or self._row or inline.last in (":", "：")
        if inline.columns >= WRAPPED and not whole:
            self._newline, self._wrapped_after = at, inline.last
        else:
            self._break(at, at + 1)
        self._begin_line()

    def _settle(self, is_break: bool, first: str = "") -> None:
        """Decide what the last line's end was: a break, or a mere space."""
        if self._newline < 0:
            return
        at, self._newline = self._newline, -1
        if is_break:
            self._break(at, at + 1)
        elif first and is_wide(first) and is_wide(self._wrapped_after):
            self._inline.drop(at, at + 1)
        else:
            self._inline.space(at)

    def _break(self, start: int, end: int) -> None:
        self._inline.put(Atom(Kind.BREAK, "", start, end))

    def _open_fence(self, prefix: str, start: int) -> None:
        self._settle(is_break=True)
        self._break(start, start + len(prefix))
        self._fence = prefix[: len(prefix) - len(prefix.lstrip(prefix[0]))]
        self._code_line = ""
        self._begin_line()

    def _pass_code(self, char: str) -> None:
        if char != "\n":
            self._code_line = (self._code_line + char)[:80]
            return
        if closes_fence(self._code_line, self._fence):
            self._fence = ""
        self._code_line = ""

    # Tags

    def _tag(self, tag: Tag, start: int, end: int) -> None:
        if self._fence:
            return
        if self._hidden[1]:
            if isinstance(tag, Element):
                self._count_hidden(tag)
            return
        if self._prefix:
            self._leave_prefix()
        self._inline.resolve(TAG)
        self._settle(is_break=False)
        if isinstance(tag, Element):
            self._element(tag, start, end)
            return
        self._inline.gap = True
        if isinstance(tag, Pause | Sound):
            self._inline.put(Atom(Kind.PIECE, "", start, end, piece=tag))
        else:
            self._feel(tag)
            emotion = self._mood.current
            self._inline.put(Atom(Kind.EMOTION, "", start, end, emotion=emotion))

    def _feel(self, tag: Change | Reset | Enter | Leave) -> None:
        match tag:
            case Change(emotion):
                self._mood.change(emotion)
            case Enter(style):
                self._mood.enter(style)
            case Reset():
                self._mood.reset()
            case Leave():
                self._mood.leave()

    def _element(self, element: Element, start: int, end: int) -> None:
        if element.name in _HIDDEN:
            self._inline.drop(start, end)
            self._hidden = (element.name, 0 if element.closing else 1)
        elif element.name in _BLOCKS:
            self._break(start, end)
            self._begin_line()
        else:
            self._inline.gap = self._inline.gap or element.name in _SPACED
            self._inline.drop(start, end)

    def _count_hidden(self, element: Element) -> None:
        name, depth = self._hidden
        if element.name == name:
            self._hidden = (name, depth + (-1 if element.closing else 1))
