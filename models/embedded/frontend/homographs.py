"""Homographs: which reading of an English word the words around it ask for.

What it is: light rules on the neighbours, for the words of which the lexicon has several readings. What it is not: a
tagger. `english.py` calls it. A sort is "n" (noun), "v" (verb), "j" (adjective) or "p" (past tense, participle).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .lexicon import english


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AUXILIARIES = _set(
    """to will would can could should shall may might must cannot can't won't don't didn't doesn't wouldn't couldn't
    shouldn't not let's please do did does i'll you'll we'll they'll he'll she'll it'll"""
)
_SUBJECTS = _set("i you we they who i'd you'd we'd they'd he'd she'd")
_SINGULAR = _set("he she it who that which everyone nobody somebody")
_BEFORE_VERB = _AUXILIARIES | _SUBJECTS | _set("always never often usually sometimes just also and then")
_DETERMINERS = _set("a an the this that these those my your his her its our their no any some each every another")
_PREPOSITIONS = _set("of in on for with from by at into about under over without between")
_BEFORE_NOUN = (
    _DETERMINERS
    | _PREPOSITIONS
    | _set(
        """first second third last next new old good bad great big little same only own more most many few several one
        two three whose which what whole long short high low"""
    )
)
_OBJECTS = _DETERMINERS | _set("it me you him them us up out down off")
_BE = _set("is are was were be been being am i'm you're he's she's it's we're they're")
_PERFECT = _BE | _set(
    "have has had having i've you've we've they've hasn't haven't hadn't get got already recently just"
)
_PAST = _set("yesterday ago last once earlier previously did was were had said went")
_DEGREES = _set("very so too quite really as how pretty")
_STAGED = _set(
    "music stream streaming show concert broadcast video chat audience performance band event demo wire coverage"
)


def sorts(words: Sequence[str]) -> list[str]:
    """Return the sort of each word's reading, "" where it has one reading only."""
    lower = [word.lower() for word in words]
    return [_sort(lower, i) if len(english().sorts(word)) > 1 else "" for i, word in enumerate(lower)]


def _sort(words: Sequence[str], i: int) -> str:
    special = _SPECIAL.get(words[i])
    if special is not None:
        return special(words, i)
    available = english().sorts(words[i])
    before, after = _beside(words, i)
    if "v" in available and _verbal(words[i], before, after):
        return "v"
    if "p" in available and (before in _PERFECT or before in _SINGULAR | _SUBJECTS):
        return "p"
    if "j" in available and _attribute(before, after):
        return "j"
    return "n" if "n" in available else available[0]


def _beside(words: Sequence[str], i: int) -> tuple[str, str]:
    return words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""


def _verbal(word: str, before: str, after: str) -> bool:
    """Tell a verb by what stands before it, else by an object after it."""
    if before in _AUXILIARIES or (before in _BEFORE_VERB and before not in _BEFORE_NOUN):
        return True
    if word.endswith("s") and before in _SINGULAR and before != "that":
        return True
    return before not in _BEFORE_NOUN and after in _OBJECTS


def _attribute(before: str, after: str) -> bool:
    """Tell an adjective between an article or a degree and the noun that it belongs to."""
    beyond = _PREPOSITIONS | _BE | _AUXILIARIES | _DETERMINERS | _set("and or")
    return before in _DEGREES or (before in _DETERMINERS and after.isalpha() and after not in beyond)


def _read(words: Sequence[str], i: int) -> str:
    before = words[max(0, i - 3) : i]
    if _AUXILIARIES & set(before):
        return "v"
    if _PERFECT & set(before) or _PAST & set(words):
        return "p"
    return "p" if before and before[-1] in _SINGULAR else "v"


def _live(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    led = _set("a the is are was go going went watch broadcast streaming now")
    return "j" if after in _STAGED or before in led else "v"


def _lead(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    if after in _set("pipe pipes paint poisoning pencil bullet bullets acid shot"):
        return "n"
    return "n" if before in _set("of contains molten liquid") and after in ("", "and", "in") else "v"


def _minute(words: Sequence[str], i: int) -> str:
    small = _set("details detail amount amounts particles differences quantities traces")
    return "j" if _beside(words, i)[1] in small else "n"


def _close(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    if after in _set("to by friend friends enough together call relationship look attention up"):
        return "v" if before in _AUXILIARIES else "j"
    return "j" if before in _BE | _DEGREES | _set("stay come came get got a that") else "v"


def _use(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    return "n" if after == "of" or before in _BEFORE_NOUN - _set("which what") else "v"


def _does(_: Sequence[str], __: int) -> str:
    return "v"


def _wound(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    return "p" if before in _SINGULAR | _SUBJECTS or after in _set("up around down through tightly") else "n"


def _bow(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    down = before in _AUXILIARIES | _SUBJECTS or after in _set("to down before")
    return "v" if down or words[max(0, i - 2) : i] in (["take", "a"], ["took", "a"]) else "n"


def _content(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    return "j" if before in _BE | _DEGREES | _set("feel felt") and after in ("", "with", "to") else "n"


def _wind(words: Sequence[str], i: int) -> str:
    before, after = _beside(words, i)
    moved = after in ("up", "down") and before not in _DETERMINERS
    return "v" if before in _AUXILIARIES | _SUBJECTS or moved else "n"


_SPECIAL: dict[str, Callable[[Sequence[str], int], str]] = {
    "read": _read, "live": _live, "lead": _lead, "minute": _minute, "close": _close, "use": _use, "does": _does,
    "wound": _wound, "bow": _bow, "content": _content, "wind": _wind,
}  # fmt: skip
