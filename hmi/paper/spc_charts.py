"""A study as a picture: its control charts under one another, or what its kind is drawn as.

Promises: no Qt, no pyplot. The file is whole or not there. A study that has no picture says so.
May import: inference.spc, inference.pipeline.snapshot, hmi.paper, matplotlib, numpy.
"""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# matplotlib's own stubs leave its **kwargs without a type.

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from hmi.paper.charts import ENDINGS, PaperError, draw_panel, save_figure
from hmi.paper.spc_pictures import PICTURES
from hmi.paper.style import INK, INK_2, PAGE, fonts
from inference.pipeline.snapshot import ChartPointRules, ChartSnapshot, Floats
from inference.spc.study.answer import Answer
from inference.spc.study.catalogue import kind_of
from inference.spc.study.panels import Panel, panels

_DPI = 120
_WIDTH_INCH, _PANEL_INCH, _TITLE_INCH = 11.0, 3.0, 0.6
_SIDES_INCH = (0.85, 1.25)
"""Left and right of a panel: tick labels, and the names of the lines."""
_RULES_A_LINE = 3
_ABOVE_INCH, _BELOW_INCH = 0.42, 0.48


def draw_study(document: Mapping[str, Any], answer: Answer, path: Path, title: str = "") -> None:
    """Draw a study with its answer into `path`, by its ending .png, .svg or .pdf.

    Raises PaperError for another ending and for a study without a picture, OSError where the file cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise PaperError(f"{path.name}: charts are drawn as {', '.join(ENDINGS)}")
    chart = str(document["chart"])
    shown = panels(chart, answer)
    if not shown and chart not in PICTURES:
        raise PaperError(f"{path.name}: {kind_of(chart).title.lower()} has no picture")
    with _paper():
        heading = title or kind_of(chart).title
        figure = _charts(shown, heading, _spec(document)) if shown else PICTURES[chart](document, answer, heading)
        save_figure(figure, path)


@contextmanager
def _paper() -> Generator[None]:
    """Fonts and colours; names in SVG files hash alike each time, so that the same study makes the same file."""
    with (
        mpl.rc_context({"font.family": fonts(), "font.size": 9.0, "text.color": INK}),
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loupe"}),
    ):
        yield


def _charts(shown: Sequence[Panel], title: str, spec: tuple[float | None, float | None]) -> Figure:
    height = len(shown) * _PANEL_INCH + _TITLE_INCH
    figure = Figure(figsize=(_WIDTH_INCH, height), dpi=_DPI, facecolor=PAGE)
    figure.text(0.4 / _WIDTH_INCH, 1.0 - 0.36 / height, title, fontsize=14, fontweight="bold", parse_math=False)
    left, right = _SIDES_INCH
    for row, panel in enumerate(shown):
        bottom = height - _TITLE_INCH - (row + 1) * _PANEL_INCH + _BELOW_INCH
        box = (
            left / _WIDTH_INCH,
            bottom / height,
            (_WIDTH_INCH - left - right) / _WIDTH_INCH,
            (_PANEL_INCH - _ABOVE_INCH - _BELOW_INCH) / height,
        )
        axes = figure.add_axes(box)
        draw_panel(axes, _snapshot(panel, spec), UTC, panel.title)
        axes.text(
            0.5, -0.065, _meanings(panel), transform=axes.transAxes, ha="center", va="top", color=INK_2, fontsize=8
        )
    return figure


def _meanings(panel: Panel) -> str:
    """What the numbers at the broken points mean."""
    numbers = sorted({number for broken in panel.broken.values() for number in broken})
    told = [f"{number}: {panel.rules[number]}" for number in numbers]
    lines = [told[at : at + _RULES_A_LINE] for at in range(0, len(told), _RULES_A_LINE)]
    return "\n".join(" · ".join(line) for line in lines)


def _snapshot(panel: Panel, spec: tuple[float | None, float | None]) -> ChartSnapshot:
    """The panel as charts on paper take it. Specification limits hold for single readings only."""
    n = len(panel.values)
    own = spec if panel.kind == "i" else (None, None)
    return ChartSnapshot(
        key=panel.title,
        kind=panel.kind,
        characteristic=panel.title,
        unit="",
        transform="",
        version=0,
        first_number=panel.first,
        seqs=np.arange(panel.first, panel.first + n, dtype=np.int64),
        utc_s=np.full(n, math.nan),
        values=_floats(panel.values),
        center=_floats(panel.center),
        lcl=_floats(panel.lcl),
        ucl=_floats(panel.ucl),
        sizes=np.ones(n, dtype=np.int64),
        violations=tuple(ChartPointRules(at - panel.first, rules) for at, rules in panel.broken.items()),
        rules=tuple(panel.rules),
        subgroup=1,
        phase1_remaining=0,
        lower_spec=own[0],
        upper_spec=own[1],
        lower_values=None if panel.lower is None else _floats(panel.lower),
    )


def _floats(column: Sequence[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in column], dtype=np.float64)


def _spec(document: Mapping[str, Any]) -> tuple[float | None, float | None]:
    params = document.get("params") or {}
    return params.get("lsl"), params.get("usl")
