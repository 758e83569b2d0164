"""An evaluation as a picture: confusion, what each class reaches, scores with the threshold, ROC, PR, cost.

Promises: no Qt, no pyplot. The file is whole or not there. What a set has no ground for (ROC without good parts, cost
without stakes) is left out, not drawn empty.
May import: hmi.paper, matplotlib, numpy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# matplotlib's own stubs leave its **kwargs without a type.

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from hmi.paper.charts import ENDINGS, PaperError, dress, save_figure
from hmi.paper.style import DATA, HAIRLINE, INK, INK_2, NOT_OK, PAGE, PANEL, SPEC, ZONE, fonts

Answer = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
Draw = Callable[[Axes, Answer], None]

_DPI = 120
_COLUMNS = 3
_PANEL_INCH, _TITLE_INCH = (5.0, 4.4), 0.6
_LEFT, _RIGHT, _ABOVE, _BELOW = 1.35, 0.3, 0.45, 1.05
"""Room around a panel's plot for what is written there, inches."""
_MOST_NUMBERS, _MOST_NAMES = 14, 40
"""Classes up to which cells show their count, and axes their names."""
_LONGEST_NAME = 18
_DASHED = (0, (5, 3))


def draw_evaluation(answer: Answer, path: Path, title: str) -> None:
    """Draw the answer of `loupe evaluate` into `path`, by its ending .png, .svg or .pdf.

    Raises PaperError for another ending, OSError where the file cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise PaperError(f"{path.name}: charts are drawn as {', '.join(ENDINGS)}")
    shown = _shown(answer)
    columns = min(len(shown), _COLUMNS)
    rows = -(-len(shown) // columns)
    width, height = columns * _PANEL_INCH[0], rows * _PANEL_INCH[1] + _TITLE_INCH
    with (
        mpl.rc_context({"font.family": fonts(), "font.size": 9.0, "text.color": INK}),
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loupe"}),
    ):
        figure = Figure(figsize=(width, height), dpi=_DPI, facecolor=PAGE)
        figure.text(0.4 / width, 1.0 - 0.36 / height, title, fontsize=14, fontweight="bold", parse_math=False)
        for place, (heading, draw) in enumerate(shown.items()):
            row, column = divmod(place, columns)
            bottom = height - _TITLE_INCH - (row + 1) * _PANEL_INCH[1] + _BELOW
            box = (
                (column * _PANEL_INCH[0] + _LEFT) / width,
                bottom / height,
                (_PANEL_INCH[0] - _LEFT - _RIGHT) / width,
                (_PANEL_INCH[1] - _ABOVE - _BELOW) / height,
            )
            axes = figure.add_axes(box)
            dress(axes, heading)
            draw(axes, answer)
        save_figure(figure, path)


def _shown(answer: Answer) -> dict[str, Draw]:
    """Heading → how it is drawn, of what there is."""
    shown: dict[str, Draw] = {f"{answer['images']} images; each row is a truth": _confusion}
    if answer["good_class"] is not None:
        shown["Scores and threshold"] = _histogram
    shown["Precision and recall of each class"] = _classes
    if answer["curves"]["roc"] is not None:
        shown[f"ROC, area {answer['auroc']:.4f}"] = _roc
        shown[f"Precision and recall, average {answer['average_precision']:.4f}"] = _precision_recall
    if answer.get("risk") is not None:
        shown["Cost a shift"] = _cost
    return shown


def _confusion(axes: Axes, answer: Answer) -> None:
    labels, matrix = answer["confusion"]["labels"], np.array(answer["confusion"]["matrix"])
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    size = len(labels)
    for row in range(size):
        for column in range(size):
            colour = DATA if row == column else NOT_OK
            # A single error among thousands must be seen, too.
            strength = 0.0 if matrix[row, column] == 0 else 0.12 + 0.78 * share[row, column]
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color=colour, alpha=strength, lw=0))
            if size <= _MOST_NUMBERS:
                light = strength > 0.55
                faint = PAGE if light else HAIRLINE if matrix[row, column] == 0 else INK
                axes.text(column, row, str(matrix[row, column]), ha="center", va="center", color=faint)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_xlabel("judged", color=INK_2)
    named = size <= _MOST_NAMES
    axes.set_xticks(range(size) if named else [])
    axes.set_yticks(range(size) if named else [])
    if named:
        axes.set_xticklabels(
            [_short(label) for label in labels],
            rotation=30 if size > 2 else 0,
            ha="right" if size > 2 else "center",
            parse_math=False,
        )
        axes.set_yticklabels([_short(label) for label in labels], parse_math=False)


def _classes(axes: Axes, answer: Answer) -> None:
    """Precision (square) and recall (dot) with their exact 95 % intervals."""
    names = list(answer["per_class"])
    for row, name in enumerate(names):
        figures = answer["per_class"][name]
        for offset, what, marker, colour in ((-0.16, "precision", "s", SPEC), (0.16, "recall", "o", DATA)):
            interval = figures[f"{what}_ci95"]
            if interval is not None:
                axes.plot(interval, [row + offset] * 2, color=colour, lw=1.6, solid_capstyle="butt")
                axes.plot([figures[what]], [row + offset], marker=marker, color=colour, ms=5, ls="none")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0.0, 1.02)
    axes.set_yticks(range(len(names)) if len(names) <= _MOST_NAMES else [])
    if len(names) <= _MOST_NAMES:
        axes.set_yticklabels([_short(name) for name in names], parse_math=False)
    axes.grid(visible=True, axis="x", color=ZONE, lw=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("precision (squares) and recall (dots), 95 % intervals", color=INK_2)


def _histogram(axes: Axes, answer: Answer) -> None:
    """Good above the line, every kind of bad below it, so that neither hides the other."""
    histogram, good = answer["curves"]["histogram"], answer["good_class"]
    edges = np.array(histogram["edges"])
    counts = {name: np.array(row) for name, row in histogram["counts"].items()}
    fine = counts.get(good, np.zeros(len(edges) - 1))
    bad = np.sum([row for name, row in counts.items() if name != good] or [np.zeros(len(edges) - 1)], axis=0)
    # Square roots: one escape beside a thousand good parts is seen.
    axes.bar(edges[:-1], np.sqrt(fine), np.diff(edges), align="edge", color=DATA, lw=0)
    axes.bar(edges[:-1], -np.sqrt(bad), np.diff(edges), align="edge", color=NOT_OK, lw=0)
    axes.axhline(0.0, color=HAIRLINE, lw=0.8)
    axes.axvline(answer["threshold"], color=INK, lw=1.2, ls=_DASHED)
    top = 1.15 * max(float(np.sqrt(fine.max(initial=1))), float(np.sqrt(bad.max(initial=1))))
    axes.set_ylim(-top, top)
    axes.set_xlim(*_around(edges, fine + bad, answer["threshold"]))
    ticks = _root_ticks(top)
    axes.set_yticks([*(-np.sqrt(ticks[::-1])), *np.sqrt(ticks)])
    axes.set_yticklabels([f"{tick:g}" for tick in [*ticks[::-1], *ticks]])
    axes.set_xlabel(f"score; NOT_OK from {answer['threshold']:.4f} on", color=INK_2)
    axes.set_ylabel("images (root scale)", color=INK_2)
    axes.text(0.97, 0.96, "good", transform=axes.transAxes, va="top", ha="right", color=DATA)
    axes.text(0.25, 0.04, "bad", transform=axes.transAxes, va="bottom", ha="center", color=NOT_OK)


def _roc(axes: Axes, answer: Answer) -> None:
    roc = answer["curves"]["roc"]
    axes.plot([0, 1], [0, 1], color=HAIRLINE, lw=1, ls=_DASHED)
    axes.plot(roc["false_reject_rate"], roc["detection_rate"], color=DATA, lw=1.8)
    if answer["escape_rate"] is not None and answer["false_reject_rate"] is not None:
        _operating(axes, answer["false_reject_rate"], answer["escape_rate"])
    _unit(axes, "false-reject rate", "detection rate (1 - escape rate)")


def _operating(axes: Axes, rejects: Answer, escapes: Answer) -> None:
    """Where the package's threshold lies, with the 95 % intervals of both rates."""
    x, y = rejects["value"], 1 - escapes["value"]
    axes.plot(rejects["ci95"], [y, y], color=NOT_OK, lw=1.2)
    axes.plot([x, x], [1 - end for end in escapes["ci95"]], color=NOT_OK, lw=1.2)
    axes.plot([x], [y], marker="s", color=NOT_OK, ms=6)
    axes.text(0.97, 0.04, "square: the package's threshold", transform=axes.transAxes, ha="right", color=NOT_OK)


