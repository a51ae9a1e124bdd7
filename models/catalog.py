"""Which models exist and how one is loaded.

What it is: the names, and the way from a name or a folder to a `SpeechModel`. Free of
torch until a model that needs it is loaded, so it may be imported anywhere. What it is
not: a model. The model's process loads through it; the command line lists from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .speech import CheckpointError, SpeechModel


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that can be asked for by name."""

    name: str
    summary: str
    load: Callable[[int], SpeechModel]
    """Takes the number of threads."""
    needs: str = ""
    """A package that must be installed, by its import name."""


def _tone(threads: int) -> SpeechModel:
    del threads
    from .tone import ToneModel

    return ToneModel()


def _embedded(threads: int) -> SpeechModel:
    from .embedded.model import EmbeddedModel

    return EmbeddedModel(threads=threads)


ENTRIES = (
    Entry(
        "embedded",
        "the default voice: English and Mandarin, small, ships with Dulcet",
        _embedded,
        needs="torch",
    ),
    Entry("tone", "tones instead of speech: deterministic, without weights, for tests", _tone),
)


def names() -> list[str]:
    """List the models that can be asked for, the default first."""
    return [entry.name for entry in ENTRIES]


def load(model: str, *, threads: int = 1) -> SpeechModel:
    """Load a model by its name or from its folder; slow, call `warm_up` next.

    Raises:
        CheckpointError: there is no such model, or its files cannot be used.
    """
    for entry in ENTRIES:
        if entry.name == model:
            if entry.needs and find_spec(entry.needs) is None:
                raise CheckpointError(model, f"needs {entry.needs}; install it: pip install 'dulcet[models]'")
            return entry.load(threads)
    if Path(model).is_dir():
        raise CheckpointError(model, "the folder holds no checkpoint of a known model")
    raise CheckpointError(model, f"no such model or folder; models: {', '.join(names())}")
