"""Replaces files atomically."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from aggregator.errors import AggregatorError


class FileNotWritten(AggregatorError):
    """Raised when a file cannot be written; an existing file is unchanged."""


def replace_file(path: Path, body: bytes) -> None:
    """Writes a temporary file and renames it: a reader sees the complete old or the complete new file.

    An existing file keeps its mode, and a symbolic link stays one.
    Raises ``FileNotWritten`` with the path and the cause.
    """
    try:
        place = path.resolve()
        mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o644
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    except OSError as error:
        raise FileNotWritten(f"{path}: cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(place)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileNotWritten(f"{path}: cannot be written: {error.strerror}") from error
