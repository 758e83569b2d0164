"""Charts of a process that was changed on purpose: each stage with limits of its own.

Promises: no pattern, no moving range and no estimate reaches over a stage line.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from inference.spc.design import PLAIN, Settings
from inference.spc.limits import Floats, SpcError
from inference.spc.rules import Rule
from inference.spc.series import ChartSeries, Chosen, chart_series, columns_of
from inference.spc.violations import Bools, joined


def staged_series(
    kind: str,
    values: Floats,
    sizes: Floats | None = None,
    spreads: Floats | None = None,
    *,
    stages: Sequence[int],
    excluded: Bools | None = None,
    rules: Sequence[Rule] | None = None,
    settings: Settings = PLAIN,
) -> ChartSeries:
    """A chart whose process was changed on purpose before the points `stages` (numbers, rising, above 1).

    Each stage has limits of its own, from all its points that are not excluded; no pattern crosses a stage line.
    Raises SpcError where a stage's readings do not suffice.
    """
    readings = columns_of(values, sizes, spreads)
    n = readings.values.size
    borders = [0, *(stage - 1 for stage in stages), n]
    if any(a >= b for a, b in pairwise(borders)):
        raise SpcError(f"stages begin at rising points between 2 and {n}, not at {', '.join(map(str, stages))}")
    if excluded is not None and excluded.shape != (n,):
        raise SpcError(f"there are {n} points and {excluded.size} marks of exclusion")
    parts = [
        chart_series(
            kind,
            *(column[a:b] for column in readings),
            chosen=Chosen(excluded=None if excluded is None else excluded[a:b]),
            rules=rules,
            settings=settings,
        )
        for a, b in pairwise(borders)
    ]
    return ChartSeries(
        kind,
        parts[-1].baseline,
        _end_to_end([part.statistics for part in parts]),
        _end_to_end([part.z for part in parts]),
        _end_to_end([part.center for part in parts]),
        _end_to_end([part.error for part in parts]),
        _end_to_end([part.lower for part in parts]),
        _end_to_end([part.upper for part in parts]),
        joined([part.violations.moved(a) for part, a in zip(parts, borders[:-1], strict=True)]),
        _end_to_end([part.lower_sums for part in parts if part.lower_sums is not None]) if kind == "cusum" else None,
    )


def _end_to_end(columns: list[Floats]) -> Floats:
    return np.concatenate(columns)
