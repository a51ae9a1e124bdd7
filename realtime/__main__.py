"""The command line ``dulcet`` (= ``python -m realtime``): parsing, and nothing else.

Errors of the settings, the machine or a model end it with code 2 and one line.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from .errors import ConfigError, DulcetError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    args = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(args.run(args))
    except ConfigError as error:
        print(f"dulcet: {error}", file=sys.stderr)
        return 2
    except DulcetError as error:
        print(f"dulcet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dulcet", description="The voice of your chatbot, in real time.")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_say(commands)
    _add_voices(commands)
    _add_models(commands)
    _add_bench(commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help="serve sessions and the demo page")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="TCP port (8000); 0 takes a free one")
    serve.add_argument("--model", help="a model's name, or the folder of its checkpoint")
    serve.set_defaults(run=_serve)


def _add_say(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    say = commands.add_parser("say", help="speak a text, without a server")
    text = say.add_mutually_exclusive_group(required=True)
    text.add_argument("text", nargs="?", metavar="TEXT")
    text.add_argument("-f", "--file", help="read the text from a file; - for standard input")
    say.add_argument("-o", "--output", help="write FILE.wav, .ogg, .mp3 or .flac")
    say.add_argument("--model", help="a model's name, or the folder of its checkpoint")
    say.add_argument("--voice", help="one of `dulcet voices`")
    say.add_argument("--emotion", help="happy, or happy:0.4 with an intensity")
    say.add_argument("--speed", type=float, help="0.5 to 2")
    say.set_defaults(run=_say)


def _add_voices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    voices = commands.add_parser("voices", help="list the voices of a model")
    voices.add_argument("--model", help="a model's name, or the folder of its checkpoint")
    voices.set_defaults(run=_voices)


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    models = commands.add_parser("models", help="list the models that can be loaded")
    models.set_defaults(run=_models)


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    bench = commands.add_parser("bench", help="measure a server that it starts itself")
    bench.add_argument("--model", help="a model's name, or the folder of its checkpoint")
    bench.add_argument("--turns", type=int, default=100, help="turns to measure (100)")
    bench.add_argument("--json", action="store_true", help="print JSON")
    bench.set_defaults(run=_bench)


def _serve(args: argparse.Namespace) -> int:
    from . import config, serve

    return serve.run(config.load(host=args.host, port=args.port, model=args.model))


def _say(args: argparse.Namespace) -> int:
    from . import say

    return say.run(args)


def _voices(args: argparse.Namespace) -> int:
    from . import config, say

    card = say.card(config.load(model=args.model))
    for voice in card.voices:
        print(f"{voice.id:12} {voice.name:16} {voice.gender:8} {', '.join(voice.languages)}")
    return 0


def _models(args: argparse.Namespace) -> int:
    del args
    from models import catalog

    for entry in catalog.ENTRIES:
        print(f"{entry.name:12} {entry.summary}")
    return 0


def _bench(args: argparse.Namespace) -> int:
    from . import bench

    return bench.run(args.model, args.turns, as_json=args.json)


if __name__ == "__main__":
    sys.exit(main())
