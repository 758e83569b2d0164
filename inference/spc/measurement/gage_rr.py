"""Gauge repeatability and reproducibility, crossed, by analysis of variance: with the interaction and without.

A station without operators may study its lights, fixtures or shifts in their place; with a single operator there is
no reproducibility, and the study is a one-way analysis of the parts.
Promises: both models always; a ratio whose denominator shows no variation is None, never infinite.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from inference.spc.limits import Floats, SpcError
from inference.spc.measurement.anova import AnovaRow, above, line, within
from inference.spc.measurement.components import VarianceComponents
from inference.spc.measurement.layout import Crossed, crossed


@dataclass(frozen=True, slots=True)
class GageRr:
    """A crossed gauge study (AIAG MSA, 4th ed., appendix A; Burdick, Borror and Montgomery 2003)."""

    parts: tuple[Hashable, ...]
    operators: tuple[Hashable, ...]
    trials: int
    anova: tuple[AnovaRow, ...]
    """Sources part, operator, part:operator, repeatability."""
    with_interaction: VarianceComponents
    reduced: VarianceComponents
    """Interaction pooled into repeatability; AIAG's choice where its p is above 0.25."""
    average_range: float
    """Mean range of the cells."""
    cell_means: Floats
    """Shape [parts, operators]."""
    cell_ranges: Floats
    """Shape [parts, operators]."""

    def chosen(self, alpha: float = 0.25) -> VarianceComponents:
        """The model to report: reduced where the interaction is not significant at alpha (AIAG 0.25, others 0.05)."""
        inter = self.anova[2]
        if inter.p is None:  # no trial varied: then any interaction is real
            return self.with_interaction if inter.ss > 0.0 else self.reduced
        return self.with_interaction if inter.p <= alpha else self.reduced


def gage_rr(
    part: Sequence[Hashable],
    operator: Sequence[Hashable],
    y: Sequence[float] | Floats,
    *,
    tolerance: float | None = None,
) -> GageRr:
    """Analyse a crossed study, rows in any order, both factors random.

    `tolerance` is the width of the tolerance in the unit of y. Part and operator are tested against the interaction,
    the interaction against repeatability. Raises SpcError for a study that is not balanced (the cell is named), has
    fewer than 2 parts or 2 trials, or readings that are no numbers.
    """
    study = crossed(part, operator, y)
    a, b, n = study.shape
    rows = _anova(study)
    inter, error = rows[2], rows[3]
    pooled = (inter.ss + error.ss) / (inter.df + error.df)
    return GageRr(
        study.parts,
        study.operators,
        n,
        rows,
        _components(rows, (a, b, n), error.ss / error.df, inter.ms, tolerance),
        _components(rows, (a, b, n), pooled, None, tolerance),
        float(np.mean(study.cell_ranges)),
        study.y.mean(axis=2) + study.origin,
        study.cell_ranges,
    )


def repeatability_interval(study: GageRr, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of the repeatability variance, with the interaction: df·MS over chi-square quantiles.

    Raises SpcError for a confidence that does not lie between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise SpcError(f"a confidence lies between 0 and 1, not at {confidence:g}")
    error, tail = study.anova[3], (1.0 - confidence) / 2.0
    return error.ss / float(chdtri(error.df, tail)), error.ss / float(chdtri(error.df, 1.0 - tail))


def _anova(study: Crossed) -> tuple[AnovaRow, ...]:
    y = study.y
    a, b, n = study.shape
    cell, grand = y.mean(axis=2), float(y.mean())
    by_part, by_operator = cell.mean(axis=1), cell.mean(axis=0)
    floor = study.noise * y.size
    part = above(floor, b * n * float(np.sum((by_part - grand) ** 2)))
    operator = above(floor, a * n * float(np.sum((by_operator - grand) ** 2)))
    inter = above(floor, n * float(np.sum((cell - by_part[:, None] - by_operator[None, :] + grand) ** 2)))
    error = within(y)
    rest = line("repeatability", a * b * (n - 1), error)
    crossing = line("part:operator", (a - 1) * (b - 1), inter, rest)
    against = crossing if crossing.df else rest
    return line("part", a - 1, part, against), line("operator", b - 1, operator, against), crossing, rest


def _components(
    rows: Sequence[AnovaRow],
    shape: tuple[int, int, int],
    repeatability: float,
    interaction: float | None,
    tolerance: float | None,
) -> VarianceComponents:
    """Components from mean squares; without an interaction, repeatability stands in its place."""
    a, b, n = shape
    below = repeatability if interaction is None else interaction
    part, operator = (row.ms if row.ms is not None else below for row in rows[:2])
    return VarianceComponents(
        repeatability=repeatability,
        operator=max(0.0, (operator - below) / (a * n)),
        interaction=max(0.0, (below - repeatability) / n),
        part=max(0.0, (part - below) / (b * n)),
        tolerance=tolerance,
    )
