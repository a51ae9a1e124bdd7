"""Characters and words that tell where sentences end, in the scripts we cut.

What it is: sets of marks and of abbreviations, and questions about one character or word.
What it is not: a decision; ``segmenter`` weighs what it asks here.
"""

from __future__ import annotations

from typing import Final

FULL_STOPS: Final = frozenset("。｡！？．।॥")
"""They end a sentence whatever follows but a closing mark. (``．`` not before a digit.)"""
LATIN_STOPS: Final = frozenset(".!?…؟۔‼⁇⁈⁉")
"""They end a sentence where white space or an ideograph follows."""
STOPS: Final = FULL_STOPS | LATIN_STOPS
CLOSERS: Final = frozenset("\"'”’»)]}）］｝」』】》〉〕〗›")
"""They stay with the stop before them."""
OPENERS: Final = frozenset("([{（［｛「『【《〈〔〖“‘«‹¿¡")
CLAUSE_MARKS: Final = frozenset(",;:，；：、､—–،؛")
ASIDE_OPENERS: Final = frozenset("(（[［{")
ASIDE_CLOSERS: Final = frozenset(")）]］}")

# After 」 Japanese goes on with a particle: 「行こう。」と言った。 is one sentence.
PARTICLES: Final = frozenset("とっはがをにのもなでへやか")


def words(line: str) -> list[str]:
    """Split a line of words, as our word lists are written."""
    return line.split()


_TITLES: Final = frozenset(
    words(
        "mr mrs ms mx dr prof st mt rev hon pres gov sen rep gen col lt sgt capt cmdr adm maj"
        " cpl messrs mme mlle fr sr sra mssrs supt insp"
    )
)
"""Never the end of a sentence, if they begin with a capital."""
_LINKING: Final = frozenset(words("e.g i.e vs cf viz eg ie approx ca resp incl excl esp al"))
"""Never the end of a sentence."""
_COUNTED: Final = frozenset(
    words(
        "no nos nr fig figs p pp vol vols ch sec art eq eqs op par ver v jan feb mar apr jun"
        " jul aug sep sept oct nov dec"
    )
)
"""Not the end of a sentence where a number follows."""
_OPEN: Final = frozenset(
    words(
        "etc inc ltd co corp bros llc plc jr esq dept univ assn est ave blvd rd apt tel ext"
        " ph.d m.d b.a m.a d.c a.m p.m u.s u.k u.n e.u b.c a.d u.s.a m.sc b.sc ed eds min max"
    )
)
"""Perhaps the end of a sentence: the next word tells."""

STARTERS: Final = frozenset(
    words(
        "a an the this that these those it its he she they we you i his her their our your my"
        " there here and but or so yet if when while as at in on for from with after before"
        " because since although then now no not yes well what who why how where which do does"
        " did is are was were can could will would should may might let please also however"
        " still just once some many most all each every both one today"
        " tomorrow yesterday later next first finally"
    )
)
"""Words that, capitalised after an abbreviation, begin a sentence."""
MAX_STARTER: Final = max(map(len, STARTERS))


def is_wide(char: str) -> bool:
    """Whether a character is written without spaces between words (Han, kana, their marks)."""
    return (
        "\u2e80" <= char <= "\ua4cf"
        or "\uf900" <= char <= "\ufaff"
        or "\ufe30" <= char <= "\ufe4f"
        or "\uff00" <= char <= "\uffef"
        or "\U00020000" <= char <= "\U0003ffff"
    ) and char != "\uff0e"


def is_kana(char: str) -> bool:
    """Whether a character is hiragana or katakana."""
    return "\u3041" <= char <= "\u30ff" and char != "・"


def is_title(word: str) -> bool:
    """Whether a word (without its stop) goes on with what follows, whatever that is."""
    lower = word.lower()
    return lower in _LINKING or (word[:1].isupper() and lower in _TITLES)


def is_counted(word: str) -> bool:
    """Whether a number after this word (without its stop) belongs to it."""
    return word.lower() in _COUNTED


def is_open(word: str) -> bool:
    """Whether only the next word tells if this one (without its stop) ends a sentence."""
    if word.lower() in _OPEN:
        return True
    initial = len(word) == 1 and word.isalpha() and word.isupper() and word != "I"
    return initial or _is_acronym(word)


def _is_acronym(word: str) -> bool:
    """``U.S``, ``J.R.R``: single capitals with stops between."""
    parts = word.split(".")
    return len(parts) > 1 and all(len(part) == 1 and part.isalpha() for part in parts)
