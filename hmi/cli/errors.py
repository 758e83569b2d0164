"""From an exception to an exit code and one sentence.

Promises: errors are known by their class's qualified name, so naming one here imports nothing.
May import: the standard library, platformdirs.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

BAD_INPUT, BROKEN_ENVIRONMENT = 2, 3

EXIT_CODES: dict[str, int] = {
    "camera.source.SourceNotFound": BAD_INPUT,
    "camera.source.CameraError": BROKEN_ENVIRONMENT,
    "inference.model.package.PackageError": BAD_INPUT,
    "inference.model.providers.ProviderUnavailable": BROKEN_ENVIRONMENT,
    "inference.model.judgement.JudgingFailed": BROKEN_ENVIRONMENT,
    "inference.inspector.ModelRefused": BROKEN_ENVIRONMENT,
    "inference.pipeline.ports.SinkError": BROKEN_ENVIRONMENT,
    "storage.errors.NotARecord": BAD_INPUT,
    "hmi.station.settings.SettingsError": BAD_INPUT,
    "builtins.ValueError": BAD_INPUT,
    "builtins.FileNotFoundError": BAD_INPUT,
    "builtins.OSError": BROKEN_ENVIRONMENT,
}
"""Class → exit code; the nearest base class counts."""


def exit_code(error: BaseException) -> int:
    """The exit code of this error; a bug of ours counts as a broken environment."""
    return _known(error) or BROKEN_ENVIRONMENT


def sentence(error: BaseException) -> str:
    """One sentence for a person. A bug's traceback goes to a file that the sentence names."""
    if _known(error) is None:
        return f"something went wrong inside the program ({type(error).__name__}: {error}); please send {_keep(error)}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())


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
