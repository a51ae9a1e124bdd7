"""From a position in a turn's audio to the place in its raw text.

What it is: the words of a turn with their times, and the cut between what was heard and
what was not. What it is not: an estimate of the position (``pacing``). A word is heard
when half of it was played; in scripts without spaces the cut falls between characters.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ..engine.synthesizer import PlacedMark

# Scripts that write words without spaces: kana, hanzi (with extensions), Thai, Lao, Khmer.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@dataclass(slots=True)
class Transcript:
    """The words of a turn by the middle of their sound."""

    middles: list[int] = field(default_factory=list)
    """48 kHz ticks from the turn's start, rising."""
    ends: list[int] = field(default_factory=list)
    """Code points of raw text that are heard once the middle has passed."""

    def add(self, mark: PlacedMark, sentence_start: int) -> None:
        """Take a word's mark of the sentence that starts at ``sentence_start`` ticks."""
        start = sentence_start + mark.start
        count = mark.char_end - mark.char_start
        parts = count if count > 1 and len(mark.text) == count and unspaced(mark.text) else 1
        for part in range(parts):
            middle = start + mark.length * (2 * part + 1) // (2 * parts)
            if self.middles:  # marks of a rough alignment may overlap by a little
                middle = max(middle, self.middles[-1])
            self.middles.append(middle)
            self.ends.append(mark.char_start + part + 1 if parts > 1 else mark.char_end)

    def heard_chars(self, position: int) -> int:
        """Code points of the raw text that were heard at a position in ticks."""
        index = bisect_right(self.middles, position)
        return self.ends[index - 1] if index else 0


def unspaced(text: str) -> bool:
    """Tell whether a word is of a script that sets no spaces between words."""
    return all(any(low <= ord(char) <= high for low, high in _UNSPACED) for char in text)
