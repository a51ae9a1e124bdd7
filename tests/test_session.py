"""The session core, driven by hand: turns, channels, pacing, cancel, bad input."""

from __future__ import annotations

import pytest

from realtime.config import Limits
from realtime.engine.synthesizer import Applied, EncodedChunk
from realtime.errors import AtCapacity, SynthesisError
from realtime.messages import (
    FIRST,
    LAST,
    Audio,
    ClientMessage,
    Error,
    Marks,
    Ping,
    Playback,
    Pong,
    SentenceEnded,
    SentenceStarted,
    SessionStart,
    SessionStarted,
    TurnCancel,
    TurnEnd,
    TurnEnded,
    TurnFlush,
    TurnSay,
    TurnSent,
    TurnStart,
    TurnStarted,
    TurnText,
)
from tests.desk import Cancel, Close, Demand, Desk, Key, Open

TWO = "One two three four five. Six seven eight nine ten."


def test_a_session_starts_with_its_limits_as_numbers() -> None:
    desk = Desk()
    (started,) = desk.told(SessionStarted)
    assert started.event == 0
    assert started.limits == Limits().model_dump()
    assert started.audio.sample_rate == 24_000
    assert started.audio.pre_skip > 0


def test_every_message_is_numbered_without_a_gap() -> None:
    desk = Desk()
    desk.say("a")
    desk.make()
    desk.wait(3)
    numbers = [item.event for item in desk.items if not isinstance(item, Audio)]
    assert numbers == list(range(len(numbers)))


def test_a_turn_goes_from_start_to_end_in_order() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(50, words=5)
    desk.wait(3)
    kinds = [type(item) for item in desk.items if not isinstance(item, Audio)]
    assert kinds == [
        SessionStarted,
        TurnStarted,
        SentenceStarted,
        Marks,
        SentenceEnded,
        TurnSent,
        TurnEnded,
    ]
    (ended,) = desk.told(TurnEnded)
    assert (ended.reason, ended.heard_text) == ("completed", "One two three four five.")
    assert ended.unheard_text == ""
    assert ended.audio_ms == ended.heard_ms == ended.session_ms == 993  # 50 frames less pre-skip


def test_packets_are_numbered_and_placed_without_a_gap() -> None:
    desk = Desk()
    desk.say("a", TWO)
    desk.make()
    desk.make()
    desk.wait(3)
    desk.say("b")
    desk.make()
    desk.wait(3)
    seq, position = 0, {0: 0, 1: 0}
    for audio in desk.told(Audio):
        assert (audio.seq, audio.position) == (seq, position[audio.turn])
        seq += len(audio.packets)
        position[audio.turn] += 960 * len(audio.packets)
    assert seq == 150


def test_the_first_and_the_last_message_of_a_turn_are_flagged() -> None:
    desk = Desk()
    desk.say("a", TWO)
    desk.make()
    desk.make()
    desk.wait(4)
    flags = [audio.flags for audio in desk.told(Audio)]
    assert flags[0] == FIRST
    assert flags[-1] == LAST
    assert not any(flags[1:-1])


def test_an_end_that_comes_after_the_last_packet_is_told_without_packets() -> None:
    desk = Desk()
    desk.send(TurnStart(turn="a"), TurnText(turn="a", text="One two three."), TurnFlush(turn="a"))
    desk.make(5)
    desk.send(TurnEnd(turn="a"))
    last = desk.told(Audio)[-1]
    assert (last.packets, last.flags, last.position) == ((), LAST, 5 * 960)


def test_the_first_packet_goes_alone_and_the_others_in_groups() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(100)
    desk.wait(3)
    counts = [len(audio.packets) for audio in desk.told(Audio)]
    assert counts[0] == 1
    assert set(counts[1:-1]) == {3}


def test_nothing_leaves_further_ahead_than_the_lead() -> None:
    desk = Desk(audio={"lead_ms": 500, "burst_ms": 100})
    desk.say("a")
    desk.make(200)
    assert desk.sent_ms() == 80  # the largest group boundary within the burst of 100
    begun = desk.now
    for _ in range(100):
        desk.wait(0.037)
        assert desk.sent_ms() <= 500 + (desk.now - begun) * 1000 + 1
    desk.wait(1)
    assert desk.sent_ms() == 4000


def test_a_report_of_a_slow_player_holds_packets_back() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(200)
    desk.wait(1.4)
    sent = desk.sent_ms()
    for _ in range(8):
        desk.send(Playback(turn="a", played_ms=0))
        desk.wait(0.25)
    assert desk.sent_ms() <= max(sent, 1500 + 250 + 60)


