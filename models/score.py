"""The notes of a text: what the tone model reads, word by word, as its tokens.

What it is: text, pauses and sounds into words (split at spaces; every hanzi and kana is
one), words into phonemes (plausible IPA, no pronunciation), phonemes into notes of 60 or
80 ms, with silences where punctuation asks for them. The text may grow while it is read.
What it is not: sound, which ``models.tone``, its only caller, makes of the notes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from .speech import Pause, Piece, Sound, Text, TextError

_LEAD_S, _TAIL_S = 0.01, 0.04
_SOUNDS = {
    "laughter": (("h", 0.06), ("a", 0.08)) * 4,
    "breath": (("~", 0.3),),
}
_WIDE_BREAKS = {**dict.fromkeys("、，；：—", 0.12), **dict.fromkeys("。．！？…", 0.2)}
_BREAKS_S = {**_WIDE_BREAKS, **dict.fromkeys(",;:", 0.12), **dict.fromkeys(".!?", 0.2)}
"""The silence that a punctuation mark asks for, in seconds."""
IDEOGRAPH = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_SPEAKABLE = re.compile(r"[^\W_]|[%&@#+=°$€£¥₩₹]")
_VOWELS = ("a", "ɛ", "i", "ɔ", "u", "ə", "aɪ", "eɪ", "oʊ")
_ONSETS = ("p", "t", "k", "m", "n", "l", "s", "ʃ", "f", "h", "w", "j")
_LETTERS = {
    "a": "æ", "b": "b", "c": "k", "d": "d", "e": "ɛ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ",
    "j": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n", "o": "ɔ", "p": "p", "q": "k", "r": "ɹ",
    "s": "s", "t": "t", "u": "ʌ", "v": "v", "w": "w", "x": "z", "y": "j", "z": "z",
    "0": "zoʊ", "1": "wʌ", "2": "tu", "3": "θi", "4": "fɔ", "5": "vaɪ", "6": "sɪ", "7": "sɛ",
    "8": "teɪ", "9": "naɪ",
}  # fmt: skip
_VOWEL_SIGNS = frozenset("æɛɪɔʌaiuəeo")


_Word: TypeAlias = tuple[str, int, int, int]


class Note(NamedTuple):
    """One token: a tone, a noise (symbol "~"), or a silence (symbol "")."""

    symbol: str
    length: int
    place: tuple[int, int, int]
    """Its unit's first atom, its index in the unit, its index in the utterance."""
    word: _Word | None = None
    """Begins a word: its text, length in samples, char_start, char_end."""


class _Character(NamedTuple):
    text: str
    start: int
    end: int


