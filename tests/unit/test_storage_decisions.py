"""Decisions on charts: recorded in the order they were made, given back whole at the start and to the window."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from inference.pipeline.decisions import DecisionKind
from inference.pipeline.ports import Committed
from storage.errors import BadEntry
from storage.history import History
from storage.verify import verify
from tests.unit.storage_parts import RECIPE, decision, event, job, journal, part, started

BASELINE = decision(
    "d2",
    DecisionKind.BASELINE,
    reason="",
    content={"version": 1, "mean": 25.0, "sigma": 1e-3, "points": 25, "excluded": [3, 4], "gap": None, "ü": "ß\ud800"},
)
LISTS = decision(
    "d3", DecisionKind.LISTS, recipe="", chart="", seq=0, content={"causes": ["tool", "dirt"], "mandatory": True}
)
OTHER_CHART = decision("d4", DecisionKind.NOTE, chart="p:reject", reason="ä =1+1")
OTHER_RECIPE = decision("d5", DecisionKind.STAGE, recipe="disc")


def test_decisions_come_back_equal_and_in_their_order(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), BASELINE, part(1), LISTS, OTHER_CHART, OTHER_RECIPE, part(2), decision()])
    point = sink.resume("station", RECIPE.digest, 9, recipe=RECIPE.name)
    assert point.decisions == (BASELINE, LISTS, OTHER_CHART, decision())
    assert sink.resume("station", RECIPE.digest, 9).decisions == (LISTS,)
    assert sink.resume("another", RECIPE.digest, 9, recipe=RECIPE.name).decisions == ()
    sink.close()
    with History(sink.path) as history:
        assert history.decisions(RECIPE.name) == (BASELINE, OTHER_CHART, decision())
        assert history.decisions(RECIPE.name, "i:bore") == (BASELINE, decision())
        assert history.decisions(RECIPE.name, "p:none") == ()
        assert history.decisions("") == (LISTS,)
        assert history.decisions("' OR 1=1 --") == ()
    assert verify(sink.path).ok


def test_decisions_stand_in_the_chain_between_what_came_before_and_after_them(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started(), part(1), decision(), event(), part(2)])
    sink.close()
    with contextlib.closing(sqlite3.connect(sink.path)) as db:
        (link,) = db.execute("SELECT link FROM chart_decisions").fetchone()
        before, after = (n for (n,) in db.execute("SELECT link FROM inspections ORDER BY seq"))
        (event_link,) = db.execute("SELECT link FROM events").fetchone()
        assert db.execute("SELECT kind FROM actors WHERE id = 'berta'").fetchall() == [("person",)]
    assert before < link < event_link < after


def test_a_decision_sent_again_is_not_doubled(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    batch = [started(), decision(), part(1), decision(), BASELINE]
    assert sink.append(batch) == sink.append(batch) == Committed(1, 0)
    assert sink.resume("station", RECIPE.digest, 9, recipe=RECIPE.name).decisions == (decision(), BASELINE)
    sink.close()
    assert verify(sink.path).ok


def test_decisions_alone_make_a_record(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    assert sink.append([LISTS]) == Committed(0, 0)
    sink.close()
    assert verify(sink.path).ok


def test_a_decision_that_json_cannot_hold_is_refused_and_nothing_of_its_batch_is_kept(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    with pytest.raises(BadEntry, match="decision d9 on chart i:bore cannot be kept"):
        sink.append([started(), part(1), decision("d9", content={"excluded": {1, 2}})])
    assert sink.append([started(), part(1)]).recorded == 1
    sink.close()
    assert verify(sink.path).ok


@pytest.mark.expects_log
@pytest.mark.parametrize("column", ["kind = 'foresight'", "content = '{'"])
def test_what_a_newer_program_decided_is_left_out_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, column: str
) -> None:
    sink = journal(tmp_path)
    sink.append([started(), decision(), OTHER_CHART, part(1)])
    sink.close()
    with contextlib.closing(sqlite3.connect(sink.path)) as db, db:
        db.execute("DROP TRIGGER chart_decisions_never_edited")
        db.execute(f"UPDATE chart_decisions SET {column} WHERE id = 'd4'")
    sink = journal(tmp_path)
    assert sink.resume("station", RECIPE.digest, 9, recipe=RECIPE.name).decisions == (decision(),)
    sink.close()
    assert "decision d4 on chart p:reject is left out" in caplog.text


def test_decisions_of_two_stations_in_one_record_are_told_apart(tmp_path: Path) -> None:
    for station, made in (("A", decision()), ("B", OTHER_CHART)):
        sink = journal(tmp_path, station_id=station)
        sink.append([started(job(f"job-{station}")), made])
        assert sink.resume(station, RECIPE.digest, 9, recipe=RECIPE.name).decisions == (made,)
        sink.close()
    with History(tmp_path / "R.db", "B") as history:
        assert history.decisions(RECIPE.name) == (OTHER_CHART,)
    assert verify(tmp_path / "R.db").ok
