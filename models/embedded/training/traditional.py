"""Write the front end's `data/traditional.txt`: traditional hanzi, and below each its simplified form.

    python -m models.embedded.training.traditional

Reads the transducer of the package wetext (Apache-2.0, of WeTextProcessing), which is not needed to speak. What has no
simplified form of its own (後 has, 乾 has not: it is 干 in one word and itself in another) is left out.
"""

from __future__ import annotations

from pathlib import Path

import kaldifst
import wetext

from models.embedded.frontend.lexicon import DATA

BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def table() -> dict[str, str]:
    """Return the simplified form of each hanzi that has another."""
    simplify = kaldifst.TextNormalizer(str(Path(wetext.__file__).parent / "fsts" / "traditional_to_simple.fst"))
    forms = {chr(code): simplify(chr(code)) for block in BLOCKS for code in block}
    return {hanzi: form for hanzi, form in forms.items() if len(form) == 1 and form != hanzi}


def main() -> None:
    """Write the table."""
    forms = table()
    (DATA / "traditional.txt").write_text("".join(forms) + "\n" + "".join(forms.values()) + "\n", encoding="utf-8")
    print(f"{len(forms)} hanzi")


if __name__ == "__main__":
    main()
