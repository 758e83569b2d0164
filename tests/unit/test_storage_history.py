"""Reading beside the station: parts come out as they went in, effective verdicts stand beside the machine's."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from inference.inspection import Verdict
from inference.pipeline.events import EventKind
from storage.errors import ExportRefused, NotARecord, RecordUnavailable
from storage.filters import Filters, parse_moment
from storage.history import History
from storage.totals import Totals
from tests.unit.storage_parts import (
    RECIPE,
    START,
    event,
    filled,
    frame,
    job,
    journal,
    override,
    part,
    stamp,
    started,
)


def test_a_part_comes_out_as_it_went_in_with_its_picture_and_decisions(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history:
        found = history.part(3)
        assert history.part(99) is None
    assert found is not None
    assert found.inspection == part(3, Verdict.NOT_OK).inspection
    assert found.overrides == (override(3),)
    assert (found.inspection.verdict, found.verdict) == (Verdict.NOT_OK, Verdict.OK)
    (image,) = found.images
    assert image.path.is_file()
    assert (image.width, image.height, image.view) == (*frame().size, "main")


def test_times_are_told_in_the_stations_zone_on_both_sides_of_daylight_saving(tmp_path: Path) -> None:
    sink = journal(tmp_path, zone="Europe/Berlin")
    sink.append([started(), part(1), part(2, at=stamp(3600))])
    sink.close()
    with History(sink.path) as history:
        after, before = history.recent(2)
    assert (before.at.utcoffset(), after.at.utcoffset()) == (timedelta(hours=1), timedelta(hours=2))
    assert before.at == START + timedelta(seconds=1)


def test_recent_parts_page_newest_first(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history:
        assert [line.seq for line in history.recent(2)] == [6, 5]
        assert [line.seq for line in history.recent(2, 2)] == [4, 3]
        assert [line.seq for line in history.recent(2, before_seq=4)] == [3, 2]
        line = history.recent(1, before_seq=4)[0]
    assert (line.machine_verdict, line.verdict) == (Verdict.NOT_OK, Verdict.OK)
    assert line.image is not None
    assert line.image.is_file()


@pytest.mark.parametrize(
    ("filters", "seqs"),
    [
        (Filters(verdict=Verdict.OK), [1, 2, 3, 4, 5]),
        (Filters(verdict=Verdict.NOT_OK), [6]),
        (Filters(since=stamp(2).utc, until=stamp(4).utc), [2, 3]),
        (Filters(since=stamp(2).utc, until=stamp(2).utc), []),
        (Filters(lot="L1", recipe=RECIPE.name), [1, 2, 3, 4, 5, 6]),
        (Filters(recipe=RECIPE.digest), [1, 2, 3, 4, 5, 6]),
        (Filters(lot="' OR 1=1 --"), []),
        (Filters(serial="none"), []),
        (Filters(station_id="elsewhere"), []),
        (Filters(since_seq=2, until_seq=5), [2, 3, 4]),
        (Filters(since_seq=5), [5, 6]),
        (Filters(until_seq=2, verdict=Verdict.OK), [1]),
    ],
)
def test_filters_leave_what_they_say(tmp_path: Path, filters: Filters, seqs: list[int]) -> None:
    with History(filled(tmp_path)) as history:
        assert sorted(line.seq for line in history.recent(filters=filters)) == seqs
        assert history.count(filters) == len(seqs)


def test_a_range_of_time_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ExportRefused, match="swap them"):
        Filters(since=stamp(4).utc, until=stamp(2).utc)
    with pytest.raises(ExportRefused, match="the parts begin at 4, after their end at 2"):
        Filters(since_seq=4, until_seq=2)


def test_moments_without_a_zone_are_the_stations() -> None:
    assert parse_moment("2026-03-29").tzinfo is UTC
    assert parse_moment(" 2026-03-29T02:00+02:00 ") == parse_moment("2026-03-29T00:00Z")
    with pytest.raises(ExportRefused, match="'yesterday' is no time"):
        parse_moment("yesterday")


def test_totals_count_machine_verdicts_and_effective_ones(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history:
        assert history.totals("job-1") == Totals(6, 4, 2, 0, 5)
        assert history.totals("unknown") == Totals()


def test_events_come_back_equal_and_alarms_as_they_stand(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    told = [
        event("e1", EventKind.ALARM_RAISED, "a1"),
        event("e2", EventKind.ALARM_RAISED, "a2"),
        event("e3", EventKind.ALARM_ACKNOWLEDGED, "a1"),
        event("e4", EventKind.ALARM_CLEARED, "a1"),
    ]
    sink.append([started(), *told])
    sink.close()
    with History(sink.path) as history:
        assert history.events() == tuple(reversed(told))
        second, first = history.alarms()
    assert (first.id, first.standing, first.on_show, first.acknowledged_by) == ("a1", False, False, "service:station")
    assert (second.id, second.standing, second.acknowledged) == ("a2", True, None)


def test_documents_are_there_whole(tmp_path: Path) -> None:
    with History(filled(tmp_path)) as history:
        assert history.document(RECIPE.digest) == RECIPE.canonical_json()
        assert history.document("sha256:none") is None


def test_a_reader_sees_what_is_committed_while_the_station_writes(tmp_path: Path) -> None:
    sink = journal(tmp_path)
    sink.append([started()])
    with History(sink.path) as history:
        for seq in range(1, 4):
            sink.append([part(seq)])
            assert history.recent(1)[0].seq == seq
            assert history.observations(RECIPE.digest, 10)[-1].seq == seq
    sink.close()


def test_parts_of_two_stations_in_one_record_are_told_apart(tmp_path: Path) -> None:
    first = journal(tmp_path, station_id="A")
    first.append([started(job("job-a")), part(1, of=job("job-a"))])
    first.close()
    second = journal(tmp_path, station_id="B")
    assert second.resume("B", RECIPE.digest, 9).last_seq == 0
    second.append([started(job("job-b")), part(1, of=job("job-b"), id="other")])
    second.close()
    for station, identity in (("A", "id-1"), ("B", "other")):
        with History(first.path, station) as history:
            assert [line.id for line in history.recent()] == [identity]


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotARecord, match="does not exist"):
        History(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotARecord, match="holds no record yet"):
        History(tmp_path / "empty.db")
    history = History(filled(tmp_path))
    history.close()
    with pytest.raises(RecordUnavailable):
        history.recent()
