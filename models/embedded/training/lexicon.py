"""Pack festival's CMU lexicon into the front end's `data/english.lexicon`.

    python -m models.embedded.training.lexicon [--source /usr/share/festival/dicts/cmu]

Reads Debian's package festlex-cmu (free licence, see `../frontend/README.md`): the dictionary, the contractions of
its addenda, and our own `additions.txt`, which wins. Prints how many words there are and how large the file is.
"""

from __future__ import annotations

import argparse
import re
import zlib
from collections import defaultdict
from pathlib import Path

from models.embedded.frontend.lexicon import DATA, VOWELS, pack

SOURCE = Path("/usr/share/festival/dicts/cmu")
ADDITIONS = Path(__file__).parent / "additions.txt"

_ENTRY = re.compile(r"""\('?\(?"(.*?)" (\S+) \((.*)\)\)""")
_ADDENDUM = re.compile(r"""\(lex\.add\.entry\s+'\("([\w']*'\w+)" (\S+) \((.*)\)\)\)""")
_SYLLABLE = re.compile(r"\(\(([^()]*)\) (\d)\)")
_SORTS = {"n": "n", "v": "v", "j": "j", "v_p": "p"}

Readings = dict[str, dict[str, str]]
"""Word, sort ("" where there is one reading), packed sounds."""


def _packed(syllables: str) -> str:
    """Pack "((hh ax) 0) ((l ow) 1)"."""
    sounds = []
    for symbols, stress in _SYLLABLE.findall(syllables):
        sounds += [s + stress if s in VOWELS else s for s in symbols.split()]
    return pack(sounds)


def festival(source: Path) -> Readings:
    """Return the readings of festival's lexicon and of the contractions in its addenda."""
    readings: Readings = defaultdict(dict)
    entries = [_ENTRY.match(line) for line in (source / "cmudict-0.4.out").read_text().splitlines()]
    addenda = list(_ADDENDUM.finditer((source / "cmulex.scm").read_text()))
    for match in [*entries, *addenda]:
        if match is None or not re.fullmatch(r"[a-z]+('[a-z]+)?", match[1].lower()):
            continue
        word = match[1].lower()
        if match in addenda:
            readings[word] = {"": _packed(match[3])}
        else:
            readings[word].setdefault(_SORTS.get(match[2], ""), _packed(match[3]))
    return readings


def additions(path: Path) -> Readings:
    """Return our own words. A line: `word sounds` or `word:sort sounds`; `#` begins a comment."""
    readings: Readings = defaultdict(dict)
    for line in path.read_text().splitlines():
        head, _, sounds = line.partition("#")[0].strip().partition(" ")
        if head:
            word, _, sort = head.partition(":")
            readings[word][sort] = pack(sounds.split())
    return readings


def line(word: str, readings: dict[str, str]) -> str:
    """Return a word's line in the packed file."""
    alike = dict.fromkeys(readings.values())
    if len(alike) == 1:
        return f"{word}\t{next(iter(alike))}"
    return f"{word}\t" + " ".join(f"{sort or 'n'}={packed}" for sort, packed in readings.items())


def main() -> None:
    """Write the packed lexicon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=SOURCE)
    readings = {**festival(parser.parse_args().source), **additions(ADDITIONS)}
    text = "\n".join(line(word, readings[word]) for word in sorted(readings))
    packed = zlib.compress(text.encode(), 9)
    (DATA / "english.lexicon").write_bytes(packed)
    several = sum("=" in part for part in text.split("\n"))
    print(f"{len(readings)} words, {several} of them with several readings, {len(packed)} bytes")


if __name__ == "__main__":
    main()
