"""The public client on a page of its own, with a real server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.recording import RATE, Recording, patient, server_decode
from tests.serving import Served

pytestmark = pytest.mark.browser

OPEN = """async () => {
  const { VoiceClient } = await import("/client/client.js");
  globalThis.voice = new VoiceClient();
  globalThis.told = [];
  const types = ["statechange", "speakingstart", "speakingend", "word", "viseme", "emotion",
    "progress", "interrupted", "underrun", "error"];
  for (const type of types) voice.addEventListener(type, ({ detail }) => {
    told.push({ type, at: performance.now(), ...detail, message: detail.message });
  });
  await voice.connect();
}"""


def connected(open_page: OpenPage, served: Served) -> Page:
    """Open a page with a connected client, ``voice``, whose events are in ``told``."""
    page = open_page(served.url)
    page.evaluate(OPEN)
    return page


@pytest.fixture
def page(open_page: OpenPage, served: Served) -> Page:
    """Open such a page."""
    return connected(open_page, served)


def told(page: Page, *types: str) -> list[dict[str, Any]]:
    """Give the events so far, of these types."""
    events: list[dict[str, Any]] = page.evaluate("() => told")
    return [event for event in events if event["type"] in types]


def test_events_of_a_turn_come_in_order_on_the_audio_clock(page: Page) -> None:
    result = page.evaluate("() => voice.speak('[happy] Hello there, my friend.').done")
    assert result["reason"] == "completed"
    assert result["heardText"] == "[happy] Hello there, my friend."
    assert result["unheardText"] == ""
    assert result["playedMs"] == result["audioMs"] > 500

    (start,) = told(page, "speakingstart")
    (end,) = told(page, "speakingend")
    assert 0 < start["firstSoundMs"] < 2_000
    assert end["playedMs"] == result["audioMs"]
    words = told(page, "word")
    assert [word["text"] for word in words] == ["Hello", "there", "my", "friend"]
    assert [word["charStart"] for word in words] == [8, 14, 21, 24]
    (emotion,) = told(page, "emotion")
    assert (emotion["name"], emotion["text"]) == ("happy", "Hello there, my friend.")
    assert len(told(page, "viseme")) > 10
    # A word is told when it is heard: as late behind the first as it is in the sound.
    for word in words[1:]:
        late = (word["at"] - words[0]["at"]) - (word["startMs"] - words[0]["startMs"])
        assert abs(late) < 150
    played = [event["playedMs"] for event in told(page, "progress")]
    assert played == sorted(played)
    assert played[-1] == result["audioMs"]
    assert told(page, "error") == []


@patient
def test_interrupt_tells_what_was_heard_to_the_word(open_page: OpenPage, served: Served) -> None:
    page = connected(open_page, served)
    text = "One two three four five six seven eight nine ten eleven twelve. And more of it."
    interruption = page.evaluate(
        """async (text) => {
          voice.speak(text);
          voice.speak(" The next turn.");
          await new Promise((resolve) => voice.addEventListener("word", ({ detail }) => {
            if (detail.text === "six") resolve();
          }));
          return voice.interrupt();
        }""",
        text,
    )
    heard, unheard = interruption["heardText"], interruption["unheardText"]
    assert heard + unheard == text + " The next turn."
    assert re.fullmatch(r"One two three four five( six)?( seven)?", heard.rstrip())
    assert [turn["reason"] for turn in interruption["turns"]] == ["cancelled", "cancelled"]
    assert interruption["turns"][1]["playedMs"] == 0
    (event,) = told(page, "interrupted")
    assert event["heardText"] == heard
    # What the server was told is what came out of the player.
    expected = server_decode(served.stream, text)
    recording = Recording.of(page)
    at = recording.find(expected[RATE // 50 : RATE]) - RATE // 50
    (sounding,) = np.nonzero(recording.pcm)
    in_samples = sounding[-1] - at
    assert abs(in_samples - interruption["playedMs"] * RATE / 1000) < RATE * 0.03


@patient
def test_a_signal_stops_its_turn_alone(open_page: OpenPage, served: Served) -> None:
    page = connected(open_page, served)
    results = page.evaluate(
        """async () => {
          const stop = new AbortController();
          const turns = [
            voice.speak("The first of three."),
            voice.speak("The second is not to be heard.", { signal: stop.signal }),
            voice.speak("The third one."),
          ];
          await new Promise((resolve) =>
            voice.addEventListener("speakingstart", resolve, { once: true }));
          stop.abort();
          return Promise.all(turns.map((turn) => turn.done));
        }"""
    )
    assert [result["reason"] for result in results] == ["completed", "cancelled", "completed"]
    assert results[1]["heardText"] == ""
    recording = Recording.of(page)
    positions = []
    for text in ("The first of three.", "The third one."):
        expected = server_decode(served.stream, text)[RATE // 100 :]
        assert recording.error(expected) < 1e-3
        positions.append(recording.find(expected))
    assert positions == sorted(positions)
    assert [event["turn"] for event in told(page, "speakingstart")] == ["turn-1", "turn-3"]


def test_text_can_be_streamed_and_what_comes_after_a_stop_is_ignored(page: Page) -> None:
    result = page.evaluate(
        """async () => {
          const turn = voice.stream({ emotion: "calm" });
          for (const delta of ["Hel", "lo, 今", "天", " is fine, and goes on. "]) turn.write(delta);
          await new Promise((resolve) =>
            voice.addEventListener("word", resolve, { once: true }));
          await turn.cancel();
          turn.write("Too late.");
          turn.end();
          return turn.done;
        }"""
    )
    assert result["reason"] == "cancelled"
    assert result["heardText"] + result["unheardText"] == "Hello, 今天 is fine, and goes on. "
    assert told(page, "error") == []
    assert told(page, "emotion")[0]["name"] == "calm"


def test_a_refused_turn_fails_alone(page: Page) -> None:
    results = page.evaluate(
        """() => Promise.all([
          voice.speak("Hello.", { voice: "nobody" }).done,
          voice.speak("Hello.").done,
        ])"""
    )
    assert [result["reason"] for result in results] == ["failed", "completed"]
    (error,) = told(page, "error")
    assert (error["code"], error["turn"]) == ("unknown_voice", "turn-1")


def test_close_ends_speech_and_the_client_can_connect_again(page: Page) -> None:
    reasons = page.evaluate(
        """async () => {
          const first = voice.speak("This is cut off by closing the client.");
          await new Promise((resolve) => voice.addEventListener("word", resolve, { once: true }));
          await voice.close();
          const { reason } = await first.done;
          let refused = "";
          try { voice.speak("Hello."); } catch (error) { refused = error.code; }
          await voice.connect();
          return [reason, refused, (await voice.speak("Hello.").done).reason];
        }"""
    )
    assert reasons == ["cancelled", "not_connected", "completed"]
    states = [event["state"] for event in told(page, "statechange")]
    assert states == [
        "connecting",
        "connected",
        "disconnected",
        "connecting",
        "connected",
    ]
    assert told(page, "error") == []


def test_volume_and_analyser_act_on_the_sound(page: Page) -> None:
    loudest = page.evaluate(
        """async () => {
          const samples = new Float32Array(voice.analyser.fftSize);
          const peak = async (volume) => {
            voice.volume = volume;
            // The volume glides, and the analyser looks back a little.
            await new Promise((resolve) => setTimeout(resolve, 200));
            const turn = voice.speak("aaaaaaaaaaaaaaaa");
            let most = 0, over = false;
            turn.done.then(() => (over = true));
            while (!over) {
              voice.analyser.getFloatTimeDomainData(samples);
              most = Math.max(most, ...samples.map(Math.abs));
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
            return most;
          };
          return [await peak(1), await peak(0.25), await peak(0)];
        }"""
    )
    full, quarter, silent = loudest
    assert full > 0.05
    assert quarter == pytest.approx(full / 4, rel=0.2)
    assert silent < full / 100


def test_a_server_that_refuses_gives_an_error_and_another_try(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    codes = page.evaluate(
        """async () => {
          const { VoiceClient } = await import("/client/client.js");
          const codes = [];
          const attempts = [
            { voice: "nobody" },
            { url: "/nowhere" },
            { url: "ws://127.0.0.1:9/forbidden-by-the-policy" },
          ];
          for (const options of attempts) {
            const voice = new VoiceClient(options);
            await voice.connect().catch((error) => codes.push(error.code));
            codes.push(voice.state);
          }
          return codes;
        }"""
    )
    assert codes == [
        "unknown_voice",
        "disconnected",
        "unreachable",
        "disconnected",
        "unreachable",
        "disconnected",
    ]


def test_the_example_of_the_readme_works_as_printed(open_page: OpenPage, served: Served) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```html\n(.*?)```", readme, re.DOTALL)
    icon = '<link rel="icon" href="data:,">'  # else the browser asks for /favicon.ico
    page = open_page(served.url, tapped=False, html=icon + example)
    page.get_by_role("button", name="Talk").click()
    expect(page.locator("#text")).to_have_text(re.compile("Hello.*今.*气"))
