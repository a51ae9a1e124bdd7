"""Cuts a turn's atoms into sentences, each as soon as its end is certain.

What it is: incremental segmentation of English, Chinese, Japanese and mixed text, by
rules. What it is not: a parser of tags or markup (``speakable`` has removed them).
``stream`` calls it.

Look-ahead, in characters after the one that ends the sentence:

=====================================================  =====================================
``。！？`` and their kin                                1: what is no stop and no closing mark
``.``, ``!``, ``?`` after a word                        1: white space (or an ideograph)
``?"``, ``.)``, ``...``: a closing mark or ellipsis     2: lower case after the space goes on
``No.``, ``Fig.``, ``Jan.``                             2: a digit after the space goes on
``etc.``, ``p.m.``, ``U.S.``, initials                  the next word, at most 8 letters, if
                                                        it has a capital: ``The`` begins a
                                                        sentence, ``Smith`` does not
``Mr.``, ``e.g.``, ``1.`` first in a line               never an end
line end, block, emotion tag that changes something     0 (but see ``speakable`` on wrapping)
first clause of a turn, at ``,`` or ``，``               0; 1 after digits or in quotes, and
                                                        for ``:``, ``;`` within words, dashes
hard cut                                                0
=====================================================  =====================================
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from models.speech import Sound

from .atom import Atom, Kind
from .emotion import NEUTRAL, Emotion
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
from .sentence import Sentence, join

FIRST_CLAUSE: Final = 12
"""Weight of a clause that may be cut early: 4 words of 3, or 6 wide characters of 2."""
_WORD_WEIGHT: Final = 3
_WIDE_WEIGHT: Final = 2

LIMIT: Final = 880
"""Cost of the longest sentence: 220 letters of 4, or 80 wide characters of 11."""
_LETTER_COST: Final = 4
_WIDE_COST: Final = 11
_PIECE_COST: Final = 40
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
    GAP = auto()
    """After the space behind a stop: the next character tells."""
    WORD = auto()
    """After an abbreviation: the next word tells."""


class _Gap(Enum):
    LOWER = auto()
    """Lower case goes on."""
    DIGIT = auto()
    """A number goes on."""
    WORD = auto()
    """All but a word that begins sentences goes on."""


class Segmenter:
    """One turn's atoms on their way to sentences; take what is ready with `take`."""

    def __init__(self, emotion: Emotion = NEUTRAL) -> None:
        self._ready: list[Sentence] = []
        self._replay: deque[Atom] = deque()
        self._start = 0
        self._held = emotion
        self._said = 0
        self._quoted = False
        self._begin()

    def push(self, atom: Atom) -> None:
        """Take the next atom."""
        self._take(atom)
        while self._replay:
            self._take(self._replay.popleft())

    def flush(self) -> None:
        """End the sentence here, if there is anything to hear; the next may begin early."""
        self._settle_word()
        if self._spoken or self._sounds:
            self._cut(len(self._atoms))
        self._said = 0

    def end(self, received: int) -> None:
        """End the last sentence, whose span goes to the end of the raw text."""
        self._settle_word()
        if self._start < received:
            emotion = self._hint or self._emotion
            self._ready.append(join(self._atoms, self._start, received, emotion))
            self._start = received
            self._begin()

    def take(self) -> list[Sentence]:
        """Give the sentences that became certain since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def _begin(self) -> None:
        self._atoms: list[Atom] = []
        self._state = _State.OPEN
        self._emotion = self._held
        self._hint: Emotion | None = None
        self._tagged = False
        self._spoken = False
        self._visible = False
        self._sounds = False
        self._kana = False
        self._weight = 0
        self._cost = 0
        self._limit = LIMIT
        self._quote = self._quoted
        self._token = ""
        self._tokens = 0
        self._depth = 0
        self._aside_at = 0
        self._aside_within = False

    # Atoms

    def _take(self, atom: Atom) -> None:
        match atom.kind:
            case Kind.GLYPH:
                self._glyph(atom)
            case Kind.DROPPED:
                self._skip(atom)
            case Kind.BREAK:
                self._break(atom)
            case Kind.EMOTION:
                self._feel(atom)
            case Kind.HINT:
                self._take_hint(atom)
            case Kind.PIECE:
                self._take_piece(atom)

    def _glyph(self, atom: Atom) -> None:
        char = atom.text[0]
        if self._state is not _State.OPEN:
            at = self._judge(char)
            if at is not None:
                if at > len(self._atoms):
                    self._atoms.append(atom)
                    self._cut(at)
                else:
                    self._cut(at, atom)
                return
        self._atoms.append(atom)
        self._account(char)
        if self._state is _State.OPEN:
            self._look(char)
        if self._cost > self._limit:
            self._cut_hard()

    def _skip(self, atom: Atom) -> None:
        last = self._atoms[-1].kind if self._atoms else Kind.GLYPH
        if last in (Kind.DROPPED, Kind.EMOTION, Kind.HINT):
            self._atoms[-1].end = atom.end
        else:
            self._atoms.append(Atom(Kind.DROPPED, "", atom.start, atom.end))

    def _break(self, atom: Atom) -> None:
        if self._settle_word(atom):
            return
        self._skip(atom)
        self._hint = None
        if self._spoken or self._visible:
            self._cut(len(self._atoms))
        self._quoted = self._quote = False

    def _feel(self, atom: Atom) -> None:
        emotion = atom.emotion or self._held
        if self._state is _State.TAIL and (at := self._judge(" ")) is not None:
            self._cut(min(at, len(self._atoms)), atom)
            return
        if self._spoken and emotion != (self._hint or self._emotion):
            self._cut(len(self._atoms), atom)
            return
        if not self._spoken:
            self._emotion, self._hint, self._tagged = emotion, None, True
        last = self._atoms[-1] if self._atoms else None
        if last and last.kind in (Kind.DROPPED, Kind.EMOTION, Kind.HINT):
            last.kind, last.emotion, last.end = Kind.EMOTION, emotion, atom.end
        else:
            self._atoms.append(Atom(Kind.EMOTION, "", atom.start, atom.end, emotion))

    def _take_hint(self, atom: Atom) -> None:
        if self._spoken or self._tagged or self._hint:
            self._skip(atom)
        else:
            self._hint = atom.emotion
            self._atoms.append(atom)

    def _take_piece(self, atom: Atom) -> None:
        if self._state is _State.TAIL and (at := self._judge(" ")) is not None:
            self._cut(min(at, len(self._atoms)), atom)
            return
        self._atoms.append(atom)
        self._sounds = self._sounds or isinstance(atom.piece, Sound)
        self._cost += _PIECE_COST
        if self._cost > self._limit:
            self._cut_hard()

    def _account(self, char: str) -> None:
        """Count what a glyph adds to the sentence."""
        wide = is_wide(char)
        self._cost += _WIDE_COST if wide else _LETTER_COST
        if char.isspace():
            self._tokens += bool(self._token)
            self._token = ""
            return
        self._visible = True
        if char.isalnum():
            self._spoken = True
            self._kana = self._kana or is_kana(char)
            if wide:
                self._weight += _WIDE_WEIGHT
            elif not self._token:
                self._weight += _WORD_WEIGHT
        elif char == '"':
            self._quote = not self._quote
        elif char in ASIDE_OPENERS and self._token[-1:] not in (":", ";", "="):
            if not self._depth:
                self._aside_at, self._aside_within = self._cost, self._spoken
            self._depth += 1
        elif char in ASIDE_CLOSERS:
            self._depth = max(0, self._depth - 1)
        if wide or char in OPENERS or char == '"':
            self._tokens += bool(self._token)
            self._token = ""
        elif len(self._token) < _MAX_TOKEN:
            self._token += char

    # Ends

    def _look(self, char: str) -> None:
        """After a glyph within a sentence: does an end begin here?"""
        if char in STOPS:
            if self._spoken:
                self._state = _State.TAIL
                self._tail = char
                self._closed = False
                self._word = self._token[:-1] if self._token.endswith(char) else self._token
                self._after_wide = self._is_after_wide()
        elif char in CLAUSE_MARKS and self._may_cut_clause(char):
            plain = self._token.rstrip(",;").replace("'", "").replace("’", "").isalpha()
            if (char in "，；" or (char in ",;" and plain)) and not self._quote:
                self._cut(len(self._atoms))
                return
            self._state = _State.CLAUSE
            self._tail = char

    def _is_after_wide(self) -> bool:
        """Whether an ideograph or kana stands before the stop just added."""
        for atom in reversed(self._atoms[-8:-1]):
            if atom.kind is Kind.GLYPH:
                return is_wide(atom.text)
        return False

    def _may_cut_clause(self, char: str) -> bool:
        if self._said >= FIRST_CLAUSE or self._weight < FIRST_CLAUSE or self._depth:
            return False
        return self._kana or char not in "、､"

    def _judge(self, char: str) -> int | None:
        """Decide a possible end by the next character; give the index to cut at.

        An index past the atoms means: after this character, a space.
        """
        match self._state:
            case _State.TAIL:
                return self._judge_tail(char)
            case _State.CLAUSE:
                return self._judge_clause(char)
            case _State.GAP:
                return self._judge_gap(char)
            case _:
                return self._judge_word(char)

    def _go_on(self) -> int | None:
        self._state = _State.OPEN
        return None

    def _judge_tail(self, char: str) -> int | None:
        if char in STOPS:
            self._tail += char
            return None
        if char in CLOSERS and self._is_closing(char):
            self._closed = True
            return None
        if self._depth and self._cost - self._aside_at < _ASIDE_LIMIT:
            return self._go_on()
        if not FULL_STOPS.isdisjoint(self._tail):
            return self._judge_full(char)
        if char.isspace():
            return self._judge_space()
        return self._judge_joined(char)

    def _is_closing(self, char: str) -> bool:
        return char != '"' or self._quote or not self._after_wide

    def _judge_full(self, char: str) -> int | None:
        """After ``。``: an end, unless a quotation or an aside is part of what goes on."""
        if self._tail == "．" and char.isdigit():
            return self._go_on()
        if self._closed and (char in PARTICLES or (self._aside_within and not char.isspace())):
            return self._go_on()
        return len(self._atoms) + char.isspace()

    def _judge_space(self) -> int | None:
        """After ``.``, ``!``, ``?`` or an ellipsis, and white space."""
        dots = self._tail.strip(".…") == ""
        if dots and (len(self._tail) > 1 or self._tail == "…"):
            return self._wait(_Gap.LOWER)
        if dots:
            word = self._word.lstrip("'’*-")
            if is_title(word) or (word.isdigit() and not self._tokens):
                return self._go_on()
            if is_counted(word):
                return self._wait(_Gap.DIGIT)
            if is_open(word):
                return self._wait(_Gap.WORD)
        return self._wait(_Gap.LOWER) if self._closed else len(self._atoms) + 1

    def _judge_joined(self, char: str) -> int | None:
        """After a stop with something right behind it: 3.14, a.b, 不错!我们."""
        wide = is_wide(char) and char not in CLAUSE_MARKS
        dots = self._tail.strip(".…") == ""
        if dots and (len(self._tail) > 1 or self._tail == "…"):
            ready = self._may_cut_clause(char) and wide
            return len(self._atoms) if ready else self._go_on()
        if dots:
            word = self._word
            plain = word and not word[-1].isdigit() and not is_title(word) and not is_open(word)
            return len(self._atoms) if wide and (plain or self._after_wide) else self._go_on()
        letter = char.isalnum() or char in OPENERS or char == '"'
        if wide or (self._after_wide and letter):
            return self._judge_full(char)
        return self._go_on()

    def _wait(self, gap: _Gap) -> int | None:
        self._state = _State.GAP
        self._gap = gap
        self._gap_at = len(self._atoms) + 1
        return None

    def _judge_gap(self, char: str) -> int | None:
        if char.isspace():
            return None
        match self._gap:
            case _Gap.LOWER:
                on = char.islower() or char in "—–-" or char in CLAUSE_MARKS
            case _Gap.DIGIT:
                on = char.isdigit() or char == "#"
            case _Gap.WORD:
                if char.isupper():
                    self._state = _State.WORD
                    self._next = char
                    return None
                on = not is_wide(char) and char not in "\"“'‘"
        return self._go_on() if on else self._gap_at

    def _judge_word(self, char: str) -> int | None:
        if char.isalpha() and len(self._next) <= MAX_STARTER:
            self._next += char
            return None
        return self._gap_at if self._next.lower() in STARTERS else self._go_on()

    def _settle_word(self, *more: Atom) -> bool:
        """Where the text breaks off in the word after an abbreviation, decide by that."""
        if self._state is not _State.WORD or self._next.lower() not in STARTERS:
            return False
        self._cut(self._gap_at, *more)
        if not more:
            while self._replay:
                self._take(self._replay.popleft())
        return True

    def _judge_clause(self, char: str) -> int | None:
        if char in CLOSERS and (char != '"' or self._quote):
            return None
        if char in "—–" and self._tail in "—–":
            return None
        wide = is_wide(self._tail) or self._tail in "—–"
        if char.isspace() or (wide and not char.isdigit() and char not in STOPS):
            return len(self._atoms) + char.isspace()
        return self._go_on()

    # Cuts

    def _cut(self, at: int, *more: Atom) -> None:
        """Give out the atoms before ``at``; the others, and ``more``, come again."""
        done, rest = self._atoms[:at], self._atoms[at:]
        if done:
            end = done[-1].end
            emotion = self._hint or self._emotion
            self._ready.append(join(done, self._start, end, emotion))
            self._start = end
            self._said += _weigh(done)
            for atom in done:
                self._quoted ^= atom.text == '"'
                if atom.kind is Kind.EMOTION and atom.emotion:
                    self._held = atom.emotion
        self._begin()
        self._replay.extendleft(reversed([*rest, *more]))

    def _cut_hard(self) -> None:
        """The sentence is too long: cut where it hurts least in its second half."""
        at = _best_cut(self._atoms)
        if at:
            self._cut(at)
        elif self._cost > 4 * LIMIT:
            self._cut(len(self._atoms))
        else:
            self._limit = self._cost + LIMIT // 4


def _weigh(atoms: Sequence[Atom]) -> int:
    """Weigh words and wide characters, as `FIRST_CLAUSE` does."""
    weight, within = 0, False
    for atom in atoms:
        if atom.kind is not Kind.GLYPH:
            continue
        wide = is_wide(atom.text[0])
        if wide and atom.text.isalnum():
            weight += _WIDE_WEIGHT
        elif atom.text.isalnum() and not within:
            weight += _WORD_WEIGHT
        within = not wide and not atom.text.isspace()
    return weight


def _best_cut(atoms: Sequence[Atom]) -> int:
    """Find the latest of the best places in the second half; 0: there is none."""
    best, best_rank = 0, 0
    for at in range(len(atoms) - 1, len(atoms) // 2, -1):
        rank = _rank_cut(atoms[at - 1], atoms[at])
        if rank > best_rank:
            best, best_rank = at, rank
            if rank == _BEST_RANK:
                break
    return best


_BEST_RANK: Final = 4


def _rank_cut(before: Atom, after: Atom) -> int:
    """Rank a place for a hard cut: 4 behind a clause, 3 a space, 2 wide, 1 any, 0 never."""
    if before.kind is not Kind.GLYPH or after.kind is not Kind.GLYPH:
        return 3 if after.kind is Kind.PIECE else 0
    left, right = before.text[-1], after.text[0]
    if right in STOPS or right in CLOSERS or right in CLAUSE_MARKS or left in OPENERS:
        return 0
    if unicodedata.category(right).startswith("M") or left == "\u200d" or right == "\u200d":
        return 0
    marks = left in CLAUSE_MARKS or left in STOPS
    if marks and (right.isspace() or is_wide(left)):
        return _BEST_RANK
    if left.isspace():
        return 3
    if is_wide(left) and is_wide(right):
        return 2
    numeric = left.isdigit() or left in ".,:"
    return 0 if numeric and (right.isdigit() or right in ".,:") else 1
