"""A turn's text on its way from deltas to sentences.

What it is: the three stages (``tags``, ``speakable``, ``segmenter``) in a row, one object
for each turn. What it is not: a queue or a clock; it does nothing between calls. The
session calls it.
"""

from __future__ import annotations

from collections.abc import Iterable

from .atom import Token
from .emotion import NEUTRAL, Emotion, Mood
from .segmenter import Segmenter
from .sentence import Sentence
from .speakable import Speakable
from .tags import TagParser


class SentenceStream:
    """Turns the deltas of one turn into sentences.

    The same text gives the same sentences, however it was split into deltas (as long as
    `flush` comes at the same places). Memory is bounded by the current sentence.
    """

    def __init__(self, emotion: Emotion = NEUTRAL) -> None:
        self._tags = TagParser()
        self._speakable = Speakable(Mood(emotion))
        self._segmenter = Segmenter(emotion)
        self._received = 0

    @property
    def received(self) -> int:
        """Code points fed so far."""
        return self._received

    def feed(self, delta: str) -> list[Sentence]:
        """Take the next characters; give the sentences that became certain."""
        self._received += len(delta)
        self._pass(self._tags.feed(delta))
        return self._segmenter.take()

    def flush(self) -> list[Sentence]:
        """End the sentence here and give it, if there is anything to hear; more may follow.

        What may still become a tag stays held, so that no tag is spoken; so do pauses that
        nothing audible goes before.
        """
        self._push_all()
        self._segmenter.flush()
        return self._segmenter.take()

    def end(self) -> list[Sentence]:
        """Give all that is left. The last sentence ends where the text ends."""
        self._pass(self._tags.finish())
        self._push_all()
        self._segmenter.end(self._received)
        return self._segmenter.take()

    def _pass(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            for atom in self._speakable.feed(token):
                self._segmenter.push(atom)

    def _push_all(self) -> None:
        for atom in self._speakable.flush():
            self._segmenter.push(atom)
