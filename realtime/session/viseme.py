"""From phonemes to mouth shapes.

What it is: a table from IPA to the fifteen visemes of the Oculus lip-sync set
(https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference/)
and the split of a diphthong into two of them. What it is not: smoothing between shapes,
which belongs to whoever draws the face.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..engine.synthesizer import PlacedMark


@dataclass(frozen=True, slots=True)
class Viseme:
    """A mouth shape in 48 kHz ticks from its sentence's start."""

    name: str
    start: int
    length: int
    weight: float
    """How far the mouth goes into the shape, 0 to 1."""


_CONSONANTS = {
    "PP": "p b m",
    "FF": "f v ɱ ʋ",
    "TH": "θ ð",
    "DD": "t d ʈ ɖ",
    "kk": "k ɡ g x ɣ q h ɦ ʔ ç χ",
    "CH": "ʃ ʒ ʂ ʐ ɕ ʑ tʃ dʒ tɕ dʑ tʂ dʐ",
    "SS": "s z ts dz",
    "nn": "n l ŋ ɲ ɳ ɫ ɴ",
    "RR": "r ɹ ɻ ɾ ʁ ɽ",
}
_VOWELS = {
    "aa": "a ɑ ɐ æ ʌ ɒ",
    "E": "e ɛ ə ɘ ɜ ɤ ɝ ɚ ɯ",
    "ih": "i ɪ ɨ j ɿ ʅ",
    "oh": "o ɔ ɵ",
    "ou": "u ʊ w y ʏ ɥ ʉ ø œ",
}
_SHAPES = {
    ipa: shape for table in (_CONSONANTS, _VOWELS) for shape, symbols in table.items() for ipa in symbols.split()
}
_WEIGHTS = {"sil": 0.0, "kk": 0.6, "nn": 0.6, "DD": 0.7, "SS": 0.7, "E": 0.8}
_NUCLEUS = 0.6
"""Share of a diphthong that belongs to its first vowel."""


def visemes(mark: PlacedMark) -> Iterator[Viseme]:
    """Give the one or two shapes of a phoneme's mark."""
    shapes = _shapes(mark.text)
    if len(shapes) == 1:
        yield Viseme(shapes[0], mark.start, mark.length, _WEIGHTS.get(shapes[0], 1.0))
        return
    first = int(mark.length * _NUCLEUS)
    yield Viseme(shapes[0], mark.start, first, _WEIGHTS.get(shapes[0], 1.0))
    rest = mark.length - first
    yield Viseme(shapes[-1], mark.start + first, rest, _WEIGHTS.get(shapes[-1], 1.0))


def _shapes(ipa: str) -> list[str]:
    """Read the shapes off an IPA string, affricates first; silence where there are none."""
    found: list[str] = []
    rest = "".join(char for char in ipa if char not in "ˈˌː͡ʰʲʷ˞̩̯")
    while rest:
        symbol = rest[:2] if rest[:2] in _SHAPES else rest[0]
        shape = _SHAPES.get(symbol)
        if shape and found[-1:] != [shape]:
            found.append(shape)
        rest = rest[len(symbol) :]
    return found or ["sil"]
