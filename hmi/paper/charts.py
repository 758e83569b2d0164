"""Control charts as a picture: PNG, SVG or PDF, in the style of the screen.

Control limits dashed, centre line solid, zones faint, spec limits dotted and of another colour, values at the right
edge; a violated point is a red square with its rules' numbers; gaps are gaps.

Promises: no Qt, no pyplot (which keeps figures alive). The file is whole or not there.
May import: inference.pipeline.snapshot, hmi.paper.style, matplotlib, numpy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# matplotlib's own stubs leave its **kwargs without a type.

from __future__ import annotations

import errno
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hmi.paper.style import DATA, HAIRLINE, INK, INK_2, NOT_OK, PAGE, PANEL, SPEC, ZONE, decimals_for, fonts, spread
from inference.pipeline.snapshot import ChartSnapshot, Floats

ENDINGS = (".png", ".svg", ".pdf")
_DPI = 120
_WIDTH_INCH, _PANEL_INCH, _TITLE_INCH = 14.0, 3.0, 0.6
_MANY_POINTS = 150
"""From here on a line without a dot at each point."""
_LABEL_HEIGHT = 0.085
"""Of a panel's height, at least between labels at the right edge."""
_FAR_SPEC = 1.0
"""A spec limit further off than this part of what else is shown is named, not drawn: it would flatten the points."""
_ROUND_SCORES = (1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
_KINDS = {"p": "p chart", "i": "I chart", "mr": "MR chart"}
_NO_ZONES = frozenset({"cusum", "t2", "mewma", "g", "t"})
"""Charts whose limits do not lie three standard errors from the centre line."""

Number = Callable[[float], str]


class PaperError(Exception):
    """The picture cannot be made; `str()` is one sentence for a person."""


def draw_charts(charts: Sequence[ChartSnapshot], path: Path, title: str, *, zone: tzinfo = UTC) -> None:
    """Draw `charts` under one another (more than three: in two columns) into `path`, by its ending .png, .svg or .pdf.

    Times are shown in `zone`. Raises PaperError for another ending, OSError where the file cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise PaperError(f"{path.name}: charts are drawn as {', '.join(ENDINGS)}")
    columns = 1 if len(charts) <= 3 else 2
    rows = max(math.ceil(len(charts) / columns), 1)
    height = rows * _PANEL_INCH + _TITLE_INCH
    with mpl.rc_context({"font.family": fonts(), "font.size": 9.0, "text.color": INK, "svg.fonttype": "none"}):
        figure = Figure(figsize=(_WIDTH_INCH, height), dpi=_DPI, facecolor=PAGE)
        figure.text(0.4 / _WIDTH_INCH, 1.0 - 0.36 / height, title, fontsize=14, fontweight="bold", parse_math=False)
        for place, chart in enumerate(charts):
            row, column = divmod(place, columns)
            draw_panel(figure.add_axes(panel_box(row, column, columns, height)), chart, zone)
        if not charts:
            figure.text(0.5, 0.5, "no charts in this recipe", ha="center", color=INK_2)
        save_figure(figure, path)


def panel_box(row: int, column: int, columns: int, height: float) -> tuple[float, float, float, float]:
    """Left, bottom, width, height of a panel's plot, as parts of the figure; what is written around it has room."""
    width = _WIDTH_INCH / columns
    top = _TITLE_INCH + row * _PANEL_INCH
    left, right, above, below = 0.85, 1.25, 0.42, 0.48
    return (
        (column * width + left) / _WIDTH_INCH,
        (height - top - _PANEL_INCH + below) / height,
        (width - left - right) / _WIDTH_INCH,
        (_PANEL_INCH - above - below) / height,
    )


def save_figure(figure: Figure, path: Path) -> None:
    """Write the figure; the file is whole or not there."""
    part = path.with_name(f".{path.stem}.part{path.suffix.lower()}")
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    try:
        with warnings.catch_warnings():
            # A product's name in a script that no font here has: boxes are drawn, and that is all one can do.
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            figure.savefig(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def dress(axes: Axes, heading: str) -> None:
    """The ground, the frame and the heading that every panel has."""
    axes.set_facecolor(PANEL)
    axes.set_title(heading, loc="left", fontsize=10.5, fontweight="bold", color=INK, parse_math=False, pad=12)
    axes.tick_params(length=0, labelsize=8.5, labelcolor=INK_2)
    for spine in axes.spines.values():
        spine.set_color(HAIRLINE)


def draw_panel(axes: Axes, chart: ChartSnapshot, zone: tzinfo, heading: str = "") -> None:
    """One control chart. `heading`: what stands above it, where it is not the characteristic's name."""
    dress(axes, heading or _heading(chart))
    if not np.any(np.isfinite(chart.values)):
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0.5, 0.5, _waiting(chart) or "no points yet", transform=axes.transAxes, ha="center", color=INK_2)
        return
    low, high = _shown_range(chart)
    number = _number_format(chart, high - low)
    numbers = chart.first_number + np.arange(chart.values.size)
    _draw_lines(axes, chart, numbers)
    _draw_points(axes, chart, numbers)
    axes.set_ylim(low, high)
    axes.set_xlim(numbers[0] - 0.5, numbers[-1] + 0.5)
    axes.set_yticks(_ticks(chart, low, high))
    axes.yaxis.set_major_formatter(lambda value, _: number(float(value)))
    _name_ends(axes, chart, numbers, zone)
    _name_lines(axes, chart, number)
    axes.text(0.5, -0.06, _waiting(chart), transform=axes.transAxes, ha="center", va="top", color=INK)


def _heading(chart: ChartSnapshot) -> str:
    name = chart.characteristic.replace("_", " ")
    if chart.kind == "p":
        return f"{_KINDS['p']} · {name} rate per {chart.subgroup} parts"
    unit = f", {chart.unit}" if chart.unit else ""
    scale = " (logit scale)" if chart.transform == "logit" else ""
    return f"{_KINDS.get(chart.kind, chart.kind)} · {name}{unit}{scale}"


def _waiting(chart: ChartSnapshot) -> str:
    """How many points are missing for limits, in words; empty once there are limits."""
    missing = chart.phase1_remaining
    if not missing:
        return ""
    return f"{missing} more point{'' if missing == 1 else 's'} until there are limits"


def _shown_range(chart: ChartSnapshot) -> tuple[float, float]:
    """Lowest and highest value of the axis: points and control limits, and a spec limit where it is near."""
    lowers = chart.values if chart.lower_values is None else chart.lower_values
    shown = np.concatenate((chart.values, lowers, chart.lcl, chart.ucl, chart.center))
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    reach = (high - low) * _FAR_SPEC
    for limit in (chart.lower_spec, chart.upper_spec):
        if limit is not None and low - reach <= limit <= high + reach:
            low, high = min(low, limit), max(high, limit)
    margin = (high - low) * 0.12 or max(abs(high), 1.0) * 1e-3
    return low - margin, high + margin


def _ticks(chart: ChartSnapshot, low: float, high: float) -> list[float]:
    """Round values inside the axis; on a logit scale those whose scores are round."""
    if chart.transform == "logit":
        ticks = [math.log(score / (1.0 - score)) for score in _ROUND_SCORES]
    else:
        ticks = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def _number_format(chart: ChartSnapshot, span: float) -> Number:
    """Numbers as the characteristic's own, even where the chart's scale is another."""
    if chart.transform == "logit":
        return lambda value: f"{1.0 / (1.0 + math.exp(-value)):.2g}"
    decimals = decimals_for(span)
    return lambda value: f"{value:.{decimals}f}"


def _draw_lines(axes: Axes, chart: ChartSnapshot, numbers: np.ndarray) -> None:
    """Zones, centre line and limits, as steps: each point has its own."""
    edges = np.append(numbers, numbers[-1] + 1) - 0.5
    for line, sign in ((chart.ucl, 1.0), (chart.lcl, -1.0)):
        sigma = (chart.ucl - chart.center) / 3.0
        for k in () if chart.kind in _NO_ZONES else (1.0, 2.0):
            zone = np.where(np.isnan(line), np.nan, chart.center + sign * k * sigma)
            axes.stairs(*_steps(zone, edges), baseline=None, color=ZONE, linewidth=0.8)
        axes.stairs(*_steps(line, edges), baseline=None, color=INK, linewidth=1.1, linestyle=(0, (5, 3)))
    axes.stairs(*_steps(chart.center, edges), baseline=None, color=INK_2, linewidth=1.1)
    for limit in (chart.lower_spec, chart.upper_spec):
        if limit is not None:
            axes.axhline(limit, color=SPEC, linewidth=1.2, linestyle=":")


def _steps(line: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """The same steps with those of equal height drawn as one: limits seldom change from point to point."""
    same = (line[1:] == line[:-1]) | (np.isnan(line[1:]) & np.isnan(line[:-1]))
    begins = np.concatenate(([0], np.flatnonzero(~same) + 1))
    return line[begins], np.append(edges[begins], edges[-1])


def _draw_points(axes: Axes, chart: ChartSnapshot, numbers: np.ndarray) -> None:
    marker = "o" if chart.values.size <= _MANY_POINTS else None
    axes.plot(numbers, chart.values, color=DATA, linewidth=1.0, marker=marker, markersize=3.2, zorder=3)
    if chart.lower_values is not None:
        axes.plot(numbers, chart.lower_values, color=DATA, linewidth=1.0, marker=marker, markersize=3.2, zorder=3)
    alone = _alone(chart.values)
    if marker is None and alone.any():
        axes.plot(numbers[alone], chart.values[alone], color=DATA, linestyle="", marker="o", markersize=2.0, zorder=3)
    violated = [v.at for v in chart.violations]
    size = 5.5 if marker else 3.0
    broken = _broken(chart)
    axes.plot(numbers[violated], broken[violated], color=NOT_OK, linestyle="", marker="s", markersize=size, zorder=4)
    for at, rules in _labels(chart):
        above = not broken[at] < chart.center[at]
        axes.annotate(
            rules,
            (float(numbers[at]), float(broken[at])),
            xytext=(0, 6 if above else -6),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            color=NOT_OK,
            fontsize=8.5,
            fontweight="bold",
            zorder=5,
        )


def _broken(chart: ChartSnapshot) -> Floats:
    """Where a violated point is marked: on the lower trace where only that one is out."""
    if chart.lower_values is None:
        return chart.values
    return np.where((chart.lower_values < chart.lcl) & ~(chart.values > chart.ucl), chart.lower_values, chart.values)


def _alone(values: Floats) -> np.ndarray:
    """Points between two gaps: a line would not show them."""
    there = np.concatenate(([False], np.isfinite(values), [False]))
    return there[1:-1] & ~there[:-2] & ~there[2:]


def _labels(chart: ChartSnapshot) -> Iterator[tuple[int, str]]:
    """Where rule numbers are written: each where a run of violated points first breaks it, never on one another."""
    free, at_before, said = -math.inf, -2, set[int]()
    for violation in chart.violations:
        if violation.at != at_before + 1:
            said.clear()
        at_before = violation.at
        text = ",".join(str(rule) for rule in violation.rules if rule not in said)
        if text and violation.at >= free:
            yield violation.at, text
            said.update(violation.rules)
            free = violation.at + chart.values.size * (0.012 + 0.012 * len(text))


def _name_ends(axes: Axes, chart: ChartSnapshot, numbers: np.ndarray, zone: tzinfo) -> None:
    """Number and time of the first and the last point, under the axis."""
    what = "subgroup" if chart.kind == "p" else "point"
    for at, side in ((0, "left"), (-1, "right")):
        second = float(chart.utc_s[at])
        when = "" if math.isnan(second) else f" · {datetime.fromtimestamp(second, zone):%H:%M:%S}"
        text = f"{what} {numbers[at]}{when}"
        axes.text(0.0 if side == "left" else 1.0, -0.06, text, transform=axes.transAxes, ha=side, va="top", color=INK_2)
    axes.set_xticks([])


def _name_lines(axes: Axes, chart: ChartSnapshot, number: Number) -> None:
    """The newest limits and the spec limits, written at the right edge."""
    low, high = axes.get_ylim()
    lines = [("UCL", chart.ucl[-1], INK), ("CL", chart.center[-1], INK), ("LCL", chart.lcl[-1], INK)]
    lines += [("USL", _or_nan(chart.upper_spec), SPEC), ("LSL", _or_nan(chart.lower_spec), SPEC)]
    named = sorted((float(value), name, colour) for name, value, colour in lines if not math.isnan(value))
    heights = [min(max((value - low) / (high - low), 0.0), 1.0) for value, _, _ in named]
    for (value, name, colour), y in zip(named, spread(heights, _LABEL_HEIGHT, 0.0, 1.0), strict=True):
        arrow = " ↑" if value > high else " ↓" if value < low else ""
        axes.text(
            1.008,
            y,
            f"{name} {number(value)}{arrow}",
            transform=axes.transAxes,
            va="center",
            fontsize=8.5,
            color=colour,
        )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
