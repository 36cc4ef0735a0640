"""How does a digest get into a file without ever being half there?"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from aggregator.errors import AggregatorError


class NotWritten(AggregatorError):
    """The file cannot be written; the one that was there before is as it was."""


def write_whole(path: Path, body: bytes) -> None:
    """Write the file beside its place, then move it there: a reader sees the old one or the new one, whole.

    A file that is there keeps its mode, and where the path is a symbolic link it stays one.
    Raises ``NotWritten`` with the path and the cause.
    """
    try:
        place = path.resolve()
        mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o644
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written: {error.strerror}") from error
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
        raise NotWritten(f"{path}: cannot be written: {error.strerror}") from error
