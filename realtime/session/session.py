"""The session: one client's turns, from its messages to what is sent and made.

What it is: a state machine without I/O. Messages, audio and the time go in; what to send
comes out of `outgoing`, what to do out of `commands`, and `deadline` says when it wants
to be ticked. What it is not: a socket, a clock, a task. ``transports.connection`` drives
it, and the tests drive it by hand.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from models.speech import ModelCard

from .. import messages
from ..config import Limits
from ..engine.synthesizer import TICKS_PER_MS, TICKS_PER_S, EncodedChunk
from ..errors import AtCapacity, RemoteProtocolError, SynthesisError
from ..messages import Audio
from .command import Cancel, Close, Command, Demand, Key, Open
from .journal import Journal
from .opening import Identity, Opened, deliver, open_session
from .pacing import Pacer, Playhead
from .state import State, TurnEvent
from .turn import Turn

_GROUP = 3
"""Packets in one message, once the first of a turn is out."""
_REFRESH_S = 1.0
"""How often the engine hears of a listener's progress while a sentence is made."""
_REPORT_GRACE_S = 0.3
"""A client that reports tells the end itself; a little longer than its interval."""
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
        self._seq = 0
        self._events = 0
        self._session_ms = 0
        self._out: deque[messages.ServerMessage | Audio] = deque()
        self._unsent_bytes = 0
        self._commands: list[Command] = []
        self._bad: deque[float] = deque()
        self._heard_from = now
        self._wake: float | None = None
        self._closing = False
        self.journal = Journal(limits.journal_bytes, limits.journal_s)

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
        self._send(
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
        self._send(
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
        items = list(self._out)
        self._out.clear()
        for item in items:
            self.journal.record(item, now)
        if self._unsent_bytes:
            self._unsent_bytes = 0
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
            self._send(messages.Pong(id=message.id))
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
            self._send(
                messages.Error(
                    code="resume_gap",
                    message="resume: the session is not held any more; this is a new one",
                    field="resume",
                )
            )
        self._opened, started = open_session(message, self._identity, self._card, self._limits)
        self._send(started)

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
        self._send(messages.TurnStarted(turn=turn.id, number=turn.number, channel=turn.channel))
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
        self._send(ended.model_copy(update={"session_ms": self._session_ms}))

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
        if turn.state in (State.SPEAKING, State.SPEAKING_WHOLE):
            self._make(turn, now)
            self._pump(turn, now)
        if turn.finished:
            if turn.failures and turn.failures == turn.opened:
                self._end(turn, "failed", now)
                return
            self._sent(turn)
        if turn.state is State.SENT and now >= self._heard_at(turn, now):
            self._end(turn, "completed", now)

    def _make(self, turn: Turn, now: float) -> None:
        """Open the next sentence, or let the engine know how far the listener is."""
        horizon = self._horizon(turn, now)
        if turn.making is None and turn.pending and turn.made < horizon:
            making = turn.open(horizon)
            request = turn.delivery.request(making.sentence, making.index)
            key = Key(turn.number, making.index)
            dry_at, until = self._demand(turn, now, making.start)
            self._commands.append(Open(key, request, turn.audio, dry_at, until))
        elif turn.making and horizon - turn.making.told >= _REFRESH_S * TICKS_PER_S:
            turn.making.told = horizon
            key = Key(turn.number, turn.making.index)
            self._commands.append(Demand(key, *self._demand(turn, now, turn.making.start)))

    def _demand(self, turn: Turn, now: float, start: int) -> tuple[float, int]:
        assert turn.making
        dry_at = turn.playhead.time_of(start, now) if self._clock else now
        return dry_at, turn.making.told - start

    def _horizon(self, turn: Turn, now: float) -> int:
        """The position of the turn up to which audio may be made now, in ticks."""
        assert self._opened
        if self._clock:
            return int(turn.playhead.virtual(now)) + self._opened.ahead
        full = self._unsent_bytes >= self._limits.unsent_bytes
        return turn.playhead.sent + (0 if full else self._opened.ahead)

    def _pump(self, turn: Turn, now: float) -> None:
        """Send what may leave now."""
        while turn.queue:
            if not isinstance(turn.queue[0], bytes):
                message = turn.queue.popleft()
                assert not isinstance(message, bytes)
                self._send(message)
                continue
            count = self._next_group(turn)
            end = turn.playhead.sent + count * turn.audio.frame_ticks
            if end > self._allowed(turn, now):
                return
            self._send_packets(turn, count, now)

    def _next_group(self, turn: Turn) -> int:
        """How many packets the next message holds: the first of a turn goes alone."""
        assert self._opened
        most = self._opened.group if turn.packets_sent else 1
        head = takewhile(lambda item: isinstance(item, bytes), islice(turn.queue, most))
        return sum(1 for _ in head)

    def _allowed(self, turn: Turn, now: float) -> int:
        if self._clock:
            return turn.pacer.allowed(now)
        full = self._unsent_bytes >= self._limits.unsent_bytes
        return turn.playhead.sent if full else turn.made

    def _send_packets(self, turn: Turn, count: int, now: float) -> None:
        packets = tuple(turn.queue.popleft() for _ in range(count))
        flags = 0 if turn.packets_sent else messages.FIRST
        if turn.closing and not any(isinstance(item, bytes) for item in turn.queue):
            flags |= messages.LAST
            turn.last_flagged = True
        if not turn.packets_sent:
            turn.pacer.started(now)
        position = turn.playhead.sent
        turn.packets_sent += count
        turn.playhead.send(count * turn.audio.frame_ticks, now)
        self._send_audio(turn, packets, position, flags)

    def _send_audio(self, turn: Turn, packets: Iterable[object], position: int, flags: int) -> None:
        assert self._opened
        if not self._opened.audible:
            return
        held = tuple(packet for packet in packets if isinstance(packet, bytes))
        self._out.append(Audio(turn.number, self._seq, position, held, flags))
        self._seq += len(held)
        self._unsent_bytes += sum(map(len, held))

    def _sent(self, turn: Turn) -> None:
        turn.move(TurnEvent.SENT)
        if turn.packets_sent and not turn.last_flagged:
            self._send_audio(turn, (), turn.playhead.sent, messages.LAST)
        audio_ms = turn.audible_ms(turn.playhead.sent)
        self._send(messages.TurnSent(turn=turn.id, audio_ms=audio_ms))

    def _heard_at(self, turn: Turn, now: float) -> float:
        """When the listener will have heard all of a turn that was sent."""
        end = turn.playhead.sent - turn.pre_skip
        if not self._clock or turn.playhead.reported_ticks >= end - TICKS_PER_MS:
            return now
        grace = _REPORT_GRACE_S if turn.playhead.reported_ticks >= 0 else 0.0
        return turn.playhead.ends_at(now) + grace

    def _wakes(self, now: float) -> Iterator[float]:
        yield self._heard_from + self._patience
        if not self._clock:
            return
        for turn in self._turns.values():
            if turn.state is State.SENT:
                yield self._heard_at(turn, now)
            if turn.making or turn.pending:
                yield now + _REFRESH_S
            if turn.queue:
                count = self._next_group(turn)
                end = turn.playhead.sent + count * turn.audio.frame_ticks
                yield turn.pacer.when(end, now)

    @property
    def _clock(self) -> bool:
        return self._opened is not None and self._opened.started.pace == "clock"

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

    def _send(self, message: messages.ServerMessage) -> None:
        self._out.append(message.model_copy(update={"event": self._events}))
        self._events += 1
