"""What the journal promises the pipeline: all of a batch or nothing, pictures first, and a clear sentence otherwise."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from inference.inspection import Verdict
from inference.pipeline.ports import Committed, InspectionSink, SinkFault
from storage.errors import BadEntry, NotARecord, RecordUnavailable
from storage.history import History
from storage.images import ImageSettings
from storage.journal import Journal
from storage.verify import verify
from tests.unit.storage_parts import (
    RECIPE,
    ROOMY,
    event,
    filled,
    frame,
    job,
    journal,
    override,
    part,
    stamp,
    started,
    unreadable,
)


def pictures(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / "R_images").rglob("*") if p.suffix in {".jpg", ".png", ".part"})


def seqs(path: Path) -> list[int]:
    with History(path) as history:
        return sorted(line.seq for line in history.recent(10_000))


def test_a_journal_is_an_inspection_sink(tmp_path: Path) -> None:
    sink: InspectionSink = Journal(tmp_path / "R.db")
    sink.close()
    sink.close()


def test_resume_goes_on_after_the_last_part(tmp_path: Path) -> None:
    path = filled(tmp_path)
    sink = journal(tmp_path)
    point = sink.resume("station", RECIPE.digest, 4)
    assert point.last_seq == 6
    assert [seen.seq for seen in point.observations] == [3, 4, 5, 6]
    assert point.observations[0].values == {"bore": 25.003}
    assert point.observations[0].utc_s == stamp(3).utc.timestamp()
    assert sink.resume("another", RECIPE.digest, 4).last_seq == 0
    assert sink.append([part(7)]) == Committed(1, 0)
    sink.close()
    assert verify(path).ok


def test_observations_of_a_recipe_run_over_its_jobs(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    second = job("job-2")
    sink.append([started(), part(1), part(2), started(second), part(3, of=second)])
    assert [seen.seq for seen in sink.resume("station", RECIPE.digest, 2).observations] == [2, 3]
    assert sink.resume("station", "sha256:other", 2).observations == ()
    sink.close()


def test_resume_says_whether_the_record_holds_older_parts_of_the_recipe(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    other = replace(job("job-2"), recipe_digest="")
    sink.append([started(), part(1), part(2), started(other), part(3, of=other)])
    assert [sink.resume("station", RECIPE.digest, limit).truncated for limit in (0, 1, 2, 3)] == [
        True,
        True,
        False,
        False,
    ]
    assert [seen.seq for seen in sink.resume("station", RECIPE.digest, 1).observations] == [2]
    assert sink.resume("station", RECIPE.digest, 0).observations == ()
    assert not sink.resume("another", RECIPE.digest, 0).truncated
    sink.close()


def test_bad_parts_and_every_nth_good_one_keep_their_pictures(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    entries = [part(1), part(2, Verdict.NOT_OK), part(3, Verdict.NOT_DECIDABLE), unreadable(4), part(5), part(6)]
    assert sink.append([started(), *entries]) == Committed(6, 3)
    sink.close()
    assert [p.name.split("_")[0] for p in pictures(tmp_path)] == ["00000002", "00000003", "00000005"]
    assert pictures(tmp_path)[0].parent == tmp_path / "R_images" / "2026" / "03" / "29" / "00"


def test_pictures_jpeg_would_spoil_are_png_and_views_do_not_collide(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    frames = (frame("same"), frame("same", 2), frame("../../etc", 3, sixteen_bit=True))
    assert sink.append([started(), part(1, Verdict.NOT_OK, frames=frames)]).images_written == 3
    sink.close()
    assert [p.suffix for p in pictures(tmp_path)] == [".jpg", ".jpg", ".png"]
    assert verify(sink.path).ok


def test_a_gap_in_the_sequence_never_reaches_the_record(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    with pytest.raises(BadEntry, match="expected number 2"):
        sink.append([started(), part(1), part(3)])
    assert sink.append([started(), part(1), part(2)]).recorded == 2
    with pytest.raises(BadEntry, match="already belongs"):
        sink.append([part(2, id="another")])
    sink.close()
    assert seqs(sink.path) == [1, 2]


@pytest.mark.parametrize("entry", [part(1, of=job("unknown")), override(9), part(1, Verdict.UNDEFINED)])
def test_entries_that_name_nothing_are_refused(tmp_path: Path, entry: object) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    with pytest.raises(BadEntry):
        sink.append([entry])  # type: ignore[list-item]
    sink.close()


def test_a_job_whose_document_is_missing_or_wrong_is_refused(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    with pytest.raises(BadEntry, match="not in the record"):
        sink.append([started(job(model_digest="sha256:nowhere"))])
    wrong = started()
    wrong.documents[RECIPE.digest] += " "
    with pytest.raises(BadEntry, match="another content"):
        sink.append([wrong])
    sink.close()


def test_a_batch_sent_again_is_counted_and_not_doubled(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    batch = [started(), event(), part(1, Verdict.NOT_OK), part(2), override(1)]
    first = sink.append(batch)
    assert sink.append(batch) == first == Committed(2, 1)
    sink.close()
    assert seqs(sink.path) == [1, 2]
    assert verify(sink.path).ok


def test_effective_ok_follows_peoples_decisions_on_the_last_job(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), part(1), part(2, Verdict.NOT_OK), part(3)])
    assert sink.effective_ok() == 2
    sink.append([override(2), override(1, Verdict.NOT_OK, "o2"), override(3, Verdict.NOT_OK, "o3")])
    assert sink.effective_ok() == 1
    sink.append([override(3, Verdict.OK, "o4")])
    assert sink.effective_ok() == 2
    sink.append([started(job("job-2"))])
    assert sink.effective_ok() == 0
    sink.close()


def test_a_full_database_takes_nothing_and_the_same_batch_goes_in_later(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    connection = sink._db.conn
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    batch = [part(seq, Verdict.NOT_OK) for seq in range(1, 200)]
    with pytest.raises(SinkFault, match="no room left"):
        sink.append(batch)
    assert seqs(sink.path) == []
    # a fault makes the connection anew, so the bound is gone: there is room again
    assert sink.append(batch) == Committed(199, 199)
    sink.close()
    assert len(pictures(tmp_path)) == 199
    assert verify(sink.path).ok


def test_a_lock_held_by_another_process_is_a_fault_that_passes(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    code = (
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); print(1,flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(sink.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(SinkFault, match="locked by another program"):
            sink.append([part(1)])
        holder.communicate(b"\n")
    assert sink.append([part(1)]).recorded == 1
    sink.close()


def test_two_stations_never_write_to_one_record(tmp_path: Path) -> None:
    first = journal(tmp_path)
    second = Journal(first.path)
    with pytest.raises(RecordUnavailable, match="in use by another station"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_record_that_was_moved_away_while_running_holds_the_station(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), part(1)])
    away = tmp_path / "away.db"
    sink.path.rename(away)
    with pytest.raises(SinkFault, match="moved, deleted or replaced"):
        sink.append([part(2)])
    away.rename(sink.path)
    assert sink.append([part(2)]).recorded == 1
    sink.close()
    assert verify(sink.path).ok


def test_low_disk_first_leaves_out_good_pictures_then_holds(tmp_path: Path) -> None:
    room = 10_000_000
    settings = ImageSettings(ok_every=1, floor_ok_bytes=5_000_000, floor_bytes=1_000_000)
    sink = journal(tmp_path, images=settings, free=lambda _: room)
    assert sink.append([started(), part(1)]).images_written == 1
    room = 4_000_000
    assert sink.append([part(2), part(3, Verdict.NOT_OK)]) == Committed(2, 1)
    room = 900_000
    with pytest.raises(SinkFault, match="nearly full"):
        sink.append([part(4)])
    assert sink.disk_free() == room
    room = 10_000_000
    assert sink.append([part(4)]) == Committed(1, 1)
    states = sink._db.conn.execute("SELECT pictures FROM inspections ORDER BY seq").fetchall()
    assert [state for (state,) in states] == ["kept", "left_out", "kept", "kept"]
    sink.close()
    assert verify(sink.path).ok


def test_a_picture_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    (tmp_path / "R_images" / "2026").write_text("in the way")
    with pytest.raises(SinkFault, match="could not be written"):
        sink.append([part(1, Verdict.NOT_OK)])
    (tmp_path / "R_images" / "2026").unlink()
    assert sink.append([part(1, Verdict.NOT_OK)]).images_written == 1
    sink.close()
    assert verify(sink.path).ok


def fill(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def test_a_really_full_disk_is_a_fault_and_room_mends_it(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        sys.platform == "win32"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs root to mount a small disk")
    try:
        sink = journal(disk)
        sink.append([started()])
        ballast = disk / "ballast"
        fill(ballast)
        with pytest.raises(SinkFault, match="no room left"):
            sink.append([part(seq, Verdict.NOT_OK) for seq in range(1, 60)])
        ballast.unlink()
        assert sink.append([part(seq, Verdict.NOT_OK) for seq in range(1, 60)]) == Committed(59, 59)
        sink.close()
        assert verify(sink.path).ok
        assert not [p for p in pictures(disk) if p.suffix == ".part"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_start_sweeps_what_a_crash_left_and_nothing_else(tmp_path: Path) -> None:
    filled(tmp_path, 6)
    kept = pictures(tmp_path)
    hour = kept[0].parent
    (hour / "00000007_main_id-7.jpg.part").write_bytes(b"half")
    (hour / "00000007_main_id-7.jpg").write_bytes(b"whole, but no row names it")
    journal(tmp_path).close()
    assert [p for p in pictures(tmp_path) if p.parent == hour] == kept
    assert (tmp_path / "R_images" / "orphans" / "00000007_main_id-7.jpg").exists()
    assert verify(tmp_path / "R.db").ok


def test_a_new_record_leaves_the_pictures_of_the_old_one_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    before = pictures(tmp_path)
    for file in tmp_path.glob("R.db*"):
        file.unlink()
    sink = journal(tmp_path)
    sink.append([started(), part(1, Verdict.NOT_OK)])
    sink.close()
    assert pictures(tmp_path) == before
    assert sink.image_folder != tmp_path / "R_images"
    assert verify(sink.path).ok


def test_the_parents_of_a_new_record_are_made(tmp_path: Path) -> None:
    sink = journal(tmp_path / "a" / "ü b")
    assert sink.append([started(), part(1, Verdict.NOT_OK)]).recorded == 1
    sink.close()
    assert verify(sink.path).ok


def other_program(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title)")
    connection.close()


def test_what_is_no_record_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    text, songs, folder = tmp_path / "notes.db", tmp_path / "songs.db", tmp_path / "folder.db"
    text.write_text("not a database, and long enough to be taken for one")
    other_program(songs)
    folder.mkdir()
    for path, said in ((text, "not a SQLite"), (songs, "another program"), (folder, "is a folder")):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(NotARecord, match=said):
            Journal(path).open()
        assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_record_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NotARecord, match="newer Loupe"):
        Journal(path).open()
    with pytest.raises(NotARecord, match="newer Loupe"):
        History(path)


def test_a_read_only_file_or_folder_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.chmod(0o444)
    with pytest.raises(RecordUnavailable, match="read-only"):
        Journal(path).open()
    path.chmod(0o644)
    if sys.platform != "win32":
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o555)
        with pytest.raises(RecordUnavailable, match="read-only"):
            Journal(closed / "R.db").open()
        assert not list(closed.iterdir())


def test_a_damaged_record_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = filled(tmp_path)
    content = bytearray(path.read_bytes())
    content[100:4096] = os.urandom(3996)
    path.write_bytes(content)
    with pytest.raises(RecordUnavailable, match=r"damaged|could not be used"):
        Journal(path).open()


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordUnavailable, match="time zone"):
        Journal(tmp_path / "R.db", zone="Middle/Earth").open()


def test_a_journal_that_is_not_open_says_so(tmp_path: Path) -> None:
    sink = Journal(tmp_path / "R.db", images=ROOMY)
    with pytest.raises(SinkFault, match="not open"):
        sink.append([started()])
    with pytest.raises(RecordUnavailable, match="not open"):
        sink.resume("station", RECIPE.digest, 1)


def test_the_rows_name_the_pictures_bytes(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with History(path) as history:
        found = history.part(3)
    assert found is not None
    (image,) = found.images
    content = image.path.read_bytes()
    assert (image.bytes, image.sha256) == (len(content), hashlib.sha256(content).hexdigest())
