"""Runs the tests of the JavaScript, which need no browser, with Node's own runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.browser.provide import NODE, is_ci, node

HERE = Path(__file__).parent


@pytest.mark.node
def test_the_javascript_tests_pass() -> None:
    found = node()
    if found is None:
        if is_ci():
            pytest.fail(f"Node {NODE} is missing, which CI needs")
        pytest.skip(f"no Node {NODE} or newer")
    files = [str(path) for path in sorted(HERE.glob("*.test.mjs"))]
    assert files
    run = subprocess.run([found, "--test", *files], capture_output=True, text=True, timeout=100, check=False)
    assert run.returncode == 0, run.stdout
    assert "# fail 0" in run.stdout
