"""What is said of one line of text: emphasis, code, links, entities, emoji, table cells.

What it is: the characters of a line in, `Atom`s out, incremental. What it is not: it knows
neither what begins a line nor what ends one, and no tags; ``speakable`` does, which owns it
and documents how far it looks ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from string import punctuation
from typing import ClassVar, Final

from .atom import Atom, Kind
from .emoji import ZERO_WIDTH_JOINER, is_emoji, is_unspeakable
from .emotion import emoji_emotion
from .markdown import is_markup, may_be_entity, read_entity
from .script import is_wide

MAX_LABEL: Final = 240
"""Atoms of a link's text, and blanks of a table's cell; what is longer is neither."""
MAX_ADDRESS: Final = 2048
_MAX_RUN: Final = 3
TAG: Final = "\ufffc"
"""Stands for a tag where `Inline.resolve` asks for what follows."""
_AUTOLINK: Final = "<http"
_URL_ENDS: Final = frozenset("<>\"')]}")


class Inline:
    """Says what can be said of a line; what is certain comes out of `take`."""

    def __init__(self) -> None:
        self._out: list[Atom] = []
        self._label: list[Atom] | None = None
        self._address = _Address()
        self._emoji = False
        self._star = False
        self.gap = False
        """Something unsaid stands here, which must not join two words into one."""
        self.begin_line()

    def begin_line(self) -> None:
        """Forget the line before, but for emphasis that was not closed."""
        self._waiting = ""
        self._waiting_at = 0
        self._table = False
        self._cells = 0
        self._before_last = ""
        self._url = False
        self._autolink = False
        self._code = 0
        self._literal = ""
        self.last = ""
        """The last character said in this line."""
        self.columns = 0

    def begin_row(self, at: int) -> None:
        """The line is a table's; its first ``|`` was just read."""
        self._table = True
        self._waiting, self._waiting_at = "|", at

    def end_block(self) -> None:
        """No emphasis goes on from here."""
        self._star = False

    def feed(self, char: str, at: int) -> None:
        """Take the line's next character, which is no line end."""
        if self._waiting:
            if self._waiters[self._waiting[0]](self, char):
                return
            assert not self._waiting
        if char == self._literal:
            self._glyph(char, at, at + 1)
            return
        self._literal = ""
        if char in self._waiters and self._is_special(char):
            self._waiting, self._waiting_at = char, at
        elif char == ">" and self._autolink and self._url:
            self._autolink = self._url = False
            self.drop(at, at + 1)
        elif char == "[" and not self._code:
            self._open_label()
            self._glyph(char, at, at + 1)
        else:
            self._say(char, at, at + 1)

    def resolve(self, after: str) -> None:
        """Decide all that waits; ``after`` is what follows (empty: nothing)."""
        if self._waiting:
            self._waiters[self._waiting[0]](self, after)
        if self._waiting:
            waiting, at = self._stop_waiting()
            self._glyphs(waiting, at)
        self._close_label()

    def put(self, atom: Atom) -> None:
        """Add an atom: to the output, or to the link's text that is still open."""
        if self._label is None:
            self._out.append(atom)
            return
        self._label.append(atom)
        if len(self._label) > MAX_LABEL:
            self._close_label()

    def drop(self, start: int, end: int) -> None:
        """Leave characters unsaid."""
        if end > start:
            self.put(Atom(Kind.DROPPED, "", start, end))

    def space(self, at: int) -> None:
        """Put the line end that was no break as a space."""
        self.drop(at, at + 1)
        self.put(Atom(Kind.GLYPH, " ", at + 1, at + 1))
        self.last = " "

    def take(self) -> list[Atom]:
        """Give what became certain since the last call."""
        out, self._out = self._out, []
        return out

    def _is_special(self, char: str) -> bool:
        if char == "]":
            return self._label is not None and not self._code
        if char in "| ":
            return self._table
        return char == "`" or not self._code

    def _stop_waiting(self) -> tuple[str, int]:
        waiting, self._waiting = self._waiting, ""
        return waiting, self._waiting_at

    def _open_label(self) -> None:
        self._close_label()
        self._label = []

    def _close_label(self) -> None:
        if self._label is not None:
            self._out += self._label
            self._label = None

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
            self.drop(at, at + len(run))
        elif self._is_within_url(run, char) or not is_markup(run, self.last, char, self._star):
            self._glyphs(run, at)
        else:
            if run == "*":
                self._star = not self._star
            self.drop(at, at + len(run))
        return False

    def _is_within_url(self, run: str, char: str) -> bool:
        return self._url and (run[0] != "*" or char.isalnum() or char in ("/", "&"))

    def _escape(self, char: str) -> bool:
        _, at = self._stop_waiting()
        if char and char in punctuation:
            self.drop(at, at + 1)
            self._glyph(char, at + 1, at + 2)
            return True
        if char == "\n":
            self.drop(at, at + 1)
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

    def _angle(self, char: str) -> bool:
        """``<https://...>``: an address without a label, whose brackets are not said."""
        if char and _AUTOLINK.startswith((self._waiting + char).lower()):
            self._waiting += char
            return True
        held, at = self._stop_waiting()
        self._autolink = held.lower() == _AUTOLINK and char in ("s", "S", ":")
        if self._autolink:
            self.drop(at, at + 1)
            held, at = held[1:], at + 1
        self._glyphs(held, at)
        return False

    def _bang(self, char: str) -> bool:
        _, at = self._stop_waiting()
        if char == "[":
            self._open_label()
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
        for offset, held in enumerate(waiting[1:], 1):
            self.feed(held, at + offset)
        # What was held may itself end in something that waits, but never in a link.
        return bool(self._waiting) and self._waiters[self._waiting[0]](self, char)

    def _finish_link(self, char: str) -> None:
        waiting, at = self._stop_waiting()
        label = self._label or []
        for atom in label[: 2 if label[0].text == "!" else 1]:
            atom.kind, atom.text = Kind.DROPPED, ""
        self.drop(at, at + len(waiting) + len(char))
        self._close_label()

    def _cell(self, char: str) -> bool:
        """After ``|`` in a table: blanks and the dashes of the line under the heading."""
        if char and char in " \t-:" and len(self._waiting) < MAX_LABEL:
            self._waiting += char
            return True
        waiting, at = self._stop_waiting()
        if not char or char in "|\n\r":
            self.drop(at, at + len(waiting))
            return False
        body = waiting.rstrip("-:")
        if self._cells:
            self.put(Atom(Kind.GLYPH, ", ", at, at + 1))
        self.drop(at + (1 if self._cells else 0), at + len(body))
        self.last = " "
        self._glyphs(waiting[len(body) :], at + len(body))
        self._cells += 1
        return False

    def _blank(self, char: str) -> bool:
        """A space in a table: not said before a ``|``."""
        waiting, at = self._stop_waiting()
        if char == "|":
            self.drop(at, at + 1)
        else:
            self._say(waiting, at, at + 1)
        return False

    _waiters: ClassVar[dict[str, Callable[[Inline, str], bool]]] = {
        "*": _run,
        "_": _run,
        "~": _run,
        "`": _run,
        "\\": _escape,
        "&": _entity,
        "<": _angle,
        "!": _bang,
        "]": _link,
        "|": _cell,
        " ": _blank,
    }

    # Atoms

    def _glyphs(self, text: str, at: int) -> None:
        for offset, char in enumerate(text):
            self._say(char, at + offset, at + offset + 1)

    def _glyph(self, text: str, start: int, end: int) -> None:
        self.put(Atom(Kind.GLYPH, text, start, end))
        self._before_last, self.last = self.last, text
        self.columns += 2 if is_wide(text[0]) else 1
        self._emoji = False

    def _say(self, text: str, start: int, end: int) -> None:
        """Put one character (or what an entity stands for), if it can be said."""
        if text.isalnum():
            if self.gap and self.last.isalnum():
                self.put(Atom(Kind.GLYPH, " ", start, start))
            self.gap = False
            self._glyph(text, start, end)
        elif text.isspace():
            self._url = False
            if not self.last or self.last.isspace():
                self.drop(start, end)
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
            hint = None if self._emoji else emoji_emotion(char)
            self.put(Atom(Kind.HINT if hint else Kind.DROPPED, "", start, end, emotion=hint))
            self._emoji = self.gap = True
        elif is_unspeakable(char, self.last):
            self.drop(start, end)
        else:
            self._url = False
            self._glyph(text, start, end)

    def _begins_url(self, char: str) -> bool:
        return char == "/" and self.last == "/" and self._before_last == ":"


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
        if char in ("\n", "[", "]", TAG):
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
