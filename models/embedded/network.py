"""The acoustic model of the embedded voice: phones in, envelope, pitch and noise of every frame out.

Not the vocoder (`vocoder.py`), not emotions (`controls.py`), not loading (`checkpoint.py`). Called by `model.py` and by
the training. Design: two encoders keep *how it is said* from *what it sounds like*. The prosodic one sees accents,
clauses and language and drives durations and pitch under a prosody embedding; the spectral one sees sounds and stress
only and drives the envelope under a timbre embedding, so that a timbre learnt from English can speak Mandarin.

Letters of the shapes: B utterances, N phones, T decoder steps of 10 ms, C channels. A step gives two frames of 5 ms.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.embedded.bands import BANDS, NOISE_EDGES
from models.embedded.phones import INVENTORY

NOISE_BANDS = len(NOISE_EDGES) - 1
PLACE = 5
"""Numbers that tell a step where in its phone it lies."""
KERNEL = 7
PITCH_DILATIONS = (1, 2, 4, 8, 4, 1)
ENVELOPE_DILATIONS = (1, 2, 4, 1, 2, 4, 1, 2)
CONTEXT = KERNEL // 2 * max(sum(PITCH_DILATIONS), sum(ENVELOPE_DILATIONS))
"""Steps to either side that a step's frames depend on."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; saved with its weights."""

    symbols: int = len(INVENTORY)
    prosodies: int = 4
    timbres: int = 4
    embedding: int = 32
    text: int = 160
    sound: int = 192
    duration: int = 112
    pitch: int = 128
    envelope: int = 256

    def as_dict(self) -> dict[str, int]:
        """Return it as JSON holds it."""
        return asdict(self)


class Phones(NamedTuple):
    """A batch of phones, each field int64 (B, N); padding is symbol 0 with mask 0."""

    symbol: Tensor
    accent: Tensor
    boundary: Tensor
    last: Tensor
    clause: Tensor
    language: Tensor
    prosody: Tensor
    mask: Tensor
    """float (B, N, 1): 1 for a phone, 0 for padding."""


class Frames(NamedTuple):
    """What is predicted for every step."""

    pitch: Tensor
    """(B, T, 2) log F0 of each frame, relative to the voice's mean."""
    voicing: Tensor
    """(B, T, 2) logit of being voiced."""
    envelope: Tensor
    """(B, T, 2, 80) normalised log power."""
    noise: Tensor
    """(B, T, 6) logit of the noise's share of the amplitude."""


