"""The script: what is said word by word, in which language, before anybody asks how it sounds.

What it is: tokens, each given a language by the text around it, each read aloud by itself, so that every spoken word
knows the Word (as written) that it belongs to; and the rests between clauses. What it is not: pronunciation
(`english.py`, `mandarin.py`) or timing (`prosody.py`). `speech.py` calls it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..phones import Clause, Language, Word
from . import english_notation, mandarin, mandarin_notation
from .source import Source
from .tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Said:
    """One spoken word of English, or one hanzi."""

    language: Language
    text: str
    word: int
    """Number of the Word that it belongs to."""
    digit: bool = False
    """Hanzi: whether it is one of digits that are read one by one."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A break between clauses."""

    clause: Clause
    """How the clause before it ends; NONE: only breath is taken."""
    pause_ms: int = 0
    """Length that was asked for; 0: the voice decides."""


@dataclass(slots=True)
class Script:
    """A request as it will be said."""

    items: list[Said | Rest] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    shouted: bool = False
    """Whether the English is all in capitals, which then tell nothing about acronyms."""


_ENGLISH = frozenset("word plural link mail site initials abbreviation letter".split())
_SILENT = frozenset(("blank", "mark", "other", "pause"))
_SPANNED = frozenset("time clock date hanzi_date american calendar money price percent ordinal decade".split())
_DASHES = frozenset("-–—~～")
_MANDARIN_MARKS = re.compile("[，。！？；：、（）《》「」【】￥]")
_CLAUSE_MARKS = re.compile(r"[.!?,;:()\[\]。！？，；：、（）【】…—]")
_LATIN = re.compile("[A-Za-z]+")


def write(source: Source, language: str) -> Script:
    """Return the script of a source; `language` is a BCP 47 tag or "", and speaks where the text does not."""
    script = Script()
    found = _tokens(source)
    spoken_in = _languages(found, _default(found, language))
    script.shouted = _shouted(found)
    for i, token in enumerate(found):
        if token.kind == "pause":
            script.items.append(Rest(Clause.NONE, int(token.text)))
        elif token.kind == "mark":
            _mark(script, found, i)
        elif token.kind == "blank":
            if "\n" in token.text:
                script.items.append(Rest(Clause.COMMA))
        elif token.kind == "hanzi":
            _hanzi(script, source, token)
        elif token.kind != "other":
            _read(script, source, found, i, spoken_in[i])
    return script


def _tokens(source: Source) -> list[Token]:
    """Return the tokens of all text, with a token of kind "pause" where a pause was asked for."""
    found: list[Token] = []
    start = 0
    for position, milliseconds in source.pauses:
        found += tokens(source.plain, start, position)
        found.append(Token("pause", str(milliseconds), position, position))
        start = position
    found += tokens(source.plain, start, len(source.plain))
    _join_spans(found)
    return found


def _join_spans(found: Sequence[Token]) -> None:
    """Make the dash between two times, dates or amounts a word of its own: 2:30pm–4pm."""
    solid = [token for token in found if token.kind != "blank"]
    for before, token, after in zip(solid, solid[1:], solid[2:], strict=False):
        dash = token.kind == "around" or (token.kind == "mark" and token.text in _DASHES)
        if dash and before.kind in _SPANNED and after.kind in _SPANNED:
            token.kind = "through"


def _default(found: Sequence[Token], language: str) -> Language:
    """Return the language of what stands between both or alone."""
    base = language.lower().replace("_", "-").split("-")[0]
    if base in ("zh", "cmn", "en"):
        return Language.ENGLISH if base == "en" else Language.MANDARIN
    hanzi = sum(len(t.text) for t in found if t.kind == "hanzi")
    latin = sum(t.kind in _ENGLISH for t in found)
    if hanzi == latin == 0:
        marks = any(_MANDARIN_MARKS.search(t.text) for t in found)
        return Language.MANDARIN if marks else Language.ENGLISH
    return Language.MANDARIN if hanzi > latin else Language.ENGLISH


def _languages(found: Sequence[Token], default: Language) -> list[Language]:
    """Return each token's language.

    What has none itself takes that of its neighbours where both agree, else that of most of its clause; in a clause
    without any, that of the clauses around where these agree, else `default`.
    """
    own = [_own(token) for token in found]
    before, after = _carried(own), _carried(own[::-1])[::-1]
    chosen: list[Language] = []
    start = 0
    for end in [*_clause_ends(found), len(found)]:
        inside = own[start:end]
        main = _main(found[start:end])
        if main is None:
            beside = {x for x in (before[start:end][:1] + after[start:end][-1:]) if x is not None}
            main = beside.pop() if len(beside) == 1 else default
        for left, right in zip(_carried(inside), _carried(inside[::-1])[::-1], strict=True):
            chosen.append(left if left is not None and left is right else main)
        start = end
    return [Language.MANDARIN if _touches(own, i) else language for i, language in enumerate(chosen)]


def _touches(own: Sequence[Language | None], i: int) -> bool:
    """Tell whether what has no language stands right beside hanzi, and not beside English."""
    beside = (*own[max(i - 1, 0) : i], *own[i + 1 : i + 2])
    return own[i] is None and Language.MANDARIN in beside and Language.ENGLISH not in beside


