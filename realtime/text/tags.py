"""A streaming parser that takes the tags out of a turn's text.

What it is: raw text in, in any splits; `Token`s out: runs of ordinary text and tags, in
order, together covering every character once (but for the inside of comments). All dialects
of the design are read: ``[happy]``, ``[happy:0.4]``, ``[/]``, ``[开心]``, ``【悲伤】``,
``[laughter]``, ``[pause:500ms]``, ``<break time="1s"/>``, ``<emotion value="happy"/>``,
``<expr type="expression" label="happy"/>``, ``<mstts:express-as style="sad">...</...>``,
and the elements of SSML and HTML that carry no sound. What it is not: it knows neither
sentences nor markdown, and keeps no emotion (`Mood` does). ``stream`` calls it.

Look-ahead: none outside brackets. From an opening bracket on, text is held while it can
still become a known tag, and given out as text with the first character after which it
cannot: ``[see`` is certain at its last ``e``, ``a < b`` at the space. A held tag has at most
`MAX_BRACKET` or `MAX_ELEMENT` characters. Only an HTML comment (``<!--``) drops what follows
until it closes, as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from models.speech import Pause, Sound

from .atom import Change, Element, Enter, Leave, Reset, Tag, Token
from .emotion import DEFAULT_INTENSITY, emotion_named, sound_named, style_named, tag_words
from .script import words

MAX_BRACKET: Final = 48
MAX_ELEMENT: Final = 1024
MAX_PAUSE_S: Final = 10.0
"""A longer pause is cut to this: a slip of the pen must not silence a turn."""

_CLOSERS: Final = {"[": "]", "【": "】", "［": "］"}
_OPENER: Final = re.compile(r"[<\[【［]")
_COMMENT: Final = "<!--"


class TagParser:
    """Parses one turn's text; feed it deltas, and in the end call `finish`."""

    def __init__(self) -> None:
        self._position = 0
        self._held = ""
        self._element: _ElementScanner | None = None
        self._in_comment = False
        self._dashes = 0

    def feed(self, delta: str) -> list[Token]:
        """Take the next characters; give what is certain now."""
        tokens: list[Token] = []
        at = 0
        while at < len(delta):
            if self._held:
                self._take(delta[at], tokens)
                at += 1
            elif self._in_comment:
                self._skip(delta[at])
                at += 1
            else:
                opener = _OPENER.search(delta, at)
                stop = opener.start() if opener else len(delta)
                if stop > at:
                    self._emit(stop - at, delta[at:stop], tokens)
                if opener:
                    self._hold(delta[stop])
                    stop += 1
                at = stop
        return tokens

    def finish(self) -> list[Token]:
        """Give out what was held: no more text follows, so it is no tag."""
        tokens: list[Token] = []
        self._release(tokens)
        return tokens

    def _emit(self, length: int, content: str | Tag, tokens: list[Token]) -> None:
        tokens.append(Token(self._position, self._position + length, content))
        self._position += length

    def _hold(self, char: str) -> None:
        self._held = char
        self._element = _ElementScanner() if char == "<" else None

    def _release(self, tokens: list[Token]) -> None:
        if self._held:
            self._emit(len(self._held), self._held, tokens)
            self._held = ""

    def _skip(self, char: str) -> None:
        """Go through a comment, up to ``-->``."""
        self._position += 1
        self._in_comment = not (char == ">" and self._dashes >= 2)
        self._dashes = self._dashes + 1 if char == "-" else 0

    def _take(self, char: str, tokens: list[Token]) -> None:
        """Add one character to what is held, and see what has become of it."""
        if _OPENER.match(char):
            # No tag holds an opening bracket: what was held is text, and all begins anew
            # here. This also keeps the work linear, as nothing is ever read twice.
            self._release(tokens)
            self._hold(char)
            return
        self._held += char
        if self._element is None:
            self._take_bracket(char, tokens)
        else:
            self._take_element(self._element, char, tokens)

    def _take_bracket(self, char: str, tokens: list[Token]) -> None:
        if char == _CLOSERS[self._held[0]]:
            tag = _read_bracket(self._held[1:-1])
            if tag is not None:
                self._emit(len(self._held), tag, tokens)
                self._held = ""
            else:
                self._release(tokens)
        elif len(self._held) >= MAX_BRACKET or not _may_be_bracket(self._held[1:]):
            self._release(tokens)

    def _take_element(self, scanner: _ElementScanner, char: str, tokens: list[Token]) -> None:
        if self._held == _COMMENT:
            self._emit(len(_COMMENT), Element(_COMMENT, closing=False), tokens)
            self._held, self._in_comment, self._dashes = "", True, 0
            return
        if _COMMENT.startswith(self._held):
            return
        bang = self._held.startswith("<!")
        if bang or len(self._held) >= MAX_ELEMENT or not scanner.accepts(char):
            self._release(tokens)
        elif char == ">":
            self._emit(len(self._held), _read_element(self._held), tokens)
            self._held = ""