class Block(nn.Module):
    """Norm, depthwise convolution over time, gated pointwise, residual: (B, T, C) to (B, T, C)."""

    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.depth = nn.Conv1d(
            channels, channels, kernel, padding=dilation * (kernel // 2), dilation=dilation, groups=channels
        )
        self.point = nn.Linear(channels, 2 * channels)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Transform x (B, T, C); mask (B, T, 1) silences padding before it can leak into its neighbours."""
        y = self.norm(x)
        if mask is not None:
            y = y * mask
        y = self.depth(y.transpose(1, 2)).transpose(1, 2)
        return x + functional.dropout(functional.glu(self.point(y), -1), self.dropout, self.training)


class Stack(nn.Module):
    """Blocks between two linear maps: (B, T, inputs) to (B, T, outputs)."""

    def __init__(
        self, inputs: int, channels: int, outputs: int, dilations: tuple[int, ...], kernel: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.enter = nn.Linear(inputs, channels)
        self.blocks = nn.ModuleList(Block(channels, kernel, d, dropout) for d in dilations)
        self.norm = nn.LayerNorm(channels)
        self.leave = nn.Linear(channels, outputs)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Transform x (B, T, inputs) to (B, T, outputs)."""
        x = self.enter(x)
        for block in self.blocks:
            x = block(x, mask)
        y: Tensor = self.leave(self.norm(x))
        return y


class Network(nn.Module):
    """Phones to durations, then phones and durations to frames."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.symbol = nn.Embedding(shape.symbols, 96)
        self.sound_symbol = nn.Embedding(shape.symbols, 128)
        self.accent = nn.Embedding(7, 24)  # English 0, 1; Mandarin 1 + tone
        self.boundary = nn.Embedding(5, 16)
        self.clause = nn.Embedding(5, 16)
        self.last = nn.Embedding(2, 8)
        self.language = nn.Embedding(2, 8)
        self.stress = nn.Embedding(2, 16)
        self.prosody = nn.Embedding(shape.prosodies, shape.embedding)
        self.timbre = nn.Embedding(shape.timbres, shape.embedding)
        text, sound, voice = shape.text, shape.sound, shape.embedding
        self.text = Stack(96 + 24 + 16 + 16 + 8 + 8 + voice, text, text, (1, 1, 1, 2, 1), 5, 0.05)
        self.sound = Stack(128 + 16 + 8, sound, sound, (1, 1, 2), 5, 0.05)
        self.duration = Stack(text, shape.duration, 1, (1, 1, 2), 5, 0.1)
        self.pitch = Stack(text + voice + PLACE, shape.pitch, 4, PITCH_DILATIONS, KERNEL)
        self.envelope = Stack(
            sound + voice + PLACE, shape.envelope, 2 * BANDS + NOISE_BANDS, ENVELOPE_DILATIONS, KERNEL
        )

    def encode(self, phones: Phones) -> tuple[Tensor, Tensor, Tensor]:
        """Return text (B, N, text), sound (B, N, sound) and the log of each phone's frames (B, N)."""
        accent = phones.accent + phones.language * (phones.accent > 0)
        text = torch.cat(
            [
                self.symbol(phones.symbol),
                self.accent(accent),
                self.boundary(phones.boundary),
                self.clause(phones.clause),
                self.last(phones.last),
                self.language(phones.language),
                self.prosody(phones.prosody),
            ],
            -1,
        )
        # A neutral tone is to the spectrum what an unstressed syllable is.
        stress = torch.where(phones.language > 0, (phones.accent != 5).long(), phones.accent)
        sound = torch.cat([self.sound_symbol(phones.symbol), self.stress(stress), self.last(phones.last)], -1)
        text, sound = self.text(text, phones.mask), self.sound(sound, phones.mask)
        return text, sound, self.duration(text, phones.mask)[..., 0]

    def decode(
        self,
        text: Tensor,
        sound: Tensor,
        prosody: Tensor,
        timbre: Tensor,
        ends: Tensor,
        mask: Tensor,
        first: Tensor | None = None,
    ) -> Frames:
        """Return the frames of phones that end at `ends` (B, N), in 5 ms frames from the start.

        prosody (B, N) and timbre (B,) are ids; mask (B, T, 1) tells steps from padding, and gives T; `first` (B,) is
        the first step wanted, 0 if None. Frames nearer than `CONTEXT` steps to a cut through the sentence are wrong.
        """
        phone, place = locate(ends, mask.shape[1], first)
        row = torch.arange(len(ends), device=ends.device)[:, None]
        pitch_in = torch.cat([text[row, phone], self.prosody(prosody[row, phone]), place], -1)
        voice = self.timbre(timbre)[:, None].expand(-1, mask.shape[1], -1)
        pitch = self.pitch(pitch_in, mask)
        spectrum = self.envelope(torch.cat([sound[row, phone], voice, place], -1), mask)
        envelope = spectrum[..., : 2 * BANDS].unflatten(-1, (2, BANDS))
        return Frames(pitch[..., :2], pitch[..., 2:], envelope, spectrum[..., 2 * BANDS :])


def locate(ends: Tensor, steps: int, first: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return for every step its phone (B, T) and its place in it (B, T, 5), from `ends` (B, N) in frames.

    The steps are those from `first` (B,) on, from 0 if None.

    A step lies where its middle lies; the place is exact although steps are twice as long as frames.
    """
    ends = ends.float().contiguous()
    begin = torch.zeros(len(ends), 1, device=ends.device) if first is None else first[:, None].float()
    middle = (begin + torch.arange(steps, device=ends.device).float()) * 2 + 1
    phone = torch.searchsorted(ends, middle, right=True).clamp(max=ends.shape[1] - 1)
    end = ends.gather(1, phone)
    start = torch.where(phone > 0, ends.gather(1, (phone - 1).clamp(min=0)), torch.zeros_like(end))
    length = (end - start).clamp(min=1.0)
    since, until = middle - start, end - middle
    place = torch.stack(
        [
            (since / length).clamp(0, 1.5),
            (since / 8).clamp(-0.5, 1),
            (until / 8).clamp(-0.5, 1),
            (since / 24).clamp(-0.5, 2),
            length.log() / 3,
        ],
        -1,
    )
    return phone, place
