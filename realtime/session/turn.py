"""One turn: its text as it comes, its sentences, its audio, and what of it was heard.

What it is: the state of a turn with the steps that change it. What it is not: the order
of turns, the wire's counters, or a decision on when to send; ``session`` has those.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from models.speech import SpeechRequest

from .. import messages
from ..engine.synthesizer import TICKS_PER_MS, Applied, AudioFormat, EncodedChunk, PlacedMark
from ..text import Emotion, Sentence, SentenceStream
from .heard import Transcript
from .pacing import Pacer, Playhead
from .state import State, TurnEvent, move
from .viseme import visemes


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a turn is said; every field is set."""

    voice: str
    emotion: Emotion
    speed: float = 1.0
    pitch: float = 0.0
    volume: float = 1.0
    language: str = ""
    instructions: str = ""
    seed: int = 0

    def request(self, sentence: Sentence, index: int) -> SpeechRequest:
        """Ask for one sentence of the turn."""
        return SpeechRequest(
            pieces=sentence.pieces,
            voice=self.voice,
            emotion=sentence.emotion.name,
            intensity=sentence.emotion.intensity,
            speed=self.speed,
            pitch=self.pitch,
            volume=self.volume,
            language=self.language,
            instructions=self.instructions,
            # Each sentence has its own noise, and the same one however the text came in.
            seed=(self.seed + 0x9E3779B1 * index) & 0x7FFF_FFFF,
        )


@dataclass(slots=True)
class Making:
    """The sentence that the engine works on."""

    index: int
    sentence: Sentence
    start: int
    """48 kHz ticks from the turn's start."""
    told: int
    """The `until` that the engine knows, in ticks from the turn's start."""
    made: int = 0
    """Ticks."""
    started: bool = False
    """Its `sentence.started` is queued."""


T = TypeVar("T")

Queued: TypeAlias = bytes | messages.ServerMessage
"""A packet, or a message that belongs before the packet behind it."""


