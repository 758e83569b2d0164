"""Studies without a process: the constants of normal samples, and run rules on series with a known centre and sigma.

Promises: constants are computed from their definitions, never from a rounded table.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math

from inference.spc.constants import c4, d2, d3, factors, median_range
from inference.spc.study.answer import Answer
from inference.spc.study.ask import POSITIVE, FieldError, Fields, Kind
from inference.spc.study.patterns import fixed_lists, violations_of

_LARGEST_SAMPLE = 1000
_SAMPLE = Kind(
    f"a whole number from 2 to {_LARGEST_SAMPLE}", lambda n: 2 <= n <= _LARGEST_SAMPLE and n == math.floor(n)
)


def constants(params: Fields, data: Fields) -> Answer:  # noqa: ARG001 (there is nothing to choose)
    """The constants of samples of n readings (Montgomery, SQC 7th ed., appendix VI)."""
    sizes = [int(n) for n in data.series("n", _SAMPLE, missing=False)]
    table = [factors(n) for n in sizes]
    return {
        "n": sizes,
        "d2": [d2(n) for n in sizes],
        "d3": [d3(n) for n in sizes],
        "c4": [c4(n) for n in sizes],
        "d4_median_range": [median_range(n) for n in sizes],
        **{key: [getattr(row, key.lower()) for row in table] for key in ("A2", "A3", "D3", "D4", "B3", "B4", "E2")},
    }


def rules(params: Fields, data: Fields) -> Answer:
    """Which points of each series break which rules; the answer's keys are the series' names."""
    center, sigma = params.number("center"), params.number("sigma", kind=POSITIVE)
    if not data.values:
        raise FieldError(data.name, "holds no series")
    answer: Answer = {}
    for name in data.values:
        z = (data.series(name) - center) / sigma
        answer[name] = {**fixed_lists(z), "violations_of": violations_of("i", z, params)}
    return answer
