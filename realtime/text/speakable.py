"""Turns a turn's text, as language models write it, into text that can be said.

What it is: `Token`s in, `Atom`s out, incremental. Markdown (emphasis, headings, lists,
tables, quotes, rules, links, images, inline code), XML entities, emoji, HTML elements and
characters without a sound are dropped from what is said; fenced code and hidden elements
(``<think>``) are passed over; line ends become breaks where a line or block really ends.
Bare URLs stay: the model reads them. What it is not: a normaliser (``20%`` stays ``20%``),
nor does it know sentences. ``stream`` calls it, ``segmenter`` gets the atoms.

Look-ahead: none for plain characters. A run of ``* _ ~`` or backticks, ``\\`` and ``!``
wait for the next character; ``&`` for at most 32; a line's beginning until its first
characters are no mark of a list, heading or table (usually one, at most 80); a bracket ``[``
holds what follows until it closes, at most `MAX_LABEL`, and a link's address at most
`MAX_ADDRESS`. A line end waits for the next line's beginning only after a line of at least
`WRAPPED` columns, which may have been wrapped by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from string import punctuation
from typing import Final

from models.speech import Pause, Sound

from .atom import Atom, Change, Element, Enter, Kind, Leave, Reset, Tag, Token
from .emoji import ZERO_WIDTH_JOINER, is_emoji, is_unspeakable
from .emotion import Mood, emoji_emotion
from .markdown import Line, closes_fence, is_markup, may_be_entity, read_entity, read_prefix
from .script import is_wide, words

MAX_LABEL: Final = 240
"""Atoms of a link's text; a longer bracket is text."""
MAX_ADDRESS: Final = 2048
WRAPPED: Final = 60
"""Columns from which a line may go on in the next; wide characters count twice."""
_MAX_RUN: Final = 3

_BLOCKS: Final = frozenset(
    words(
        "p br hr div ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr blockquote section article"
        " details summary"
    )
)
_HIDDEN: Final = frozenset(("think", "thinking", "script", "style"))
_SPACED: Final = frozenset(("td", "th", "img", "a"))
_URL_ENDS: Final = frozenset("<>\"')]}")
_OBJECT: Final = "\ufffc"
"""Stands for a tag where a neighbour is asked for."""


