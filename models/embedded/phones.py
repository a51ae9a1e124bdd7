"""The phones of the embedded voice: the contract between its front end and its acoustic model.

What it is: the inventory of sounds, their ids in the network and their IPA, the features one phone carries, and the
spelling of Mandarin syllables in phones. What it is not: grapheme-to-phoneme conversion (`frontend/`) or acoustics
(`network.py`). The front end, the acoustic model, its marks and the training scripts all use it.

English symbols are those of festival's radio set (CMU, in lower case). Mandarin shares a symbol wherever the sound is
close enough to be learnt together, which lets an English timbre speak it; sounds that Mandarin has alone are written in
capitals. Note that Mandarin `b d g` are voiceless unaspirated and `p t k` aspirated, as in pinyin.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

PAUSE = "pau"

# (symbol, IPA in English, IPA in Mandarin); the place in this table is the id in the network: only ever append.
_TABLE: tuple[tuple[str, str, str], ...] = (
    (PAUSE, "", ""),
    ("aa", "ɑ", "a"),
    ("ae", "æ", "æ"),
    ("ah", "ʌ", "ʌ"),
    ("ao", "ɔ", "ɔ"),
    ("aw", "aʊ", "au"),
    ("ax", "ə", "ə"),
    ("ay", "aɪ", "ai"),
    ("b", "b", "p"),
    ("ch", "tʃ", "tʃ"),
    ("d", "d", "t"),
    ("dh", "ð", "ð"),
    ("eh", "ɛ", "ɛ"),
    ("er", "ɝ", "ɚ"),
    ("ey", "eɪ", "ei"),
    ("f", "f", "f"),
    ("g", "ɡ", "k"),
    ("hh", "h", "h"),
    ("ih", "ɪ", "ɪ"),
    ("iy", "i", "i"),
    ("jh", "dʒ", "dʒ"),
    ("k", "k", "kʰ"),
    ("l", "l", "l"),
    ("m", "m", "m"),
    ("n", "n", "n"),
    ("ng", "ŋ", "ŋ"),
    ("ow", "oʊ", "ou"),
    ("oy", "ɔɪ", "ɔɪ"),
    ("p", "p", "pʰ"),
    ("r", "ɹ", "ɹ"),
    ("s", "s", "s"),
    ("sh", "ʃ", "ʃ"),
    ("t", "t", "tʰ"),
    ("th", "θ", "θ"),
    ("uh", "ʊ", "ʊ"),
    ("uw", "u", "u"),
    ("v", "v", "v"),
    ("w", "w", "w"),
    ("y", "j", "j"),
    ("z", "z", "z"),
    ("zh", "ʒ", "ʒ"),
    # Mandarin alone: consonants
    ("J", "tɕ", "tɕ"),
    ("Q", "tɕʰ", "tɕʰ"),
    ("X", "ɕ", "ɕ"),
    ("ZH", "ʈʂ", "ʈʂ"),
    ("CH", "ʈʂʰ", "ʈʂʰ"),
    ("SH", "ʂ", "ʂ"),
    ("R", "ʐ", "ʐ"),
    ("Z", "ts", "ts"),
    ("C", "tsʰ", "tsʰ"),
    ("H", "x", "x"),
    # Mandarin alone: vowels and diphthongs that are one segment
    ("A", "a", "a"),  # of an, ian is IE
    ("E", "ɤ", "ɤ"),
    ("O", "ɔ", "ɔ"),
    ("IR", "ɻ̩", "ɻ̩"),  # of zhi, chi, shi, ri
    ("IZ", "ɹ̩", "ɹ̩"),  # of zi, ci, si
    ("IA", "ja", "ja"),
    ("IE", "jɛ", "jɛ"),
    ("IOU", "jou", "jou"),
    ("UA", "wa", "wa"),
    ("UAI", "wai", "wai"),
    ("UEI", "wei", "wei"),
    ("UEN", "wə", "wə"),
    ("UO", "wɔ", "wɔ"),
    ("ONG", "ʊŋ", "ʊŋ"),
    ("V", "y", "y"),
    ("VE", "yɛ", "yɛ"),
    ("VA", "yɛ", "yɛ"),  # of yuan, juan
    ("VN", "yə", "yə"),  # of yun, jun
)

INVENTORY: dict[str, int] = {symbol: number for number, (symbol, _, _) in enumerate(_TABLE)}
"""Symbol to id in the network."""

ENGLISH_SYMBOLS: tuple[str, ...] = tuple(symbol for symbol in INVENTORY if symbol.islower())
VOWELS: frozenset[str] = frozenset(
    "aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw A E O IR IZ IA IE IOU UA UAI UEI UEN UO ONG V VE VA VN".split()
)


class Language(IntEnum):
    """Whose sounds a phone belongs to; its value is the id in the network."""

    ENGLISH = 0
    MANDARIN = 1


class Clause(IntEnum):
    """How a clause ends, which colours all of it (a question rises at its end)."""

    NONE = 0
    COMMA = 1
    STATEMENT = 2
    QUESTION = 3
    EXCLAMATION = 4


class Boundary(IntEnum):
    """What follows a phone's syllable."""

    INSIDE = 0  # the word goes on
    WORD = 1
    PHRASE = 3  # a comma or its like: a pau follows
    SENTENCE = 4  # the end of the request: the last pau follows