def test_pace_none_sends_at_once_and_ends_at_once() -> None:
    desk = Desk(audio={"pace": "none"})
    desk.say("a", TWO)
    desk.make(500)
    desk.make(500)
    assert desk.sent_ms() == 20_000
    assert [ended.reason for ended in desk.told(TurnEnded)] == ["completed"]


def test_synthesis_waits_while_nobody_takes_what_was_made() -> None:
    desk = Desk(Limits(unsent_bytes=65_536), audio={"pace": "none"})
    desk.session.receive(TurnSay(turn="a", text=TWO * 20), desk.now)
    made = 0
    for _ in range(60):  # nobody drains `outgoing`
        opened = [one for one in desk.session.commands() if isinstance(one, Open)]
        if not opened:
            break
        desk.did += opened
        request = opened[0]
        chunk = _chunk(200)
        desk.session.audio(request.key, chunk, desk.now)
        made += 200
    assert made * 40 <= 65_536 + 2 * 200 * 40 + 4 * 50 * 40
    desk.drain()
    assert desk.opened  # draining lets it go on


def _chunk(frames: int) -> EncodedChunk:
    return EncodedChunk((bytes(40),) * frames, (), Applied("neutral", "alto", "en"), True)


def test_turns_of_a_channel_are_heard_one_after_the_other() -> None:
    desk = Desk()
    desk.say("a")
    desk.say("b")
    assert [one.key for one in desk.opened] == [Key(0, 0)]
    desk.make(25)
    desk.wait(0.3)
    assert [one.key for one in desk.opened] == [Key(1, 0)]  # a is sent, not yet heard
    desk.make(25)
    desk.wait(3)
    assert [ended.turn for ended in desk.told(TurnEnded)] == ["a", "b"]


def test_channels_speak_at_the_same_time() -> None:
    desk = Desk()
    desk.say("a", channel="guard")
    desk.say("b", channel="thief")
    assert [one.key for one in desk.opened] == [Key(0, 0), Key(1, 0)]


def test_interrupt_cancels_the_turns_of_its_channel_only() -> None:
    desk = Desk()
    desk.say("a")
    desk.say("b")
    desk.say("other", channel="guard")
    desk.say("c", when="interrupt")
    assert [(e.turn, e.reason) for e in desk.told(TurnEnded)] == [
        ("a", "cancelled"),
        ("b", "cancelled"),
    ]
    assert desk.commands(Cancel) == [Cancel(Key(0, 0))]
    assert {one.key.turn for one in desk.opened} == {2, 3}


def test_a_cancel_stops_the_engine_and_drops_what_waits() -> None:
    desk = Desk()
    desk.say("a", TWO)
    desk.make(50, last=False)
    before = desk.sent_ms()
    desk.send(TurnCancel(turn="a"))
    assert desk.commands(Cancel) == [Cancel(Key(0, 0))]
    desk.wait(5)
    assert desk.sent_ms() == before
    assert not desk.opened


def test_audio_that_arrives_after_a_cancel_is_dropped() -> None:
    desk = Desk()
    desk.say("a")
    key = desk.make(5, last=False)
    desk.send(TurnCancel(turn="a"))
    before = len(desk.items)
    desk.session.audio(key, _chunk(10), desk.now)
    desk.drain()
    assert len(desk.items) == before


def test_a_cancel_tells_what_was_heard_to_the_word() -> None:
    desk = Desk()
    desk.say("a", "aaa bbb ccc ddd eee.")
    desk.make(50, words=5)  # each word lasts 200 ms
    desk.wait(0.3)
    desk.send(TurnCancel(turn="a", played_ms=510))
    (ended,) = desk.told(TurnEnded)
    assert (ended.heard_text, ended.unheard_text) == ("aaa bbb ccc", " ddd eee.")
    assert ended.heard_ms == 510


def test_a_cancel_without_a_position_estimates_it() -> None:
    desk = Desk()
    desk.say("a", "aaa bbb ccc ddd eee.")
    desk.make(50, words=5)
    desk.wait(0.35)
    desk.send(TurnCancel(turn="a"))
    (ended,) = desk.told(TurnEnded)
    assert ended.heard_text == "aaa bbb"
    assert abs(ended.heard_ms - 350) <= 2


def test_a_turn_that_was_sent_can_still_be_cancelled() -> None:
    desk = Desk()
    desk.say("a", "aaa bbb ccc ddd eee.")
    desk.make(50, words=5)
    desk.wait(0.5)
    assert desk.told(TurnSent)
    desk.send(TurnCancel(turn="a"))
    (ended,) = desk.told(TurnEnded)
    assert ended.reason == "cancelled"
    assert ended.heard_text + ended.unheard_text == "aaa bbb ccc ddd eee."


