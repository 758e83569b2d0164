"""Pictures of studies that are no control charts: histogram, Pareto, gauge study, operating characteristic.

Promises: numbers on a picture are those of the answer; nothing is drawn that is not there.
May import: inference.spc, hmi.paper, matplotlib, numpy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# matplotlib's own stubs leave its **kwargs without a type.

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hmi.paper.charts import dress
from hmi.paper.style import DATA, HAIRLINE, INK, INK_2, NOT_OK, PAGE, SPEC, spread
from inference.spc.limits import Floats
from inference.spc.sampling.plans import SinglePlan, acceptance, quality_at
from inference.spc.study.answer import Answer

_DPI = 120
_WIDTH_INCH, _HEIGHT_INCH = 11.0, 4.6
_BARS = "#B8C4CE"
_CURVE_POINTS = 400


def _figure(title: str, places: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(_WIDTH_INCH, _HEIGHT_INCH), dpi=_DPI, facecolor=PAGE)
    figure.text(0.4 / _WIDTH_INCH, 1.0 - 0.36 / _HEIGHT_INCH, title, fontsize=14, fontweight="bold", parse_math=False)
    width = (1.0 - 0.16) / places
    boxes = [(0.075 + at * (width + 0.015), 0.13, width - 0.06, 0.66) for at in range(places)]
    return figure, [figure.add_axes(box) for box in boxes]


def _histogram(document: Mapping[str, Any], answer: Answer, title: str) -> Figure:
    """Readings with specification limits and the normal curve by the sigma overall and within."""
    figure, (axes,) = _figure(title)
    flat = np.array([cell for cell in _flat(document["data"]["x"]) if cell is not None], dtype=np.float64)
    dress(axes, "")
    params = document["params"]
    marks = {name: params.get(key) for name, key in (("LSL", "lsl"), ("Target", "target"), ("USL", "usl"))}
    there = {name: float(value) for name, value in marks.items() if value is not None}
    _, edges, _ = axes.hist(flat, bins=_bins(flat).tolist(), color=_BARS, edgecolor=PAGE, linewidth=0.8)
    low, high = min(float(edges[0]), *there.values()), max(float(edges[-1]), *there.values())
    margin = 0.06 * (high - low)
    axes.set_xlim(low - margin, high + margin)
    grid = np.linspace(low - margin, high + margin, _CURVE_POINTS)
    area = flat.size * float(edges[1] - edges[0])
    for key, style, name in (("sigma_overall", "-", "overall"), ("sigma_within", (0, (4, 3)), "within")):
        sigma = answer[key]
        if sigma:
            curve = area * np.exp(-0.5 * ((grid - answer["mean"]) / sigma) ** 2) / (sigma * math.sqrt(2.0 * math.pi))
            axes.plot(grid, curve, color=INK, linewidth=1.2, linestyle=style, label=f"normal, sigma {name}")
    for name, value in there.items():
        axes.axvline(value, color=SPEC, linewidth=1.3, linestyle=":")
        axes.text(value, 1.01, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom", color=SPEC)
    if answer["sigma_overall"] or answer["sigma_within"]:
        axes.legend(frameon=False, fontsize=8.5, loc="upper right", bbox_to_anchor=(1.0, -0.08), ncols=2)
    _beside(axes, [f"{flat.size} readings", *_index_lines(answer)])
    return figure


def _index_lines(answer: Answer) -> list[str]:
    values = {name: index["value"] for name, index in answer["indices"].items()}
    lines = [f"{name.replace('_', '')} {value:.2f}" for name, value in values.items() if value is not None]
    caution = "" if answer["in_control"] in {True, None} else f"not in control:\n{answer['points_out']} points out"
    return [*lines, caution]


def _bins(flat: Floats) -> Floats:
    """Edges of about sqrt(n) bars; where nothing varies, one bar about the reading."""
    low, high = float(flat.min()), float(flat.max())
    if not high > low:
        reach = max(abs(low), 1.0) * 1e-3
        return np.array([low - reach, low + reach])
    return np.linspace(low, high, max(6, min(40, math.ceil(math.sqrt(flat.size)))) + 1)


def _flat(x: Sequence[Any]) -> list[Any]:
    return [cell for row in x for cell in (row if isinstance(row, list | tuple) else [row])]


def _beside(axes: Axes, lines: Sequence[str]) -> None:
    axes.text(1.015, 1.0, "\n".join(lines), transform=axes.transAxes, va="top", color=INK, linespacing=1.5)


def _pareto(document: Mapping[str, Any], answer: Answer, title: str) -> Figure:  # noqa: ARG001 (the answer has all)
    """Bars by falling count and the cumulative line."""
    figure, (axes,) = _figure(title)
    names, counts, shares = answer["order"], answer["count"], answer["cum_pct"]
    total = sum(counts)
    dress(axes, f"{total:g} in all")
    places = np.arange(len(names))
    few = set(answer["vital_few"])
    axes.bar(places, counts, width=0.72, color=[DATA if name in few else _BARS for name in names])
    axes.set_xticks(places, [_short(name) for name in names], rotation=0 if len(names) <= 8 else 40)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_ylim(0.0, max(total, 1) * 1.06)
    axes.set_xlim(-0.6, len(names) - 0.4)
    for place, count in zip(places, counts, strict=True):
        ink = PAGE if names[place] in few else INK
        axes.annotate(f"{count:g}", (place, 0.0), (0, 4), textcoords="offset points", ha="center", color=ink)
    if total:
        line = [share * total / 100.0 for share in shares]
        axes.plot(places, line, color=NOT_OK, linewidth=1.2, marker="o", markersize=3.5)
        for share in (20, 40, 60, 80, 100):
            axes.text(1.008, share / 106.0, f"{share} %", transform=axes.transAxes, va="center", color=INK_2)
            axes.axhline(share * total / 100.0, color=HAIRLINE, linewidth=0.6, zorder=0)
    return figure


def _short(name: str) -> str:
    return name if len(name) <= 18 else name[:17] + "…"


def _gage(document: Mapping[str, Any], answer: Answer, title: str) -> Figure:
    """Components as bars, and every reading by part with the operators' means."""
    figure, (left, right) = _figure(f"{title}: {answer['verdict'] or 'no variation'}", 2)
    found = answer[answer["model"]]
    dress(left, "Share of the variation, %")
    names = ("grr", "repeatability", "reproducibility", "part")
    total = found["total"] or 1.0
    places = np.arange(len(names))
    for shift, scale, colour, label in ((-0.2, 1.0, _BARS, "of the variance"), (0.2, 0.5, DATA, "of the sigma")):
        heights = [100.0 * (found[name] / total) ** scale for name in names]
        left.bar(places + shift, heights, width=0.38, color=colour, label=label)
    left.set_xticks(places, ["gauge R&R", "repeat-\nability", "reproduc-\nibility", "part to\npart"])
    left.axhline(30.0, color=SPEC, linewidth=1.0, linestyle=":")
    left.axhline(10.0, color=SPEC, linewidth=1.0, linestyle=":")
    left.set_ylim(0.0, 105.0)
    left.legend(frameon=False, fontsize=8.5, loc="upper center")
    _by_part(right, document["data"], answer)
    return figure


