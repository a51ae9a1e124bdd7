"""Make the teachers speak: text in, `DATA/<teacher>/<id>.wav` and `.seg` out. First step of training.

    python -m models.embedded.training.teachers DATA [--scale 1.0]

Needs Debian's festival, festvox-us-slt-hts, flite1-dev, gcc and libespeak-ng1 (see README.md).
"""

from __future__ import annotations

import argparse
import subprocess
import wave
from collections.abc import Callable
from multiprocessing import Process
from pathlib import Path

from models.embedded.training import contrast, espeak, text

Segments = Callable[[str, int, list[espeak.Event], int], list[str] | None]
HERE = Path(__file__).parent
SLT, RMS, CMN, ENG = 1500, 1350, 1300, 600
"""Utterances of each teacher at scale 1."""


def speak_slt(lines: list[str], folder: Path) -> None:
    """Let festival's slt say `lines`."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "speak.scm"
    quoted = [line.replace("\\", "").replace('"', "") for line in lines]
    body = [f'(speak "{i:05d}" "{line}")' for i, line in enumerate(quoted)]
    script.write_text("\n".join([f'(set! outdir "{folder}")', f'(load "{HERE / "festival.scm"}")', *body]))
    subprocess.run(["festival", "-b", str(script)], check=True)


def speak_rms(lines: list[str], folder: Path) -> None:
    """Let flite's rms say `lines`."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "flite_rms"
    libraries = ["-lflite_cmu_us_rms", "-lflite_usenglish", "-lflite_cmulex", "-lflite", "-lm"]
    subprocess.run(["gcc", "-O2", str(HERE / "flite.c"), "-o", str(program), *libraries], check=True)
    rows = "".join(f"{i:05d}\t{line}\n" for i, line in enumerate(lines))
    subprocess.run([str(program), str(folder)], input=rows, text=True, check=True)


def speak_espeak(lines: list[str], folder: Path, voice: str, segments: Segments) -> None:
    """Let espeak-ng say `lines`; what it says with sounds that `segments` does not know is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = espeak.Espeak(voice, words_per_minute=150)
    for i, line in enumerate(lines):
        pcm, events = engine.speak(line)
        rows = segments(line, len(pcm), events, engine.sample_rate)
        if rows is None:
            print("left out:", line)
            continue
        with wave.open(str(folder / f"{i:05d}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(engine.sample_rate)
            file.writeframes(pcm.tobytes())
        (folder / f"{i:05d}.seg").write_text("\n".join(rows) + "\n")


def main() -> None:
    """Generate every teacher's data and the teachers' own reading of the test sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    slt, rms, cmn, eng = (int(n * options.scale) for n in (SLT, RMS, CMN, ENG))
    # One engine a process: espeak-ng keeps its voice in globals.
    for work in (
        (list(text.mandarin(cmn, seed=1)), options.data / "cmn", "cmn-latn-pinyin", espeak.segments),
        (text.english(eng, seed=7), options.data / "eng", "en-us", contrast.segments),
    ):
        process = Process(target=speak_espeak, args=work)
        process.start()
        process.join()
    english = text.english(slt + rms, seed=1)
    speak_rms(english[slt:], options.data / "rms")
    speak_slt(english[:slt], options.data / "slt")


if __name__ == "__main__":
    main()