@dataclass(slots=True)
class Turn:
    """A turn of the client's, from its start to its end."""

    id: str
    number: int
    channel: str
    delivery: Delivery
    audio: AudioFormat
    pre_skip: int
    """48 kHz ticks that the client drops at the turn's start."""
    wanted: frozenset[messages.MarkKind]
    exact: bool
    """The model's marks are exact."""
    pacer: Pacer
    playhead: Playhead
    state: State = State.WAITING
    text: SentenceStream = field(init=False)
    raw: list[str] = field(default_factory=list)
    pending: deque[Sentence] = field(default_factory=deque)
    """Sentences that wait for their synthesis; bounded by the turn's text."""
    making: Making | None = None
    opened: int = 0
    """Sentences opened so far."""
    failures: int = 0
    """Sentences that could not be spoken."""
    queue: deque[Queued] = field(default_factory=deque)
    """What waits to be sent; bounded by how far ahead synthesis may run."""
    made: int = 0
    """48 kHz ticks in all."""
    packets_sent: int = 0
    last_flagged: bool = False
    """A message with the flag ``LAST`` has left."""
    words: Transcript = field(default_factory=Transcript)

    def __post_init__(self) -> None:
        self.text = SentenceStream(self.delivery.emotion)

    def move(self, event: TurnEvent) -> None:
        """Go where an event leads, or raise as `state.move` does."""
        self.state = move(self.state, event, self.id)

    # --- text -----------------------------------------------------------------------

    def hear(self, delta: str) -> None:
        """Take a piece of text."""
        self.raw.append(delta)
        self._queue_sentences(self.text.feed(delta))

    def flush(self) -> None:
        """Take what is buffered as a sentence."""
        self._queue_sentences(self.text.flush())

    def end(self) -> None:
        """Take the text as complete."""
        self._queue_sentences(self.text.end())

    def _queue_sentences(self, sentences: list[Sentence]) -> None:
        self.pending.extend(sentence for sentence in sentences if sentence.speakable)

    # --- audio ----------------------------------------------------------------------

    def open(self, horizon: int) -> Making:
        """Begin the next sentence, which may be made up to ``horizon`` of the turn."""
        self.making = Making(self.opened, self.pending.popleft(), self.made, horizon)
        self.opened += 1
        return self.making

    def take(self, chunk: EncodedChunk) -> None:
        """Queue what was made, its messages before the packets that they speak of."""
        making = self.making
        assert making is not None
        if chunk.applied:
            making.started = True
            self.queue.append(self._started(making, chunk.applied))
        if chunk.marks:
            self._take_marks(making, chunk.marks)
        self.queue.extend(chunk.packets)
        length = len(chunk.packets) * self.audio.frame_ticks
        making.made += length
        self.made += length
        if chunk.last:
            self.queue.append(self._sentence_ended(making))
            self.making = None

    def _sentence_ended(self, making: Making) -> messages.SentenceEnded:
        end_ms = self.audible_ms(self.made)
        return messages.SentenceEnded(turn=self.id, sentence=making.index, end_ms=end_ms)

    def _started(self, making: Making, applied: Applied) -> messages.SentenceStarted:
        sentence = making.sentence
        return messages.SentenceStarted(
            turn=self.id,
            sentence=making.index,
            text=sentence.text,
            char_start=sentence.char_start,
            char_end=sentence.char_end,
            emotion=messages.EmotionApplied(
                name=sentence.emotion.name,
                intensity=sentence.emotion.intensity,
                applied=applied.emotion,
            ),
            voice=applied.voice,
            language=applied.language,
            start_ms=making.start // TICKS_PER_MS,
        )

    def _take_marks(self, making: Making, marks: tuple[PlacedMark, ...]) -> None:
        words = [mark for mark in marks if mark.kind == "word"]
        for word in words:
            self.words.add(word, making.start)
        phonemes = [mark for mark in marks if mark.kind == "phoneme"]
        message = messages.Marks(
            turn=self.id,
            sentence=making.index,
            words=self._if("word", _words(words, making.start)),
            visemes=self._if("viseme", _visemes(phonemes, making.start)),
            phonemes=self._if("phoneme", _phonemes(phonemes, making.start)),
            exact=self.exact,
        )
        if message.words or message.visemes or message.phonemes:
            self.queue.append(message)

    def _if(self, kind: messages.MarkKind, marks: tuple[T, ...]) -> tuple[T, ...] | None:
        """Keep marks that the client wants."""
        return marks if marks and kind in self.wanted else None

    def fail(self) -> None:
        """Give up the sentence under way; what was made of it stays."""
        making = self.making
        assert making is not None
        self.failures += 1
        if making.started:
            self.queue.append(self._sentence_ended(making))
        self.making = None

    @property
    def finished(self) -> bool:
        """Everything of its text is made and has left."""
        whole = self.state is State.SPEAKING_WHOLE
        return whole and not (self.pending or self.making or self.queue)

    @property
    def closing(self) -> bool:
        """What is queued is all that will come."""
        return self.state is State.SPEAKING_WHOLE and not (self.pending or self.making)

    # --- what was heard -----------------------------------------------------------------

    def audible_ms(self, ticks: int) -> int:
        """Milliseconds that can be heard of so many ticks of packets."""
        return max(0, ticks - self.pre_skip) // TICKS_PER_MS

    def ended(self, reason: messages.Reason, position: int) -> messages.TurnEnded:
        """Say how the turn ended for a listener at ``position``, in ticks.

        The session fills in its own sum.
        """
        raw = "".join(self.raw)
        complete = reason == "completed"
        cut = len(raw) if complete else self.words.heard_chars(position)
        audio_ms = self.audible_ms(self.playhead.sent)
        heard_ms = audio_ms if complete else min(audio_ms, position // TICKS_PER_MS)
        return messages.TurnEnded(
            turn=self.id,
            reason=reason,
            audio_ms=audio_ms,
            heard_ms=heard_ms,
            heard_text=raw[:cut],
            unheard_text=raw[cut:],
            session_ms=0,
        )


def _words(marks: list[PlacedMark], start: int) -> tuple[messages.WordMark, ...]:
    return tuple(
        messages.WordMark(
            text=mark.text,
            start_ms=(start + mark.start) // TICKS_PER_MS,
            end_ms=(start + mark.start + mark.length) // TICKS_PER_MS,
            char_start=mark.char_start,
            char_end=mark.char_end,
        )
        for mark in marks
    )


def _visemes(marks: list[PlacedMark], start: int) -> tuple[messages.VisemeMark, ...]:
    return tuple(
        messages.VisemeMark(
            viseme=shape.name,
            start_ms=(start + shape.start) // TICKS_PER_MS,
            end_ms=(start + shape.start + shape.length) // TICKS_PER_MS,
            weight=shape.weight,
        )
        for mark in marks
        for shape in visemes(mark)
    )


def _phonemes(marks: list[PlacedMark], start: int) -> tuple[messages.PhonemeMark, ...]:
    return tuple(
        messages.PhonemeMark(
            phoneme=mark.text,
            start_ms=(start + mark.start) // TICKS_PER_MS,
            end_ms=(start + mark.start + mark.length) // TICKS_PER_MS,
        )
        for mark in marks
    )
