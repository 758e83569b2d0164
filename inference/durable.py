"""Files that are wholly there or not at all, whatever moment the power goes.

Promises: on return the content is on the disk under its name (written, synced, renamed, folder synced); before that,
whoever looks sees what was there before. What a crash leaves behind has a name that begins with `SCRATCH`.
May import: the standard library.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

SCRATCH = ".new-"


def write_file(path: Path, content: bytes, scratch: Path | None = None) -> None:
    """Write or replace one file. `scratch`: another folder of the same disk for the half-written one.

    Raises:
        OSError: the disk does not take it; what was there before is still there.

    """
    handle, name = tempfile.mkstemp(prefix=SCRATCH, dir=scratch or path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            _fill(stream.fileno(), content)
        # mkstemp's 0600 would shut out a station that runs as another user
        made.chmod(_usual_mode(path))
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_folder(path: Path, contents: Mapping[str, bytes]) -> None:
    """Make a folder of files (names may have `/` in them); nothing may be there yet.

    Raises:
        OSError: the disk does not take it, or something is there already; no half folder is left.

    """
    made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=path.parent))
    try:
        folders = {made, *((made / name).parent for name in contents)}
        for folder in sorted(folders):
            folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with (made / name).open("wb") as stream:
                _fill(stream.fileno(), content)
        for folder in sorted(folders, reverse=True):
            sync_folder(folder)
        made.chmod(0o777 & ~_umask())
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Take away what a crash left half-written in this folder. Call it only where nobody else writes."""
    for left in folder.glob(f"{SCRATCH}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder lasting. Windows has no such call: NTFS keeps the order by its journal."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def _usual_mode(path: Path) -> int:
    """The rights of the file that is replaced, or those of any new file."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