@pytest.mark.parametrize("when", ["before audio", "twice", "after the end", "all"])
def test_a_cancel_at_an_odd_moment_is_defined(when: str) -> None:
    desk = Desk()
    desk.say("a")
    if when == "after the end":
        desk.make()
        desk.wait(3)
    desk.send(TurnCancel() if when == "all" else TurnCancel(turn="a"))
    if when == "twice":
        desk.send(TurnCancel(turn="a"))
    assert len(desk.told(TurnEnded)) == 1
    assert desk.codes() == []


def test_text_that_comes_after_a_cancel_has_no_effect() -> None:
    desk = Desk()
    desk.send(TurnStart(turn="a"), TurnText(turn="a", text="One two "), TurnCancel(turn="a"))
    desk.send(TurnText(turn="a", text="three four five six."), TurnEnd(turn="a"))
    assert desk.codes() == []
    assert not desk.opened


def test_reports_end_a_turn_when_all_was_played() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(50)
    desk.wait(0.5)
    desk.send(Playback(turn="a", played_ms=993))
    assert [ended.reason for ended in desk.told(TurnEnded)] == ["completed"]


def test_a_text_with_nothing_to_speak_ends_completed_without_audio() -> None:
    desk = Desk()
    desk.say("a", " … —— [happy] 🙂 \n")
    (ended,) = desk.told(TurnEnded)
    assert (ended.reason, ended.audio_ms) == ("completed", 0)
    assert ended.heard_text == " … —— [happy] 🙂 \n"
    assert not desk.told(Audio)


def test_a_sentence_that_fails_is_skipped_and_told() -> None:
    desk = Desk()
    desk.say("a", TWO)
    error = SynthesisError("model_failed", "no")
    desk.session.failed(Key(0, 0), error, desk.now)
    desk.drain()
    desk.done.add(Key(0, 0))
    desk.make(10)
    desk.wait(2)
    assert desk.codes() == ["model_failed"]
    assert [ended.reason for ended in desk.told(TurnEnded)] == ["completed"]


def test_a_turn_of_which_nothing_could_be_spoken_fails() -> None:
    desk = Desk()
    desk.say("a")
    desk.session.failed(Key(0, 0), AtCapacity("sentences", 1.5), desk.now)
    desk.drain()
    (error,) = desk.told(Error)
    assert (error.code, error.turn, error.retry_after_ms) == ("at_capacity", "a", 1500)
    (ended,) = desk.told(TurnEnded)
    assert (ended.reason, ended.unheard_text) == ("failed", "One two three four five.")


def test_deltas_and_whole_text_ask_for_the_same_sentences() -> None:
    text = "[happy] One two three four, five. 今天天气真不错! Six seven eight."
    whole, split = Desk(audio={"pace": "none"}), Desk(audio={"pace": "none"})
    whole.say("a", text, seed=5)
    split.send(TurnStart(turn="a", seed=5))
    for char in text:
        split.send(TurnText(turn="a", text=char))
    split.send(TurnEnd(turn="a"))
    for desk in (whole, split):
        while desk.opened:
            desk.make(5)
    requests = [[one.request for one in desk.commands(Open)] for desk in (whole, split)]
    assert requests[0] == requests[1]
    assert len(requests[0]) > 1


def test_the_engine_hears_of_a_listener_who_moves_on() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(300, last=False)
    desk.wait(3)
    demands = desk.commands(Demand)
    first = desk.commands(Open)[0]
    assert [one.until for one in demands] == sorted(one.until for one in demands)
    assert demands[-1].until > first.until


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        (TurnStart(turn="a", voice="nobody"), "unknown_voice", "voice"),
        (TurnStart(turn="a", emotion="hangry"), "unknown_emotion", "emotion"),
        (TurnStart(turn="a", emotion="happy:2"), "bad_value", "emotion"),
        (TurnStart(turn="a", language="tlh"), "unsupported_language", "language"),
        (TurnText(turn="x", text="hi"), "unknown_turn", "turn"),
        (TurnCancel(turn="x"), "unknown_turn", "turn"),
        (TurnCancel(played_ms=3), "bad_value", "played_ms"),
        (SessionStart(), "already_started", "type"),
        (TurnStart(turn="live"), "turn_exists", "turn"),
        (TurnText(turn="live", text="x" * 300_000), "text_too_long", "text"),
        (TurnStart(turn="ok", channel="c9"), "", None),
    ],
)
def test_bad_input_is_told_and_the_session_goes_on(message: ClientMessage, code: str, field: str | None) -> None:
    desk = Desk()
    desk.send(TurnStart(turn="live"))
    desk.send(message)
    errors = desk.told(Error)
    assert [(error.code, error.field) for error in errors] == ([(code, field)] if code else [])
    desk.send(TurnText(turn="live", text="One two three four five. "), TurnEnd(turn="live"))
    desk.make()
    desk.wait(3)
    assert [ended.turn for ended in desk.told(TurnEnded)] == ["live"]


