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
``etc.``, ``p.m.``, ``U.S.``, initials                  the next word, at most 10 letters,
                                                        if it has a capital: ``The`` begins
                                                        a sentence, ``Smith`` does not
``Mr.``, ``e.g.``, ``1.`` first in a line               never an end
line end, block, emotion tag that changes something     0 (but see ``speakable`` on wrapping)
first clause of a turn, at ``,`` or ``，``               0; 1 after digits or in quotes, and
                                                        for other marks
hard cut                                                0
=====================================================  =====================================
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Sequence
from typing import Final

from models.speech import Sound

from .atom import Atom, Kind
from .boundary import FIRST_CLAUSE, LIMIT, WIDE_WEIGHT, WORD_WEIGHT, Boundary
from .emotion import NEUTRAL, Emotion
from .script import CLAUSE_MARKS, CLOSERS, OPENERS, STOPS, is_wide
from .sentence import Sentence, join

_PIECE_COST: Final = 40
"""Cost of a pause or a sound, in the unit of `LIMIT`."""
_UNSAID: Final = (Kind.DROPPED, Kind.EMOTION, Kind.HINT)


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
        self._run_replay()

    def flush(self) -> None:
        """End the sentence here, if there is anything to hear; the next may begin early."""
        self._settle()
        if self._bound.spoken or self._sounds:
            self._cut(len(self._atoms))
        self._said = 0

    def end(self, received: int) -> None:
        """End the last sentence, whose span goes to the end of the raw text."""
        self._settle()
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
        self._bound = Boundary(eager=self._said < FIRST_CLAUSE, quoted=self._quoted)
        self._limit = LIMIT
        self._emotion = self._held
        self._hint: Emotion | None = None
        self._tagged = False
        self._sounds = False

    # Atoms

    def _run_replay(self) -> None:
        while self._replay:
            self._take(self._replay.popleft())

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
        place = len(self._atoms)
        at = self._bound.judge(char, place)
        if at is not None and at <= place:
            self._cut(at, atom)
            return
        self._atoms.append(atom)
        at = at or self._bound.add(char, place)
        if at is not None:
            self._cut(at)
        elif self._bound.cost > self._limit:
            self._cut_hard()

    def _skip(self, atom: Atom) -> None:
        if self._atoms and self._atoms[-1].kind in _UNSAID:
            self._atoms[-1].end = atom.end
        else:
            self._atoms.append(Atom(Kind.DROPPED, "", atom.start, atom.end))

    def _break(self, atom: Atom) -> None:
        if (at := self._bound.settle()) is not None:
            self._cut(at, atom)
            return
        self._skip(atom)
        if self._bound.visible:
            self._cut(len(self._atoms))
        else:
            self._hint = None  # it stood at the end of the line before
        self._quoted = self._bound.quoted = False  # no quotation goes on in the next block

    def _feel(self, atom: Atom) -> None:
        emotion = atom.emotion or self._held
        if self._cut_before(atom):
            return
        if self._bound.spoken and emotion != (self._hint or self._emotion):
            self._cut(len(self._atoms), atom)
            return
        if not self._bound.spoken:
            self._emotion, self._hint, self._tagged = emotion, None, True
        last = self._atoms[-1] if self._atoms else None
        if last and last.kind in _UNSAID:
            last.kind, last.emotion, last.end = Kind.EMOTION, emotion, atom.end
        else:
            self._atoms.append(Atom(Kind.EMOTION, "", atom.start, atom.end, emotion))

    def _take_hint(self, atom: Atom) -> None:
        if not (self._bound.spoken or self._tagged or self._hint):
            self._hint = atom.emotion
        # It is kept where it has no effect, as a cut before it may make it lead a sentence.
        last = self._atoms[-1] if self._atoms else None
        if last is None or last.kind is Kind.GLYPH:
            self._atoms.append(atom)
        elif last.kind is Kind.DROPPED:
            last.kind, last.emotion, last.end = Kind.HINT, atom.emotion, atom.end
        else:
            self._skip(atom)

    def _take_piece(self, atom: Atom) -> None:
        if self._cut_before(atom):
            return
        self._atoms.append(atom)
        self._sounds = self._sounds or isinstance(atom.piece, Sound)
        self._bound.cost += _PIECE_COST
        if self._bound.cost > self._limit:
            self._cut_hard()

    # Cuts

    def _cut_before(self, atom: Atom) -> bool:
        """Cut where a tag makes an end certain, as a space would."""
        at = self._bound.judge("", len(self._atoms))
        if at is not None:
            self._cut(at, atom)
        return at is not None

    def _settle(self) -> None:
        if (at := self._bound.settle()) is not None:
            self._cut(at)
            self._run_replay()

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
        elif self._bound.cost > 4 * LIMIT:
            self._cut(len(self._atoms))
        else:
            self._limit = self._bound.cost + LIMIT // 4


def _weigh(atoms: Sequence[Atom]) -> int:
    """Weigh words and wide characters, as `FIRST_CLAUSE` does."""
    weight, within = 0, False
    for atom in atoms:
        if atom.kind is not Kind.GLYPH:
            continue
        wide = is_wide(atom.text[0])
        if wide and atom.text.isalnum():
            weight += WIDE_WEIGHT
        elif atom.text.isalnum() and not within:
            weight += WORD_WEIGHT
        within = not wide and not atom.text.isspace()
    return weight


_BEST_RANK: Final = 4


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
