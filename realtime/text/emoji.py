"""What characters are emoji, and what characters cannot be said at all.

What it is: two questions about one code point, answered from Unicode's blocks and
categories (UTS #51 names the blocks), so that a new emoji needs no new table. What it is
not: a list of emoji; those that carry an emotion are in ``emotion``. ``speakable`` asks.
"""

from __future__ import annotations

import unicodedata
from typing import Final

ZERO_WIDTH_JOINER: Final = "\u200d"
_ZERO_WIDTH_NON_JOINER: Final = "\u200c"

_BLOCKS: Final = (
    (0x231A, 0x231B),  # watch, hourglass
    (0x23CF, 0x23CF),
    (0x23E9, 0x23FA),  # players' buttons
    (0x25FB, 0x25FE),
    (0x2600, 0x27BF),  # miscellaneous symbols, dingbats
    (0x2934, 0x2935),
    (0x2B05, 0x2B55),  # arrows and stars
    (0x3030, 0x303D),
    (0x1F000, 0x1FAFF),  # pictographs
    (0x1FB00, 0x1FBEF),
)
_MODIFIERS: Final = ((0xFE0E, 0xFE0F), (0x20E3, 0x20E3), (0x1F3FB, 0x1F3FF), (0xE0020, 0xE007F))
_SPOKEN: Final = ("N", "P", "L")
"""Categories of characters within those blocks that are text: ❶, ❨, 〱."""


def is_emoji(char: str) -> bool:
    """Whether a code point is an emoji or part of one, or a pictograph like one."""
    code = ord(char)
    if code < 0x20E3:
        return False
    if any(first <= code <= last for first, last in _MODIFIERS):
        return True
    if any(first <= code <= last for first, last in _BLOCKS):
        return not unicodedata.category(char).startswith(_SPOKEN)
    return False


def is_unspeakable(char: str, before: str) -> bool:
    """Whether a code point is no text: a control, a direction mark, half a surrogate pair.

    Joiners count as text after a letter (``before``), where Persian and Hindi need them.
    """
    if char in (ZERO_WIDTH_JOINER, _ZERO_WIDTH_NON_JOINER):
        return not (before and unicodedata.category(before)[0] in "LM" and before > "\u02ff")
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")
