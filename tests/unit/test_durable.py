"""Files are wholly there or not at all: synced before they get their name, their folder after it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from inference.durable import SCRATCH, sweep, write_file, write_folder


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was synced and renamed, in order. Linux tells an open file's name."""
    if sys.platform != "linux":
        pytest.skip("not Linux")
    done: list[tuple[str, str]] = []
    fsync, rename, replace = os.fsync, os.rename, os.replace

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        done.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))

    def renamed(source: str, target: str) -> None:
        rename(source, target)
        done.append(("rename", str(target)))

    def replaced(source: str, target: str) -> None:
        replace(source, target)
        done.append(("rename", str(target)))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    monkeypatch.setattr(os, "replace", replaced)
    return done


def test_a_file_is_synced_then_named_then_its_folder_is_synced(tmp_path: Path, acts: list[tuple[str, str]]) -> None:
    path = tmp_path / "shelf.json"
    path.write_bytes(b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [what for what, _ in acts] == ["sync", "rename", "sync"]
    assert SCRATCH in acts[0][1]
    assert acts[1:] == [("rename", str(path)), ("sync", str(tmp_path))]


def test_a_folder_gets_its_name_when_all_in_it_is_synced(tmp_path: Path, acts: list[tuple[str, str]]) -> None:
    contents = {"manifest.json": b"{}", "reference/01.png": b"1", "a/b/c": b""}
    write_folder(tmp_path / "v", contents)
    assert {p.relative_to(tmp_path / "v").as_posix(): p.read_bytes() for p in (tmp_path / "v").rglob("*.*")} | {
        "a/b/c": b""
    } == contents
    assert acts[-2:] == [("rename", str(tmp_path / "v")), ("sync", str(tmp_path))]
    synced = [name.partition(SCRATCH)[2].partition("/")[2] for what, name in acts[:-2] if what == "sync"]
    assert set(synced) >= {*contents, "", "reference", "a/b"}


def test_a_slow_disk_that_takes_a_byte_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:1]))
    write_file(tmp_path / "f", b"whole")
    assert (tmp_path / "f").read_bytes() == b"whole"


def test_a_full_disk_leaves_what_was_there_and_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new")
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "v", {"a": b"1"})
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "a").write_bytes(b"old")
    with pytest.raises(OSError, match="v"):
        write_folder(tmp_path / "v", {"a": b"new"})
    assert (tmp_path / "v" / "a").read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["v"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_rights_are_those_of_the_file_replaced_or_of_any_new_one(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "f", b"1")
        assert (tmp_path / "f").stat().st_mode & 0o777 == 0o640
        (tmp_path / "f").chmod(0o604)
        write_file(tmp_path / "f", b"2")
        assert (tmp_path / "f").stat().st_mode & 0o777 == 0o604
        write_folder(tmp_path / "v", {"a": b""})
        assert (tmp_path / "v").stat().st_mode & 0o777 == 0o750
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_sweeping_takes_only_what_was_half_written(tmp_path: Path) -> None:
    (tmp_path / f"{SCRATCH}1").mkdir()
    (tmp_path / f"{SCRATCH}1" / "a").write_bytes(b"")
    (tmp_path / f"{SCRATCH}2").write_bytes(b"")
    (tmp_path / "kept").write_bytes(b"")
    sweep(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]
