"""`verify` finds every kind of tampering, and survives whatever the file has become."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from hmi.cli.verify import command
from inference.pipeline.ports import SinkError
from storage.errors import NotARecord
from storage.migrations import CHILDREN, RECORDS
from storage.verify import verify
from tests.unit.storage_parts import filled, journal, part, started

_TAMPERING = {
    "a verdict": "UPDATE inspections SET verdict = 'OK' WHERE seq = 3",
    "a score": "UPDATE inspections SET score = score + 1e-9 WHERE seq = 2",
    "a time": "UPDATE inspections SET at_us = at_us + 1 WHERE seq = 5",
    "a measured value": "UPDATE measurements SET value = 25.0 WHERE inspection = 4",
    "a view's source": "UPDATE views SET source = 's#9' WHERE inspection = 1",
    "a defect taken out": "DELETE FROM defects WHERE inspection = 3",
    "a defect put in": "INSERT INTO defects VALUES (1, 0, 0, 'dent', 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 2)",
    "an event's code": "UPDATE events SET code = 'camera.fine'",
    "an override's reason": "UPDATE overrides SET reason = 'none'",
    "an override taken out": "DELETE FROM overrides",
    "a decision's reason": "UPDATE chart_decisions SET reason = 'none'",
    "a decision's content": "UPDATE chart_decisions SET content = '{\"a\":1}'",
    "a decision taken out": "DELETE FROM chart_decisions",
    "a job's lot": "UPDATE jobs SET lot = 'L2'",
    "a boot": "UPDATE boots SET boot_id = 'another'",
    "a part taken out": "DELETE FROM inspections WHERE seq = 4",
    "the last part taken out": "DELETE FROM inspections WHERE seq = 6",
    "the end cut off": "DELETE FROM inspections WHERE seq > 4; DELETE FROM overrides",
    "a part renumbered": "UPDATE inspections SET seq = 99 WHERE seq = 6",
    "two parts swapped": """UPDATE inspections SET seq = 99 WHERE seq = 1; UPDATE inspections SET seq = 1 WHERE seq = 2;
        UPDATE inspections SET seq = 2 WHERE seq = 99""",
    "a chain value": "UPDATE inspections SET chain = zeroblob(32) WHERE seq = 2",
    "the station's head": "UPDATE stations SET last_seq = 5",
    "a document": "UPDATE documents SET content = content || ' '",
    "a document taken out": "DELETE FROM documents",
    "a picture's row": "UPDATE images SET sha256 = 'x'",
    "a picture's row taken out": "DELETE FROM images WHERE inspection = 3",
    "a picture's path": "UPDATE images SET path = '../../etc/passwd' WHERE inspection = 3",
}


def tamper(path: Path, script: str) -> None:
    """Edit as somebody who knows the file would: the triggers are back afterwards."""
    db = sqlite3.connect(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.executescript(script)
    for _, made in triggers:
        db.execute(made)
    db.close()


def test_a_whole_record_is_ok(tmp_path: Path) -> None:
    answer = verify(filled(tmp_path))
    assert (answer.ok, answer.records, answer.images, answer.problems) == (True, 6, 3, ())


@pytest.mark.parametrize("what", list(_TAMPERING))
def test_tampering_is_found(tmp_path: Path, what: str) -> None:
    path = filled(tmp_path)
    tamper(path, _TAMPERING[what])
    answer = verify(path)
    assert not answer.ok
    assert answer.problems


def test_the_first_altered_record_is_named_and_told_once(tmp_path: Path) -> None:
    path = filled(tmp_path)
    tamper(path, _TAMPERING["a verdict"])
    assert verify(path).problems == ("part 3: it, or the record before it, was altered",)


def test_an_altered_decision_on_a_chart_is_named(tmp_path: Path) -> None:
    path = filled(tmp_path)
    tamper(path, _TAMPERING["a decision's reason"])
    assert verify(path).problems == ("chart_decisions d1: it, or the record before it, was altered",)


def test_altered_and_missing_pictures_are_found(tmp_path: Path) -> None:
    path = filled(tmp_path)
    first, second, third = sorted((tmp_path / "R_images").rglob("*.jpg"))
    first.write_bytes(first.read_bytes()[:-1] + b"\0")
    second.unlink()
    third.write_bytes(b"")
    problems = verify(path).problems
    assert [problem.rsplit("jpg ", 1)[1] for problem in problems] == ["was altered", "is gone", "was altered"]


def test_a_record_that_is_being_written_is_verified_as_of_one_moment(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), part(1)])
    assert verify(sink.path).ok
    sink.append([part(2)])
    assert verify(sink.path).records == 2
    sink.close()


def test_random_damage_gives_problems_or_one_sentence_never_a_traceback(tmp_path: Path) -> None:
    path = filled(tmp_path)
    whole, chance = path.read_bytes(), random.Random(0)
    content_of = chained(path)
    for _ in range(150):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            noticed = not verify(path).ok
        except SinkError as error:
            noticed = "\n" not in str(error)
        assert noticed or chained(path) == content_of


def chained(path: Path) -> list[object]:
    """All that the record promises to keep unaltered."""
    db = sqlite3.connect(path)
    try:
        rows = [db.execute(f"SELECT * FROM {table}").fetchall() for table in (*RECORDS, *CHILDREN)]
        return [*rows, db.execute("SELECT digest, content FROM documents").fetchall()]
    finally:
        db.close()


def test_a_missing_protection_is_found(tmp_path: Path) -> None:
    path = filled(tmp_path)
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER inspections_never_edited")
    db.close()
    assert verify(path).problems == ("layout: inspections_never_edited was altered, added or taken out",)


def test_the_command_answers_json_and_exit_codes(tmp_path: Path) -> None:
    path = filled(tmp_path)
    good = CliRunner().invoke(command, [str(path), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout) == {"ok": True, "records": 6, "images": 3, "problems": []}
    tamper(path, _TAMPERING["a verdict"])
    bad = CliRunner().invoke(command, [str(path)])
    assert bad.exit_code == 1
    assert "part 3" in bad.stdout
    missing = CliRunner().invoke(command, [str(tmp_path / "none.db")])
    assert isinstance(missing.exception, NotARecord)