@dataclass(frozen=True, slots=True)
class Phone:
    """One sound with everything the acoustic model is told about it."""

    symbol: str
    """In INVENTORY."""
    accent: int
    """English: stress of its syllable, 0 or 1, for every phone of the syllable. Mandarin: tone 1 to 5. 0 for pau."""
    boundary: int
    """A Boundary: strength of what follows this phone's syllable, for every phone of the syllable. 0 for pau."""
    last: bool
    """Whether it is the last phone of its syllable. True for pau."""
    clause: int
    """A Clause: how the clause that it belongs to ends. A pau belongs to the clause that follows it, the last pau of
    a sentence to the clause before it."""
    language: Language
    word: int
    """Index into the sentence's spoken words; -1 for pau."""
    forced_ms: int = 0
    """Exact length that the sound must have, in milliseconds; 0: the model decides. For pauses that the text asks."""

    @property
    def ipa(self) -> str:
        """The sound in IPA, without tone or stress; empty for a pause."""
        return _TABLE[INVENTORY[self.symbol]][1 + self.language]


@dataclass(frozen=True, slots=True)
class Word:
    """What lights up as one while it is spoken."""

    text: str
    """As written in the raw text ("$3.14"), not as spoken."""
    char_start: int
    """First code point in the turn's raw text."""
    char_end: int
    """One past the last code point in the turn's raw text."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the front end makes of one request."""

    phones: tuple[Phone, ...]
    """Starts and ends with a pau."""
    words: tuple[Word, ...]


_INITIALS = {
    "b": "b", "p": "p", "m": "m", "f": "f", "d": "d", "t": "t", "n": "n", "l": "l", "g": "g", "k": "k", "h": "H",
    "j": "J", "q": "Q", "x": "X", "zh": "ZH", "ch": "CH", "sh": "SH", "r": "R", "z": "Z", "c": "C", "s": "s", "": "",
}  # fmt: skip

_FINALS = {
    "a": "aa", "ai": "ay", "an": "A n", "ang": "aa ng", "ao": "aw", "e": "E", "ei": "ey", "en": "ax n", "eng": "ax ng",
    "er": "er", "i": "iy", "ia": "IA", "ian": "IE n", "iang": "IA ng", "iao": "y aw", "ie": "IE", "in": "iy n",
    "ing": "iy ng", "iong": "V ng", "iu": "IOU", "o": "O", "ong": "ONG", "ou": "ow", "u": "uw", "ua": "w aa",
    "uai": "UAI", "uan": "UA n", "uang": "w aa ng", "ui": "UEI", "un": "UEN n", "uo": "UO", "v": "V", "ve": "VE",
    "van": "VA n", "vn": "VN n", "ê": "eh",
}  # fmt: skip

# Syllables without an initial, as pinyin spells them.
_WHOLE = {
    "wa": "w aa", "wai": "w ay", "wan": "w A n", "wang": "w aa ng", "wei": "w ey", "wen": "w UEN n",
    "weng": "w UEN ng", "wo": "w O", "wong": "w O ng", "wu": "w uw", "ya": "y IA", "yan": "y IE n", "yang": "y IA ng",
    "yao": "y aw", "ye": "y IE", "yi": "y iy", "yin": "y iy n", "ying": "y iy ng", "yo": "y O", "yong": "V ng",
    "you": "y IOU", "yu": "y V", "yuan": "VA n", "yue": "VE", "yun": "y VN n", "yai": "y ay", "m": "m", "n": "n",
    "ng": "ng", "hm": "H m", "hng": "H ng", "r": "er",
}  # fmt: skip


def spell(syllable: str, tone: int) -> tuple[str, ...]:
    """Return the symbols of a pinyin syllable (`"zhuang"`, `"nv"` or `"nü"`, no tone mark) spoken in `tone` 1 to 5.

    Raises ValueError for what is no pinyin syllable. Erhua is the caller's: `er` as a last phone of the syllable.
    """
    syllable = syllable.replace("ü", "v").replace("u:", "v")
    if syllable in _WHOLE:
        return tuple(_WHOLE[syllable].split())
    size = 2 if syllable[:2] in _INITIALS else 1 if syllable[:1] in _INITIALS else 0
    initial, final = syllable[:size], syllable[size:]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final not in _FINALS:
        raise ValueError(f"{syllable!r} is no pinyin syllable")
    symbols = _FINALS[final]
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        symbols = "IZ" if initial in ("z", "c", "s") else "IR"
    elif final == "e" and tone == 5:
        symbols = "ax"  # 的, 了, 么: the neutral tone reduces it
    return tuple(f"{_INITIALS[initial]} {symbols}".split())