def _by_part(axes: Axes, data: Mapping[str, Any], answer: Answer) -> None:
    dress(axes, "Readings by part, means by operator")
    parts, operators = answer["parts"], answer["operators"]
    at = {part: place for place, part in enumerate(parts)}
    axes.plot([at[str(part)] for part in data["part"]], data["y"], color=_BARS, linestyle="", marker="o", markersize=3)
    means = np.array(answer["cell_means"])
    colours = [DATA, SPEC, NOT_OK, INK]
    for column in range(len(operators)):
        axes.plot(range(len(parts)), means[:, column], color=colours[column % 4], linewidth=1.1, marker="_")
    axes.set_xticks(range(len(parts)), [_short(part) for part in parts])
    low, high = axes.get_ylim()
    heights = [(float(means[-1, column]) - low) / (high - low) for column in range(len(operators))]
    order = sorted(range(len(operators)), key=lambda column: heights[column])
    for column, y in zip(order, spread([heights[column] for column in order], 0.06, 0.0, 1.0), strict=True):
        text = _short(operators[column])
        axes.text(1.015, y, text, transform=axes.transAxes, va="center", color=colours[column % 4])


def _oc(document: Mapping[str, Any], answer: Answer, title: str) -> Figure:  # noqa: ARG001 (the answer has all)
    """The operating characteristic: how likely a lot is accepted, by its quality."""
    figure, (axes,) = _figure(title)
    plan, dist = SinglePlan(answer["n"], answer["c"]), answer["dist"]
    dress(axes, f"Draw {plan.n}, accept with {plan.c} bad or fewer")
    faults = dist == "poisson"
    worst = 1.0 if plan.c >= plan.n else quality_at(plan, 0.01, dist="poisson" if faults else "binomial")
    reach = max([*answer["p"], worst]) * 1.05
    grid = np.linspace(0.0, reach if faults else min(reach, 1.0), _CURVE_POINTS)
    axes.plot(100.0 * grid, acceptance(plan, grid, dist=dist, lot=answer["lot"]), color=DATA, linewidth=1.6)
    axes.plot([100.0 * p for p in answer["p"]], answer["pa"], color=INK, linestyle="", marker="o", markersize=4)
    axes.set_xlim(0.0, 100.0 * float(grid[-1]))
    axes.set_ylim(0.0, 1.03)
    axes.set_xlabel("faults per 100 pieces" if faults else "bad pieces in the lot, %", color=INK_2)
    axes.set_ylabel("probability of acceptance", color=INK_2)
    axes.grid(color=HAIRLINE, linewidth=0.5)
    return figure


PICTURES: Mapping[str, Callable[[Mapping[str, Any], Answer, str], Figure]] = {
    "capability": _histogram,
    "pareto": _pareto,
    "gage_rr_anova": _gage,
    "acceptance_single": _oc,
    "acceptance_find_plan": _oc,
    "acceptance_lot": _oc,
}
"""Kind of study → (document, answer, title) → its picture."""
