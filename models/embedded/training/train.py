"""Train the acoustic model. Third step of training; stopped at any time, it goes on from its last checkpoint.

    python -m models.embedded.training.train DATA RUN --minutes 90

RUN gets `checkpoint.pt` (all that is needed to go on) and `log.jsonl`; `export.py` makes weights of it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.embedded import bands
from models.embedded.network import Network, Shape
from models.embedded.phones import INVENTORY, PAUSE
from models.embedded.training.dataset import TEACHERS, Batch, Dataset, collate, trim

PEAK_RATE, WARM_STEPS = 2e-3, 200
WEIGHTS = {
    "duration": 0.5, "pitch": 2.0, "slope": 2.0, "voicing": 0.3, "envelope": 1.0, "time": 0.5, "band": 0.5, "noise": 0.5
}  # fmt: skip
# The ear and the recogniser care less for the top.
BAND_WEIGHT = torch.tensor(np.interp(bands.CENTRES, [0, 4000, 12000], [1.3, 1.0, 0.6]), dtype=torch.float32)


def _mean(value: Tensor, weight: Tensor) -> Tensor:
    return (value * weight).sum() / weight.expand_as(value).sum().clamp(min=1.0)


def losses(network: Network, batch: Batch) -> dict[str, Tensor]:
    """Return each term of the loss, scalar tensors."""
    text, sound, log_frames = network.encode(batch.phones)
    # Pauses at the ends are trimmed at random: their lengths teach nothing.
    pause = batch.phones.symbol == INVENTORY[PAUSE]
    inner = torch.zeros_like(pause)
    inner[:, 1:-1] = batch.phones.mask[:, 2:, 0] > 0
    phone_weight = batch.phones.mask[..., 0] * (~pause | inner)
    target = (batch.lengths + 0.5).log()
    frames = network.decode(text, sound, batch.phones.prosody, batch.timbre, batch.ends, batch.mask)
    sounding = batch.mask * batch.voiced
    envelope, aim = frames.envelope.flatten(1, 2), batch.envelope.flatten(1, 2)  # (B, 2T, 80)
    weight = batch.mask.repeat_interleave(2, 1) * batch.band_mask[:, 0] * BAND_WEIGHT
    error = envelope - aim
    pitch_error = (frames.pitch - batch.pitch).flatten(1)
    voiced = sounding.flatten(1)
    return {
        "duration": _mean(functional.smooth_l1_loss(log_frames, target, reduction="none", beta=0.3), phone_weight),
        "pitch": _mean(pitch_error.abs(), voiced + 0.05 * batch.mask.expand_as(sounding).flatten(1)),
        "slope": _mean((pitch_error[:, 4:] - pitch_error[:, :-4]).abs(), voiced[:, 4:] * voiced[:, :-4]),
        "voicing": _mean(
            functional.binary_cross_entropy_with_logits(frames.voicing, batch.voiced, reduction="none"), batch.mask
        ),
        "envelope": _mean(error.abs(), weight),
        "time": _mean((error[:, 1:] - error[:, :-1]).abs(), weight[:, 1:]),
        "band": _mean((error[..., 1:] - error[..., :-1]).abs(), weight[..., 1:]),
        "noise": _mean((torch.sigmoid(frames.noise) - batch.noise).abs(), sounding.mean(-1, keepdim=True)),
    }


def validate(network: Network, dataset: Dataset) -> dict[str, dict[str, float]]:
    """Return every loss on each teacher's held-out utterances."""
    network.eval()
    found = {}
    with torch.inference_mode():
        for name in TEACHERS:
            items = [item for item in dataset.validation if item.teacher == name][:24]
            if items:
                found[name] = {key: round(float(v), 4) for key, v in losses(network, collate(items)).items()}
    network.train()
    return found


class Run:
    """A training run: everything that `checkpoint.pt` holds."""

    def __init__(self, dataset: Dataset, state: dict[str, object] | None) -> None:
        torch.manual_seed(0)
        self.network = Network(Shape())
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98))
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.step, self.seconds = 0, 0.0
        self.statistics = dataset.statistics()
        if state is not None:
            self.network.load_state_dict(state["network"])  # type: ignore[arg-type]
            self.optimizer.load_state_dict(state["optimizer"])  # type: ignore[arg-type]
            self.average = state["average"]  # type: ignore[assignment]
            self.step, self.seconds = state["step"], state["seconds"]  # type: ignore[assignment]

    def save(self, path: Path) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average,
            "step": self.step,
            "seconds": self.seconds,
            "statistics": self.statistics,
            "shape": self.network.shape.as_dict(),
        }
        partial = path.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(path)

    def learn(self, batch: Batch, progress: float) -> dict[str, float]:
        """Take one step at `progress` 0 to 1 of the schedule; returns the losses."""
        decay = 1.0 if progress < 0.25 else 0.02 + 0.98 * max(0.0, (1 - progress) / 0.75)
        for group in self.optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1.0, (self.step + 1) / WARM_STEPS) * decay
        terms = losses(self.network, batch)
        total = torch.stack([WEIGHTS[name] * value for name, value in terms.items()]).sum()
        self.optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        keep = min(0.998, self.step / (self.step + 20))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.average[name].lerp_(value, 1 - keep)
        return {name: float(value.detach()) for name, value in terms.items()}


def train(data: Path, folder: Path, minutes: float, frames: int) -> None:
    """Train until `minutes` of work are done in all, over every run in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkpoint.pt"
    state = torch.load(path, weights_only=False) if path.exists() else None
    dataset = Dataset(data, None if state is None else state["statistics"])
    run = Run(dataset, state)
    rng = random.Random(run.step)
    print(len(dataset.train), "utterances,", sum(p.numel() for p in run.network.parameters()), "parameters", flush=True)
    while run.seconds < minutes * 60:
        for group in dataset.batches(frames, rng):
            began = time.perf_counter()
            terms = run.learn(collate([trim(item, rng) for item in group]), run.seconds / (minutes * 60))
            run.seconds += time.perf_counter() - began
            if (run.step % 25 == 0 and run.step < 300) or run.step % 250 == 0:
                live = run.network.state_dict()
                kept = {name: value.clone() for name, value in live.items()}
                run.network.load_state_dict(run.average)
                line = {"step": run.step, "seconds": round(run.seconds), "train": terms}
                line["validation"] = validate(run.network, dataset)
                run.network.load_state_dict(kept)
                run.save(path)
                with (folder / "log.jsonl").open("a") as log:
                    log.write(json.dumps(line) + "\n")
                envelopes = {k: v["envelope"] for k, v in line["validation"].items()}  # type: ignore[attr-defined]
                print(run.step, f"{run.seconds:.0f} s", f"{terms['envelope']:.3f}", envelopes, flush=True)
            if run.seconds >= minutes * 60:
                break
    run.save(path)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--frames", type=int, default=1800, help="decoder steps of 10 ms in a batch")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.data, options.run, options.minutes, options.frames)


if __name__ == "__main__":
    main()
