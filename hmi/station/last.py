"""Which station file was used last, so that `loupe` alone opens it again.

Promises: forgetting is no fault: where nothing can be kept or read there is simply no last file.
May import: platformdirs, the standard library.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from platformdirs import user_config_path

FILE = "last-station.txt"


def remember(station_file: Path, folder: Path | None = None) -> None:
    """Keep this file's whole path."""
    place = folder or _folder()
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        (place / FILE).write_text(str(station_file.resolve()), encoding="utf-8")


def last(folder: Path | None = None) -> Path | None:
    """The file remembered, if it is still there."""
    try:
        path = Path(((folder or _folder()) / FILE).read_text("utf-8").strip())
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def _folder() -> Path:
    return user_config_path("loupe", appauthor=False)
