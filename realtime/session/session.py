"""The session: one client's turns, from its messages to what is sent and made.

What it is: a state machine without I/O. Messages, audio and the time go in; what to send
comes out of `outgoing`, what to do out of `commands`, and `deadline` says when it wants
to be ticked. What it is not: a socket, a clock, a task. ``transports.connection`` drives
it, and the tests drive it by hand.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator

from models.speech import ModelCard

from .. import messages
from ..config import Limits
from ..engine.synthesizer import TICKS_PER_MS, EncodedChunk
from ..errors import AtCapacity, RemoteProtocolError, SynthesisError
from ..messages import Audio
from .command import Cancel, Close, Command, Key
from .floor import Floor
from .journal import Journal
from .opening import Identity, Opened, deliver, open_session
from .output import Output
from .pacing import Pacer, Playhead
from .state import State, TurnEvent
from .turn import Turn

_PAST_TURNS = 4_096
"""Ids of turns that are over, kept to tell late messages from wrong ones."""


class Session:
    """One client's conversation. Call a method, then drain `outgoing` and `commands`."""

    def __init__(self, identity: Identity, card: ModelCard, limits: Limits, now: float) -> None:
        self._identity = identity
        self._card = card
        self._limits = limits
        self._opened: Opened | None = None
        self._turns: dict[str, Turn] = {}
        self._by_number: dict[int, Turn] = {}
        self._channels: dict[str, list[Turn]] = {}
        self._past: OrderedDict[str, None] = OrderedDict()
        self._numbers = 0
        self._session_ms = 0
        self._commands: list[Command] = []
        self._bad: deque[float] = deque()
        self._heard_from = now
        self._wake: float | None = None
        self._closing = False
        self.journal = Journal(limits.journal_bytes, limits.journal_s)
        self._output = Output(self.journal, limits.unsent_bytes)
        self._floor: Floor | None = None
        """Set when the session starts."""

    # --- what goes in -------------------------------------------------------------------

    def receive(self, message: messages.ClientMessage, now: float) -> None:
        """Take a message of the client; what is wrong with it becomes an ``error``."""
        self._heard_from = now
        try:
            self._dispatch(message, now)
        except RemoteProtocolError as error:
            self.refuse(error, now)
        self._advance(now)

    def refuse(self, error: RemoteProtocolError, now: float) -> None:
        """Answer something that is no message, or one that may not come now."""
        self._heard_from = now
        self._output.message(
            messages.Error(
                code=error.code,
                message=error.message,
                field=error.field,
                turn=error.turn,
                fatal=error.fatal,
            )
        )
        self._bad.append(now)
        while self._bad[0] < now - 60.0:
            self._bad.popleft()
        if len(self._bad) > self._limits.bad_messages:
            self._close(4400, f"more than {self._limits.bad_messages} bad messages a minute")

    def audio(self, key: Key, chunk: EncodedChunk, now: float) -> None:
        """Take what the engine has made of a sentence; of a cancelled one it is dropped."""
        turn = self._making(key)
        if turn:
            turn.take(chunk)
            self._advance(now)

    def failed(self, key: Key, error: SynthesisError | AtCapacity, now: float) -> None:
        """Take note that a sentence cannot be spoken; its turn goes on with the next."""
        turn = self._making(key)
        if not turn:
            return
        turn.fail()
        code = error.code if isinstance(error, SynthesisError) else "at_capacity"
        retry_s = error.retry_after_s
        self._output.message(
            messages.Error(
                code=code,
                message=f"sentence {key.sentence}: {error}",
                turn=turn.id,
                retry_after_ms=None if retry_s is None else int(retry_s * 1000),
            )
        )
        self._advance(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._advance(now)

    # --- what comes out -----------------------------------------------------------------

    def outgoing(self, now: float) -> list[messages.ServerMessage | Audio]:
        """Drain what is to be sent, in its order; call when the last of it has left."""
        waited = self._output.full
        items = self._output.drain(now)
        if waited:
            self._advance(now)
        return items

    def commands(self) -> list[Command]:
        """Drain what is to be done, in its order."""
        commands, self._commands = self._commands, []
        return commands

    def deadline(self) -> float | None:
        """When to `tick` next, in monotonic seconds; ``None``: not before another input."""
        return self._wake

    @property
    def speaking(self) -> bool:
        """Whether any turn has not ended."""
        return bool(self._turns)

    # --- messages -----------------------------------------------------------------------

    def _dispatch(self, message: messages.ClientMessage, now: float) -> None:
        if isinstance(message, messages.Ping):
            self._output.message(messages.Pong(id=message.id))
        elif isinstance(message, messages.SessionStart):
            self._start(message)
        elif self._opened is None:
            raise RemoteProtocolError("not_started", "type: send session.start first", field="type")
        elif isinstance(message, messages.TurnStart | messages.TurnSay):
            self._start_turn(message, now)
        elif isinstance(message, messages.TurnCancel):
            self._cancel(message, now)
        elif turn := self._turn(message.turn):
            self._tell(turn, message, now)

    def _start(self, message: messages.SessionStart) -> None:
        if self._opened:
            raise RemoteProtocolError("already_started", "type: this session was started", field="type")
        if message.resume:
            # The journal is kept, but nothing replays it yet; PROTOCOL.md says so.
            self._output.message(
                messages.Error(
                    code="resume_gap",
                    message="resume: the session is not held any more; this is a new one",
                    field="resume",
                )
            )
        self._opened, started = open_session(message, self._identity, self._card, self._limits)
        self._floor = Floor(self._opened, self._output)
        self._output.message(started)

    def _start_turn(self, message: messages.TurnStart | messages.TurnSay, now: float) -> None:
        if message.turn in self._turns or message.turn in self._past:
            raise RemoteProtocolError(
                "turn_exists",
                f"turn: {message.turn!r} was used in this session; take another id",
                field="turn",
                turn=message.turn,
            )
        try:
            turn = self._accept(message)
        except RemoteProtocolError as error:
            self._remember(message.turn)
            error.turn = message.turn
            raise
        if message.when == "interrupt":
            for other in list(self._channels.get(message.channel, ())):
                self._end(other, "cancelled", now)
        self._turns[turn.id] = self._by_number[turn.number] = turn
        self._channels.setdefault(turn.channel, []).append(turn)
        self._output.message(messages.TurnStarted(turn=turn.id, number=turn.number, channel=turn.channel))
        if isinstance(message, messages.TurnSay):
            self._hear(turn, message.text)
            turn.move(TurnEvent.END)
            turn.end()

    def _accept(self, message: messages.TurnStart | messages.TurnSay) -> Turn:
        assert self._opened
        limits = self._limits
        live = len(self._turns)
        if live >= limits.turns:
            raise RemoteProtocolError("too_many_turns", f"turn: {live} turns have not ended, the limit", field="turn")
        if message.channel not in self._channels and len(self._channels) >= limits.channels:
            raise RemoteProtocolError(
                "too_many_channels",
                f"channel: {limits.channels} channels speak, the limit; end one first",
                field="channel",
            )
        if isinstance(message, messages.TurnSay):
            self._check_length(len(message.text))
        delivery = deliver(message, self._opened.delivery, self._card)
        playhead = Playhead()
        turn = Turn(
            id=message.turn,
            number=self._numbers,
            channel=message.channel,
            delivery=delivery,
            audio=self._opened.audio,
            pre_skip=self._opened.started.pre_skip,
            wanted=self._opened.marks,
            exact="exact_marks" in self._card.abilities,
            pacer=self._pacer(playhead),
            playhead=playhead,
        )
        self._numbers += 1
        return turn

    def _pacer(self, playhead: Playhead) -> Pacer:
        assert self._opened
        audio = self._opened.started
        return Pacer(playhead, audio.lead_ms, max(audio.burst_ms, audio.frame_ms))

    def _turn(self, turn_id: str) -> Turn | None:
        """Find the turn that a message speaks of; one that is over may be spoken of."""
        turn = self._turns.get(turn_id)
        if turn is None and turn_id not in self._past:
            # Once: an LLM's deltas for a turn that was never started come by the hundred.
            self._remember(turn_id)
            raise RemoteProtocolError(
                "unknown_turn",
                f"turn: {turn_id!r} was never started; send turn.start first",
                field="turn",
                turn=turn_id,
            )
        return turn

    def _tell(self, turn: Turn, message: messages.ClientMessage, now: float) -> None:
        if isinstance(message, messages.TurnText):
            turn.move(TurnEvent.TEXT)
            self._hear(turn, message.text)
        elif isinstance(message, messages.TurnFlush):
            turn.move(TurnEvent.FLUSH)
            turn.flush()
        elif isinstance(message, messages.TurnEnd):
            turn.move(TurnEvent.END)
            turn.end()
        elif isinstance(message, messages.Playback):
            turn.playhead.report(message.played_ms * TICKS_PER_MS, now)

    def _hear(self, turn: Turn, text: str) -> None:
        self._check_length(turn.text.received + len(text), turn.id)
        turn.hear(text)

    def _check_length(self, chars: int, turn_id: str | None = None) -> None:
        limit = self._limits.turn_chars
        if chars > limit:
            raise RemoteProtocolError(
                "text_too_long",
                f"text: the turn would have {chars} characters, over the limit of {limit}; "
                "this piece was not taken: start another turn",
                field="text",
                turn=turn_id,
            )

    def _cancel(self, message: messages.TurnCancel, now: float) -> None:
        if message.turn is None:
            if message.played_ms is not None:
                raise RemoteProtocolError("bad_value", "played_ms: only with turn", field="played_ms")
            for turn in list(self._turns.values()):
                self._end(turn, "cancelled", now)
        elif found := self._turn(message.turn):
            if message.played_ms is not None:
                found.playhead.report(message.played_ms * TICKS_PER_MS, now)
            self._end(found, "cancelled", now)

    # --- turns --------------------------------------------------------------------------

    def _making(self, key: Key) -> Turn | None:
        turn = self._by_number.get(key.turn)
        making = turn.making if turn else None
        return turn if making and making.index == key.sentence else None

    def _end(self, turn: Turn, reason: messages.Reason, now: float) -> None:
        """Bring a turn to its end: the engine stops first, then what waits is dropped."""
        events: dict[messages.Reason, TurnEvent] = {
            "completed": TurnEvent.PLAYED,
            "cancelled": TurnEvent.CANCEL,
            "failed": TurnEvent.FAIL,
        }
        turn.move(events[reason])
        if turn.making:
            self._commands.append(Cancel(Key(turn.number, turn.making.index)))
        turn.queue.clear()
        turn.pending.clear()
        ended = turn.ended(reason, turn.playhead.position(now))
        self._session_ms += ended.heard_ms
        self._forget(turn, now)
        self._output.message(ended.model_copy(update={"session_ms": self._session_ms}))

    def _forget(self, turn: Turn, now: float) -> None:
        del self._turns[turn.id], self._by_number[turn.number]
        channel = self._channels[turn.channel]
        channel.remove(turn)
        if not channel:
            del self._channels[turn.channel]
        for other in channel:
            other.playhead.release(turn.playhead, now)
        self._remember(turn.id)

    def _remember(self, turn_id: str) -> None:
        self._past[turn_id] = None
        if len(self._past) > _PAST_TURNS:
            self._past.popitem(last=False)

    # --- progress -----------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        """Let every turn do what it can now, and find when the next one can do more."""
        for channel in list(self._channels.values()):
            before: Turn | None = None
            for turn in list(channel):
                self._give_floor(turn, before)
                self._work(turn, now)
                before = turn
        self._check_idle(now)
        self._wake = None if self._closing else min(self._wakes(now), default=None)

    def _give_floor(self, turn: Turn, before: Turn | None) -> None:
        waits = turn.state in (State.WAITING, State.WAITING_WHOLE)
        if waits and (before is None or before.state in (State.SENT, State.OVER)):
            turn.move(TurnEvent.FLOOR)
            if before and before.state is State.SENT:
                turn.playhead.follow(before.playhead)

    def _work(self, turn: Turn, now: float) -> None:
        floor = self._floor
        assert floor is not None, "there are turns before the session started"
        if turn.state in (State.SPEAKING, State.SPEAKING_WHOLE):
            floor.pump(turn, now)
            if command := floor.make(turn, now):
                self._commands.append(command)
        if turn.finished:
            if turn.failures and turn.failures == turn.opened:
                self._end(turn, "failed", now)
                return
            floor.finish(turn)
        if turn.state is State.SENT and now >= floor.heard_at(turn, now):
            self._end(turn, "completed", now)

    def _wakes(self, now: float) -> Iterator[float]:
        yield self._heard_from + self._patience
        if self._floor:
            for turn in self._turns.values():
                yield from self._floor.wakes(turn, now)

    @property
    def _patience(self) -> float:
        return self._limits.idle_s if self._opened else self._limits.start_s

    def _check_idle(self, now: float) -> None:
        if self._turns and self._opened:
            # A listener of a long turn has nothing to say.
            self._heard_from = now
        elif now - self._heard_from >= self._patience:
            what = "idle" if self._opened else "no session.start"
            self._close(4408, f"{what} for {self._patience:g} s")

    def _close(self, code: int, reason: str) -> None:
        if not self._closing:
            self._closing = True
            self._commands.append(Close(code, reason))
