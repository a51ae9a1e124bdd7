"""The media clock of a turn and what may leave when."""

from __future__ import annotations

from realtime.session.pacing import Pacer, Playhead

MS = 48


def test_the_clock_starts_with_the_first_packet() -> None:
    playhead = Playhead()
    assert playhead.position(10.0) == 0
    playhead.send(1000 * MS, now=10.0)
    assert playhead.position(10.25) == 250 * MS


def test_the_listener_is_never_beyond_what_was_sent() -> None:
    playhead = Playhead()
    playhead.send(100 * MS, now=0.0)
    assert playhead.position(5.0) == 100 * MS


def test_the_clock_stands_still_while_the_listener_is_dry() -> None:
    playhead = Playhead()
    playhead.send(100 * MS, now=0.0)
    playhead.send(100 * MS, now=5.0)
    assert abs(playhead.position(5.05) - 150 * MS) <= 1


def test_a_report_sets_the_clock_and_an_older_one_does_not() -> None:
    playhead = Playhead()
    playhead.send(1000 * MS, now=0.0)
    playhead.report(100 * MS, now=0.3)
    assert playhead.position(0.4) == 200 * MS
    playhead.report(50 * MS, now=0.4)
    assert playhead.position(0.4) == 200 * MS


def test_a_report_beyond_what_was_sent_is_cut() -> None:
    playhead = Playhead()
    playhead.send(100 * MS, now=0.0)
    playhead.report(9000 * MS, now=0.1)
    assert playhead.position(0.1) == 100 * MS


def test_a_turn_behind_another_is_heard_when_that_one_ends() -> None:
    first, second = Playhead(), Playhead()
    first.send(1000 * MS, now=0.0)
    second.follow(first)
    second.send(500 * MS, now=0.1)
    assert second.position(0.9) == 0
    assert abs(second.position(1.2) - 200 * MS) <= 1
    assert abs(second.ends_at(0.2) - 1.5) < 1e-6


def test_a_turn_behind_a_cancelled_one_is_heard_at_once() -> None:
    first, second = Playhead(), Playhead()
    first.send(1000 * MS, now=0.0)
    second.follow(first)
    second.send(500 * MS, now=0.1)
    second.release(first, now=0.2)
    assert abs(second.position(0.3) - 100 * MS) <= 1


def test_a_burst_leaves_at_once_and_then_twice_the_speed_up_to_the_lead() -> None:
    playhead = Playhead()
    pacer = Pacer(playhead, lead_ms=1500, burst_ms=300)
    assert pacer.allowed(0.0) == 300 * MS
    pacer.started(0.0)
    playhead.send(300 * MS, now=0.0)
    assert pacer.allowed(0.1) == 500 * MS
    playhead.send(2000 * MS, now=0.1)
    assert abs(pacer.allowed(1.3) - 2800 * MS) <= 1  # 1.3 s heard + 1.5 s of lead


def test_when_is_the_inverse_of_allowed() -> None:
    playhead = Playhead()
    pacer = Pacer(playhead, lead_ms=1500, burst_ms=300)
    pacer.started(0.0)
    playhead.send(1400 * MS, now=0.0)
    for ticks in (310 * MS, 900 * MS, 1700 * MS, 2000 * MS):
        at = pacer.when(ticks, now=0.0)
        assert abs(pacer.allowed(at) - ticks) <= 2
