"""Where one sentence may end: a state machine over its characters.

What it is: fed each character of a sentence, with the place that it will have among the
sentence's atoms, it answers with the place to cut at, as soon as that is certain. What it
is not: it holds no text, cuts nothing and knows no tags; ``segmenter`` makes one for each
sentence. The look-ahead of each rule is in the docstring of ``segmenter``.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from .script import (
    ASIDE_CLOSERS,
    ASIDE_OPENERS,
    CLAUSE_MARKS,
    CLOSERS,
    FULL_STOPS,
    MAX_STARTER,
    OPENERS,
    PARTICLES,
    STARTERS,
    STOPS,
    is_counted,
    is_kana,
    is_open,
    is_title,
    is_wide,
)

FIRST_CLAUSE: Final = 12
"""Weight of a clause that may be cut early: 4 words of 3, or 6 wide characters of 2."""
WORD_WEIGHT: Final = 3
WIDE_WEIGHT: Final = 2

LIMIT: Final = 880
"""Cost of the longest sentence: 220 letters of 4, or 80 wide characters of 11."""
_LETTER_COST: Final = 4
_WIDE_COST: Final = 11
_ASIDE_LIMIT: Final = LIMIT // 2
"""Within brackets no sentence ends, unless they stay open for so long."""
_MAX_TOKEN: Final = 64


class _State(Enum):
    OPEN = auto()
    """Within a sentence."""
    TAIL = auto()
    """After a stop: more stops and closing marks may follow."""
    CLAUSE = auto()
    """After a mark where the first clause may be cut."""
    LOWER = auto()
    """After the space behind a stop: lower case goes on."""
    DIGIT = auto()
    """After a counted abbreviation and a space: a number goes on."""
    CAPITAL = auto()
    """After an open abbreviation and a space: only a capital may begin a sentence."""
    WORD = auto()
    """Within the word after an open abbreviation: it tells."""


class Boundary:
    """Follows one sentence; ask `judge` before each character, then `add` it."""

    def __init__(self, eager: bool, quoted: bool) -> None:
        self._eager = eager
        self._state = _State.OPEN
        self._kana = False
        self._weight = 0
        self._token = ""
        self._tokens = 0
        self._last = ""
        self._depth = 0
        self._aside_at = 0
        self._aside_within = False
        self._tail = ""
        self._word = ""
        self._next = ""
        self._closed = False
        self._after_wide = False
        self._gap_at = 0
        self.quoted = quoted
        """A straight quotation mark is open."""
        self.cost = 0
        """What it takes to say it, in the unit of `LIMIT`."""
        self.visible = False
        """There is something to read."""
        self.spoken = False
        """There is a letter or a digit."""

    def judge(self, char: str, place: int) -> int | None:
        """Decide a possible end by the next character (empty: by a tag).

        Gives the place to cut at: before ``place``, or one past it where the character is
        the space that ends the sentence.
        """
        match self._state:
            case _State.OPEN:
                return None
            case _State.TAIL:
                return self._judge_tail(char, place)
            case _State.CLAUSE:
                return self._judge_clause(char, place)
            case _State.WORD:
                return self._judge_word(char)
            case _:
                return self._judge_gap(char)

    def settle(self) -> int | None:
        """Decide where the text breaks off within the word that was to tell."""
        return self._judge_word("") if self._state is _State.WORD else None

    def add(self, char: str, place: int) -> int | None:
        """Count a character that belongs to the sentence; give a place to cut at, if any."""
        self._account(char)
        at = self._look(char, place + 1) if self._state is _State.OPEN else None
        if not char.isspace():
            self._last = char
        return at

    def _account(self, char: str) -> None:
        wide = is_wide(char)
        self.cost += _WIDE_COST if wide else _LETTER_COST
        if char.isspace():
            self._end_token()
            return
        self.visible = True
        if char.isalnum():
            self.spoken = True
            self._kana = self._kana or is_kana(char)
            if wide:
                self._weight += WIDE_WEIGHT
            elif not self._token:
                self._weight += WORD_WEIGHT
        elif char == '"':
            self.quoted = not self.quoted
        elif char in ASIDE_OPENERS and self._last not in (":", ";", "="):  # no emoticon
            if not self._depth:
                self._aside_at, self._aside_within = self.cost, self.spoken
            self._depth += 1
        elif char in ASIDE_CLOSERS:
            self._depth = max(0, self._depth - 1)
        if wide or char in OPENERS or char == '"':
            self._end_token()
        elif len(self._token) < _MAX_TOKEN:
            self._token += char

    def _end_token(self) -> None:
        self._tokens += bool(self._token)
        self._token = ""

    def _look(self, char: str, place: int) -> int | None:
        """After a character within a sentence: does an end begin here?"""
        if char in STOPS:
            if self.spoken:
                self._state = _State.TAIL
                self._tail = char
                self._closed = False
                self._word = self._token.removesuffix(char).lstrip("'’*-")
                self._after_wide = bool(self._last) and is_wide(self._last)
        elif char in CLAUSE_MARKS and self._may_cut_clause(char):
            plain = self._token.rstrip(",;").replace("'", "").replace("’", "").isalpha()
            if (char in "，；" or (char in ",;" and plain)) and not self.quoted:
                return place
            self._state = _State.CLAUSE
            self._tail = char
        return None

    def _may_cut_clause(self, char: str) -> bool:
        if not self._eager or self._weight < FIRST_CLAUSE or self._depth:
            return False
        return self._kana or char not in "、､"

    def _go_on(self) -> int | None:
        self._state = _State.OPEN
        return None

    # After a stop

    def _judge_tail(self, char: str, place: int) -> int | None:
        if char and char in STOPS:
            self._tail += char
            return None
        if char and char in CLOSERS and self._is_closing(char):
            self._closed = True
            return None
        if self._depth and self.cost - self._aside_at < _ASIDE_LIMIT:
            return self._go_on()
        space = not char or char.isspace()
        if not FULL_STOPS.isdisjoint(self._tail):
            return self._judge_full(char, place)
        return self._judge_space(char, place) if space else self._judge_joined(char, place)

    def _is_closing(self, char: str) -> bool:
        return char != '"' or self.quoted or not self._after_wide

    def _is_ellipsis(self) -> bool:
        return not self._tail.strip(".…") and self._tail != "."

    def _judge_full(self, char: str, place: int) -> int | None:
        """After ``。``: an end, unless a quotation or an aside is part of what goes on."""
        if self._tail == "．" and char.isdigit():
            return self._go_on()
        within = self._aside_within and char and not char.isspace()
        if self._closed and ((char and char in PARTICLES) or within):
            return self._go_on()
        return place + char.isspace()

    def _judge_space(self, char: str, place: int) -> int | None:
        """After ``.``, ``!``, ``?`` or an ellipsis, and white space (or a tag)."""
        after = place + char.isspace()
        if self._is_ellipsis():
            return self._wait(_State.LOWER, after)
        if self._tail == ".":
            if is_title(self._word) or (self._word.isdigit() and not self._tokens):
                return self._go_on()
            if is_counted(self._word):
                return self._wait(_State.DIGIT, after)
            if is_open(self._word):
                return self._wait(_State.CAPITAL, after)
        return self._wait(_State.LOWER, after) if self._closed else after

    def _judge_joined(self, char: str, place: int) -> int | None:
        """After a stop with something right behind it: 3.14, a.b, 不错!我们."""
        wide = is_wide(char) and char not in CLAUSE_MARKS
        if self._is_ellipsis():
            return place if wide and self._may_cut_clause(char) else self._go_on()
        if self._tail == ".":
            word = self._word
            plain = word and not word[-1].isdigit() and not is_title(word) and not is_open(word)
            return place if wide and (plain or self._after_wide) else self._go_on()
        begins = char.isalnum() or char in OPENERS or char == '"'
        if wide or (self._after_wide and begins):
            return self._judge_full(char, place)
        return self._go_on()

    def _wait(self, state: _State, place: int) -> int | None:
        self._state = state
        self._gap_at = place
        return None

    def _judge_gap(self, char: str) -> int | None:
        """Behind the space after a stop, where the next character tells."""
        if not char or char.isspace():
            return None
        if self._state is _State.LOWER:
            on = char.islower() or char in "—–-" or char in CLAUSE_MARKS
        elif self._state is _State.DIGIT:
            on = char.isdigit() or char == "#"
        elif char.isupper():
            self._state = _State.WORD
            self._next = char
            return None
        else:
            on = not is_wide(char) and char not in "\"“'‘"
        return self._go_on() if on else self._gap_at

    def _judge_word(self, char: str) -> int | None:
        if char.isalpha() and len(self._next) <= MAX_STARTER:
            self._next += char
            return None
        return self._gap_at if self._next.lower() in STARTERS else self._go_on()

    # After a clause

    def _judge_clause(self, char: str, place: int) -> int | None:
        if char and char in CLOSERS and (char != '"' or self.quoted):
            return None
        if char and char in "—–" and self._tail in "—–":
            return None
        joins = is_wide(self._tail) or self._tail in "—–"
        if char and joins and (char.isdigit() or char in STOPS or char in CLAUSE_MARKS):
            return self._go_on()
        space = not char or char.isspace()
        return place + char.isspace() if space or joins else self._go_on()
