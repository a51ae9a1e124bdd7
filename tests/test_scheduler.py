"""Which sentences are stepped next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.engine.scheduler import NEWCOMER_S, Claim, Scheduler
from realtime.engine.synthesizer import TICKS_PER_S
from realtime.errors import AtCapacity


def claim(number: int, dry_at: float, *, made: int = 1, until: int = 10**9, phase: str = "a") -> Claim:
    return Claim(number, arrived=0.0, dry_at=dry_at, until=until, phase=phase, made=made)


def scheduler(*claims: Claim, capacity: int = 100, max_batch: int = 1) -> Scheduler:
    made = Scheduler(capacity, max_batch)
    for one in claims:
        made.add(one)
    return made


def test_the_listener_who_runs_dry_first_is_served_first() -> None:
    assert scheduler(claim(1, 5.0), claim(2, 3.0), claim(3, 4.0)).batch() == [2]


def test_what_is_made_moves_the_deadline() -> None:
    one = scheduler(claim(1, 5.0), claim(2, 3.0))
    one.stepped(2, made=4 * TICKS_PER_S, phase="a")
    assert one.batch() == [1]


def test_a_newcomer_does_not_starve_one_who_listens() -> None:
    listener = claim(1, dry_at=NEWCOMER_S / 2)
    newcomer = claim(2, dry_at=0.0, made=0)
    assert scheduler(newcomer, listener).batch() == [1]
    relaxed = claim(1, dry_at=NEWCOMER_S * 2)
    assert scheduler(newcomer, relaxed).batch() == [2]


def test_equal_phases_go_together_urgent_first() -> None:
    claims = [claim(1, 5.0), claim(2, 3.0), claim(3, 4.0, phase="b"), claim(4, 4.5)]
    assert scheduler(*claims, max_batch=8).batch() == [2, 4, 1]


def test_a_batch_is_no_larger_than_the_model_takes() -> None:
    assert scheduler(*(claim(n, float(n)) for n in range(9)), max_batch=4).batch() == [0, 1, 2, 3]


def test_nothing_is_made_past_until() -> None:
    one = scheduler(claim(1, 1.0, until=1000))
    one.stepped(1, made=999, phase="a")
    assert one.batch() == [1]
    one.stepped(1, made=1000, phase="a")
    assert one.batch() == []
    one.demand(1, dry_at=2.0, until=2000)
    assert one.batch() == [1]


def test_until_never_goes_back() -> None:
    one = scheduler(claim(1, 1.0, until=1000))
    one.demand(1, dry_at=1.0, until=10)
    assert one.batch() == [1]


def test_a_full_schedule_says_when_to_come_back() -> None:
    one = scheduler(claim(1, 1.0), capacity=1)
    with pytest.raises(AtCapacity) as full:
        one.add(claim(2, 1.0))
    assert full.value.retry_after_s > 0
    one.drop(1)
    one.add(claim(2, 1.0))
    assert one.batch() == [2]


def test_what_has_just_ended_may_be_spoken_of() -> None:
    one = scheduler()
    one.demand(7, 1.0, 1)
    one.drop(7)
    assert one.batch() == []


@given(st.lists(st.tuples(st.floats(0, 10), st.sampled_from("ab"), st.booleans()), max_size=12))
def test_a_batch_is_of_one_phase_and_holds_the_most_urgent(rows: list[tuple[float, str, bool]]) -> None:
    claims = [claim(n, dry, phase=phase, until=2 if runs else 1) for n, (dry, phase, runs) in enumerate(rows)]
    batch = scheduler(*claims, max_batch=4).batch()
    ready = [one for one in claims if one.runnable]
    assert bool(batch) == bool(ready)
    if batch:
        assert len({claims[n].phase for n in batch}) == 1
        assert claims[batch[0]].deadline == min(one.deadline for one in ready)
