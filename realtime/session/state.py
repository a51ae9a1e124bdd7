"""The states of a turn as one table.

What it is: every legal (state, event) pair and where it leads; nothing else decides a
turn's state. What it is not: what is done on the way (``turn`` and ``session``). The
text of a turn comes while it waits or speaks, so each of these states exists twice: with
text still to come, and whole.
"""

from __future__ import annotations

from enum import Enum

from ..errors import LocalProtocolError, RemoteProtocolError


class State(Enum):
    """Where a turn is in its life."""

    WAITING = "waiting"
    """Behind another turn of its channel; text may come."""
    WAITING_WHOLE = "waiting, text complete"
    SPEAKING = "speaking"
    """It has the floor; text may come."""
    SPEAKING_WHOLE = "speaking, text complete"
    SENT = "sent"
    """Every packet has left; the listener still hears it."""
    OVER = "over"
    """Completed, cancelled or failed."""


class TurnEvent(Enum):
    """What can happen to a turn."""

    TEXT = "text"
    FLUSH = "flush"
    END = "end"
    FLOOR = "floor"
    """The turn before it in its channel has sent its last packet."""
    SENT = "sent"
    """Its own last packet has left."""
    PLAYED = "played"
    """The listener has heard all of it."""
    CANCEL = "cancel"
    FAIL = "fail"
    """Nothing of it could be spoken."""


TRANSITIONS: dict[State, dict[TurnEvent, State]] = {
    State.WAITING: {
        TurnEvent.TEXT: State.WAITING,
        TurnEvent.FLUSH: State.WAITING,
        TurnEvent.END: State.WAITING_WHOLE,
        TurnEvent.FLOOR: State.SPEAKING,
        TurnEvent.CANCEL: State.OVER,
    },
    State.WAITING_WHOLE: {
        TurnEvent.FLOOR: State.SPEAKING_WHOLE,
        TurnEvent.CANCEL: State.OVER,
    },
    State.SPEAKING: {
        TurnEvent.TEXT: State.SPEAKING,
        TurnEvent.FLUSH: State.SPEAKING,
        TurnEvent.END: State.SPEAKING_WHOLE,
        TurnEvent.CANCEL: State.OVER,
    },
    State.SPEAKING_WHOLE: {
        TurnEvent.SENT: State.SENT,
        TurnEvent.FAIL: State.OVER,
        TurnEvent.CANCEL: State.OVER,
    },
    State.SENT: {
        TurnEvent.PLAYED: State.OVER,
        TurnEvent.CANCEL: State.OVER,
    },
    # An LLM's last deltas cross our turn.ended on the wire: they are late, not wrong.
    State.OVER: {
        TurnEvent.TEXT: State.OVER,
        TurnEvent.FLUSH: State.OVER,
        TurnEvent.END: State.OVER,
        TurnEvent.CANCEL: State.OVER,
    },
}

_FROM_CLIENT = {TurnEvent.TEXT, TurnEvent.FLUSH, TurnEvent.END}


def move(state: State, event: TurnEvent, turn: str) -> State:
    """Find where an event leads.

    Raises:
        RemoteProtocolError: the client sent text after the end of the turn's text.
        LocalProtocolError: the session let happen what cannot.
    """
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        pass
    if event in _FROM_CLIENT:
        raise RemoteProtocolError(
            "turn_text_ended",
            f"turn: the text of {turn!r} was ended; start another turn",
            field="turn",
            turn=turn,
        )
    raise LocalProtocolError(f"turn {turn!r} is {state.value}, then came {event.value}")
