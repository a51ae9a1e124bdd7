"""The libopus that this process uses, found and opened once.

What it is: opuslib's ctypes bindings, pointed at the libopus that the wheels of PyAV bring
along (newer and faster than most systems'), or else at the system's. PyAV itself is not
imported: that would load all of FFmpeg into the model's process. What it is not: an
encoder; ``opus`` is, and the only caller.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import os
import re
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import ConfigError

_FILE = re.compile(r"(lib)?opus([-.][-.\w]*)?\.(so[.\d]*|dylib|dll)")


def bundled() -> str | None:
    """Find the libopus inside the installed PyAV; None where there is none."""
    try:
        files = metadata.files("av") or []
    except metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if _FILE.fullmatch(file.name))
    return next((str(path) for path in found if path.exists()), None)


@cache
def load() -> Any:
    """Give the module ``opuslib``, ready to be used.

    Raises:
        ConfigError: no libopus can be opened on this machine.
    """
    path = bundled() or ctypes.util.find_library("opus")
    if path is None:
        raise ConfigError(
            "no libopus found: install the wheel of PyAV (pip install --only-binary av av) "
            "or the system's libopus (Debian: libopus0, macOS: brew install opus)"
        )
    try:
        opuslib = _import(path)
    except OSError as error:
        raise ConfigError(f"libopus cannot be opened: {error}") from error
    # The ctl functions are variadic. ctypes uses the calling convention for those, which
    # differs on Apple arm64, only where the fixed arguments are declared and more follow.
    encoder, decoder = opuslib.api.encoder, opuslib.api.decoder
    encoder.libopus_ctl.argtypes = (encoder.EncoderPointer, ctypes.c_int)
    decoder.libopus_ctl.argtypes = (decoder.DecoderPointer, ctypes.c_int)
    return opuslib


def _import(path: str) -> Any:
    """Import opuslib, which looks for the library while it is imported, on ``path``."""
    find = ctypes.util.find_library
    if hasattr(os, "add_dll_directory"):  # Windows looks for a DLL's own DLLs only there
        os.add_dll_directory(str(Path(path).parent))

    def find_ours(name: str) -> str | None:
        return path if name == "opus" else find(name)

    ctypes.util.find_library = find_ours
    try:
        for name in ("opuslib", "opuslib.api", "opuslib.api.encoder", "opuslib.api.decoder"):
            importlib.import_module(name)
        return importlib.import_module("opuslib")
    finally:
        ctypes.util.find_library = find
