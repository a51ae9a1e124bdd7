"""Measure the front end: how long it takes to import, to load, and for a sentence, and what memory it holds.

    python -m models.embedded.training.timing [--rounds 20]

Each figure is that of a fresh process where it is about loading. Prints a table; judges nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ENGLISH = Path(__file__).parent.parent / "sentences.txt"
MANDARIN = (
    "今天天气真不错，我们一起去公园散步吧。",
    "他昨天在银行取了三千块钱，然后去商店买了一台电脑。",
    "你觉得这个问题应该怎么解决？",
    "我花了$3.14买了2个苹果，便宜了20%。",
)
MIXED = (
    "It cost $3.14, about 20%, on March 5, 2024 at 10:30 a.m.",
    "Hello, 今天天气真不错! Let's go outside. 我用 GPT4 写了2章, about 3.5kg.",
    "Zyxomorphic blorfings gralloched the Quixelbury thrindle.",
)
_LOADING = """
import time, resource
def held(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
import numpy
before, began = held(), time.perf_counter()
from models.embedded.frontend import warm_up
imported = time.perf_counter()
warm_up()
print(1e3 * (imported - began), 1e3 * (time.perf_counter() - imported), held() - before)
"""


def loading(rounds: int) -> None:
    """Print the best of some fresh processes; numpy is not counted, the model has it anyway."""
    rows = [
        subprocess.run([sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(rounds)
    ]
    imported, loaded, held = (min(float(row[k]) for row in rows) for k in range(3))
    print(f"import {imported:.0f} ms, load {loaded:.0f} ms, memory {held:.0f} MB")


def speaking(name: str, texts: list[str], rounds: int) -> None:
    """Print the mean time of a sentence, after each was said once."""
    from models.embedded.frontend import speak
    from models.speech import Text

    pieces = [[Text(text, 0, len(text))] for text in texts]
    for said in pieces:
        speak(said)
    began = time.process_time()
    for _ in range(rounds):
        for said in pieces:
            speak(said)
    mean = (time.process_time() - began) / rounds / len(texts)
    print(f"{name:8} {1e3 * mean:.2f} ms a sentence of {sum(map(len, texts)) / len(texts):.0f} characters")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    loading(min(rounds, 5))
    speaking("English", [line for line in ENGLISH.read_text().splitlines() if line.strip()], rounds)
    speaking("Mandarin", list(MANDARIN), rounds)
    speaking("mixed", list(MIXED), rounds)


if __name__ == "__main__":
    main()
