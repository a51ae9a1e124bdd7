"""Training texts, generated: template grammar, docstrings of the standard library, words, numbers, pinyin.

Not the test set: that is `../sentences.txt`, none of which may come out of here. `teachers.py` reads the result.
"""

from __future__ import annotations

import ast
import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from models.embedded.training import phrases

HELD_OUT = Path(__file__).parent.parent / "sentences.txt"
_PLAIN = re.compile(r"[A-Z][A-Za-z ,'\-]{12,95}[.!?]")
_ODD = re.compile(r"[a-z][A-Z]|\b[b-hj-zB-HJ-Z]\b|[A-Z]{2}")
# What espeak-ng 1.51 says with other sounds than its neighbours (qiong as "qung", shun as "shwen", and so on), or what
# is no full syllable: not taught, the model puts these together from the same sounds in other syllables.
UNTAUGHT = frozenset("qiong shun qun hm hng ng m n r ê yai te".split())


def docstrings() -> list[str]:
    """Return plain sentences of the standard library's docstrings."""
    found: set[str] = set()
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted([*root.glob("*.py"), *root.glob("*/*.py")]):
        try:
            tree = ast.parse(path.read_text())
        except (SyntaxError, ValueError, OSError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
                for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", ast.get_docstring(node) or "")):
                    if _PLAIN.fullmatch(sentence) and not _ODD.search(sentence):
                        found.add(sentence)
    return sorted(found)


def number(value: int) -> str:
    """Return an integer below a million in English words."""
    if value < 20:
        return phrases.ONES[value]
    if value < 100:
        rest = "" if value % 10 == 0 else " " + phrases.ONES[value % 10]
        return phrases.TENS[value // 10 - 2] + rest
    size, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    rest = "" if value % size == 0 else " " + number(value % size)
    return f"{number(value // size)} {name}{rest}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def template(rng: random.Random) -> str:
    """Return one sentence of the grammar."""
    kind = rng.random()
    parts = {
        "s": rng.choice(phrases.SUBJECTS),
        "v": rng.choice(phrases.VERBS),
        "a": rng.choice(phrases.ACTIONS),
        "b": rng.choice(phrases.ACTIONS),
        "t": rng.choice(phrases.TAILS),
    }
    if kind < 0.3:
        shape = "{s} {v} {a} {t}."
    elif kind < 0.42:
        shape = rng.choice(phrases.OPENERS) + " {s} {v} {a}."
    elif kind < 0.5:
        shape = rng.choice(phrases.OPENERS) + " {a}."
    elif kind < 0.72:
        shape = rng.choice(phrases.QUESTIONS)
    elif kind < 0.88:
        shape = rng.choice(phrases.EXCLAMATIONS)
    else:
        shape = "{s} {v} {a}, but nobody could {b}."
    return _capital(shape.format(**parts))


def figures(rng: random.Random) -> str:
    """Return a sentence or a scrap with numbers, written in words."""
    small, large = number(rng.randrange(100)), number(rng.choice((rng.randrange(1000), rng.randrange(1_000_000))))
    unit, month = rng.choice(phrases.UNITS), rng.choice(phrases.MONTHS)
    shapes = (
        f"{small}.",
        f"{large} {unit}.",
        f"It cost {large} {unit}, about {small} percent.",
        f"{small} point {number(rng.randrange(10))} {number(rng.randrange(10))}.",
        f"On {month}, the {rng.choice(phrases.ORDINALS)}.",
        f"{month} {rng.choice(phrases.ORDINALS)}, twenty {small}.",
        f"{small}, {number(rng.randrange(100))}, and {number(rng.randrange(10))}.",
        f"The {rng.choice(phrases.ORDINALS)} train leaves at {small} {number(rng.randrange(10, 60))}.",
        f"Is it {small} or {number(rng.randrange(100))} {unit}?",
        f"Version {small} point {number(rng.randrange(20))}.",
    )
    return _capital(rng.choice(shapes))


def words(rng: random.Random, lexicon: list[str]) -> str:
    """Return one to four words of the lexicon: rare sounds, and the shortest utterances."""
    chosen = [rng.choice(lexicon) for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))]
    comma = ", " if len(chosen) > 2 and rng.random() < 0.5 else " "
    return _capital(comma.join(chosen)) + rng.choice("...?!")


