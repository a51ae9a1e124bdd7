"""The table of a turn's states: every pair of state and event."""

from __future__ import annotations

import itertools

import pytest

from realtime.errors import LocalProtocolError, RemoteProtocolError
from realtime.session.state import TRANSITIONS, State, TurnEvent, move

W, WW, S, SW, SENT, OVER = State
TEXT, FLUSH, END, FLOOR, GONE, PLAYED, CANCEL, FAIL = TurnEvent

# Written out by hand, once more: a slip in the table must not be its own proof.
LEGAL = {
    (W, TEXT): W,
    (W, FLUSH): W,
    (W, END): WW,
    (W, FLOOR): S,
    (W, CANCEL): OVER,
    (WW, FLOOR): SW,
    (WW, CANCEL): OVER,
    (S, TEXT): S,
    (S, FLUSH): S,
    (S, END): SW,
    (S, CANCEL): OVER,
    (SW, GONE): SENT,
    (SW, FAIL): OVER,
    (SW, CANCEL): OVER,
    (SENT, PLAYED): OVER,
    (SENT, CANCEL): OVER,
    (OVER, TEXT): OVER,
    (OVER, FLUSH): OVER,
    (OVER, END): OVER,
    (OVER, CANCEL): OVER,
}
PAIRS = list(itertools.product(State, TurnEvent))


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_every_pair_leads_where_it_should_or_is_refused(state: State, event: TurnEvent) -> None:
    if (state, event) in LEGAL:
        assert move(state, event, "t") is LEGAL[state, event]
    elif event in (TEXT, FLUSH, END):
        with pytest.raises(RemoteProtocolError) as refused:
            move(state, event, "t")
        assert (refused.value.code, refused.value.turn) == ("turn_text_ended", "t")
    else:
        with pytest.raises(LocalProtocolError):
            move(state, event, "t")


def test_every_state_has_a_way_to_its_end() -> None:
    for state in State:
        reached = {state}
        while new := {t for s in reached for t in TRANSITIONS[s].values()} - reached:
            reached |= new
        assert State.OVER in reached
