"""Pack the readings of hanzi and of Chinese words into the front end's `data/mandarin.lexicon`.

    python -m models.embedded.training.hanzi --jieba DICT.TXT

Reads the readings of pypinyin (MIT; its own tables take a third of a second and 60 MB to load), how common words are
from the dictionary in the package jieba (MIT: `jieba/dict.txt`), and our own `words.txt`, which wins: most of it is
words with a neutral tone, the rest readings that we say otherwise. Prints counts and the file's size.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_tone3

from models.embedded.frontend.hanzi import LONGEST, grade
from models.embedded.frontend.lexicon import DATA
from models.embedded.phones import spell

WORDS = Path(__file__).parent / "words.txt"
COMMON = 30
"""Times that a word must have been seen by jieba to be one of ours for its frequency alone."""
LEAST, OURS = 5, 1000
"""Times that a word of pypinyin's, and one of our own, counts as seen at least."""


def numbered(marked: str) -> str:
    """Turn "zhòng" into "zhong4"; "" for what is no syllable."""
    reading: str = to_tone3(marked, v_to_u=False, neutral_tone_with_five=True)
    try:
        spell(reading[:-1], int(reading[-1:] or "x"))
    except ValueError:
        return ""
    return reading.replace("ü", "v")


def singles() -> dict[str, str]:
    """Return the most common reading of each hanzi by itself."""
    readings = {chr(code): numbered(options.partition(",")[0]) for code, options in PINYIN_DICT.items()}
    return {hanzi: reading for hanzi, reading in readings.items() if reading}


def words() -> dict[str, list[str]]:
    """Return the readings of words of two hanzi and more, as pypinyin has them."""
    found: dict[str, list[str]] = {}
    for word, options in PHRASES_DICT.items():
        readings = [numbered(options_of_one[0]) for options_of_one in options]
        if 1 < len(word) <= LONGEST and len(word) == len(readings) and all(readings):
            found[word] = readings
    return found


def ours() -> dict[str, list[str]]:
    """Return the readings of our own words."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    rows = [line.partition("#")[0].split() for line in lines]
    return {word: readings for word, *readings in filter(None, rows)}


def counts(path: Path) -> dict[str, int]:
    """Return how often jieba has seen each word of hanzi."""
    found: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if len(word) <= LONGEST and all("一" <= hanzi <= "鿿" for hanzi in word):
            found[word] = int(count)
    return found


def lines(single: dict[str, str], word: dict[str, list[str]], count: dict[str, int]) -> list[str]:
    """Return the lines of the packed file (see `frontend/hanzi.py`)."""
    by_reading: dict[str, list[str]] = {}
    for hanzi, reading in single.items():
        by_reading.setdefault(reading, []).append(hanzi)
    out = [f"{reading} {''.join(sorted(hanzi))}" for reading, hanzi in sorted(by_reading.items())]
    out.append("")
    common = {name for name, n in count.items() if n >= COMMON}
    names = [name for name in sorted(common | set(word)) if all(hanzi in single for hanzi in name)]
    return out + [" ".join([name + grade(count.get(name, 0)), *word.get(name, [])]) for name in names]


def main() -> None:
    """Write the packed lexicon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jieba", type=Path, required=True)
    single, word, count = singles(), words(), counts(parser.parse_args().jieba)
    for least, names in ((LEAST, word), (OURS, ours())):
        count |= {name: max(count.get(name, 0), least) for name in names}
    packed = zlib.compress("\n".join(lines(single, word | ours(), count)).encode(), 9)
    (DATA / "mandarin.lexicon").write_bytes(packed)
    print(f"{len(single)} hanzi, {len(word)} words with readings, {len(packed)} bytes")


if __name__ == "__main__":
    main()