# Square brackets: [name], [name:number], [/], [/name], [pause:500ms]

_PAUSE_WORDS: Final = frozenset(("pause", "break", "silence", "停顿", "停頓", "间", "間"))
_WORDS: Final = tag_words() | _PAUSE_WORDS
_NUMBER: Final = r"[-+]?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})"
_UNIT: Final = r"(?:ms|msec|milliseconds?|毫秒|s|secs?|seconds?|秒钟|秒鐘|秒)"
# Models dress a tag up at times: [*happy*]. That is the tag, and no text.
_DRESS: Final = "[\\s*_~`]*"
_NAME: Final = re.compile(r"[^\W\d_]*")
_STRENGTH: Final = re.compile(rf"{_DRESS}(?:[:：=]\s*({_NUMBER})\s*(%?){_DRESS})?")
_DURATION: Final = re.compile(rf"{_DRESS}(?:[:：=\s]\s*({_NUMBER})\s*({_UNIT}?){_DRESS})?")
_MAY_BE_VALUE: Final = rf"\s*(?:[-+]?\.?|{_NUMBER}\s*(?:%|[a-z]{{0,12}}|毫?秒?[钟鐘]?)){_DRESS}"
_MAY_BE_STRENGTH: Final = re.compile(rf"{_DRESS}(?:[:：=]{_MAY_BE_VALUE})?")
_MAY_BE_DURATION: Final = re.compile(rf"{_DRESS}(?:[:：=\s]{_MAY_BE_VALUE})?")


def _prefixes(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:end] for word in words for end in range(len(word) + 1))


_WORD_PREFIXES: Final = _prefixes(_WORDS)


def _split(body: str) -> tuple[bool, str, str]:
    """Split the inside of a bracket into closing or not, name and parameter."""
    body = body.lstrip(" \t*_~`").casefold()
    closing = body.startswith("/")
    if closing:
        body = body[1:].lstrip()
    found = _NAME.match(body)
    name = found[0] if found else ""
    return closing, name, body[len(name) :]


def _may_be_bracket(body: str) -> bool:
    """Whether a tag may begin like this."""
    _, name, parameter = _split(body)
    if not parameter:
        return name in _WORD_PREFIXES
    if not name:
        return not parameter.strip(" \t*_~`")
    pattern = _MAY_BE_DURATION if name in _PAUSE_WORDS else _MAY_BE_STRENGTH
    return name in _WORDS and pattern.fullmatch(parameter) is not None


def _read_bracket(body: str) -> Tag | None:
    """Read the inside of a complete bracket; None: ordinary text."""
    closing, name, parameter = _split(body)
    if closing:
        return Reset() if not parameter.strip(" \t*_~`") and name in _WORDS | {""} else None
    if name in _PAUSE_WORDS:
        found = _DURATION.fullmatch(parameter)
        return found and _pause(found[1], found[2])
    found = _STRENGTH.fullmatch(parameter)
    if found is None:
        return None
    emotion = emotion_named(name)
    if emotion is not None and found[1]:
        emotion = emotion.at(float(found[1]) / (100 if found[2] else 1))
    return _emotion_or_sound(name) if emotion is None else Change(emotion)


def _emotion_or_sound(name: str) -> Tag | None:
    if emotion := emotion_named(name):
        return Change(emotion)
    return Sound(sound) if (sound := sound_named(name)) else None


def _pause(number: str | None, unit: str | None) -> Pause:
    """Make a pause; without a number half a second, without a unit ms from 10 on."""
    amount = float(number) if number else 0.5
    milliseconds = unit.startswith(("m", "毫")) if unit else amount >= 10
    return Pause(min(MAX_PAUSE_S, max(0.0, amount / 1000 if milliseconds else amount)))


# Angle brackets: XML elements, of SSML, of HTML, and of those who invent their own