class Speakable:
    """One turn's text on its way to the segmenter; feed it tokens in order."""

    def __init__(self, mood: Mood) -> None:
        self._mood = mood
        self._out: list[Atom] = []
        self._hidden = ("", 0)
        self._fence = ""
        self._code_line = ""
        self._waiting = ""
        self._waiting_at = 0
        self._label: list[Atom] | None = None
        self._address = _Address()
        self._emoji = False
        self._gap = False
        self._star = False
        self._code = 0
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
        return self._take()

    def flush(self) -> list[Atom]:
        """Give what is held, as if the text ended here; more may follow."""
        if self._prefix:
            if self._prefix.startswith(("```", "~~~")):
                self._open_fence()
            else:
                self._leave_prefix()
        self._resolve("")
        self._settle(Kind.BREAK)
        return self._take()

    def _take(self) -> list[Atom]:
        out, self._out = self._out, []
        return out

    # Lines

    def _begin_line(self) -> None:
        self._prefix: str | None = ""
        self._prefix_at = 0
        self._in_item = False
        self._heading = False
        self._table = False
        self._cells = 0
        self._columns = 0
        self._last = ""
        self._before_last = ""
        self._url = False
        self._code = 0
        self._literal = ""

    def _char(self, char: str, at: int) -> None:
        if self._hidden[1]:
            return
        if self._fence:
            self._pass_code(char)
        elif self._prefix is not None:
            self._read_line_start(char, at)
        else:
            self._inline(char, at)

    def _read_line_start(self, char: str, at: int) -> None:
        if not self._prefix:
            if char in " \t\u3000":
                self._drop(at, at + 1)
                return
            self._prefix_at = at
        self._prefix = (self._prefix or "") + char
        line = read_prefix(self._prefix, self._in_item)
        if line is Line.MORE:
            return
        if line is Line.TEXT:
            self._leave_prefix()
        elif line is Line.QUOTE:
            self._drop(at, at + 1)
            self._prefix = ""
        elif line is Line.FENCE:
            self._open_fence()
        else:
            self._begin_block(line, at + 1)

    def _begin_block(self, line: Line, end: int) -> None:
        """A line that begins with a mark begins a block, and so ends what went before."""
        prefix, start = self._prefix or "", self._prefix_at
        self._settle(Kind.BREAK)
        self._prefix = ""
        if line in (Line.BLANK, Line.RULE):
            self._put(Atom(Kind.BREAK, "", start, end))
            self._begin_line()
            self._star = False
            return
        self._put(Atom(Kind.BREAK, "", start, start))
        if line is Line.NUMBER:
            self._prefix = None
            self._inline_all(prefix, start)
        elif line is Line.TABLE:
            self._prefix = None
            self._table = True
            self._wait("|", start)
        else:
            self._drop(start, end)
            self._in_item = line is Line.BULLET
            self._heading = line is Line.HEADING
            self._prefix = None if self._heading else ""

    def _leave_prefix(self) -> None:
        """The line begins with ordinary text."""
        prefix, self._prefix = self._prefix or "", None
        self._settle(Kind.GLYPH, prefix[:1])
        self._inline_all(prefix, self._prefix_at)

    def _end_line(self, at: int) -> None:
        wrapped = self._columns >= WRAPPED and not self._heading and not self._table
        wrapped = wrapped and self._last not in (":", "：")
        if wrapped:
            self._newline, self._wrapped_after = at, self._last
        else:
            self._put(Atom(Kind.BREAK, "", at, at + 1))
        self._begin_line()

    def _settle(self, kind: Kind, first: str = "") -> None:
        """Decide what the last line's end was: a break, or a mere space."""
        if self._newline < 0:
            return
        at, self._newline = self._newline, -1
        wide = is_wide(self._wrapped_after) and is_wide(first)
        if kind is Kind.GLYPH and wide:
            self._drop(at, at + 1)
        elif kind is Kind.GLYPH:
            self._put(Atom(Kind.GLYPH, "\n", at, at + 1))
            self._last = " "
        else:
            self._put(Atom(Kind.BREAK, "", at, at + 1))

    def _open_fence(self) -> None:
        prefix = self._prefix or "```"
        self._settle(Kind.BREAK)
        self._put(Atom(Kind.BREAK, "", self._prefix_at, self._prefix_at + len(prefix)))
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

    # Within a line

    def _inline_all(self, text: str, at: int) -> None:
        for offset, char in enumerate(text):
            if self._prefix is None:
                self._inline(char, at + offset)
            else:  # a line end was among them
                self._read_line_start(char, at + offset)

    def _inline(self, char: str, at: int) -> None:
        if self._waiting:
            if self._waiters[self._waiting[0]](self, char):
                return
            assert not self._waiting
        if char == self._literal:
            self._glyph(char, at, at + 1)
            return
        self._literal = ""
        if char == "\n":
            self._close_label()
            self._end_line(at)
        elif char in self._waiters and self._is_special(char):
            self._wait(char, at)
        elif char == "[" and not self._code:
            self._close_label()
            self._label = []
            self._glyph(char, at, at + 1)
        else:
            self._say(char, at, at + 1)

    def _is_special(self, char: str) -> bool:
        if char == "]":
            return self._label is not None and not self._code
        if char in "| ":
            return self._table
        return char == "`" or not self._code

    def _wait(self, char: str, at: int) -> None:
        self._waiting, self._waiting_at = char, at

    def _stop_waiting(self) -> tuple[str, int]:
        waiting, self._waiting = self._waiting, ""
        return waiting, self._waiting_at

    def _resolve(self, after: str) -> None:
        """Decide all that waits; ``after`` is what follows (empty: nothing)."""
        if self._waiting:
            self._waiters[self._waiting[0]](self, after)
        if self._waiting:
            waiting, at = self._stop_waiting()
            self._glyphs(waiting, at)
        self._close_label()

    # What waits for its next characters. Each takes the next character (empty: the end)
    # and answers whether that was used up; if not, nothing waits any more.

    def _run(self, char: str) -> bool:
        if char == self._waiting[0]:
            self._waiting += char
            if len(self._waiting) > _MAX_RUN:
                run, at = self._stop_waiting()
                self._glyphs(run, at)
                self._literal = char
            return True
        run, at = self._stop_waiting()
        if run[0] == "`":
            self._code = 0 if self._code == len(run) else self._code or len(run)
            self._drop(at, at + len(run))
        elif (run[0] != "*" and self._url) or not is_markup(run, self._last, char, self._star):
            self._glyphs(run, at)
        else:
            if run == "*":
                self._star = not self._star
            self._drop(at, at + len(run))
        return False

    def _escape(self, char: str) -> bool:
        _, at = self._stop_waiting()
        if char and char in punctuation:
            self._drop(at, at + 1)
            self._glyph(char, at + 1, at + 2)
            return True
        if char == "\n":
            self._drop(at, at + 1)
        else:
            self._glyph("\\", at, at + 1)
        return False

    def _entity(self, char: str) -> bool:
        if char == ";":
            entity, at = self._stop_waiting()
            entity += char
            text = read_entity(entity)
            if text is None:
                self._glyphs(entity, at)
            else:
                self._say(text, at, at + len(entity))
            return True
        if char and may_be_entity(self._waiting + char):
            self._waiting += char
            return True
        entity, at = self._stop_waiting()
        self._glyphs(entity, at)
        return False

    def _bang(self, char: str) -> bool:
        _, at = self._stop_waiting()
        if char == "[":
            self._close_label()
            self._label = []
            self._glyphs("![", at)
            return True
        self._glyph("!", at, at + 1)
        return False

    def _link(self, char: str) -> bool:
        """After the ``]`` that ends a label: an address in parentheses makes it a link."""
        if self._waiting == "]":
            if char == "(":
                self._waiting += char
                self._address = _Address()
                return True
        elif self._address.is_end(char):
            self._finish_link(char)
            return True
        elif char and len(self._waiting) < MAX_ADDRESS and self._address.accepts(char):
            self._waiting += char
            return True
        waiting, at = self._stop_waiting()
        self._glyph("]", at, at + 1)
        self._close_label()
        self._inline_all(waiting[1:], at + 1)
        if self._waiting:
            return self._waiters[self._waiting[0]](self, char)
        return False

    def _finish_link(self, char: str) -> None:
        waiting, at = self._stop_waiting()
        label = self._label or []
        for atom in label[: 2 if label[0].text == "!" else 1]:
            atom.kind, atom.text = Kind.DROPPED, ""
        self._drop(at, at + len(waiting) + len(char))
        self._close_label()

    def _cell(self, char: str) -> bool:
        """After ``|`` in a table: blanks and the dashes of the line under the heading."""
        if char and char in " \t-:" and len(self._waiting) < MAX_LABEL:
            self._waiting += char
            return True
        waiting, at = self._stop_waiting()
        if not char or char in "|\n\r":
            self._drop(at, at + len(waiting))
            return False
        if self._cells:
            self._put(Atom(Kind.GLYPH, ", ", at, at + 1))
        body = waiting.rstrip("-:")
        self._drop(at + (1 if self._cells else 0), at + len(body))
        self._last = " "
        self._glyphs(waiting[len(body) :], at + len(body))
        self._cells += 1
        return False

    def _blank(self, char: str) -> bool:
        """A space in a table: not said before a ``|``."""
        waiting, at = self._stop_waiting()
        if char == "|":
            self._drop(at, at + 1)
        else:
            self._say(waiting, at, at + 1)
        return False

    _waiters: Final[dict[str, Callable[[Speakable, str], bool]]] = {
        "*": _run,
        "_": _run,
        "~": _run,
        "`": _run,
        "\\": _escape,
        "&": _entity,
        "!": _bang,
        "]": _link,
        "|": _cell,
        " ": _blank,
    }

    # Atoms

    def _put(self, atom: Atom) -> None:
        if self._label is None:
            self._out.append(atom)
            return
        self._label.append(atom)
        if len(self._label) > MAX_LABEL:
            self._close_label()

    def _close_label(self) -> None:
        if self._label is not None:
            self._out += self._label
            self._label = None

    def _drop(self, start: int, end: int) -> None:
        if end > start:
            self._put(Atom(Kind.DROPPED, "", start, end))

    def _glyphs(self, text: str, at: int) -> None:
        for offset, char in enumerate(text):
            self._say(char, at + offset, at + offset + 1)

    def _glyph(self, char: str, start: int, end: int) -> None:
        self._put(Atom(Kind.GLYPH, char, start, end))
        self._before_last, self._last = self._last, char
        self._columns += 1 if char < "\u2e80" else 2
        self._emoji = False

    def _say(self, text: str, start: int, end: int) -> None:
        """Put one character (or what an entity stands for), if it can be said."""
        if text.isalnum():
            if self._gap and self._last.isalnum():
                self._put(Atom(Kind.GLYPH, " ", start, start))
            self._gap = False
            self._glyph(text, start, end)
        elif text.isspace():
            self._url = False
            if not self._last or self._last.isspace():
                self._drop(start, end)
            else:
                self._glyph(text, start, end)
        elif text.isascii() and text.isprintable():
            self._url = (self._url or self._begins_url(text)) and text not in _URL_ENDS
            self._glyph(text, start, end)
        else:
            self._say_rare(text, start, end)

    def _say_rare(self, text: str, start: int, end: int) -> None:
        char = text[0]
        joins = self._emoji and char == ZERO_WIDTH_JOINER
        if joins or is_emoji(char):
            first = not self._emoji
            hint = emoji_emotion(char) if first else None
            kind = Kind.HINT if hint else Kind.DROPPED
            self._put(Atom(kind, "", start, end, emotion=hint))
            self._emoji = self._gap = True
        elif is_unspeakable(char, self._last):
            self._drop(start, end)
        else:
            self._url = False
            self._glyph(text, start, end)

    def _begins_url(self, char: str) -> bool:
        return char == "/" and self._last == "/" and self._before_last == ":"

    # Tags

    def _tag(self, tag: Tag, start: int, end: int) -> None:
        if self._hidden[1] or self._fence:
            if isinstance(tag, Element) and not self._fence:
                self._count_hidden(tag)
            return
        if self._prefix:
            self._leave_prefix()
        self._resolve(_OBJECT)
        self._settle(Kind.GLYPH)
        self._gap = self._gap or not isinstance(tag, Element)
        if isinstance(tag, Element):
            self._element(tag, start, end)
        elif isinstance(tag, Pause | Sound):
            self._put(Atom(Kind.PIECE, "", start, end, piece=tag))
        else:
            self._feel(tag)
            self._put(Atom(Kind.EMOTION, "", start, end, emotion=self._mood.current))

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
            self._drop(start, end)
            self._hidden = (element.name, 0 if element.closing else 1)
        elif element.name in _BLOCKS:
            self._put(Atom(Kind.BREAK, "", start, end))
            self._begin_line()
        else:
            self._gap = self._gap or element.name in _SPACED
            self._drop(start, end)

    def _count_hidden(self, element: Element) -> None:
        name, depth = self._hidden
        if element.name == name:
            self._hidden = (name, depth + (-1 if element.closing else 1))


class _Address:
    """Follows a link's address, ``(https://... "title")``, without its parentheses."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._spaced = False
        self._empty = True

    def is_end(self, char: str) -> bool:
        """Whether this ``)`` closes the address."""
        return char == ")" and not self._depth and not self._quote

    def accepts(self, char: str) -> bool:
        """Whether the address may go on with this character."""
        if char == "\n" or char in "[]":
            return False
        if self._quote:
            self._quote = "" if char == self._quote else self._quote
            return True
        if self._spaced and char in "\"'":
            self._quote = char
            return True
        if char.isspace():
            self._spaced = not self._empty
            return self._spaced
        self._empty = False
        self._depth += (char == "(") - (char == ")")
        return not self._spaced
