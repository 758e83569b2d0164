"""Every error that can reach a person has an exit code and one sentence; what nobody foresaw is kept in a file."""

from __future__ import annotations

import ast
import errno
import os
from importlib import import_module
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera.source import CameraLost, CameraUnavailable, SourceNotFound
from hmi.cli.errors import BAD_INPUT, BROKEN_ENVIRONMENT, EXIT_CODES, exit_code, sentence
from storage.errors import ExportFailed, NotARecord, RecordUnavailable

ROOT = Path(__file__).resolve().parents[2]

NEVER_REACH_A_PERSON = {
    "inference.model.preprocess.PictureRejected",  # a recorded NOT_DECIDABLE, or a line of `inspect`
    "inference.gauge.errors.GaugeError",  # a recorded NOT_DECIDABLE
    "inference.teach.network.TeachingFailed",  # a bug of ours, told as one
    "storage.errors.BadEntry",  # a bug of ours, told as one
    "hmi.window.jobs.Cancelled",  # a person's wish
}


@pytest.fixture(autouse=True)
def _own_log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_a, **_k: tmp_path / "log")


def classes_of_errors() -> set[str]:
    """Qualified names of the exception classes written in the rooms."""
    names: set[str] = set()
    for room in ("camera", "inference", "storage", "hmi"):
        for path in (ROOT / room).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and node.name.endswith(
                    ("Error", "Failed", "Lost", "NotFound", "Refused", "Rejected", "Timeout", "Unavailable")
                ):
                    names.add(f"{module}.{node.name}")
    return names


def found(name: str) -> type[BaseException]:
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)


@pytest.mark.parametrize("name", sorted(EXIT_CODES))
def test_every_name_in_the_table_is_an_error(name: str) -> None:
    assert issubclass(found(name), Exception)


@pytest.mark.parametrize("name", sorted(classes_of_errors() - NEVER_REACH_A_PERSON))
def test_every_error_of_ours_has_an_exit_code(name: str) -> None:
    error = found(name)
    if not issubclass(error, Exception) or name.startswith("hmi.window"):
        return
    assert any(f"{base.__module__}.{base.__qualname__}" in EXIT_CODES for base in error.__mro__), name


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceNotFound("no"), BAD_INPUT),
        (CameraUnavailable("no"), BROKEN_ENVIRONMENT),
        (CameraLost("no"), BROKEN_ENVIRONMENT),
        (NotARecord("no"), BAD_INPUT),
        (RecordUnavailable("no"), BROKEN_ENVIRONMENT),
        (ExportFailed("no"), BROKEN_ENVIRONMENT),
        (FileNotFoundError(errno.ENOENT, "gone", "x"), BAD_INPUT),
        (OSError(errno.ENOSPC, "full", "x"), BROKEN_ENVIRONMENT),
        (MemoryError(), BROKEN_ENVIRONMENT),
        (ZeroDivisionError("a bug"), BROKEN_ENVIRONMENT),
        (ValueError("a bug"), BROKEN_ENVIRONMENT),
    ],
)
def test_the_nearest_base_class_decides(error: Exception, code: int) -> None:
    assert exit_code(error) == code


def test_a_full_disk_says_where_and_what_to_do() -> None:
    text = sentence(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/x.db"))
    assert text.startswith("/data/x.db: ")
    assert "make room" in text


def test_a_bug_is_one_sentence_and_a_file_with_the_rest(tmp_path: Path) -> None:
    try:
        {}["nothing"]
    except KeyError as error:
        text = sentence(error)
    kept = list((tmp_path / "log").iterdir())
    assert len(kept) == 1
    assert str(kept[0]) in text
    assert "Traceback" in kept[0].read_text("utf-8")
    assert "\n" not in text


def test_a_bug_is_told_even_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where a folder should be")
    assert "went wrong inside" in sentence(KeyError("x"))


@given(st.text())
def test_no_sentence_has_more_than_one_line(text: str) -> None:
    told = sentence(SourceNotFound(text))
    assert told
    assert len(told.splitlines()) == 1


def test_a_missing_system_library_is_named_with_what_to_do() -> None:
    error = ImportError("libxcb.so.1: cannot open shared object file: No such file or directory")
    assert exit_code(error) == 3
    assert sentence(error).startswith("the system library libxcb.so.1 is missing")
    assert "\n" not in sentence(error)