def _precision_recall(axes: Axes, answer: Answer) -> None:
    pr = answer["curves"]["pr"]
    bad = answer["images"] - answer["per_class"][answer["good_class"]]["images"]
    axes.axhline(bad / answer["images"], color=HAIRLINE, lw=1, ls=_DASHED)
    # From point to point precision is not linear; steps claim nothing that was not seen.
    axes.step([0.0, *pr["recall"]], [pr["precision"][0], *pr["precision"]], where="pre", color=DATA, lw=1.8)
    _unit(axes, "recall (detection rate)", "precision: bad parts among the rejected")


def _cost(axes: Axes, answer: Answer) -> None:
    risk = answer["risk"]
    curve, best, now = risk["curve"], risk["best"], risk["package"]
    axes.step(curve["threshold"], curve["cost_a_shift"], where="mid", color=DATA, lw=1.8)
    axes.axvline(answer["threshold"], color=INK, lw=1.2, ls=_DASHED)
    axes.plot([best["threshold"]], [best["cost_a_shift"]], marker="o", color=SPEC, ms=7)
    zone = risk["grey_zone"]
    if zone is not None and zone["low"] < zone["high"]:
        axes.axvspan(zone["low"], zone["high"], color=ZONE, zorder=0)
    axes.set_yscale("symlog", linthresh=max(best["cost_a_shift"], now["cost_a_shift"], 1.0))
    axes.set_ylim(bottom=0.0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel("threshold (dashed: in use, dot: cheapest, grey: a person)", color=INK_2)
    axes.grid(visible=True, axis="y", color=ZONE, lw=0.8)
    axes.set_axisbelow(True)


def _unit(axes: Axes, across: str, up: str) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.grid(visible=True, color=ZONE, lw=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(across, color=INK_2)
    axes.set_ylabel(up, color=INK_2)
    axes.set_facecolor(PANEL)


def _around(edges: Floats, counts: Floats, threshold: float) -> tuple[float, float]:
    """The bins that hold anything and the threshold, two more on both sides."""
    held = np.flatnonzero(counts)
    at = int(np.clip(np.searchsorted(edges, threshold) - 1, 0, len(counts) - 1))
    low, high = min([at, *held[:1]]), max([at, *held[-1:]])
    return float(edges[max(low - 2, 0)]), float(edges[min(high + 3, len(edges) - 1)])


def _root_ticks(top: float) -> Floats:
    """Three or four round counts up to the square of `top`."""
    rounds = np.array([float(k * 10**e) for e in range(7) for k in (1, 2, 5)])
    fitting = rounds[rounds <= top * top]
    return fitting[:: max(len(fitting) // 4, 1)][-4:]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
