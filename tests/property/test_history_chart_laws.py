"""A chart out of the record is the live chart: the same points, limits, violations and marks, whatever was decided."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.clock import Stamp
from hmi.station.history_charts import charts_of
from hmi.station.history_query import ChartWish, LimitsFrom, Split
from inference.chart_plan import Cavities, ChartBaseline, ChartPlan
from inference.pipeline.baselines import BaselineVersion, content_of
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation
from inference.pipeline.snapshot import ChartSnapshot
from inference.spc.limits import Baseline
from tests.unit.history_parts import selected
from tests.unit.storage_parts import START

CAVITIES = Cavities(names=("A", "B", "C"))
BY_SERIAL = Cavities(names=("A", "B"), serial_pattern="^(.)-")
_COUNTS = ("reject", "not_decidable", "borderline")
_KINDS = {
    "i": ("bore", "score", "duration_ms"),
    "mr": ("bore",),
    "ma": ("bore",),
    "ewma": ("bore",),
    "cusum": ("bore",),
    "xbar": ("bore",),
    "r": ("bore",),
    "s": ("bore",),
    "c": ("defects",),
    "p": _COUNTS,
    "np": _COUNTS,
    "laney_p": _COUNTS,
    "u": ("defects", "reject"),
    "laney_u": ("defects",),
    "g": _COUNTS,
}


@st.composite
def plans(draw: st.DrawFn) -> ChartPlan:
    kind = draw(st.sampled_from(sorted(_KINDS)))
    name = draw(st.sampled_from(_KINDS[kind]))
    baseline = ChartBaseline(mean=0.3, sigma=0.2, points=30) if draw(st.booleans()) else None
    return ChartPlan(
        kind=kind,
        characteristic=name,
        subgroup=draw(st.integers(2, 5)),
        short=draw(st.sampled_from(["plot", "gap"])),
        rule_set=draw(st.sampled_from(["western_electric", "nelson"])),
        rules=tuple(draw(st.sets(st.integers(1, 8)))),
        transform="logit" if name == "score" else "none",
        baseline=baseline,
        phase1=draw(st.integers(2, 8)),
    )


@st.composite
def parts(draw: st.DrawFn) -> list[Observation]:
    steps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 1, 1, 2, 9]), max_size=60))
    values = st.sampled_from([None, 0.0, 0.1, 0.3, 0.30001, 0.5, 0.9])
    found, seq = list[Observation](), 0
    for step in steps:
        seq += step
        value, score = draw(values), draw(values)
        found.append(
            Observation(
                seq,
                f"id-{seq}",
                START.timestamp() + seq,
                draw(st.sampled_from(["OK", "OK", "OK", "NOT_OK", "NOT_DECIDABLE"])),
                score,
                {} if value is None else {"bore": value},
                0.3 if score is not None else None,
                draw(st.integers(0, 2)),
                value,
                draw(st.sampled_from(["A-1", "B-1", "?"])),
            )
        )
    return found


@st.composite
def decisions(draw: st.DrawFn, keys: list[str]) -> list[ChartDecision]:
    found = list[ChartDecision]()
    for n in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(sorted(set(DecisionKind) - {DecisionKind.LISTS})))
        sigma = draw(st.sampled_from([0.0, 0.2]))
        first = draw(st.integers(1, 60))
        frozen = BaselineVersion(n + 1, Baseline(0.4, sigma, 20), first, first + draw(st.integers(0, 20)))
        content = content_of(frozen) if kind is DecisionKind.BASELINE else {}
        seq = frozen.last_seq + 1 if draw(st.booleans()) else draw(st.integers(1, 80))
        at = Stamp(START, n, "boot")
        key = draw(st.sampled_from(keys))
        found.append(ChartDecision(f"d{n}", at, kind, "ring", key, seq, "anna", f"because {n}", content))
    return found


def assert_same(live: ChartSnapshot, shown: ChartSnapshot) -> None:
    for name in ("seqs", "utc_s", "values", "center", "lcl", "ucl", "sizes"):
        np.testing.assert_array_equal(getattr(live, name), getattr(shown, name), err_msg=name)
    if live.lower_values is not None:
        np.testing.assert_array_equal(live.lower_values, shown.lower_values)
    for name in ("violations", "excluded", "stages", "notes", "rules", "subgroup", "key", "cavity", "kind"):
        assert getattr(live, name) == getattr(shown, name), name
    for name in ("phase1_remaining", "baseline_version", "first_number", "rule_set", "transform"):
        assert getattr(live, name) == getattr(shown, name), name


@settings(deadline=None, max_examples=200)
@given(st.data(), plans(), parts())
def test_a_chart_out_of_the_record_is_the_live_chart(
    data: st.DataObject, plan: ChartPlan, seen: list[Observation]
) -> None:
    made = data.draw(decisions([plan.key, "i:another"]))
    monitor = SpcMonitor([plan])
    monitor.replay(seen, decisions=made)
    (live,) = monitor.snapshot()
    shown = charts_of(selected(seen, plan.characteristic, made), ChartWish(plan))
    assert len(shown) == (len(live.seqs) > 0)
    for chart in shown:
        assert_same(live, chart.snapshot)


@settings(deadline=None, max_examples=120)
@given(st.data(), plans(), parts(), st.sampled_from([CAVITIES, BY_SERIAL]))
def test_charts_by_cavity_are_the_live_ones(
    data: st.DataObject, plan: ChartPlan, seen: list[Observation], cavities: Cavities
) -> None:
    plan = plan.model_copy(update={"by": "cavity"})
    made = data.draw(decisions([f"{plan.key}#A", f"{plan.key}#B"]))
    monitor = SpcMonitor([plan], cavities=cavities)
    monitor.replay(seen, decisions=made)
    live = {chart.cavity: chart for chart in monitor.snapshot() if len(chart.seqs)}
    wish = ChartWish(plan, split=Split.CAVITY, cavities=cavities)
    shown = {chart.name: chart.snapshot for chart in charts_of(selected(seen, plan.characteristic, made), wish)}
    assert {name for name in shown if name} == set(live)
    for name, chart in live.items():
        assert_same(chart, shown[name])


@settings(deadline=None, max_examples=100)
@given(plans(), parts())
def test_with_limits_of_the_points_shown_every_point_has_them_or_none_has(
    plan: ChartPlan, seen: list[Observation]
) -> None:
    wish = ChartWish(plan.model_copy(update={"baseline": None}), limits=LimitsFrom.SHOWN)
    for chart in charts_of(selected(seen, plan.characteristic), wish):
        shown = chart.snapshot
        assert (shown.phase1_remaining > 0) == (chart.frozen is None)
        if chart.frozen is None:
            assert np.isnan(shown.ucl).all()
        elif not plan.grouped:
            assert np.isfinite(shown.ucl).all()


@settings(deadline=None, max_examples=100)
@given(plans(), parts(), st.sampled_from(sorted(set(Split) - {Split.NONE, Split.CAVITY})))
def test_every_part_is_in_exactly_one_chart_of_a_split(plan: ChartPlan, seen: list[Observation], split: Split) -> None:
    plan = plan.model_copy(update={"kind": "i", "characteristic": "bore", "transform": "none"})
    given = [str(part.seq % 3) for part in seen]
    chosen = selected(seen, "bore", product=given, lot=given, operator=given)
    found = charts_of(chosen, ChartWish(plan, split=split))
    seqs = [seq for chart in found for seq in chart.snapshot.seqs.tolist()]
    assert sorted(seqs) == [part.seq for part in seen]
