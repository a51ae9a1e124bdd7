"""Loading of the embedded voice: weights, normalisation and voices, checked to the last name.

What it is: the reader of `weights/acoustic.{safetensors,json}` and of `voices/*.json`. What it is not: the writer
(`training/export.py`). `model.py` calls it once; anything that does not fit is a CheckpointError that names the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..speech import CheckpointError
from .bands import BANDS, SAMPLE_RATE
from .controls import Manner
from .network import Network, Shape
from .phones import INVENTORY, Language

FORMAT = 1
"""Raised when older programs cannot read what is written."""
WEIGHTS = Path(__file__).parent / "weights"
VOICES = Path(__file__).parent / "voices"
TAGS = {"en": Language.ENGLISH, "zh": Language.MANDARIN}


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """A voice: what of the network it uses, its range, and its own manner. See `voices/` for examples."""

    id: str
    name: str
    gender: Literal["female", "male", "neutral"]
    timbre: int
    prosody: dict[Language, int]
    pitch_hz: float
    manner: Manner


@dataclass(frozen=True, slots=True)
class Acoustics:
    """The network, ready to be called, and what undoes its normalisation."""

    network: Network
    mean: Tensor
    """(80,) log power."""
    deviation: Tensor
    """(80,)"""


def load(folder: Path = WEIGHTS) -> Acoustics:
    """Load `acoustic.safetensors` by what `acoustic.json` beside it says.

    Raises:
        CheckpointError: a file is missing or damaged, or holds another model or format.
    """
    config_path, path = folder / "acoustic.json", folder / "acoustic.safetensors"
    shape = _shape(config_path)
    try:
        tensors = load_file(path)
    except FileNotFoundError:
        raise CheckpointError(str(path), "not found; it is part of the distribution") from None
    except (SafetensorError, OSError) as error:
        raise CheckpointError(str(path), f"not readable: {error}") from None
    normal = [_take(tensors, path, name, (BANDS,)) for name in ("normal.mean", "normal.deviation")]
    network = Network(shape)  # not on "meta": the random weights cost less than what that makes torch import
    expected = network.state_dict()
    state = {name: _take(tensors, path, name, tuple(value.shape)) for name, value in expected.items()}
    if tensors:
        raise CheckpointError(str(path), f"holds {min(tensors)!r}, which this model has not")
    network.load_state_dict(state, strict=True, assign=True)
    return Acoustics(network.eval().requires_grad_(False), *normal)


def _shape(path: Path) -> Shape:
    config = _json(path)
    if config.get("format") != FORMAT:
        raise CheckpointError(str(path), f"format {config.get('format')!r}, needed is {FORMAT}")
    if config.get("sample_rate") != SAMPLE_RATE:
        raise CheckpointError(str(path), f"sample_rate {config.get('sample_rate')!r}, needed is {SAMPLE_RATE}")
    symbols = config.get("symbols")
    if symbols != list(INVENTORY)[: len(symbols) if isinstance(symbols, list) else 0] or not symbols:
        raise CheckpointError(str(path), "its symbols are not those of phones.py")
    try:
        shape = Shape(**config["shape"])
    except (KeyError, TypeError) as error:
        raise CheckpointError(str(path), f"shape: {error}") from None
    if shape.symbols != len(INVENTORY):
        raise CheckpointError(str(path), f"made for {shape.symbols} symbols, phones.py has {len(INVENTORY)}")
    return shape


def _take(tensors: dict[str, Tensor], path: Path, name: str, shape: tuple[int, ...]) -> Tensor:
    tensor = tensors.pop(name, None)
    if tensor is None:
        raise CheckpointError(str(path), f"lacks {name!r}")
    if tuple(tensor.shape) != shape:
        raise CheckpointError(str(path), f"{name!r} has shape {tuple(tensor.shape)}, needed is {shape}")
    made = tensor.float()
    if not bool(made.isfinite().all()):
        raise CheckpointError(str(path), f"{name!r} holds numbers that are not finite")
    return made


def load_voices(shape: Shape, folder: Path = VOICES) -> list[VoiceFile]:
    """Load every voice of a folder, in the order of their file names.

    Raises:
        CheckpointError: there is none, or one of them is not as it should be.
    """
    voices = [load_voice(path, shape) for path in sorted(folder.glob("*.json"))]
    if not voices:
        raise CheckpointError(str(folder), "holds no voice")
    return voices


def load_voice(path: Path, shape: Shape) -> VoiceFile:
    """Load one voice file; its id is the file's name.

    Raises:
        CheckpointError: a field is missing, unknown, of another type, or out of range.
    """
    data = _json(path)
    expected: dict[str, type | tuple[type, ...]] = {
        "name": str,
        "gender": str,
        "timbre": int,
        "prosody": dict,
        "pitch_hz": (int, float),
        "manner": dict,
    }
    for key in data.keys() ^ expected.keys():
        raise CheckpointError(str(path), f"{'unknown' if key in data else 'lacks'} field {key!r}")
    for key, kind in expected.items():
        if not isinstance(data[key], kind) or isinstance(data[key], bool):
            raise CheckpointError(str(path), f"field {key!r} is of the wrong type")
    if data["gender"] not in ("female", "male", "neutral"):
        raise CheckpointError(str(path), "field 'gender' must be female, male or neutral")
    if data["prosody"].keys() != TAGS.keys():
        raise CheckpointError(str(path), f"field 'prosody' needs {', '.join(TAGS)}")
    known = {field.name for field in fields(Manner)}
    for key, value in data["manner"].items():
        if key not in known or not isinstance(value, (int, float)):
            raise CheckpointError(str(path), f"field 'manner': {key!r} is unknown or no number")
    ranges = [("timbre", data["timbre"], 0, shape.timbres - 1), ("pitch_hz", data["pitch_hz"], 60, 400)]
    ranges += [(f"prosody.{tag}", data["prosody"][tag], 0, shape.prosodies - 1) for tag in TAGS]
    for key, value, low, high in ranges:
        if not low <= value <= high:
            raise CheckpointError(str(path), f"field {key!r} must be within {low} and {high}")
    prosody = {language: int(data["prosody"][tag]) for tag, language in TAGS.items()}
    return VoiceFile(
        path.stem, data["name"], data["gender"], data["timbre"], prosody, data["pitch_hz"], Manner(**data["manner"])
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(str(path), "not found") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(str(path), f"not readable: {error}") from None
    if not isinstance(data, dict):
        raise CheckpointError(str(path), "not a JSON object")
    return data
