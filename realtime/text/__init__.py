"""From a turn's text to sentences: tags out, markup out, cut as soon as certain.

Pure, synchronous and incremental: no clock, no asyncio, and no split of the input changes
the result. The session makes one `SentenceStream` for each turn.
"""

from .emotion import DEFAULT_INTENSITY, NEUTRAL, Emotion, emotion_named
from .sentence import Sentence
from .stream import SentenceStream

__all__ = [
    "DEFAULT_INTENSITY",
    "NEUTRAL",
    "Emotion",
    "Sentence",
    "SentenceStream",
    "emotion_named",
]
