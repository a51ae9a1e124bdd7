"""The demo page in a real browser, with a real server."""

from __future__ import annotations

import re
from contextlib import nullcontext

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.recording import RATE, Recording, Samples, last_sound, patient, server_decode
from tests.serving import Served, serve

pytestmark = pytest.mark.browser

MIXED = "[happy] Hello, 今天天气真不错! Let's go [whisper:0.8] outside. It cost $3.14, about 20%."
ONCE = "This sentence goes on and on, so that there is enough time to stop it. "
LONG = ONCE * 3


def speak(page: Page, text: str) -> None:
    """Type a text and press Speak."""
    page.get_by_label("Text to speak").fill(text)
    page.get_by_role("button", name="Speak").click()


def await_status(page: Page, status: str) -> None:
    """Wait for what the page says of the turn."""
    expect(page.locator("#status")).to_have_text(re.compile(status), timeout=20_000)


def await_word(page: Page, count: int) -> None:
    """Wait until so many words have lit up."""
    expect(page.locator("#caption .heard").nth(count)).to_be_attached()


def lit(page: Page) -> list[str]:
    """Give the words that lit up, in their order."""
    words: list[list[str]] = page.evaluate("() => watch.lit")
    assert not any("tag" in kind.split() for _, kind in words)
    return [word for word, _ in words]


