"""Sees to Node and Chromium for the tests of the browser's side. ``make test`` runs it.

Installs by apt what is missing, where root allows; says in one plain line what is missing
still, whose tests are then skipped. With ``CI=true`` that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

NODE = 20
"""The oldest Node whose test runner and language these tests use."""
CHROMIUM = ("chromium", "fonts-dejavu-core", "fonts-wqy-microhei")
"""Debian packages: about 115 MB to fetch; the fonts are for what the page shows."""


def chromium() -> str | None:
    """Find Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def node() -> str | None:
    """Find a Node that is new enough."""
    found = shutil.which("node")
    if found is None:
        return None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return found if _major(told.stdout) >= NODE else None


def is_ci() -> bool:
    """Tell whether what is missing is a failure."""
    return os.environ.get("CI") == "true"


def main() -> int:
    """Install what can be; give the exit code."""
    if node() is None and _apt_node_is_new():
        _install("Node", "nodejs")
    if chromium() is None:
        _install("Chromium", *CHROMIUM)
    missing = []
    if node() is None:
        missing.append(f"no Node {NODE} or newer: the JavaScript tests")
    if chromium() is None:
        missing.append("no Chromium: the browser tests")
    for line in missing:
        _say(f"{line} {'fail' if is_ci() else 'are skipped'}")
    return 1 if missing and is_ci() else 0


def _major(version: str) -> int:
    found = re.search(r"\d+", version)
    return int(found[0]) if found else 0


def _apt_node_is_new() -> bool:
    if shutil.which("apt-cache") is None:
        return False
    policy = subprocess.run(["apt-cache", "policy", "nodejs"], capture_output=True, text=True, check=False)
    candidate = re.search(r"Candidate: (\S+)", policy.stdout)
    return candidate is not None and _major(candidate[1]) >= NODE


def _install(what: str, *packages: str) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    _say(f"Installing {what} by apt for the tests")
    install = ("install", "-y", "-qq", "--no-install-recommends", *packages)
    if not _apt_get(*install):
        # A new machine has no package lists, or old ones.
        _apt_get("update", "-qq")
        _apt_get(*install)


def _apt_get(*arguments: str) -> bool:
    done = subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
