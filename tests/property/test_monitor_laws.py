"""Laws of the live charts: whatever was decided and whenever, the screen equals what the record alone would show."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.chart_plan import KINDS, SUMMED, Cavities, ChartBaseline, ChartPlan, ChartSettings
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.spc.presets import PRESETS
from tests.unit.chart_parts import Charts, assert_same, decision, frozen, judged

CAVITIES = (
    Cavities(),
    Cavities(names=("A", "B")),
    Cavities(names=("A", "B", "C")),
    Cavities(names=("A", "B"), serial_pattern="^([A-Z])"),
)
COUNTS = ("reject", "not_decidable", "borderline")
TAKEN = {
    **dict.fromkeys(("p", "np", "laney_p", "g"), COUNTS),
    **dict.fromkeys(("u", "laney_u"), (*COUNTS, "defects")),
    "c": ("defects",),
}
BORE = ("bore", "score", "duration_ms", "defects")


@st.composite
def plans(draw: st.DrawFn, *, cavities: bool) -> ChartPlan:
    kind = draw(st.sampled_from(KINDS))
    given = draw(st.none() | st.builds(ChartBaseline, mean=st.floats(0, 1), sigma=st.floats(0.1, 2), points=st.just(9)))
    return ChartPlan(
        kind=kind,
        characteristic=draw(st.sampled_from(TAKEN.get(kind, BORE))),
        subgroup=draw(st.integers(2 if kind in SUMMED else 1, 4)),
        short=draw(st.sampled_from(["plot", "gap"])),
        rule_set=draw(st.sampled_from(PRESETS)),
        rules=tuple(draw(st.sets(st.integers(1, 8), min_size=1))),
        settings=ChartSettings(exact=draw(st.booleans()), span=draw(st.integers(2, 4)), decision=2.0, width=1.5),
        by=draw(st.sampled_from(["", "cavity"])) if cavities else "",
        transform=draw(st.sampled_from(["none", "none", "logit"])) if kind not in TAKEN else "none",
        baseline=given,
        phase1=draw(st.integers(2, 6)),
    )


class Step(NamedTuple):
    """A part, a decision or a restart; what it is about is worked out when it is taken."""

    what: str
    jump: int
    part: dict[str, Any]
    kind: DecisionKind
    chart: int
    place: float
    """Of the part that a decision is about, among those so far and a few more."""
    figures: tuple[float, float]
    version: int
    span: bool


VALUES = st.one_of(st.none(), st.floats(-2, 3), st.sampled_from([0.0, 0.5, 0.5, math.nan, 1e101, -math.inf]))
PARTS = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from(["OK", "OK", "OK", "NOT_OK", "NOT_DECIDABLE"]),
        "score": st.one_of(st.none(), st.floats(0, 1)),
        "defects": st.integers(0, 3),
        "serial": st.sampled_from(["A1", "B1", "A2", "x"]),
        "total_ms": st.sampled_from([10.0, 11.0, 12.5]),
        "bore": VALUES,
    }
)
STEPS = st.builds(
    Step,
    what=st.sampled_from(["part"] * 8 + ["decide"] * 2 + ["restart"]),
    jump=st.sampled_from([1] * 12 + [2, 9]),
    part=PARTS,
    kind=st.sampled_from(list(DecisionKind)),
    chart=st.integers(0, 20),
    place=st.floats(0, 1),
    figures=st.tuples(st.floats(-0.2, 1), st.floats(0, 2)),
    version=st.integers(1, 9),
    span=st.booleans(),
)


def take(charts: Charts, step: Step) -> None:
    if step.what == "restart":
        charts.restart()
    elif step.what == "part":
        charts.judge(judged(charts.last_seq + step.jump, **step.part))
    else:
        charts.decide(made(charts, step))


def made(charts: Charts, step: Step) -> ChartDecision:
    shown = charts.watch.snapshot()
    key = shown[step.chart % len(shown)].key
    seq = round(step.place * (charts.last_seq + 3))
    if step.kind is DecisionKind.LISTS:
        return decision(step.kind, "", mandatory=step.span)
    if step.kind is DecisionKind.BASELINE:
        taken_from = {"first_seq": max(seq - 5, 0), "last_seq": max(seq - 1, 0)} if step.span else {}
        return frozen(key, seq, *step.figures, version=step.version, **taken_from)
    return decision(step.kind, key, seq, reason=f"reason {step.version}")


@st.composite
def lines(draw: st.DrawFn) -> Charts:
    cavities = draw(st.sampled_from(CAVITIES))
    one = plans(cavities=bool(cavities.names))
    return Charts(draw(st.lists(one, min_size=1, max_size=4, unique_by=lambda plan: plan.key)), cavities)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines(), st.lists(STEPS, max_size=60))
def test_charts_that_people_decided_about_equal_those_rebuilt_from_the_record(line: Charts, steps: list[Step]) -> None:
    for step in steps:
        take(line, step)
    before, owed, recorded = line.watch.snapshot(), line.monitor.to_explain(), len(line.decisions)
    versions = line.monitor.frozen_baselines()
    line.restart()
    assert_same(line.watch.snapshot(), before)
    assert line.monitor.to_explain() == owed
    assert line.monitor.frozen_baselines() == versions
    assert len(line.decisions) == recorded, "a restart learns nothing that the record does not have"
    assert line.standing == [f"chart:{violation.key}" for violation in sorted(owed, key=lambda v: v.key)]


SHEWHART = ("p", "np", "c", "u", "i", "mr", "xbar", "r", "s")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SHEWHART),
    st.integers(2, 3),
    st.integers(80, 400),
    st.lists(st.tuples(st.integers(1, 400), STEPS), max_size=5),
    st.integers(0, 9),
)
def test_the_newest_points_are_the_same_from_the_record_s_last_parts_alone(
    kind: str, subgroup: int, count: int, steps: list[tuple[int, Step]], seed: int
) -> None:
    plan = ChartPlan(kind=kind, characteristic=TAKEN.get(kind, BORE)[0], subgroup=subgroup, phase1=4)
    line, rng = Charts((plan,), keep=8), np.random.default_rng(seed)
    for seq in range(1, count + 1):
        verdict = "NOT_OK" if rng.random() < 0.3 else "OK"
        line.judge(judged(seq, verdict, defects=int(rng.integers(3)), bore=float(rng.normal())))
        for at, step in steps:
            if at == seq and step.kind is not DecisionKind.LISTS:
                line.decide(made(line, step))
    before, learning = line.watch.snapshot(), line.watch.snapshot()[0].baseline_version is None
    line.restart(window=(8 + 64) * plan.subgroup)
    if not learning:  # phase I may have begun before the window
        assert_same(line.watch.snapshot(), before)
