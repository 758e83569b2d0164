"""Baselines as people see them: frozen as versions, told to the record, read back.

Promises: what `content_of` writes, `baseline_of` reads back equal.
May import: inference.chart_plan, inference.spc, inference.pipeline.decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from inference.chart_plan import ChartBaseline
from inference.pipeline.decisions import Content
from inference.spc.limits import Baseline


@dataclass(frozen=True, slots=True)
class BaselineVersion:
    """A baseline with where it comes from. Version 0 stands in the recipe."""

    version: int
    baseline: Baseline
    first_seq: int = 0
    last_seq: int = 0
    excluded: tuple[int, ...] = ()
    """Sequence numbers of the points that were left out."""


def from_recipe(given: ChartBaseline) -> Baseline:
    """The baseline that a recipe brings."""
    return given.figures()


def for_recipe(baseline: Baseline, source: str) -> ChartBaseline:
    """A baseline as a recipe keeps it."""
    return ChartBaseline(
        mean=baseline.mean,
        sigma=baseline.sigma,
        points=baseline.points,
        source=source,
        spread=baseline.spread,
        inflation=baseline.inflation,
    )


def content_of(frozen: BaselineVersion) -> Content:
    """What a decision to freeze it says."""
    baseline = frozen.baseline
    return {
        "version": frozen.version,
        "mean": baseline.mean,
        "sigma": baseline.sigma,
        "points": baseline.points,
        "spread": baseline.spread,
        "inflation": baseline.inflation,
        "first_seq": frozen.first_seq,
        "last_seq": frozen.last_seq,
        "excluded": list(frozen.excluded),
    }


def baseline_of(content: Content) -> BaselineVersion:
    """The inverse of `content_of`. Raises SpcError for figures that are no baseline."""
    spread = cast("float | None", content.get("spread"))
    baseline = Baseline(
        _number(content["mean"]),
        _number(content["sigma"]),
        int(_number(content["points"])),
        None if spread is None else float(spread),
        _number(content.get("inflation", 1.0)),
    )
    return BaselineVersion(
        int(_number(content["version"])),
        baseline,
        int(_number(content.get("first_seq", 0))),
        int(_number(content.get("last_seq", 0))),
        tuple(cast("list[int]", content.get("excluded", []))),
    )


def _number(value: object) -> float:
    return float(cast("float", value))
