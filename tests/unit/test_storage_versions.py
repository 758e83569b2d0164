"""Records of older versions: read as they are, brought up to date by the next station, whole before and after."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlite_utils import Database

from inference.pipeline.ports import Committed
from storage.export import export
from storage.history import History
from storage.migrations import CHILDREN, SCHEMA_VERSION, make_layout, migrations, records_of, version_of
from storage.verify import verify
from tests.unit.storage_parts import RECIPE, decision, event, journal, override, part, started
from tests.unit.test_storage_verify import tamper


def layout(path: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))


def version_1(folder: Path) -> Path:
    """A record in the layout that the first migration alone makes, with rows as version 1 wrote them."""
    sink = journal(folder)
    sink.append([started(), event(), *(part(seq) for seq in range(1, 6)), override(2)])
    sink.close()
    old = Database(sqlite3.connect(folder / "old.db", isolation_level=None))
    make_layout(old, 1)
    old.conn.execute("ATTACH ? AS new", [str(sink.path)])
    old.conn.execute("UPDATE record SET uid = (SELECT uid FROM new.record)")
    for table in ("documents", "actors", "stations", *records_of(1), *CHILDREN):
        old.conn.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM new.{table}")
    old.close()
    return (folder / "old.db").replace(sink.path)


def test_a_record_of_version_1_is_read_and_verified_as_it_is(tmp_path: Path) -> None:
    path = version_1(tmp_path)
    before = path.read_bytes()
    with History(path) as history:
        assert history.decisions(RECIPE.name) == ()
        assert [line.seq for line in history.recent(2)] == [5, 4]
        assert len(history.series("bore")) == 5
    assert (verify(path).problems, verify(path).records) == ((), 5)
    assert export(path, tmp_path / "out.csv").rows == 5
    assert path.read_bytes() == before


def test_the_next_station_brings_a_record_of_version_1_up_to_date_and_goes_on_in_its_chain(tmp_path: Path) -> None:
    path = version_1(tmp_path)
    sink = journal(tmp_path)
    assert sink.resume("station", RECIPE.digest, 9, recipe=RECIPE.name).decisions == ()
    assert sink.append([decision(), part(6)]) == Committed(1, 0)
    assert sink.resume("station", RECIPE.digest, 9, recipe=RECIPE.name).decisions == (decision(),)
    sink.close()
    assert verify(path).problems == ()
    (tmp_path / "new").mkdir()
    fresh = journal(tmp_path / "new")
    fresh.close()
    assert layout(path) == layout(fresh.path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert version_of(db) == SCHEMA_VERSION


def test_an_altered_record_of_version_1_is_found_before_and_after_it_is_brought_up_to_date(tmp_path: Path) -> None:
    path = version_1(tmp_path)
    tamper(path, "UPDATE overrides SET reason = 'none'")
    problem = ("overrides o1: it, or the record before it, was altered",)
    assert verify(path).problems == problem
    journal(tmp_path).close()
    assert verify(path).problems == problem


def test_a_record_that_is_made_to_look_older_than_it_is_is_found(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), decision(), part(1)])
    sink.close()
    tamper(sink.path, "PRAGMA user_version = 1")
    problems = verify(sink.path).problems
    assert "layout: chart_decisions was altered, added or taken out" in problems
    assert any("missing" in problem for problem in problems)


def test_a_migration_that_failed_leaves_a_record_of_version_1(tmp_path: Path) -> None:
    path = version_1(tmp_path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE chart_decisions (in_the_way)")
    db = Database(sqlite3.connect(path, isolation_level=None))
    with contextlib.suppress(sqlite3.OperationalError):
        migrations.apply(db)
    assert (version_of(db.conn), len(migrations.pending(db))) == (1, 1)
    db.close()