_EMOTION_ELEMENTS: Final = frozenset(("emotion", "expr"))
_STYLE_ELEMENTS: Final = frozenset(("mstts:express-as", "express-as"))
_MARKUP: Final = frozenset(
    words(
        "b i u s a p q em strong del ins mark small big sub sup span font code kbd samp var tt"
        " pre cite abbr center label img br hr div ul ol li h1 h2 h3 h4 h5 h6 table thead tbody"
        " tr td th blockquote section article details summary think thinking script style speak"
        " voice prosody emphasis say-as phoneme lang lexicon audio w speed volume spell"
        " mstts:silence mstts:viseme mstts:backgroundaudio"
    )
)
_ELEMENTS: Final = _MARKUP | _EMOTION_ELEMENTS | _STYLE_ELEMENTS | tag_words() | {"break", "pause"}
_ELEMENT_PREFIXES: Final = _prefixes(_ELEMENTS)
_ATTRIBUTE: Final = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”|([^\s"'“>]+))""")
_STRENGTHS_S: Final = {
    "none": 0.0,
    "x-weak": 0.25,
    "weak": 0.5,
    "medium": 0.75,
    "strong": 1.0,
    "x-strong": 1.25,
}
"""``<break strength>`` in seconds, as Azure documents them."""

_TRANSITIONS: Final[dict[tuple[str, str], str]] = {
    ("open", "/"): "close",
    ("open", "name"): "name",
    ("close", "name"): "name",
    ("name", "name"): "name",
    ("name", "space"): "gap",
    ("name", "/"): "slash",
    ("name", ">"): "done",
    ("gap", "space"): "gap",
    ("gap", "name"): "attribute",
    ("gap", "/"): "slash",
    ("gap", ">"): "done",
    ("attribute", "name"): "attribute",
    ("attribute", "space"): "equals",
    ("attribute", "="): "value",
    ("equals", "space"): "equals",
    ("equals", "="): "value",
    ("value", "space"): "value",
    ("value", '"'): '"',
    ("value", "'"): "'",
    ("value", "“"): "”",
    ("value", "name"): "bare",
    ("bare", "name"): "bare",
    ("bare", "/"): "bare",
    ("bare", "="): "bare",
    ("bare", "other"): "bare",
    ("bare", "space"): "gap",
    ("bare", ">"): "done",
    ("slash", ">"): "done",
}
"""(state, class of character) → state; what is not here is no tag."""


class _ElementScanner:
    """Follows one element character by character, and tells when it can be none."""

    def __init__(self) -> None:
        self._state = "open"
        self._name = ""

    def accepts(self, char: str) -> bool:
        """Whether the element may go on with this character."""
        if self._state in "\"'”":
            self._state = "gap" if char == self._state else self._state
            return True
        state = _TRANSITIONS.get((self._state, _class_of(char)))
        if state is None:
            return False
        if state == "name":
            self._name += char.casefold()
            if self._name not in _ELEMENT_PREFIXES:
                return False
        elif self._state == "name" and self._name not in _ELEMENTS:
            return False
        self._state = state
        return True


def _class_of(char: str) -> str:
    if char.isalnum() or char in "-_:.#%+":
        return "name"
    if char.isspace():
        return "space"
    return char if char in "/>=\"'“" else "other"


def _read_element(element: str) -> Tag:
    """Read a complete element that the scanner let pass."""
    closing = element.startswith("</")
    alone = element.endswith("/>")
    inside = element[2 if closing else 1 : -2 if alone else -1]
    name, *rest = inside.casefold().split(maxsplit=1)
    found = _ATTRIBUTE.finditer(rest[0]) if rest else ()
    values = {attribute[1]: _value(attribute).strip() for attribute in found}
    if name in _STYLE_ELEMENTS or name in _EMOTION_ELEMENTS:
        return Leave() if closing else _read_emotion(name, values, alone)
    if name in ("break", "pause") and not closing:
        return _read_break(values)
    tag = None if name in _MARKUP else _emotion_or_sound(name)
    if closing:
        return Reset() if isinstance(tag, Change) else Element(name, closing=True)
    return tag or Element(name, closing=alone)


def _value(found: re.Match[str]) -> str:
    return found[2] or found[3] or found[4] or (found[5] or "").rstrip("/")


def _read_emotion(name: str, values: dict[str, str], alone: bool) -> Tag:
    """Read ``<emotion>``, ``<expr>`` or ``<express-as>``; an unknown emotion changes none."""
    keys = (key for key in ("value", "label", "style", "name") if key in values)
    word = values.get(next(keys, ""), "")
    emotion = style_named(word)
    if emotion is None and (sound := sound_named(word)):
        return Sound(sound)
    if emotion is not None:
        emotion = emotion.at(_intensity(values, emotion.intensity))
    if not alone:
        return Enter(emotion)
    return Change(emotion) if emotion else Element(name, closing=True)


def _intensity(values: dict[str, str], default: float) -> float:
    """Take Azure's ``styledegree`` (1 is usual, 0.01 to 2) or a plain intensity."""
    for key, scale in (("styledegree", DEFAULT_INTENSITY), ("intensity", 1.0), ("level", 1.0)):
        if re.fullmatch(_NUMBER, values.get(key, "")):
            return float(values[key]) * scale
    return default


def _read_break(values: dict[str, str]) -> Pause:
    for key in ("time", "duration"):
        if found := re.fullmatch(rf"({_NUMBER})\s*({_UNIT}?)", values.get(key, "").casefold()):
            return _pause(found[1], found[2])
    strength = values.get("strength", "").casefold()
    return Pause(_STRENGTHS_S.get(strength, _STRENGTHS_S["medium"]))