class Score:
    """The notes of a text that may still grow, read unit by unit.

    A unit is a word with its punctuation, a pause, or a sound. Units do not depend on how
    the text was cut into pieces, nor on when they came.
    """

    def __init__(self, sample_rate: int, rate: float, fail_on: str, crash_on: str) -> None:
        self.final = False
        self._sample_rate = sample_rate
        self._rate = rate
        self._fail_on = fail_on
        self._crash_on = crash_on
        self._atoms: list[_Character | Pause | Sound] = []
        self._cursor = 0
        self._serial = 0
        self._skip = 0
        self._unit: deque[Note] = deque()

    def add(self, pieces: Sequence[Piece], final: bool) -> None:
        for piece in pieces:
            self._atoms.extend(_characters(piece) if isinstance(piece, Text) else (piece,))
        self.final = final

    def seek(self, cursor: int, index: int, serial: int) -> None:
        """Go to a place; its text may not be there yet."""
        self._cursor, self._skip, self._serial = cursor, index, serial - index

    @property
    def place(self) -> tuple[int, int, int]:
        """That of the next note."""
        if self._unit:
            return self._unit[0].place
        return self._cursor, self._skip, self._serial + self._skip

    def read(self) -> Note | None:
        """Give the next note; None when there is none, for now or (``final``) for good."""
        while not self._unit:
            end = self._unit_end()
            if end is None:
                return None
            notes = list(self._notes(end))
            self._serial += len(notes)
            self._unit.extend(notes[self._skip :])
            self._cursor, self._skip = end, 0
        return self._unit.popleft()

    def _unit_end(self) -> int | None:
        """Find the end of the unit at the cursor, if it is sure; the tail is one too."""
        atoms, at = self._atoms, self._cursor
        if at >= len(atoms):
            return at + 1 if self.final and at == len(atoms) else None
        first = atoms[at]
        if not isinstance(first, _Character) or _stands_alone(first.text):
            return at + 1
        while at < len(atoms):
            atom = atoms[at]
            if not isinstance(atom, _Character) or _stands_alone(atom.text):
                return at
            at += 1
        return at if self.final else None

    def _notes(self, end: int) -> Iterator[Note]:
        """Make the notes of the unit that lies before ``end``."""
        sounds = list(self._sounds(end))
        if self._serial == 0 and sounds:
            sounds.insert(0, ("", _LEAD_S, None))
        elif self._serial > 0 and end > len(self._atoms):
            sounds = [("", _TAIL_S, None)]
        for index, (symbol, duration_s, word) in enumerate(sounds):
            place = (self._cursor, index, self._serial + index)
            yield Note(symbol, round(duration_s * self._sample_rate), place, word)

    def _sounds(self, end: int) -> Iterator[tuple[str, float, _Word | None]]:
        """Give symbol, seconds and begun word of every note of a unit."""
        atoms = self._atoms[self._cursor : end]
        if atoms and isinstance(atoms[0], Pause):
            yield "", max(0.0, atoms[0].duration_s), None
        elif atoms and isinstance(atoms[0], Sound):
            for symbol, seconds in _SOUNDS.get(atoms[0].name, ()):
                yield symbol, seconds / self._rate, None
        else:
            characters = [atom for atom in atoms if isinstance(atom, _Character)]
            yield from self._word("".join(each.text for each in characters), characters)

    def _word(self, text: str, characters: Sequence[_Character]) -> Iterator[tuple[str, float, _Word | None]]:
        if self._fail_on and self._fail_on in text:
            raise TextError(f"cannot speak {text!r}")
        if self._crash_on and self._crash_on in text:
            raise RuntimeError(f"crash on {text!r}")
        spoken = [index for index, each in enumerate(text) if _SPEAKABLE.match(each)]
        if spoken:
            core = characters[spoken[0] : spoken[-1] + 1]
            notes = [(symbol, _duration_s(symbol) / self._rate) for each in core for symbol in _phonemes(each.text)]
            length = sum(round(seconds * self._sample_rate) for _, seconds in notes)
            written = "".join(each.text for each in core)
            word = (written, length, core[0].start, core[-1].end)
            for index, (symbol, seconds) in enumerate(notes):
                yield symbol, seconds, None if index else word
        after = text[spoken[-1] + 1 :] if spoken else text
        pause_s = max((_BREAKS_S.get(each, 0.0) for each in after), default=0.0)
        if pause_s:
            yield "", pause_s / self._rate, None


def _characters(piece: Text) -> Iterator[_Character]:
    if len(piece.text) == piece.char_end - piece.char_start:
        for place, each in enumerate(piece.text, piece.char_start):
            yield _Character(each, place, place + 1)
    else:
        for each in piece.text:
            yield _Character(each, piece.char_start, piece.char_end)


def _stands_alone(character: str) -> bool:
    """Tell whether words end before and after a character."""
    return character.isspace() or character in _WIDE_BREAKS or IDEOGRAPH.match(character) is not None


@lru_cache(maxsize=4096)
def _phonemes(character: str) -> tuple[str, ...]:
    """Give the IPA of one character: one letter, or an onset and a vowel, or nothing."""
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    if base in _LETTERS:
        ipa = _LETTERS[base]
        return (ipa[0], ipa[1:]) if base.isdigit() else (ipa,)
    if not _SPEAKABLE.match(character):
        return ()
    place = ord(character)
    return _ONSETS[place % len(_ONSETS)], _VOWELS[place // len(_ONSETS) % len(_VOWELS)]


def _duration_s(symbol: str) -> float:
    return 0.08 if symbol[0] in _VOWEL_SIGNS else 0.06