def fade_error(stopped: Recording, expected: Samples) -> float:
    """Give how far the end of a recording is from the real next samples under a fade of 8 ms."""
    at = stopped.find(expected[RATE // 50 : RATE]) - RATE // 50
    end, ramp = last_sound(stopped.pcm), np.arange(RATE // 125, 0, -1) / (RATE // 125)
    errors = []
    for last in range(end - 1, end + 10):  # the fade's last samples may be zeros of the speech
        span = slice(last - len(ramp), last)
        fading = expected[span.start - at : span.stop - at] * ramp
        errors.append(np.abs(stopped.pcm[span] - fading).max())
    return float(min(errors))


@patient
@pytest.mark.parametrize(
    ("model", "text"),
    [("tone", MIXED), ("embedded", "[happy] Hello, 今天天气真不错!")],
    ids=["tone", "embedded"],
)
def test_a_mixed_sentence_is_heard_sample_for_sample(
    open_page: OpenPage, served: Served, model: str, text: str
) -> None:
    with nullcontext(served) if model == "tone" else serve(model) as server:
        page = open_page(server.url)
        speak(page, text)
        await_status(page, "Said in")
        expected = server_decode(server.stream, text)
        recording = Recording.of(page)
    # The fade-in takes 8 ms; behind it nothing is missing, added or late.
    at = recording.find(expected[RATE // 50 :]) - RATE // 50
    assert not recording.pcm[:at].any()
    assert recording.error(expected[RATE // 100 :]) < 1e-3
    assert last_sound(recording.pcm) <= at + len(expected) + RATE // 100


def test_words_light_up_in_order_and_tags_never(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    speak(page, MIXED)
    await_status(page, "Said in")
    words = lit(page)
    assert words[0] == "Hello"
    assert "$3.14" in words
    assert "20%" in words
    assert "".join(words) == "Hello今天天气真不错Let'sgooutsideItcost$3.14about20%"
    assert len(words) > 10
    assert page.locator("#caption").inner_text() == MIXED


@patient
def test_stop_is_silent_within_20_ms_and_the_next_turn_is_clean(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    word = "monalogue" * 12  # to stop between two words would be no feat
    text = f"One two three four {word}."
    speak(page, text)
    expect(page.locator("#caption .now")).to_have_text(word)
    page.keyboard.press("Escape")
    await_status(page, r"Stopped after \d")
    stopped = Recording.of(page)
    ((_, asked),) = stopped.marks
    assert np.abs(stopped.pcm[asked - RATE // 2 : asked]).max() > 0.01
    assert 0 <= last_sound(stopped.pcm) - asked < RATE * 20 // 1000
    assert fade_error(stopped, server_decode(served.stream, text)) < 1e-3

    speak(page, "Now something else.")
    await_status(page, "Said in")
    expected = server_decode(served.stream, "Now something else.")
    after = Recording(Recording.of(page).pcm[len(stopped.pcm) :], ())
    at = after.find(expected[RATE // 50 :]) - RATE // 50
    assert not after.pcm[:at].any()
    assert after.error(expected[RATE // 100 :]) < 1e-3


def test_after_a_stop_what_was_heard_stays_lit_to_the_word(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    speak(page, LONG)
    await_word(page, 6)
    page.get_by_role("button", name="Stop").click()
    await_status(page, "Stopped after")
    words = lit(page)
    heard = "".join(page.locator("#caption .heard").all_inner_texts())
    # A word is heard when half of it was; it lights up when it begins.
    told = re.findall(r"\w+", heard)
    assert told in (words, words[:-1])
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()


def test_text_that_comes_as_an_llm_writes_sounds_the_same(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    page.get_by_label("Type like an LLM").check()
    speak(page, MIXED)
    await_status(page, "Said in")
    assert "".join(lit(page)) == "Hello今天天气真不错Let'sgooutsideItcost$3.14about20%"
    assert page.locator("#caption").inner_text() == MIXED
    assert page.locator("#caption .tag").all_inner_texts() == ["[happy]", "[whisper:0.8]"]


@patient
def test_voice_and_emotion_of_the_pickers_are_used(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    page.get_by_label("Voice").select_option("bass")
    page.get_by_label("Emotion").select_option("Sad")
    speak(page, "One sentence.")
    await_status(page, "Speaking, sad")
    await_status(page, "Said in")
    expected = server_decode(served.stream, "One sentence.", voice="bass", emotion="sad")
    assert Recording.of(page).error(expected[RATE // 100 :]) < 1e-3


@patient
def test_a_busy_page_makes_no_gap(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    speak(page, ONCE)
    await_word(page, 3)
    page.evaluate("() => { const end = Date.now() + 500; while (Date.now() < end); }")
    await_status(page, "Said in")
    expected = server_decode(served.stream, ONCE)
    assert Recording.of(page).error(expected[RATE // 100 :]) < 1e-3


def test_the_keyboard_is_enough(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    box = page.get_by_label("Text to speak")
    box.fill("")
    box.press_sequentially("Hello there.")
    page.keyboard.press("Control+Enter")
    await_status(page, "Said in")
    assert page.locator("#first-sound-value").inner_text().endswith(" ms")


def test_a_text_with_nothing_to_say_says_so(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url)
    speak(page, "[happy] ...")
    await_status(page, "Nothing to say")


def test_the_page_keeps_to_its_policy(open_page: OpenPage, served: Served) -> None:
    """No inline script or style, no blob, no eval: the fixture sees the console silent."""
    page = open_page(served.url, tapped=False)
    speak(page, "[happy] Hello, 你好!")
    await_status(page, "Said in")
    assert "".join(page.locator("#caption .heard").all_inner_texts()).endswith("你好!")
    policy = page.request.get(served.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "blob:" not in policy


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_its_width(open_page: OpenPage, served: Served, width: int) -> None:
    page = open_page(served.url, viewport={"width": width, "height": 800})
    speak(page, "wordwithoutanend" * 20)
    await_status(page, "Speaking|Said in")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_an_insecure_page_says_what_to_do(open_page: OpenPage, served: Served, complaints: list[str]) -> None:
    page = open_page(served.url.replace("127.0.0.1", "dulcet.test"), tapped=False)
    speak(page, "Hello.")
    expect(page.get_by_role("alert")).to_contain_text("https or from localhost")
    # Chromium warns of a header of its own on such pages.
    complaints[:] = [line for line in complaints if "Cross-Origin" not in line]


def test_a_browser_without_opus_is_told_which_has_it(open_page: OpenPage, served: Served) -> None:
    page = open_page(served.url, "delete globalThis.AudioDecoder;")
    speak(page, "Hello.")
    expect(page.get_by_role("alert")).to_contain_text("can't decode Opus")
    expect(page.get_by_role("button", name="Speak")).to_be_enabled()


def test_a_server_that_goes_away_is_noticed(open_page: OpenPage, complaints: list[str]) -> None:
    with serve("tone") as served:
        page = open_page(served.url)
        speak(page, LONG)
        await_word(page, 2)
        served.process.kill()
        expect(page.get_by_role("alert")).to_contain_text("connection to the server was lost")
        await_status(page, "It broke off")
    page.get_by_role("button", name="Speak").click()
    expect(page.get_by_role("alert")).to_contain_text("is the server there?")
    # The browser itself logs that nobody answers.
    complaints[:] = [line for line in complaints if "ERR_CONNECTION_REFUSED" not in line]
