"""espeak-ng as a teacher of Mandarin: pinyin in, PCM and the exact places of its phones out.

Training only: espeak-ng is GPL-3 and never runs in the product. Loaded by ctypes from Debian's `libespeak-ng1`.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.embedded.phones import spell

_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_WORD, _PHONEME = 1, 7
_SYLLABLE = re.compile(r"([a-zü]+)([1-5])([,.?!]*)")


class _Event(ctypes.Structure):
    class _Id(ctypes.Union):
        _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


@dataclass(slots=True)
class Event:
    """A word's or a phone's beginning."""

    kind: int
    sample: int
    text_position: int
    name: str


class Espeak:
    """One instance of the engine (there can be only one in a process)."""

    def __init__(self, voice: str, words_per_minute: int) -> None:
        self._engine: Any = ctypes.CDLL("libespeak-ng.so.1")
        self.sample_rate: int = self._engine.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        if self._engine.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"espeak-ng has no voice {voice!r}")
        self._engine.espeak_SetParameter(1, words_per_minute, 0)
        self._pcm: list[npt.NDArray[np.int16]] = []
        self._events: list[Event] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = kind(self._receive)
        self._engine.espeak_SetSynthCallback(self._callback)

    def _receive(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._pcm.append(np.ctypeslib.as_array(wave, (count,)).copy())
        i = 0
        while events[i].type != 0:
            event = events[i]
            if event.type in (_WORD, _PHONEME):
                name = bytes(event.id.string).split(b"\0")[0].decode(errors="ignore")
                self._events.append(
                    Event(event.type, event.sample, event.text_position, name if event.type == _PHONEME else "")
                )
            i += 1
        return 0

    def speak(self, text: str) -> tuple[npt.NDArray[np.int16], list[Event]]:
        """Return PCM (N,) at `sample_rate` and the events in order."""
        self._pcm, self._events = [], []
        raw = text.encode()
        self._engine.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, 1, None, None)
        self._engine.espeak_Synchronize()
        return np.concatenate(self._pcm), self._events


def spans(events: list[Event], count: int) -> list[tuple[int, int, str, int]]:
    """Return (start, end, name, text position) of every phone and pause with a length."""
    spans: list[tuple[int, int, str, int]] = []
    position = 0
    phones = [e for e in events if e.kind == _PHONEME]
    places: list[int] = []
    for event in events:
        position = event.text_position if event.kind == _WORD else position
        if event.kind == _PHONEME:
            places.append(position)
    for i, event in enumerate(phones):
        end = phones[i + 1].sample if i + 1 < len(phones) else count
        if end > event.sample:
            spans.append((event.sample, end, event.name.strip("',"), places[i]))
    return spans


def segments(text: str, count: int, events: list[Event], sample_rate: int) -> list[str] | None:
    """Return the rows of a segment file (see festival.scm; the stress column holds the tone), or None.

    Each syllable's sounds are named by `spell`, not by espeak: where espeak has more sounds than `spell` the first are
    joined. None where they cannot be matched. A short closure before a consonant ("_|") belongs to that consonant.
    """
    syllables = [(m.start(), m.group(1), m.group(2), m.group(3)[:1]) for m in _SYLLABLE.finditer(text)]
    groups: list[list[tuple[int, int]]] = [[] for _ in syllables]
    pauses: list[tuple[int, int, int]] = []
    gap: int | None = None
    current = -1
    for start, end, name, place in spans(events, count):
        if name.startswith("_") and name != "_|":
            pauses.append((gap if gap is not None else start, end, current))
            gap = None
        elif name == "_|":
            gap = start if gap is None else gap
        else:
            current = next((k for k in range(len(syllables) - 1, -1, -1) if syllables[k][0] <= place - 1), 0)
            groups[current].append((start if gap is None else gap, end))
            gap = None
    rows: list[str] = []
    for k, (_, pinyin, tone, mark) in enumerate(syllables):
        symbols = spell(pinyin, int(tone))
        spans = groups[k]
        if len(spans) < len(symbols) or len(spans) > len(symbols) + 1:
            return None
        if len(spans) == len(symbols) + 1:  # "k w a n" for k UA n: the glide joins the vowel
            at = 1 if len(symbols) > 1 else 0
            spans = [*spans[:at], (spans[at][0], spans[at + 1][1]), *spans[at + 2 :]]
        for j, (symbol, (_, end)) in enumerate(zip(symbols, spans, strict=True)):
            following = "0" if j == len(symbols) - 1 else "x"
            rows.append(f"{end / sample_rate:.5f} {symbol} {tone} {following} 0 {mark or '0'}")
        closing = [p for p in pauses if p[2] == k]
        if closing:
            rows.append(f"{closing[-1][1] / sample_rate:.5f} pau 0 0 0 0")
    return rows
