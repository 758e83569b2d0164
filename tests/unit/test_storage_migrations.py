"""The layout: made in one transaction or not at all, insert-only, with its program's mark."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from storage.database import open_for_reading, open_for_writing
from storage.migrations import APPLICATION_ID, CHILDREN, RECORDS, SCHEMA_VERSION, migrations
from storage.rows import COLUMNS
from tests.unit.storage_parts import filled


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database(sqlite3.connect(tmp_path / "R.db", isolation_level=None))


def test_an_empty_file_is_brought_to_the_newest_layout(db: Database) -> None:
    migrations.apply(db)
    assert db.conn.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert db.conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert migrations.pending(db) == []
    migrations.apply(db)
    db.close()


def test_every_column_that_is_written_exists_and_only_those(db: Database) -> None:
    migrations.apply(db)
    for table in (*RECORDS, *CHILDREN):
        chain = {"chain"} if table in RECORDS else set()
        assert {column.name for column in db[table].columns} == {*COLUMNS[table], *chain}
    db.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(db: Database) -> None:
    migrations.apply(db)
    before = list(db.conn.iterdump())
    broken = Migrations("loupe")

    @broken()
    def m9999_half(db: Database) -> None:
        db.conn.execute("CREATE TABLE half (made)")
        db.conn.execute("PRAGMA user_version = 99")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        broken.apply(db)
    assert list(db.conn.iterdump()) == before
    assert db.conn.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    db.close()


def test_a_first_start_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    db = Database(sqlite3.connect(tmp_path / "R.db", isolation_level=None))
    migrations.ensure_migrations_table(db)
    db.close()
    opened = open_for_writing(tmp_path / "R.db")
    assert migrations.pending(opened) == []
    opened.close()


def test_a_writer_syncs_fully_into_a_log_and_checks_references(tmp_path: Path) -> None:
    opened = open_for_writing(tmp_path / "R.db")
    asked = ("journal_mode", "synchronous", "foreign_keys")
    assert [opened.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == ["wal", 2, 1]
    opened.close()


@pytest.mark.parametrize("table", [*RECORDS, *CHILDREN, "documents"])
def test_records_are_never_edited_or_deleted(tmp_path: Path, table: str) -> None:
    db = sqlite3.connect(filled(tmp_path))
    column = db.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="never edited"):
        db.execute(f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        db.execute(f"DELETE FROM {table}")
    db.close()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    db = open_for_reading(filled(tmp_path))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.conn.execute("DELETE FROM people")
    db.close()
