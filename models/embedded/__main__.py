"""The command line of the embedded voice: ``python -m models.embedded evaluate``."""

from __future__ import annotations

import argparse
import sys

from . import evaluate


def main() -> int:
    """Run one command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.embedded")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("evaluate", help="print word error rates, the student's beside its teachers'")
    one.add_argument("--sentences", type=int, default=10_000, help="how many of the test sentences")
    one.add_argument("--words", action="store_true", help="print what was heard where it differs")
    options = parser.parse_args()
    evaluate.run(options.sentences, show=options.words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