def _carried(own: Sequence[Language | None]) -> list[Language | None]:
    """Return, for each place, the last language at or before it."""
    carried: list[Language | None] = []
    for language in own:
        carried.append(language if language is not None or not carried else carried[-1])
    return carried


def _clause_ends(found: Sequence[Token]) -> list[int]:
    return [i + 1 for i, token in enumerate(found) if token.kind == "mark" and _CLAUSE_MARKS.search(token.text)]


def _main(clause: Sequence[Token]) -> Language | None:
    """Return the language that most of a clause is in, None without any; a word is as two hanzi."""
    hanzi = sum(len(token.text) for token in clause if token.kind == "hanzi")
    latin = 2 * sum(token.kind in _ENGLISH for token in clause)
    if hanzi or latin:
        return Language.MANDARIN if hanzi > latin else Language.ENGLISH
    return next((language for token in clause if (language := _own(token)) is not None), None)


def _own(token: Token) -> Language | None:
    """Return the language that a token is in by its script; None for figures and the like."""
    if token.kind in ("hanzi", "hanzi_date") or token.groups.get("currency") == "￥":
        return Language.MANDARIN
    return Language.ENGLISH if token.kind in _ENGLISH else None


def _shouted(found: Sequence[Token]) -> bool:
    words = [t.text for t in found if t.kind == "word" and len(t.text) > 1]
    long = [w for w in words if len(w) > 3]
    return len(words) > 1 and len(long) > 0 and all(w.isupper() for w in words) and sum(map(len, long)) > 8


def _mark(script: Script, found: Sequence[Token], i: int) -> None:
    """Append the rest that a run of punctuation asks for, if it asks for one."""
    text = found[i].text
    if len(text) > 1 and text[-1] == "." != text[-2] and i + 1 < len(found) and found[i + 1].kind == "word":
        text = text[:-1]  # as in "C#, .NET"
    if "?" in text or "？" in text:
        clause = Clause.QUESTION
    elif "!" in text or "！" in text:
        clause = Clause.EXCLAMATION
    elif "。" in text or re.search(r"(?<!\.)\.(?!\.)", text):
        clause = Clause.STATEMENT
    elif re.search(r"[,;:，、；：()（）\[\]【】…—]|\.\.|--", text) or (
        re.fullmatch("[-–·~～]+", text) and _spaced(found, i)
    ):
        clause = Clause.COMMA
    else:
        return
    if (text == "." and _glued(found, i)) or _called(found, i):
        return
    script.items.append(Rest(clause))


def _spaced(found: Sequence[Token], i: int) -> bool:
    """Tell whether blanks stand on both sides."""
    return 0 < i < len(found) - 1 and found[i - 1].kind == "blank" == found[i + 1].kind


def _glued(found: Sequence[Token], i: int) -> bool:
    """Tell whether a word follows at once and none, or no blank, stands before: no sentence ends there."""
    if i + 1 < len(found) and found[i + 1].kind == "sign":
        return True
    beside = [*found[max(i - 1, 0) : i], *found[i + 1 : i + 2]]
    if len(beside) == 2 and beside[0].kind == beside[1].kind == "word" and beside[1].text.istitle():
        return len(beside[0].text) < 3 or not beside[0].text[1:].islower()
    return len(beside) == 2 and all(t.kind not in _SILENT and t.kind != "hanzi" for t in beside)


def _called(found: Sequence[Token], i: int) -> bool:
    """Tell a bracket of f(x): one that opens right after a word, or closes such a one."""
    if found[i].text[0] == ")":
        i = next((k for k in range(i - 1, max(i - 8, -1), -1) if "(" in found[k].text), i)
    return found[i].text == "(" and i > 0 and found[i - 1].kind == "word"


def _word(script: Script, source: Source, start: int, end: int) -> int:
    script.words.append(Word(*source.span(start, end)))
    return len(script.words) - 1


def _hanzi(script: Script, source: Source, token: Token) -> None:
    """Append a run of hanzi, one Word each; a 儿 that only colours belongs to the Word before it."""
    coloured = mandarin.erhua(token.text)
    for k, character in enumerate(token.text):
        start = token.start + k
        if k in coloured:
            last = script.words[-1]
            text, _, end = source.span(start, start + 1)
            script.words[-1] = Word(last.text + text, last.char_start, end)
            word = len(script.words) - 1
        else:
            word = _word(script, source, start, start + 1)
        script.items.append(Said(Language.MANDARIN, character, word))


def _read(script: Script, source: Source, found: Sequence[Token], i: int, language: Language) -> None:
    """Append what one token is read as, all of it one Word."""
    reading = mandarin_notation.read(found, i) if language is Language.MANDARIN else english_notation.read(found, i)
    if not reading:
        return
    word = _word(script, source, found[i].start, found[i].end)
    for spoken in reading:
        if _LATIN.match(spoken):
            script.items.append(Said(Language.ENGLISH, spoken, word))
        else:
            digit = spoken.startswith("=")
            script.items += [Said(Language.MANDARIN, c, word, digit) for c in spoken.removeprefix("=")]
