"""Chromium, a server with the tone model, and pages that may not complain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.provide import chromium, is_ci
from tests.serving import Served, serve

HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # A name that is not localhost: to the browser an insecure place.
    "--host-resolver-rules=MAP dulcet.test 127.0.0.1",
)
OpenPage: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="module")  # while Playwright runs, no other test could run an event loop
def browser() -> Iterator[Browser]:
    """Run the Chromium of the system."""
    path = chromium()
    if path is None:
        if is_ci():
            pytest.fail("Chromium is missing, which CI needs")
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Run a server."""
    with serve("tone") as server:
        yield server


@pytest.fixture
def complaints() -> list[str]:
    """Collect what pages complain of; a test that wants a complaint clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Open pages with a tap on the player; afterwards none may have complained."""
    contexts = []
    source = json.dumps((HERE / "tap-worklet.js").read_text())

    def open_(url: str, *scripts: str, tapped: bool = True, html: str = "", **context: Any) -> Page:
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        for script in scripts:
            page.add_init_script(script)
        if tapped:
            page.route(f"{url}/", _allow_blobs)
            page.add_init_script(f"globalThis.tapWorklet = {source};")
            page.add_init_script(path=HERE / "tap.js")
        if html:
            answer = {"content_type": "text/html; charset=utf-8", "body": html}
            page.route(f"{url}/", lambda route: route.fulfill(**answer))
        page.goto(f"{url}/")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _allow_blobs(route: Route) -> None:
    # For the tap alone; `test_the_page_keeps_to_its_policy` runs without it.
    response = route.fetch()
    policy = response.headers["content-security-policy"] + "; script-src 'self' blob:"
    route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})
