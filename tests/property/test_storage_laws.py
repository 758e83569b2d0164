"""Laws of the record: whatever goes in comes out equal, and verifies."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from camera.clock import Stamp
from camera.frame import BadFrame, Box
from inference.inspection import (
    Defect,
    Inspection,
    JudgedPart,
    Measurement,
    ResultState,
    Severity,
    Verdict,
    ViewResult,
)
from inference.message import Message
from inference.part import Part
from inference.pipeline.chart_watch import observation
from inference.pipeline.decisions import ChartDecision, DecisionKind
from storage import rows
from storage.cells import harmless
from storage.history import History
from storage.verify import verify
from tests.unit.storage_parts import RECIPE, job, journal, part, started

JOB = job()
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# SQLite has no -0.0 and no NaN: `rows.real` says what becomes of them
reals = st.floats(allow_nan=False).map(lambda x: x + 0.0)
maybe = st.none() | reals
instants = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
stamps = st.builds(Stamp, instants, st.integers(0, 2**63 - 1), st.sampled_from(["boot-1", "boot-2", "ü"]))
arguments = st.none() | st.booleans() | st.integers() | reals | st.text(max_size=9)
reasons = st.lists(st.builds(Message, texts, st.dictionaries(st.text(max_size=9), arguments, max_size=3)), max_size=2)
numbers = st.dictionaries(st.text(max_size=9), reals, max_size=3)
defects = st.builds(
    Defect, texts, reals, st.builds(Box, reals, reals, reals, reals), reals, st.sampled_from(list(Severity))
)
measurements = st.builds(
    Measurement, texts, maybe, texts, maybe, maybe, st.none() | st.builds(Message, texts, st.just({"n": 1}))
)
views = st.builds(
    *(ViewResult, texts, texts, stamps, maybe, texts, maybe, numbers),
    *(st.lists(defects, max_size=2).map(tuple), st.lists(measurements, max_size=2).map(tuple), reasons.map(tuple)),
)
verdicts = st.sampled_from([Verdict.OK, Verdict.NOT_OK, Verdict.NOT_DECIDABLE])

said = maybe | st.booleans() | st.integers() | st.text(max_size=9)
contents = st.dictionaries(
    st.text(max_size=9), said | st.lists(st.integers()) | st.lists(st.text(max_size=9)), max_size=4
)
decisions = st.builds(
    *(ChartDecision, st.uuids().map(str), stamps, st.sampled_from(list(DecisionKind)), texts, texts),
    *(st.integers(0, 2**63 - 1), texts, texts, contents),
)


@st.composite
def inspections(draw: st.DrawFn, seq: int) -> Inspection:
    return Inspection(
        *(f"id-{seq}", seq, draw(texts), JOB, draw(texts), draw(stamps), draw(verdicts)),
        *(draw(st.sampled_from(list(ResultState))), tuple(draw(st.lists(views, max_size=2)))),
        *(tuple(draw(reasons)), draw(maybe), draw(texts), draw(maybe), draw(numbers)),
    )


@st.composite
def runs(draw: st.DrawFn) -> list[Inspection]:
    return [draw(inspections(seq)) for seq in range(1, draw(st.integers(1, 3)) + 1)]


def judged(inspection: Inspection) -> JudgedPart:
    no_picture = BadFrame("frame.lost", "", "s", inspection.trigger_id, "main", inspection.at)
    return JudgedPart(inspection, Part(inspection.trigger_id, inspection.serial, inspection.at, (no_picture,)))


@settings(max_examples=60, deadline=None)
@given(runs())
def test_whatever_goes_in_comes_out_equal_and_verifies(run: list[Inspection]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sink = journal(Path(folder))
        sink.append([started(JOB), *map(judged, run)])
        observed = sink.resume("station", RECIPE.digest, 99).observations
        sink.close()
        with History(sink.path) as history:
            for inspection in run:
                found = history.part(inspection.seq)
                assert found is not None
                assert found.inspection == inspection
                assert found.at == inspection.at.utc
        answer = verify(sink.path)
    assert answer.problems == ()
    assert [seen.utc_s for seen in observed] == [inspection.at.utc.timestamp() for inspection in run]
    assert list(observed) == [observation(inspection) for inspection in run]


odd = st.none() | st.floats() | st.sampled_from([0.0, -0.0, 1e308])
sights = st.builds(
    ViewResult,
    *(texts, texts, stamps),
    defects=st.lists(defects, max_size=3).map(tuple),
    measurements=st.lists(st.builds(Measurement, st.sampled_from("ab"), odd), max_size=4).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(odd, odd, st.none() | reals, texts, st.lists(sights, max_size=2), verdicts), min_size=1, max_size=4
    ),
    st.integers(1, 5),
)
def test_charts_see_the_same_of_a_part_live_and_out_of_the_record(run: list[tuple[Any, ...]], limit: int) -> None:
    inspections = [
        replace(
            part(seq, verdict, serial=serial, views=tuple(views)).inspection,
            score=score,
            threshold=threshold,
            timings_ms={} if total is None else {"total": total},
        )
        for seq, (score, threshold, total, serial, views, verdict) in enumerate(run, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        sink = journal(Path(folder))
        sink.append([started(JOB), *map(judged, inspections)])
        resumed = sink.resume("station", RECIPE.digest, limit)
        sink.close()
    assert list(resumed.observations) == [observation(inspection) for inspection in inspections][-limit:]
    assert resumed.truncated == (limit < len(run))


@settings(max_examples=40, deadline=None)
@given(st.lists(decisions, max_size=4, unique_by=lambda decision: decision.id), st.integers(0, 4))
def test_decisions_on_charts_come_out_equal_wherever_they_stand_between_parts(
    made: list[ChartDecision], place: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sink = journal(Path(folder))
        sink.append([started(JOB), *made[:place], part(1), *made[place:]])
        for recipe in {decision.recipe for decision in made}:
            resumed = sink.resume("station", RECIPE.digest, 9, recipe=recipe).decisions
            assert list(resumed) == [d for d in made if d.recipe == recipe or d.kind is DecisionKind.LISTS]
        sink.close()
        with History(sink.path) as history:
            for decision in made:
                assert decision in history.decisions(decision.recipe, decision.chart)
        assert verify(sink.path).ok


@given(st.floats() | st.none())
def test_a_float_is_stored_once_and_for_all(value: float | None) -> None:
    stored = rows.real(value)
    assert rows.real(stored) == stored
    assert (stored is None) == (value is None or value != value)


@given(st.text(st.characters()))
def test_any_text_can_be_stored_and_is_stored_alike_the_second_time(value: str) -> None:
    assert rows.text(rows.text(value)) == rows.text(value)
    rows.text(value).encode("utf-8")


@given(st.text())
def test_no_harmless_cell_begins_like_a_formula(value: str) -> None:
    cell = harmless(value)
    assert isinstance(cell, str)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cell in {value, "'" + value}


@given(instants)
def test_times_keep_every_microsecond(moment: datetime) -> None:
    assert rows.moment(rows.micros(moment)) == moment
    assert rows.micros(moment) / 1e6 == moment.timestamp()
