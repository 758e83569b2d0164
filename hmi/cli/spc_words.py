"""A study's answer in plain words, for a person at a terminal.

Promises: what is said follows from the answer alone; long lists are cut with their count.
May import: inference.spc.study, hmi.cli.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hmi.cli.spc_figures import FIGURES
from inference.spc.study.answer import Answer
from inference.spc.study.catalogue import kind_of
from inference.spc.study.panels import LIMIT, Panel, panels

_SHOWN = 12
"""Points named one by one."""


def words(chart: str, answer: Answer, because: str | None = None, names: Sequence[str] = ()) -> str:
    """The answer in a few lines: what it is, its figures, which points are out by which rule, and what to do.

    `names`: of the characteristics, where they are known.
    """
    title = kind_of(chart).title
    lines = [f"{title} (chosen because {because})" if because else title]
    shown = panels(chart, answer)
    for panel in shown:
        lines += _panel(panel)
    if chart in FIGURES:
        lines += FIGURES[chart](answer)
    lines += _contributions(answer, names)
    if shown:
        lines += [*_process(answer, len(shown[0].values)), _advice(shown)]
    return "\n".join(lines)


def _panel(panel: Panel) -> list[str]:
    there = sum(value is not None for value in panel.values)
    missing = len(panel.values) - there
    gaps = f", {missing} missing" if missing else ""
    lines = [f"{panel.title}: {there} points{gaps}", f"  {_limits(panel)}"]
    for number, rule in panel.rules.items():
        points = [point for point, broken in panel.broken.items() if number in broken]
        if points:
            lines.append(f"  rule {number} ({rule}): {counted(points, 'point')}")
    return lines if panel.broken else [*lines, "  no rule is broken"]


def _limits(panel: Panel) -> str:
    """Centre, sigma and limits; where they differ from point to point, those of the last."""
    center, lower, upper = panel.center[-1], panel.lcl[-1], panel.ucl[-1]
    digits = _digits([line for line in (center, lower, upper) if line is not None])
    told = list[str]()
    if center is not None:
        told.append(f"centre {figure(center, digits)}")
    if panel.sigma is not None:
        told.append(f"sigma {figure(panel.sigma)}")
    vary = len({*panel.lcl, *panel.ucl}) > 2
    which = "limits of the last point" if vary else "limits"
    if lower is None:
        told.append(f"upper {which.replace('limits', 'limit')} {figure(upper, digits)}")
    else:
        told.append(f"{which} {figure(lower, digits)} to {figure(upper, digits)}")
    return ", ".join(told)


def _digits(lines: Sequence[float]) -> int:
    """Digits that tell these lines apart to a thousandth of what lies between them: 6, or more far from zero."""
    span, largest = max(lines) - min(lines), max(map(abs, lines))
    return min(max(6, math.ceil(math.log10(largest / span)) + 4), 15) if span > 0.0 else 6


def _process(answer: Answer, points: int) -> list[str]:
    lines = list[str]()
    run = answer.get("in_control_run_length")
    if run is not None:
        here = f", so about {points / run:.0f} in these {points}" if points >= run else ""
        lines.append(f"Run length: one false alarm in about {run:.3g} points while nothing is wrong{here}")
    depends = answer.get("autocorrelation")
    if depends is not None and depends["significant"]:
        chance = f"p {depends['p']:.2g}" if depends["p"] > 0.0 else "p below 1e-300"
        how = f"lag-1 correlation {depends['lag1']:.2g}, {chance}"
        often = "too often" if depends["lag1"] > 0.0 else "at the wrong places"
        lines.append(f"Careful: points depend on those before them ({how}), so limits and rules alarm {often}")
    return lines


def _advice(shown: Sequence[Panel]) -> str:
    outside = sorted({point for panel in shown for point, broken in panel.broken.items() if LIMIT in broken})
    others = any(panel.broken for panel in shown)
    if outside:
        return f"What to do: look for the cause at {counted(outside, 'point')}; the process is not in control"
    if others:
        return "What to do: no point is outside its limits, but the patterns above call for a look at the process"
    return "What to do: nothing; the process is in control as far as these rules see"


def _contributions(answer: Answer, names: Sequence[str]) -> list[str]:
    """What each point outside is out by: the characteristic that the others let expect the least."""
    lines = list[str]()
    for point, parts in answer.get("contributions", {}).items():
        most = parts[0]
        name = names[most["column"] - 1] if names else f"characteristic {most['column']}"
        told = f"{figure(most['conditional'])}, limit {figure(most['limit'])}"
        lines.append(f"  point {point}: {name} fits the others least ({told})")
    return lines


def counted(points: Iterable[int], word: str) -> str:
    """`points 1, 2, 3`, cut after a dozen."""
    numbers = list(points)
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"{word}{'s' if len(numbers) > 1 else ''} {shown}{more}"


def figure(value: float | None, digits: int = 6) -> str:
    """A number for a person; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}g}"
