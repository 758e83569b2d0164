"""One control chart in words: title, values at the edge, the point under the cursor, times at the foot. No widget.

Promises: values stand in the characteristic's own unit and scale; a chart of more than one day says the day too.
May import: numpy, inference.pipeline.snapshot, hmi.window.words, hmi.window.chart_figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hmi.window.chart_figures import newest, specs_of
from hmi.window.words import Words
from inference.pipeline.snapshot import ChartSnapshot

_WHOLE = frozenset({"np", "c", "g"})
"""Kinds whose values are counts."""
_OWN_SCALE = frozenset({"i", "xbar", "ewma", "ma"})
"""Kinds whose points are values of the characteristic, on its own or its transformed scale."""
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_HOUR_S, _DAY_S = 3600, 86400


@dataclass(frozen=True, slots=True)
class EdgeLabel:
    """A value written at the right edge."""

    value: float
    text: str
    spec: bool = False


def edge_labels(chart: ChartSnapshot, words: Words) -> tuple[EdgeLabel, ...]:
    """Limits and spec limits in words, with their place."""
    digits = digits_of(chart)
    found: list[EdgeLabel] = []
    for code, value in (("UCL", newest(chart.ucl)), ("CL", newest(chart.center)), ("LCL", newest(chart.lcl))):
        if math.isfinite(value):
            found.append(EdgeLabel(value, words.say(f"chart.{code}", value=_text(chart, value, digits, words))))
    specs = specs_of(chart)
    for code, limit in (("USL", chart.upper_spec), ("LSL", chart.lower_spec)):
        if limit is not None:
            text = words.say(f"chart.{code}", value=_text(chart, limit, digits, words))
            arrow = "" if (limit, True) in specs else (" ↑" if code == "USL" else " ↓")
            found.append(EdgeLabel(limit, text + arrow, spec=True))
    return tuple(found)


def digits_of(chart: ChartSnapshot) -> int:
    """Decimals that show a tenth of the distance from centre to limit, at least one and at most six."""
    if chart.transform == "logit" and chart.kind in _OWN_SCALE:
        return 3
    width = newest(chart.ucl) - newest(chart.center)
    if not math.isfinite(width) or width <= 0:
        return 3
    return min(6, max(1, 1 - math.floor(math.log10(width))))


def value_text(chart: ChartSnapshot, value: float, words: Words) -> str:
    """A point's value with its unit, on the characteristic's own scale."""
    if not math.isfinite(value):
        return words.say("chart.gap")
    digits = 0 if chart.kind in _WHOLE else digits_of(chart)
    return " ".join(filter(None, (_text(chart, value, digits, words), chart.unit)))


def _text(chart: ChartSnapshot, value: float, digits: int, words: Words) -> str:
    if chart.transform == "logit" and chart.kind in _OWN_SCALE:
        value = 0.5 * (1.0 + math.tanh(value / 2))  # 1 / (1 + exp(-value)), without overflow
    return words.number(value, digits)


def title(chart: ChartSnapshot, words: Words) -> str:
    """What the chart is of."""
    name = " ".join(filter(None, (words.name(chart.characteristic), chart.cavity)))
    name += f", {chart.unit}" if chart.unit else ""
    return words.say(f"chart.{chart.kind}", name=name, subgroup=chart.subgroup)


def note(chart: ChartSnapshot, words: Words) -> str:
    """What is still missing: points, or limits."""
    if chart.phase1_remaining:
        return words.say("chart.remaining", count=chart.phase1_remaining)
    return "" if len(chart.values) else words.say("chart.empty")


def point(chart: ChartSnapshot, k: int, rules: tuple[int, ...], words: Words) -> str:
    """The point with index k: part, time, value, the rules it breaks, and what people wrote on it."""
    values = [value_text(chart, float(chart.values[k]), words)]
    if chart.lower_values is not None:
        values.append(value_text(chart, float(chart.lower_values[k]), words))
    text = words.say(
        "chart.point",
        seq=str(chart.seqs[k]),
        time=moment(chart, float(chart.utc_s[k]), words),
        value=" / ".join(values),
    )
    told = [words.say("chart.rules", rules=", ".join(map(str, rules)))] if rules else []
    told += [words.say("chart.excluded", reason=mark.text) for mark in chart.excluded if mark.at == k]
    told += [words.say("chart.stage", reason=mark.text) for mark in chart.stages if mark.at == k]
    told += [mark.text for mark in chart.notes if mark.at == k]
    return " · ".join([text, *told])


def moment(chart: ChartSnapshot, utc_s: float, words: Words) -> str:
    """A point's time; with its day where the chart's points are not all of one day."""
    days = {words.local(float(at)).date() for at in (chart.utc_s[0], chart.utc_s[-1])}
    time = words.time_of(utc_s)
    return f"{words.local(utc_s):%Y-%m-%d} {time}" if len(days) > 1 else time


def ends(chart: ChartSnapshot, start: int, stop: int, words: Words) -> tuple[str, ...]:
    """Times of the first and the last of the points start … stop-1; nothing where there is none."""
    if start >= stop:
        return ()
    first, last = float(chart.utc_s[start]), float(chart.utc_s[stop - 1])
    same_day = words.local(first).date() == words.local(last).date()
    return moment(chart, first, words), words.time_of(last) if same_day else moment(chart, last, words)


def time_marks(left_s: float, right_s: float, most: int, words: Words) -> Iterator[tuple[float, str]]:
    """Round times from left to right (UTC seconds), about `most`, each with its text in the station's zone.

    Midnight is told as the day, as ISO 8601 writes it.
    """
    wanted = (right_s - left_s) / (most + 1)
    step = next((s for s in _STEPS_S if s >= wanted), _DAY_S * math.ceil(wanted / _DAY_S))
    day = words.local(left_s).replace(hour=0, minute=0, second=0, microsecond=0)
    if step > _DAY_S:  # the same days, wherever the picture begins
        day -= timedelta(days=day.toordinal() % (step // _DAY_S))
    while day.timestamp() <= right_s:
        for at in _of_day(day, step, left_s, right_s):
            local = words.local(at)
            midnight = local.hour == local.minute == local.second == 0
            yield at, f"{local:%Y-%m-%d}" if midnight else words.time_of(at)
        day += timedelta(days=max(1, step // _DAY_S))


def _of_day(day: datetime, step: int, left_s: float, right_s: float) -> Iterator[float]:
    """Marks of one day that are in sight. Whole hours follow the clock on the wall on days of 23 or 25 hours too."""
    begin, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
    if step >= _HOUR_S:
        wall = ((day + timedelta(seconds=s)).timestamp() for s in range(0, _DAY_S, step))
        yield from (at for at in sorted(set(wall)) if left_s <= at <= right_s)
        return
    k = max(0, math.ceil((left_s - begin) / step))
    while (at := begin + k * step) < end and at <= right_s:
        yield at
        k += 1