def lexicon_words() -> list[str]:
    """Return common-looking words of festival's CMU lexicon, for coverage."""
    path = Path("/usr/share/festival/dicts/cmu/cmudict-0.4.out")
    found = re.findall(r'^\("([a-z]{3,9})"', path.read_text(errors="replace"), re.MULTILINE)
    return sorted(set(found))


def english(count: int, seed: int) -> list[str]:
    """Return `count` different English sentences, none of them held out."""
    rng = random.Random(seed)
    held_out = {line.strip() for line in HELD_OUT.read_text().splitlines()}
    documents, lexicon = docstrings(), lexicon_words()
    rng.shuffle(documents)
    sentences: dict[str, None] = dict.fromkeys(phrases.CHAT)
    while len(sentences) < count:
        kind = rng.random()
        if kind < 0.34 and documents:
            sentences[documents.pop()] = None
        elif kind < 0.62:
            sentences[template(rng)] = None
        elif kind < 0.74:
            sentences[figures(rng)] = None
        else:
            sentences[words(rng, lexicon)] = None
    chosen = [s for s in sentences if s not in held_out]
    rng.shuffle(chosen)
    return chosen


def syllables() -> list[str]:
    """Return every pinyin syllable that is taught, without tones."""
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.pinyin_dict import pinyin_dict

    found = {to_normal(p, v_to_u=False) for line in pinyin_dict.values() for p in line.split(",")}
    return sorted(s for s in found if s and s not in UNTAUGHT)


def _sandhi(tones: list[str]) -> list[str]:
    """Apply the third-tone rule to a run of syllables: 3 3 is spoken 2 3."""
    spoken = list(tones)
    for i in range(len(spoken) - 1):
        if spoken[i][-1] == "3" and spoken[i + 1].rstrip(",.?!")[-1] == "3":
            spoken[i] = spoken[i][:-1] + "2"
    return spoken


def _phrase_pool() -> tuple[list[list[str]], list[list[str]]]:
    from pypinyin import Style, lazy_pinyin
    from pypinyin.contrib.tone_convert import to_tone3
    from pypinyin.phrases_dict import phrases_dict

    common = [lazy_pinyin(p, style=Style.TONE3, neutral_tone_with_five=True) for p in phrases.MANDARIN]
    hanzi = [k for k in sorted(phrases_dict) if 2 <= len(k) <= 4 and all("一" <= c <= "鿿" for c in k)]
    pool = [[to_tone3(s[0], neutral_tone_with_five=True) for s in phrases_dict[k]] for k in hanzi]
    return common, pool


def mandarin(count: int, seed: int) -> Iterator[str]:
    """Yield `count` utterances as pinyin with tone digits, `ni3 hao3, shi4 jie4.`: sandhi is done already.

    Every syllable of `syllables()` comes in all five tones (in fives, shuffled) before the phrases begin.
    """
    rng = random.Random(seed)
    every = [f"{s}{tone}" for s in syllables() for tone in "12345" if s not in ("de", "le", "ne") or tone == "5"]
    rng.shuffle(every)
    common, pool = _phrase_pool()
    lines = [every[i : i + 5] for i in range(0, len(every), 5)]
    for i in range(count):
        if i < len(lines):
            out = list(lines[i])
            out[-1] += rng.choice(".?!")
        else:
            out = _phrases(rng, common, pool)
        yield " ".join(_sandhi(out))


def _phrases(rng: random.Random, common: list[list[str]], pool: list[list[str]]) -> list[str]:
    out: list[str] = []
    clauses = rng.choice((1, 1, 2, 3))
    for clause in range(clauses):
        for _ in range(rng.choice((1, 1, 2, 3))):
            out += rng.choice(common if rng.random() < 0.5 else pool)
        out[-1] += "," if clause < clauses - 1 else rng.choice("...??!")
    return out
