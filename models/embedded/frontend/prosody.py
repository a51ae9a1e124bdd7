"""Prosody: syllables and rests to phones with boundaries, clauses and pauses.

What it is: the features that the acoustic model was trained on, derived from punctuation and length exactly as
`training/features.py` derives them from the teachers. What it is not: durations or pitch, which are the model's.
`speech.py` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..phones import PAUSE, Boundary, Clause, Language, Phone
from .script import Rest, Said
from .syllable import Syllable

_LONG = {Language.ENGLISH: 13, Language.MANDARIN: 16}
"""Words or hanzi of a clause above which breath is taken in it."""
_SHORT = {Language.ENGLISH: 5, Language.MANDARIN: 6}
"""Words or hanzi that must stand on both sides of a breath."""
_BREATH_BEFORE = {
    "because": 4, "although": 4, "though": 4, "while": 4, "which": 4, "but": 4, "whether": 3, "unless": 4, "until": 3,
    "since": 3, "so": 2, "when": 3, "where": 3, "who": 3, "and": 3, "or": 2, "if": 3, "that": 2, "as": 1, "for": 2,
    "with": 2, "from": 2, "into": 2, "before": 2, "after": 2, "in": 1, "at": 1, "on": 1, "to": 1, "by": 1,
    "但": 4, "而": 3, "因": 4, "所": 2, "如": 2, "并": 3, "或": 2, "和": 2, "与": 2, "在": 2, "把": 2, "被": 2,
    "对": 1, "从": 2, "向": 1, "就": 2, "也": 2, "还": 2, "都": 1, "却": 3,
}  # fmt: skip
_BREATH_AFTER = {"的": 2, "了": 2, "时": 2, "后": 2, "是": 1, "着": 1}
_RANK = {Clause.NONE: 0, Clause.COMMA: 1, Clause.STATEMENT: 2, Clause.EXCLAMATION: 3, Clause.QUESTION: 4}


def breathe(items: Sequence[Said | Rest]) -> list[Said | Rest]:
    """Return items with a rest put into every clause that is too long to be said in one breath."""
    out: list[Said | Rest] = []
    clause: list[Said] = []
    for item in items:
        if isinstance(item, Rest):
            out += _divided(clause)
            out.append(item)
            clause = []
        else:
            clause.append(item)
    return out + _divided(clause)


def _divided(clause: list[Said]) -> list[Said | Rest]:
    """Cut one clause at its best places, in halves, until each part is short enough."""
    if not clause:
        return []
    main = clause[len(clause) // 2].language
    if len(clause) <= _LONG[main]:
        return list(clause)
    short = _SHORT[main]
    places = [k for k in range(short, len(clause) - short + 1) if clause[k].word != clause[k - 1].word]
    if not places:
        return list(clause)
    best = max(places, key=lambda k: _fitness(clause, k))
    return [*_divided(clause[:best]), Rest(Clause.NONE), *_divided(clause[best:])]


def _fitness(clause: Sequence[Said], place: int) -> float:
    """Return how good a breath is before the word at `place`: at a joint of the sentence, near its middle."""
    off = abs(place - len(clause) / 2) / len(clause)
    joint = max(_BREATH_BEFORE.get(clause[place].text.lower(), 0), _BREATH_AFTER.get(clause[place - 1].text, 0))
    return joint - 6 * off


def phones(parts: Sequence[Syllable | Rest]) -> tuple[Phone, ...]:
    """Return the phones of a request; none where there is neither a syllable nor a pause that was asked for."""
    clauses = _clauses(parts)
    out: list[Phone] = []
    rest: Rest | None = Rest(Clause.NONE)
    language = next((p.language for p in parts if isinstance(p, Syllable)), Language.ENGLISH)
    last = max((i for i, part in enumerate(parts) if isinstance(part, Syllable)), default=-1)
    for i, part in enumerate(parts):
        if isinstance(part, Rest):
            rest = part if rest is None else _joined(rest, part)
            continue
        if rest is not None:
            out.append(_pause(rest, clauses[i], part.language))
            rest = None
        language = part.language
        out += _sounds(part, clauses[i], _boundary(parts, i, last))
    if last < 0 and (rest is None or not rest.pause_ms):
        return ()
    out.append(_pause(rest or Rest(Clause.NONE), clauses[last] if last >= 0 else Clause.STATEMENT, language))
    return tuple(out)


def _joined(first: Rest, second: Rest) -> Rest:
    clause = max(first.clause, second.clause, key=_RANK.__getitem__)
    return Rest(clause, first.pause_ms + second.pause_ms)


def _clauses(parts: Sequence[Syllable | Rest]) -> list[Clause]:
    """Return how each part's clause ends: as the next punctuation says, a statement where none follows."""
    clauses: list[Clause] = []
    coming = Clause.STATEMENT
    ended = Clause.NONE
    for part in reversed(parts):
        if isinstance(part, Rest):
            ended = max(ended, part.clause, key=_RANK.__getitem__)
        elif ended is not Clause.NONE:
            coming, ended = ended, Clause.NONE
        clauses.append(coming)
    return clauses[::-1]


def _boundary(parts: Sequence[Syllable | Rest], i: int, last: int) -> Boundary:
    part = parts[i]
    if i == last:
        return Boundary.SENTENCE
    if isinstance(parts[i + 1], Rest):
        return Boundary.PHRASE
    return Boundary.WORD if isinstance(part, Syllable) and part.ends_word else Boundary.INSIDE


def _sounds(syllable: Syllable, clause: Clause, boundary: Boundary) -> list[Phone]:
    final = len(syllable.symbols) - 1
    return [
        Phone(symbol, syllable.accent, boundary, k == final, clause, syllable.language, syllable.word)
        for k, symbol in enumerate(syllable.symbols)
    ]


def _pause(rest: Rest, clause: Clause, language: Language) -> Phone:
    return Phone(PAUSE, 0, 0, True, clause, language, -1, rest.pause_ms)
