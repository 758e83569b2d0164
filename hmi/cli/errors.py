"""From an exception to an exit code and one sentence.

Promises: errors are known by their class's qualified name, so naming one here imports nothing.
May import: the standard library, platformdirs.
"""

from __future__ import annotations

import errno
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path

BAD_INPUT, BROKEN_ENVIRONMENT = 2, 3

EXIT_CODES: dict[str, int] = {
    "camera.source.SourceNotFound": BAD_INPUT,
    "camera.source.CameraError": BROKEN_ENVIRONMENT,
    "inference.locate.locator.LocateError": BAD_INPUT,
    "inference.model.package.PackageError": BAD_INPUT,
    "inference.model.signing_key.KeyUnavailable": BROKEN_ENVIRONMENT,
    "inference.model.providers.ProviderUnavailable": BROKEN_ENVIRONMENT,
    "inference.model.judgement.JudgingFailed": BROKEN_ENVIRONMENT,
    "inference.inspector.ModelRefused": BROKEN_ENVIRONMENT,
    "inference.pipeline.ports.SinkError": BROKEN_ENVIRONMENT,
    "inference.spc.limits.SpcError": BAD_INPUT,
    "inference.teach.dataset.DatasetError": BAD_INPUT,
    "inference.teach.write.PlaceTaken": BAD_INPUT,
    "storage.errors.NotARecord": BAD_INPUT,
    "storage.errors.ExportRefused": BAD_INPUT,
    "camera.process.UnknownDrift": BAD_INPUT,
    "hmi.paper.charts.PaperError": BAD_INPUT,
    "hmi.station.settings.SettingsError": BAD_INPUT,
    "hmi.station.models.ShelfRefused": BAD_INPUT,
    "hmi.station.models.ShelfUnavailable": BROKEN_ENVIRONMENT,
    "builtins.FileNotFoundError": BAD_INPUT,
    "builtins.IsADirectoryError": BAD_INPUT,
    "builtins.NotADirectoryError": BAD_INPUT,
    "builtins.OSError": BROKEN_ENVIRONMENT,
    "builtins.MemoryError": BROKEN_ENVIRONMENT,
}
"""Class → exit code; the nearest base class counts. What is not here is a bug of ours."""

_ADVICE: dict[int, str] = {
    errno.ENOENT: "check the path",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: "check the path",
    errno.EACCES: "this user may not; choose another place or ask for the right",
    errno.EPERM: "this user may not; choose another place or ask for the right",
    errno.EROFS: "choose a place that can be written",
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room, or ask for a larger quota",
    errno.EIO: "the disk may be failing: copy what is on it",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
}
"""What to do about an error of the operating system."""


def exit_code(error: BaseException) -> int:
    """The exit code of this error; a bug of ours counts as a broken environment."""
    return _known(error) or BROKEN_ENVIRONMENT


def sentence(error: BaseException) -> str:
    """One sentence for a person. A bug's traceback goes to a file that the sentence names."""
    library = _missing_library(error)
    if library is not None:
        return f"the system library {library} is missing: `python3 packaging/bootstrap.py install` adds it"
    if _known(error) is None:
        return f"something went wrong inside the program ({type(error).__name__}: {error}); please send {_keep(error)}"
    if isinstance(error, OSError) and error.strerror:
        return _of_the_system(error)
    return " ".join(str(error).split()) or "there is not enough memory: close other programs"


def _missing_library(error: BaseException) -> str | None:
    """The shared library that an import could not load, as the loader names it."""
    found = re.match(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", str(error))
    return found[1] if isinstance(error, ImportError) and found else None


def _of_the_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    advice = _ADVICE.get(error.errno or 0)
    return f"{where}{error.strerror}" + (f": {advice}" if advice else "")


def _known(error: BaseException) -> int | None:
    names = (f"{cls.__module__}.{cls.__qualname__}" for cls in type(error).__mro__)
    return next((EXIT_CODES[name] for name in names if name in EXIT_CODES), None)


def _keep(error: BaseException) -> Path | str:
    from platformdirs import user_log_path

    text = "".join(traceback.format_exception(error))
    path = user_log_path("loupe", appauthor=False) / f"error-{datetime.now(UTC):%Y%m%dT%H%M%S}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        logging.getLogger(__name__).debug("%s", text)
        return "the steps that led here"
    return path