def test_deltas_of_a_turn_that_was_refused_are_told_once() -> None:
    desk = Desk()
    desk.send(TurnStart(turn="a", voice="nobody"))
    for _ in range(200):
        desk.send(TurnText(turn="a", text="word "))
    assert desk.codes() == ["unknown_voice"]
    for _ in range(200):
        desk.send(TurnText(turn="never", text="word "))
    assert desk.codes() == ["unknown_voice", "unknown_turn"]
    assert not desk.commands(Close)


def test_a_limit_that_is_reached_concerns_the_new_turn_alone() -> None:
    desk = Desk(Limits(turns=2, channels=2))
    desk.say("a", channel="one")
    desk.say("b", channel="two")
    desk.say("c", channel="one")
    assert desk.codes() == ["too_many_turns"]
    desk = Desk(Limits(channels=1))
    desk.say("a", channel="one")
    desk.say("b", channel="two")
    assert desk.codes() == ["too_many_channels"]
    assert len(desk.opened) == 1


def test_text_over_the_limit_loses_nothing_that_was_accepted() -> None:
    desk = Desk(Limits(turn_chars=30))
    desk.send(TurnStart(turn="a"), TurnText(turn="a", text="One two three four five. "))
    desk.send(TurnText(turn="a", text="Six seven eight."), TurnEnd(turn="a"))
    assert desk.codes() == ["text_too_long"]
    desk.make()
    desk.wait(3)
    (ended,) = desk.told(TurnEnded)
    assert ended.heard_text == "One two three four five. "


def test_too_many_bad_messages_close_the_connection() -> None:
    desk = Desk(Limits(bad_messages=3))
    for number in range(4):
        desk.send(TurnCancel(turn=f"x{number}"))
    assert [close.code for close in desk.commands(Close)] == [4400]


def test_bad_messages_of_an_hour_do_not_add_up() -> None:
    desk = Desk(Limits(bad_messages=3, idle_s=1e6))
    for number in range(12):
        desk.send(TurnCancel(turn=f"x{number}"))
        desk.wait(21)
    assert not desk.commands(Close)


def test_nothing_goes_before_the_start_but_a_ping() -> None:
    desk = Desk(start=False)
    desk.send(Ping(id=7), TurnStart(turn="a"))
    assert desk.told(Pong)[0].id == 7
    assert desk.codes() == ["not_started"]
    desk.start(voice="nobody")
    assert desk.codes() == ["not_started", "unknown_voice"]
    desk.start()
    assert desk.told(SessionStarted)


def test_a_client_that_never_starts_or_falls_silent_is_closed() -> None:
    desk = Desk(start=False)
    desk.wait(11)
    assert [close.code for close in desk.commands(Close)] == [4408]
    desk = Desk(Limits(idle_s=5))
    desk.say("a")
    desk.wait(7)
    assert not desk.commands(Close)  # a turn is under way
    desk.make()
    desk.wait(8)
    assert [close.code for close in desk.commands(Close)] == [4408]


def test_a_resume_is_answered_with_a_gap_and_a_new_session() -> None:
    desk = Desk(start=False)
    desk.start(resume={"session": "s", "secret": "x", "seq": 3, "event": 4})
    assert desk.codes() == ["resume_gap"]
    assert desk.told(SessionStarted)


def test_messages_only_keeps_time_without_audio() -> None:
    desk = Desk(audio={"codec": "none"})
    desk.say("a")
    desk.make(50, words=5)
    desk.wait(3)
    assert not desk.told(Audio)
    assert desk.told(Marks)
    assert desk.told(TurnEnded)[0].reason == "completed"


def test_the_journal_holds_what_was_sent() -> None:
    desk = Desk()
    desk.say("a")
    desk.make(10)
    held = desk.session.journal.since(-1, -1)
    assert held == desk.items
    assert desk.session.journal.since(10**6, 2) == [
        item for item in desk.items if not isinstance(item, Audio) and item.event > 2
    ]
