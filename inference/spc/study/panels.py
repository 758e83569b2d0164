"""A study's answer as charts to draw or to tell: one panel a chart, whatever the kind.

Promises: what a panel holds is what the answer holds; numbers that are missing stay None.
May import: inference.spc.study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inference.spc.study.answer import Answer

Column = list[float | None]
LIMIT = 1
"""The number of the rule "a point outside the limits" in every preset."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One control chart. All columns have one entry a point."""

    kind: str
    """As in `inference.spc.design`, or `t2`, `mewma`, `g`, `t`, `z`, `mr_z`, `deviation`."""
    title: str
    values: Column
    center: Column
    lcl: Column
    """None where there is no lower limit."""
    ucl: Column
    first: int = 1
    """Number of the first point."""
    broken: Mapping[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    """Point to the numbers of the rules that it completes."""
    rules: Mapping[int, str] = field(default_factory=dict[int, str])
    """Number of a rule to what it says."""
    lower: Column | None = None
    """CUSUM: -C-, the second trace."""
    sigma: float | None = None


_OUTSIDE = {LIMIT: "1 point outside the limits"}
_TITLES = {
    "xbar": "Means (X-bar)",
    "r": "Ranges (R)",
    "s": "Standard deviations (s)",
    "i": "Individuals (I)",
    "mr": "Moving ranges (MR)",
    "p": "Fraction nonconforming (p)",
    "np": "Number nonconforming (np)",
    "c": "Counts (c)",
    "u": "Counts per unit (u)",
    "laney_p": "Fraction nonconforming (Laney p')",
    "laney_u": "Counts per unit (Laney u')",
    "ewma": "Exponentially weighted moving average",
    "ma": "Moving average",
    "t2": "Hotelling's T²",
    "mewma": "Multivariate EWMA, T²",
}


def panels(chart: str, answer: Answer) -> tuple[Panel, ...]:
    """The charts of an answer, in the order they stand under one another; none for studies that are no charts.

    A chart without a point (moving ranges of a single reading) is left out.
    """
    return tuple(panel for panel in _made(chart, answer) if panel.values)


def _made(chart: str, answer: Answer) -> tuple[Panel, ...]:
    if chart in _MAKERS:
        return _MAKERS[chart](answer)
    if chart in _TITLES:
        return (_shewhart(chart, answer),)
    return tuple(_shewhart(key, answer[key]) for key in ("xbar", "r", "s", "i") if key in answer) + _ranges(answer)


def _shewhart(kind: str, block: Answer) -> Panel:
    n = len(block["statistics"])
    listed: Mapping[str, Any] = block["violations_of"]["rules"]
    broken: dict[int, tuple[int, ...]] = {}
    for number, entry in listed.items():
        for point in entry["points"]:
            broken[point] = (*broken.get(point, ()), int(number))
    return Panel(
        kind,
        _TITLES[kind],
        block["statistics"],
        [block["center"]] * n,
        block["lcl"],
        block["ucl"],
        broken=dict(sorted(broken.items())),
        rules={int(number): entry["rule"] for number, entry in listed.items()},
        sigma=block.get("sigma"),
    )


def _ranges(answer: Answer) -> tuple[Panel, ...]:
    if "mr" not in answer:
        return ()
    block = answer["mr"]
    lines = (block["center"], block["lcl"], block["ucl"])
    return (_level("mr", _TITLES["mr"], block["statistics"], lines, block["violations"]["rule1"], first=2),)


def _level(
    kind: str,
    title: str,
    values: Column,
    lines: tuple[float | None, float | None, float | None],
    out: Sequence[int],
    *,
    first: int = 1,
) -> Panel:
    """A chart whose limits are the same for each point."""
    center, lcl, ucl = ([line] * len(values) for line in lines)
    return Panel(kind, title, values, center, lcl, ucl, first, _outside(out), _OUTSIDE)


def _outside(out: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    return dict.fromkeys(out, (LIMIT,))


def _weighed(kind: str) -> Callable[[Answer], tuple[Panel, ...]]:
    def make(answer: Answer) -> tuple[Panel, ...]:
        values = answer[kind]
        center: Column = [answer["center"]] * len(values)
        out = _outside(answer["violations"])
        panel = Panel(
            kind, _TITLES[kind], values, center, answer["lcl"], answer["ucl"], 1, out, _OUTSIDE, sigma=answer["sigma"]
        )
        return (panel,)

    return make


def _cusum(answer: Answer) -> tuple[Panel, ...]:
    up, down, h = answer["c_plus_std"], answer["c_minus_std"], answer["h"]
    n = len(up)
    out = sorted({*answer["signal_upper"], *answer["signal_lower"]})
    lower: Column = [None if value is None else -value for value in down]
    limits: tuple[Column, Column, Column] = ([0.0] * n, [-h] * n, [h] * n)
    title = "Cumulative sums C+ and -C-, in sigmas of the point"
    return (Panel("cusum", title, up, *limits, 1, _outside(out), _OUTSIDE, lower, answer["sigma"]),)


def _t2(answer: Answer) -> tuple[Panel, ...]:
    n = len(answer["t2"])
    nothing: Column = [None] * n
    out = _outside(answer["violations"])
    return (Panel("t2", _TITLES["t2"], answer["t2"], nothing, nothing, answer["ucl"], 1, out, _OUTSIDE),)


def _mewma(answer: Answer) -> tuple[Panel, ...]:
    lines = (None, None, answer["ucl"])
    return (_level("mewma", _TITLES["mewma"], answer["t2"], lines, answer["violations"]),)


def _g(answer: Answer) -> tuple[Panel, ...]:
    lines = (answer["mean"], answer["lcl"], answer["ucl"])
    found = answer["violations"]
    out = sorted({*found["rule1"], *found["below"]})
    return (_level("g", "Good cases between events (g)", answer["statistics"], lines, out),)


def _t(answer: Answer) -> tuple[Panel, ...]:
    lines = (answer["x_center"], answer["x_lcl"], answer["x_ucl"])
    return (_level("t", "Time between events (t)", answer["statistics"], lines, answer["violations"]["rule1"]),)


def _short_run(answer: Answer) -> tuple[Panel, ...]:
    away, z = answer["dnom"], answer["z_mr"]
    made = list[Panel]()
    if away is not None:
        lines = (away["center"], away["lcl"], away["ucl"])
        made.append(_level("deviation", "Deviations from nominal", away["deviation"], lines, away["violations"]))
    made.append(_level("z", "Z, in sigmas of the part", z["z"], (0.0, z["lcl"], z["ucl"]), z["violations"]))
    lines = (z["mr_center"], 0.0, z["mr_ucl"])
    made.append(_level("mr_z", "Moving ranges of Z", z["mr_z"], lines, z["mr_violations"], first=2))
    return tuple(made)


def _none(answer: Answer) -> tuple[Panel, ...]:  # noqa: ARG001 (nothing of it is a chart)
    return ()


_MAKERS: Mapping[str, Callable[[Answer], tuple[Panel, ...]]] = {
    "ewma": _weighed("ewma"),
    "ma": _weighed("ma"),
    "cusum": _cusum,
    "t2_individuals": _t2,
    "t2_subgroups": _t2,
    "mewma": _mewma,
    "g": _g,
    "t": _t,
    "short_run": _short_run,
    "xbar": lambda answer: (_shewhart("xbar", answer["xbar"]),),
    **dict.fromkeys(
        (
            *("rules", "constants", "capability", "capability_summary", "boxcox", "gage_rr_anova", "pareto"),
            *("attribute_agreement", "acceptance_single", "acceptance_find_plan", "acceptance_lot"),
            *("acceptance_variables", "capability_percentiles", "gage_rr_nested", "gage_rr_range", "gage_bias"),
            *("gage_linearity", "gage_stability", "attribute_study"),
        ),
        _none,
    ),
}
