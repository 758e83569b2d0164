"""Gauge repeatability and reproducibility of a destructive test: parts nested in operators, by analysis of variance.

Promises: a ratio whose denominator shows no variation is None. Parts of one batch stand for trials of one part, so
what differs within a batch counts as repeatability.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from inference.spc.limits import Floats
from inference.spc.measurement.anova import AnovaRow, above, line, within
from inference.spc.measurement.components import VarianceComponents
from inference.spc.measurement.layout import nested


@dataclass(frozen=True, slots=True)
class NestedGageRr:
    """A nested gauge study."""

    operators: tuple[Hashable, ...]
    parts_of_each: int
    trials: int
    anova: tuple[AnovaRow, ...]
    """Sources operator, part(operator), repeatability."""
    components: VarianceComponents


def nested_gage_rr(
    part: Sequence[Hashable],
    operator: Sequence[Hashable],
    y: Sequence[float] | Floats,
    *,
    tolerance: float | None = None,
) -> NestedGageRr:
    """Analyse a nested study, rows in any order, both factors random (Montgomery, Design and Analysis, 8th ed., 14.1).

    The operator is tested against part(operator), that against repeatability. A label used by two operators is two
    parts. `tolerance` is a width in the unit of y. Raises SpcError for a study that is not balanced or too small.
    """
    study = nested(part, operator, y)
    b, a, n = study.shape
    by_part = study.y.mean(axis=2)
    by_operator = by_part.mean(axis=1)
    floor = study.noise * study.y.size
    between = above(floor, a * n * float(np.sum((by_operator - float(by_operator.mean())) ** 2)))
    inside = above(floor, n * float(np.sum((by_part - by_operator[:, None]) ** 2)))
    rest = line("repeatability", b * a * (n - 1), within(study.y))
    parts = line("part(operator)", b * (a - 1), inside, rest)
    people = line("operator", b - 1, between, parts)
    components = VarianceComponents(
        repeatability=rest.ss / rest.df,
        operator=max(0.0, (people.ss / people.df - parts.ss / parts.df) / (a * n)),
        interaction=0.0,
        part=max(0.0, (parts.ss / parts.df - rest.ss / rest.df) / n),
        tolerance=tolerance,
    )
    return NestedGageRr(study.operators, a, n, (people, parts, rest), components)
