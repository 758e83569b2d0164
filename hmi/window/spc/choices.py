"""What a person can choose on the workbench: charts, kinds, ranges; and what a choice asks of the record. No widget.

Promises: the charts that run with the line come first and keep the plan of their recipe, so that what is decided on
them means the live chart.
May import: hmi.station, inference, storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hmi.station.history_query import ChartSelection, Split
from hmi.station.shifts import ShiftPlan, day_begin, shift_begin
from inference.chart_plan import ChartKind, ChartPlan
from inference.recipe import Recipe
from storage.counts import CharacteristicInfo
from storage.filters import Filters
from storage.series import COMPUTED

_RATES: tuple[ChartKind, ...] = ("p", "np", "laney_p", "g")
_NUMBERS: tuple[ChartKind, ...] = ("c", "u", "laney_u")
_VALUES: tuple[ChartKind, ...] = ("i", "mr", "xbar", "r", "s", "ewma", "cusum", "ma")
_OF_COMPUTED: dict[str, tuple[ChartKind, ...]] = {
    "score": ("i", "mr", "ewma", "cusum", "ma"),
    "duration_ms": _VALUES,
    "defects": _NUMBERS,
}
RANGES = ("shift", "day", "week", "100", "1000", "all")
"""Codes of the ranges; a number: so many of the newest parts."""
_PARTS_OF_RATE, _PARTS_OF_MEAN = 50, 5
_WEEK_S = 7 * 86_400.0
ALL_RULES = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """One line of the list of charts."""

    key: str
    plan: ChartPlan
    live: bool
    """It runs with the line."""


def chart_choices(recipe: Recipe | None, known: Sequence[CharacteristicInfo]) -> tuple[ChartChoice, ...]:
    """The recipe's charts in its order, then every other characteristic of the record, each once."""
    live = [ChartChoice(plan.key, plan, live=True) for plan in (recipe.charts if recipe else ())]
    charted = {choice.plan.characteristic for choice in live}
    names = [*(info.name for info in known), *COMPUTED]
    others = [plan_for(name, kinds_for(name)[0]) for name in names if name not in charted]
    return (*live, *(ChartChoice(plan.key, plan, live=False) for plan in others))


def kinds_for(characteristic: str) -> tuple[ChartKind, ...]:
    """The kinds of chart that can be made of a characteristic; the first is the usual one."""
    return _OF_COMPUTED.get(characteristic, _RATES if characteristic in COMPUTED else _VALUES)


def plan_for(characteristic: str, kind: ChartKind, like: ChartPlan | None = None) -> ChartPlan:
    """A chart of this kind; rules, settings and scale are those of `like`, where it is given."""
    counted = kind in {"p", "np", "laney_p", "u", "laney_u"}
    size = _PARTS_OF_RATE if counted else _PARTS_OF_MEAN if kind in {"xbar", "r", "s"} else 1
    plan = ChartPlan(
        kind=kind,
        characteristic=characteristic,
        subgroup=size,
        transform="logit" if characteristic == "score" else "none",
    )
    if like is None:
        return plan
    said = {name: getattr(like, name) for name in ("rule_set", "rules", "options", "settings", "transform")}
    return plan.model_copy(update=said)


def selection_of(code: str, plan: ChartPlan, recipe: str, shifts: ShiftPlan, now_s: float) -> ChartSelection:
    """The parts of a range. `now_s`: the present, UTC seconds."""
    since_s = {
        "shift": lambda: shift_begin(shifts, now_s),
        "day": lambda: day_begin(shifts, now_s),
        "week": lambda: now_s - _WEEK_S,
    }
    if code in since_s:
        filters = Filters(since=datetime.fromtimestamp(since_s[code](), UTC))
        return ChartSelection(plan.characteristic, recipe, filters)
    last = None if code == "all" else int(code)
    return ChartSelection(plan.characteristic, recipe, last=last)


def splits_for(recipe: Recipe | None) -> tuple[Split, ...]:
    """The splits that there are: by cavity only where the recipe names some."""
    cavities = bool(recipe and recipe.cavities.names)
    return tuple(split for split in Split if cavities or split is not Split.CAVITY)
