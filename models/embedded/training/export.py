"""Make weights of a checkpoint: `RUN/checkpoint.pt` in, `weights/acoustic.{safetensors,json}` out.

Last step of training.

    python -m models.embedded.training.export RUN [FOLDER]

The averaged weights are taken, as float16. The JSON tells the sizes, the symbols, and how long it was trained.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file

from models.embedded import bands, checkpoint
from models.embedded.phones import INVENTORY


def export(run: Path, folder: Path) -> None:
    """Write the two files; prints the mean pitch of each teacher, which the voice files want."""
    state = torch.load(run / "checkpoint.pt", weights_only=False, map_location="cpu")
    tensors = {name: value.half().contiguous() for name, value in state["average"].items()}
    for name in ("mean", "deviation"):
        tensors[f"normal.{name}"] = torch.as_tensor(state["statistics"][name]).half()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "acoustic.safetensors")
    config = {
        "format": checkpoint.FORMAT,
        "sample_rate": bands.SAMPLE_RATE,
        "shape": state["shape"],
        "training": {"steps": state["step"], "minutes": round(state["seconds"] / 60)},
        "symbols": list(INVENTORY),
    }
    (folder / "acoustic.json").write_text(json.dumps(config, indent=1) + "\n")
    checkpoint.load(folder)
    for name, value in state["statistics"].items():
        if name.startswith("pitch."):
            print(name, f"{math.exp(float(value)):.1f} Hz")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=checkpoint.WEIGHTS)
    options = parser.parse_args()
    export(options.run, options.folder)


if __name__ == "__main__":
    main()
