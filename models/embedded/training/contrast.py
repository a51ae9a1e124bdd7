"""English by espeak-ng: the teacher that keeps timbre and language apart.

Its timbre is that of the Mandarin teacher and its sounds those of the English ones, so that the network cannot take
Mandarin for a property of a timbre. It never speaks in the product: stress and syllables are rough here.
"""

from __future__ import annotations

from models.embedded.phones import VOWELS
from models.embedded.training.espeak import Event, spans

_SYMBOLS = {
    "I": "ih", "E": "eh", "@": "ax", "D": "dh", "aI": "ay", "a": "ae", "eI": "ey", "V": "ah", "3": "er", "u:": "uw",
    "@2": "ax", "oU": "ow", "i:": "iy", "i": "iy", "I#": "ih", "0": "aa", "h": "hh", "j": "y", "a#": "ax", "S": "sh",
    "N": "ng", "I2": "ih", "3:": "er", "dZ": "jh", "U": "uh", "tS": "ch", "T": "th", "aU": "aw", "O:": "ao",
    "O2": "aa", "aa": "ae", "OI": "oy", "A:": "aa", "Z": "zh", "@-": "ax", "A@": "aa r", "O@": "ao r", "o@": "ao r",
    "i@": "ih r", "i@3": "ih r", "U@": "uh r", "e@": "eh r", "aI@": "ay er", "aI3": "ay er", "@L": "ax l", "t#": "t",
    "t2": "t", "r-": "r", "?": "t", "n-": "n",
    **{same: same for same in "t n s d k l r m z f b w p v g".split()},
}  # fmt: skip
_WEAK = frozenset(("ax", "ih", "er"))


def segments(text: str, count: int, events: list[Event], sample_rate: int) -> list[str] | None:
    """Return the rows of a segment file (see festival.scm), or None where a sound is not known."""
    sounds: list[tuple[str, int]] = []
    for start, end, name, _ in spans(events, count):
        if name.startswith("_"):
            if sounds and sounds[-1][0] == "pau":
                sounds[-1] = ("pau", end)
            elif name != "_|":
                sounds.append(("pau", end))
        elif name == ";":  # a glide's onset: the next sound's
            continue
        elif name not in _SYMBOLS:
            return None
        else:
            symbols = _SYMBOLS[name].split()
            for i, symbol in enumerate(symbols):
                share = 1.0 if len(symbols) == 1 else 0.55 if i == 0 else 1.0
                sounds.append((symbol, round(start + share * (end - start))))
    mark = text[-1]
    rows = []
    for i, (symbol, end) in enumerate(sounds):
        if symbol == "pau":
            rows.append(f"{end / sample_rate:.5f} pau 0 0 0 0")
            continue
        following = [s for s, _ in sounds[i + 1 : i + 3]]
        # A syllable ends before the consonant that a vowel follows, and before a pause.
        last = (
            not following
            or following[0] == "pau"
            or (symbol in VOWELS and (following[0] in VOWELS or (len(following) > 1 and following[1] in VOWELS)))
        )
        nucleus = next((s for s, _ in sounds[i:] if s in VOWELS or s == "pau"), "pau")
        stress = int(nucleus not in _WEAK and nucleus != "pau")
        rows.append(f"{end / sample_rate:.5f} {symbol} {stress} {'0' if last else 'x'} 0 {mark}")
    return rows
