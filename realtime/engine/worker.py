"""The model's process: loads one model, steps it for all sessions, encodes what it makes.

What it is: ``python -m realtime.engine.worker NAME`` with requests on standard input and
audio on standard output (see ``pipe``). One thread reads, the main thread steps the
model; torch runs here and nowhere else. What it is not: a server. ``host`` starts it.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from models import catalog
from models.speech import (
    AudioChunk,
    Mark,
    ModelError,
    SpeechModel,
    Status,
    StepResult,
    TextError,
    Utterance,
)

from ..audio.opus import SentenceEncoder
from ..errors import AtCapacity
from .pipe import Demand, Failed, LoadFailed, Made, Ready, Speak, ToWorker, pack, read
from .scheduler import Claim, Scheduler
from .synthesizer import TICKS_PER_S, Applied, EncodedChunk, PlacedMark

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """One sentence under way."""

    utterance: Utterance
    encoder: SentenceEncoder
    applied: Applied | None
    """Told with the first chunk, then ``None``."""
    sample_rate: int
    """Hz of the model."""
    marks: list[PlacedMark] = field(default_factory=list)
    """Marks made in steps that gave no packet yet."""

    def place(self, mark: Mark) -> PlacedMark:
        """Move a mark from the model's samples to 48 kHz ticks."""
        start = mark.start * TICKS_PER_S // self.sample_rate
        end = (mark.start + mark.length) * TICKS_PER_S // self.sample_rate
        return PlacedMark(mark.kind, mark.text, start, end - start, mark.char_start, mark.char_end)

    def encode(self, chunk: AudioChunk) -> EncodedChunk | None:
        """Encode a step's audio; ``None`` where it filled no frame yet."""
        self.marks += map(self.place, chunk.marks)
        packets = self.encoder.feed(chunk.pcm)
        return self._chunk(packets) if packets else None

    def finish(self) -> EncodedChunk:
        """Encode the rest."""
        return self._chunk(self.encoder.finish(), last=True)

    def _chunk(self, packets: list[bytes], last: bool = False) -> EncodedChunk:
        chunk = EncodedChunk(tuple(packets), tuple(self.marks), self.applied, last)
        self.marks, self.applied = [], None
        return chunk


class Worker:
    """Steps the model for whoever's listener runs dry first."""

    def __init__(self, model: SpeechModel, capacity: int, out: BinaryIO) -> None:
        self._model = model
        self._scheduler = Scheduler(capacity, model.card.max_batch)
        self._jobs: dict[int, Job] = {}
        self._out = out

    def run(self, inbox: queue.SimpleQueue[ToWorker | None]) -> None:
        """Serve until the inbox gives ``None``."""
        while True:
            batch = self._scheduler.batch()
            for message in _waiting(inbox, block=not batch):
                if message is None:
                    return
                self._receive(message)
                batch = []
            if batch:
                self._step(batch)

    def _receive(self, message: ToWorker) -> None:
        if isinstance(message, Speak):
            self._start(message)
        elif isinstance(message, Demand):
            self._scheduler.demand(message.id, message.dry_at, message.until)
        else:
            self._drop(message.id)

    def _start(self, speak: Speak) -> None:
        try:
            utterance = self._model.start(speak.request)
            claim = Claim(speak.id, time.monotonic(), speak.dry_at, speak.until, utterance.phase)
            self._scheduler.add(claim)
        except AtCapacity as error:
            self._model.release(utterance)
            self._send(Failed(speak.id, "at_capacity", str(error)))
        except ModelError as error:
            self._send(Failed(speak.id, _code(error), str(error)))
        except Exception as error:
            # A model is the largest piece of foreign code here: its bug ends one sentence.
            logger.exception("starting sentence %s", speak.id)
            self._send(Failed(speak.id, "model_failed", repr(error)))
        else:
            rate = self._model.card.sample_rate
            audio = speak.audio
            encoder = SentenceEncoder(audio.codec, rate, audio.sample_rate, audio.frame_ms)
            applied = Applied(utterance.emotion, utterance.voice, utterance.language)
            self._jobs[speak.id] = Job(utterance, encoder, applied, rate)

    def _step(self, batch: list[int]) -> None:
        utterances = [self._jobs[job_id].utterance for job_id in batch]
        try:
            results: list[StepResult] = self._model.step(utterances)
        except Exception as error:
            logger.exception("a step of %d sentences", len(batch))
            results = [ModelError(repr(error))] * len(batch)
        for job_id, result in zip(batch, results, strict=True):
            self._take(job_id, result)
        self._out.flush()

    def _take(self, job_id: int, result: StepResult) -> None:
        job = self._jobs[job_id]
        if isinstance(result, AudioChunk):
            made = result.end * TICKS_PER_S // job.sample_rate
            self._scheduler.stepped(job_id, made, job.utterance.phase)
            if chunk := job.encode(result):
                self._send(Made(job_id, chunk))
            return
        if isinstance(result, ModelError):
            self._send(Failed(job_id, _code(result), str(result)))
        elif result is Status.DONE:
            self._send(Made(job_id, job.finish()))
        else:
            self._send(Failed(job_id, "model_failed", "the model waits for text that is whole"))
        self._drop(job_id)

    def _drop(self, job_id: int) -> None:
        self._scheduler.drop(job_id)
        if job := self._jobs.pop(job_id, None):
            self._model.release(job.utterance)

    def _send(self, message: Made | Failed) -> None:
        self._out.write(pack(message))


def _code(error: ModelError) -> str:
    return "text_unspeakable" if isinstance(error, TextError) else "model_failed"


def _waiting(inbox: queue.SimpleQueue[ToWorker | None], *, block: bool) -> Iterator[ToWorker | None]:
    """Yield the messages that are there; with ``block`` wait for the first."""
    try:
        yield inbox.get(block=block)
        while True:
            yield inbox.get_nowait()
    except queue.Empty:
        return


def _read_all(stream: BinaryIO, inbox: queue.SimpleQueue[ToWorker | None]) -> None:
    # The queue has no bound, but its writer has: the host sends a few words a sentence,
    # and bounds the sentences.
    while (message := read(stream)) is not None:
        inbox.put(message)
    inbox.put(None)


def _claim_stdout() -> BinaryIO:
    """Take standard output for the pipe; what libraries print goes to standard error."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=1 << 16)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def main() -> int:
    """Load, warm up, say `Ready`, and serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="realtime.engine.worker")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--capacity", type=int, default=1024)
    args = parser.parse_args()
    # Ctrl-C goes to the whole group; the parent decides when the model stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = _claim_stdout()
    begun = time.monotonic()
    try:
        model = catalog.load(args.model, threads=args.threads)
        loaded = time.monotonic()
        model.warm_up()
    except ModelError as error:
        out.write(pack(LoadFailed(str(error))))
        out.flush()
        return 2
    warm = time.monotonic()
    out.write(pack(Ready(model.card, loaded - begun, warm - loaded)))
    out.flush()
    inbox: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_all, args=(sys.stdin.buffer, inbox), name="pipe", daemon=True)
    reader.start()
    Worker(model, args.capacity, out).run(inbox)
    return 0


if __name__ == "__main__":
    sys.exit(main())
