"""The sentence: the unit of synthesis, with its place in the turn's raw text.

What it is: what ``segmenter`` cuts, made of atoms. What it is not: a request to a model
(the session adds voice, speed and seed). The session reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.speech import Piece, Text

from .atom import Atom, Kind
from .emotion import Emotion


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a turn that is said in one go.

    The spans of a turn's sentences tile its raw text in order: each begins where the last
    one ended, the first at 0, and the last one (after ``end``) ends with the text. Tags,
    and markup that opens, belong to the sentence of the text that follows them.
    """

    pieces: tuple[Piece, ...]
    """What is said. A `Text` is a verbatim slice of the raw text wherever its length is that
    of its span; adjacent ones join without a space. No tag, no markup."""
    text: str
    """What a reader should see: no tags, no markup, numbers as written, one line."""
    char_start: int
    """Code points from the start of the turn's raw text."""
    char_end: int
    """One past the last code point."""
    emotion: Emotion
    speakable: bool = True
    """Whether there is anything to hear: a letter or digit, a sound or a pause. If not, the
    sentence only covers its span (markup at the end of a turn, say): do not synthesize."""


def join(atoms: Sequence[Atom], start: int, end: int, emotion: Emotion) -> Sentence:
    """Make the sentence of the given span."""
    pieces = _pieces(_trim(atoms))
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    heard = any(map(str.isalnum, text)) or any(not isinstance(piece, Text) for piece in pieces)
    return Sentence(tuple(pieces), " ".join(text.split()), start, end, emotion, heard)


def _trim(atoms: Sequence[Atom]) -> Sequence[Atom]:
    """Leave out what is not heard at both ends."""
    first, last = 0, len(atoms)
    while first < last and not _is_visible(atoms[first]):
        first += 1
    while first < last and not _is_visible(atoms[last - 1]):
        last -= 1
    return atoms[first:last]


def _is_visible(atom: Atom) -> bool:
    return atom.kind is Kind.PIECE or (atom.kind is Kind.GLYPH and not atom.text.isspace())


def _pieces(atoms: Sequence[Atom]) -> list[Piece]:
    """Join neighbours whose characters map one to one onto the raw text."""
    pieces: list[Piece] = []
    run: list[str] = []
    start = end = -1
    for atom in atoms:
        if atom.kind is Kind.GLYPH and len(atom.text) == atom.end - atom.start:
            if atom.start != end and run:
                pieces.append(Text("".join(run), start, end))
                run = []
            start = start if run else atom.start
            end = atom.end
            run.append(atom.text)
            continue
        if atom.kind not in (Kind.GLYPH, Kind.PIECE):
            continue
        if run:
            pieces.append(Text("".join(run), start, end))
            run = []
        pieces.append(atom.piece or Text(atom.text, atom.start, atom.end))
    if run:
        pieces.append(Text("".join(run), start, end))
    return pieces
