"""Long series, characteristics and defects out of the record: equal to asking for every part one by one."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from camera.frame import Box
from inference.inspection import Defect, JudgedPart, Measurement, Verdict, ViewResult
from inference.message import message
from storage import windows
from storage.counts import CharacteristicInfo
from storage.errors import ReadingCancelled
from storage.filters import Filters
from storage.history import History, PartRecord
from storage.series import COMPUTED, NOT_DECIDABLE, VERDICTS, Series
from tests.unit.storage_parts import RECIPE, filled, job, journal, override, part, stamp, started

JOBS = (job("job-1", "L1"), job("job-2", "L2", product="disc", operator_id=""), job("job-3", "L1"))
FILTERS = (
    Filters(),
    Filters(lot="L1"),
    Filters(lot="nowhere"),
    Filters(serial="S7"),
    Filters(serial=""),
    Filters(verdict=Verdict.NOT_OK),
    Filters(since=stamp(9).utc, until=stamp(31).utc),
    Filters(since=stamp(200).utc),
    Filters(until=stamp(20).utc, lot="L2"),
    Filters(since_seq=8, until_seq=40, verdict=Verdict.OK),
    Filters(until_seq=3),
    Filters(since_seq=999),
    Filters(recipe=RECIPE.digest, station_id="station"),
    Filters(recipe="other"),
    Filters(station_id="elsewhere"),
)
PARTS = 60


def view(name: str, seq: int, chance: random.Random, verdict: Verdict) -> ViewResult:
    bad = verdict is not Verdict.OK
    found = tuple(
        Defect(chance.choice(["scratch", "dent", "ü"]), 0.9, Box(1.0, 2.0, 3.0, 4.0), 7.0)
        for _ in range(chance.randrange(4) if bad else 0)
    )
    bore = None if chance.random() < 0.2 else 1e9 + chance.random() / 1000
    measured = (
        Measurement("bore", bore, "mm", 24.9, 25.1 + seq),
        Measurement("edge", None, "mm", reason=message("gauge.no_edge", rays=3)),
        Measurement("score", float(seq), "pt"),
    )
    score = chance.random() if chance.random() < 0.9 else None
    return ViewResult(name, "s", stamp(seq), score, "good", 0.5, {}, found, measured[: chance.randrange(1, 4)])


def made(seq: int, chance: random.Random) -> JudgedPart:
    verdict = chance.choice([Verdict.OK, Verdict.OK, Verdict.NOT_OK, Verdict.NOT_DECIDABLE])
    views = tuple(view(name, seq, chance, verdict) for name in ("a", "b")[: chance.randrange(3)])
    serial = chance.choice(["", f"S{seq % 9}"])
    judged = part(seq, verdict, of=JOBS[(seq * 3) // (PARTS + 1)], serial=serial, views=views, frames=())
    score, timings = chance.choice([None, 0.1 * seq]), chance.choice([{}, {"total": 3.5 + seq}])
    return replace(judged, inspection=replace(judged.inspection, score=score, timings_ms=timings))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty parts in three jobs and two lots, with parts of another station between, and decisions on some."""
    folder, chance = tmp_path_factory.mktemp("series"), random.Random(5)
    parts = [made(seq, chance) for seq in range(1, PARTS + 1)]
    for first in (0, 20, 40):
        sink = journal(folder)
        sink.append([*(started(of) for of in JOBS), *parts[first : first + 20]])
        decided = chance.sample(range(1, first + 21), 6)
        sink.append([override(n, chance.choice([Verdict.OK, Verdict.NOT_OK]), f"o{first}-{n}") for n in decided])
        sink.close()
        other = journal(folder, station_id="other")
        foreign = replace(job("job-x"), station_id="other")
        numbers = range(first // 10 + 1, first // 10 + 3)
        other.append([started(foreign), *(part(seq, of=foreign, id=f"x{seq}") for seq in numbers)])
        other.close()
    return sink.path


@pytest.fixture
def history(record: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    monkeypatch.setattr(windows, "WINDOW", 7)
    with History(record, "station") as opened:
        yield opened


def left(history: History, filters: Filters) -> list[PartRecord]:
    found = [history.part(line.seq) for line in reversed(history.recent(1000, filters=filters))]
    return [record for record in found if record is not None]


def number(value: float | None) -> float:
    return np.nan if value is None else value


def borderline(score: float, threshold: float) -> float:
    if np.isnan(score) or np.isnan(threshold):
        return np.nan
    return float(threshold / 1.5 < score < threshold * 1.5)


def expected(record: PartRecord, characteristic: str) -> float:
    inspection, decidable = record.inspection, record.inspection.verdict is not Verdict.NOT_DECIDABLE
    if characteristic in COMPUTED:
        return {
            "score": number(inspection.score),
            "reject": float(inspection.verdict is Verdict.NOT_OK) if decidable else np.nan,
            "not_decidable": float(not decidable),
            "duration_ms": number(inspection.timings_ms.get("total")),
            "defects": float(len(inspection.defects)) if decidable else np.nan,
            "overridden": float(bool(record.overrides)),
            "borderline": borderline(number(inspection.score), number(inspection.threshold)),
        }[characteristic]
    name = characteristic.removeprefix("m:")
    values = [m.value for m in inspection.measurements if m.characteristic == name and m.value is not None]
    return values[-1] if values else np.nan


def texts(series: Series, name: str) -> list[str]:
    labels = getattr(series, name)
    assert len(labels.index) == len(series)
    assert len(set(labels.names)) == len(labels.names) == len(set(labels.index.tolist()))
    return [labels.names[k] for k in labels.index]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("characteristic", [*COMPUTED, "bore", "m:score", "edge", "nothing of the kind"])
def test_a_series_equals_asking_for_every_part(history: History, filters: Filters, characteristic: str) -> None:
    parts = left(history, filters)
    found = history.series(characteristic, filters)
    assert found.seq.tolist() == [p.inspection.seq for p in parts]
    assert len(found) == len(parts) == history.count(filters)
    np.testing.assert_array_equal(found.value, np.array([expected(p, characteristic) for p in parts]))
    assert found.utc_s.tolist() == [p.inspection.at.utc.timestamp() for p in parts]
    assert [VERDICTS[k] for k in found.machine] == [p.inspection.verdict for p in parts]
    assert [VERDICTS[k] for k in found.verdict] == [p.verdict for p in parts]
    np.testing.assert_array_equal(found.score, [number(p.inspection.score) for p in parts])
    np.testing.assert_array_equal(found.duration_ms, [number(p.inspection.timings_ms.get("total")) for p in parts])
    assert texts(found, "serial") == [p.inspection.serial for p in parts]
    of_job = {"product": "product", "lot": "lot", "recipe": "recipe", "operator": "operator_id"}
    for name, field in of_job.items():
        assert texts(found, name) == [getattr(p.inspection.job, field) for p in parts]


def test_columns_have_their_types_even_where_there_is_nothing(history: History) -> None:
    for found in (history.series("bore"), history.series("bore", Filters(since_seq=999))):
        for name, dtype in (("seq", "int64"), ("utc_s", "float64"), ("value", "float64"), ("machine", "int8")):
            assert getattr(found, name).dtype == dtype
        assert found.verdict.dtype == np.int8
        assert found.lot.index.dtype == found.serial.index.dtype == np.int32
        assert found.score.dtype == found.duration_ms.dtype == np.float64
    assert VERDICTS.index(Verdict.NOT_DECIDABLE) == NOT_DECIDABLE


def test_a_station_the_record_does_not_know_has_no_parts(record: Path) -> None:
    with History(record, "unknown") as opened:
        assert len(opened.series("score")) == 0
        assert opened.characteristics() == opened.defect_counts() == ()


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_characteristics_have_their_newest_limits_and_the_number_of_values(history: History, filters: Filters) -> None:
    newest, counts = dict[str, Measurement](), Counter[str]()
    for record in left(history, filters):
        for measured in record.inspection.measurements:
            newest[measured.characteristic] = measured
            counts[measured.characteristic] += measured.value is not None
    assert history.characteristics(filters) == tuple(
        CharacteristicInfo(name, m.unit, m.lower, m.upper, counts[name]) for name, m in sorted(newest.items())
    )


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_defects_are_counted_by_label_with_the_parts_they_were_found_on(history: History, filters: Filters) -> None:
    seqs: defaultdict[str, list[int]] = defaultdict(list)
    for record in left(history, filters):
        for defect in record.inspection.defects:
            seqs[defect.label].append(record.inspection.seq)
    found = history.defect_counts(filters)
    assert {c.label: (c.count, c.seq.tolist()) for c in found} == {
        label: (len(of), sorted(set(of))) for label, of in seqs.items()
    }
    assert [c.count for c in found] == sorted((c.count for c in found), reverse=True)


def test_a_series_equals_what_the_live_charts_are_rebuilt_from(history: History) -> None:
    live = history.observations(RECIPE.digest, 1000)
    found = history.series("bore")
    np.testing.assert_array_equal(found.value, [number(seen.values.get("bore")) for seen in live])
    np.testing.assert_array_equal(found.utc_s, [seen.utc_s for seen in live])


def test_progress_runs_to_the_end_and_a_false_stops_the_reading(history: History) -> None:
    told: list[tuple[int, int]] = []

    def go_on(done: int, total: int) -> bool:
        told.append((done, total))
        return len(told) < 12

    history.series("bore", progress=go_on)
    history.characteristics(Filters(until_seq=8), go_on)
    assert [done for done, _ in told[:10]] == sorted(done for done, _ in told[:10])
    assert told[9][0] == told[9][1]
    with pytest.raises(ReadingCancelled, match="stopped after 7 of"):
        history.defect_counts(progress=go_on)
    # the read is over: the next one sees the newest state
    assert len(history.series("score")) == PARTS


def test_only_windows_in_which_parts_can_lie_are_walked(history: History) -> None:
    told: list[int] = []
    for filters in (Filters(since_seq=20, until_seq=25), Filters(since=stamp(20).utc, until=stamp(25).utc)):
        history.series("bore", filters, lambda done, _: told.append(done) is None)
    assert len(told) <= 4


def test_a_series_grows_with_the_station(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with History(path) as opened:
        assert opened.series("bore").value.tolist() == [25.0 + seq / 1000 for seq in range(1, 7)]
        sink = journal(tmp_path)
        sink.append([part(7, serial="S")])
        sink.close()
        again = opened.series("bore")
    assert again.seq[-1] == 7
    assert again.serial.names == ("", "S")
