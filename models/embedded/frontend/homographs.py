"""Homographs: which reading of an English word the words around it ask for.

What it is: light rules on the neighbours, for the words of which the lexicon has several readings. What it is not: a
tagger. `english.py` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .lexicon import english

_BEFORE_VERB = frozenset(
    "to will would can could should shall may might must cannot can't won't don't didn't doesn't wouldn't couldn't "
    "shouldn't "
    "not let's please i you we they who i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd he'd she'd "
    "always never often usually sometimes just also do did does and then".split()
)
_BEFORE_NOUN = frozenset(
    "a an the this that these those my your his her its our their no any some each every another of in on for with "
    "from by "
    "at into about under over without between first second third last next new old good bad great big little same only "
    "own more most many few several one two three whose which what whole long short high low".split()
)
_PERFECT = frozenset(
    "have has had having i've you've we've they've hasn't haven't hadn't was were is are be been being get got it's "
    "he's "
    "she's already recently just".split()
)
_PAST = frozenset("yesterday ago last once earlier previously did was were had said went".split())


def sorts(words: Sequence[str]) -> list[str]:
    """Return, for each word, the sort of its reading ("n", "v", "j", "p"), "" where it has one only."""
    lower = [word.lower() for word in words]
    return [_sort(lower, i) if len(english().sorts(word)) > 1 else "" for i, word in enumerate(lower)]


def _sort(words: Sequence[str], i: int) -> str:
    word, available = words[i], english().sorts(words[i])
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    special = _SPECIAL.get(word)
    if special is not None:
        return special(words, i)
    if "v" in available and before in _BEFORE_VERB and before not in _BEFORE_NOUN:
        return "v"
    if "p" in available and before in _PERFECT:
        return "p"
    if "j" in available and (before in _BEFORE_NOUN or before in ("very", "so", "too", "quite")) and after.isalpha():
        return "j" if after not in _BEFORE_NOUN and after not in _BEFORE_VERB else available[0]
    if before in _BEFORE_NOUN and "n" in available:
        return "n"
    if "v" in available and (after in _BEFORE_NOUN or after in ("it", "me", "you", "him", "them", "us")):
        return "v" if before not in _BEFORE_NOUN else available[0]
    return available[0]


def _read(words: Sequence[str], i: int) -> str:
    before = words[max(0, i - 3) : i]
    if before and before[-1] in ("to", "will", "can", "could", "should", "would", "must", "may", "might", "don't",
    "didn't",
                                 "doesn't", "not", "please", "let's", "cannot", "can't", "won't"):  # fmt: skip
        return "v"
    if any(word in ("did", "do", "does", "to", "will", "can", "could", "would", "should") for word in before):
        return "v"
    if any(word in _PERFECT for word in before) or any(word in _PAST for word in words):
        return "p"
    return "p" if before and before[-1] in ("he", "she", "it", "who") else "v"


_STAGED = frozenset(
    "music stream streaming show concert broadcast video chat audience performance band event demo wire".split()
)


def _live(words: Sequence[str], i: int) -> str:
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    if after in _STAGED or before in (
        "a",
        "the",
        "is",
        "are",
        "was",
        "go",
        "went",
        "watch",
        "broadcast",
        "streaming",
        "now",
    ):
        return "j"
    return "v"


def _lead(words: Sequence[str], i: int) -> str:
    after = words[i + 1] if i + 1 < len(words) else ""
    before = words[i - 1] if i else ""
    metal = after in ("pipe", "pipes", "paint", "poisoning", "pencil", "bullet", "bullets", "acid", "shot")
    return "n" if metal or (before in ("of", "contains", "molten", "liquid") and after in ("", "and", "in")) else "v"


def _minute(words: Sequence[str], i: int) -> str:
    after = words[i + 1] if i + 1 < len(words) else ""
    return "j" if after in ("details", "detail", "amount", "amounts", "particles", "differences", "quantities") else "n"


def _close(words: Sequence[str], i: int) -> str:
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    if after in (
        "to",
        "by",
        "friend",
        "friends",
        "enough",
        "together",
        "call",
        "relationship",
        "look",
        "attention",
        "up",
    ):
        return "v" if before == "to" else "j"
    return "j" if before in ("so", "very", "too", "is", "are", "was", "were", "be", "stay", "come", "came", "get",
    "got",
                             "pretty", "that", "really", "quite", "a", "how", "as") else "v"  # fmt: skip


def _use(words: Sequence[str], i: int) -> str:
    before = words[i - 1] if i else ""
    return "n" if before in _BEFORE_NOUN and before not in ("which", "what") else "v"


def _does(_: Sequence[str], __: int) -> str:
    return "v"


def _wound(words: Sequence[str], i: int) -> str:
    after = words[i + 1] if i + 1 < len(words) else ""
    return "p" if after in ("up", "around", "down", "through", "its", "his", "her", "the", "tightly") else "n"


def _bow(words: Sequence[str], i: int) -> str:
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    if before in ("to", "will", "must", "they", "we", "take") or after in ("to", "down", "before"):
        return "v"
    return "n"


_SPECIAL = {
    "read": _read, "live": _live, "lead": _lead, "minute": _minute, "close": _close, "use": _use, "does": _does,
    "wound": _wound, "bow": _bow,
}  # fmt: skip
