"""What a chart's answer says of the process as a whole: how long it runs between false alarms, whether readings depend.

Promises: a statement that cannot be made is None.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.spc.autocorrelation import autocorrelation
from inference.spc.limits import Floats, SpcError
from inference.spc.rules import Rule
from inference.spc.run_length.cusum import cusum_run_length
from inference.spc.run_length.ewma import ewma_run_length
from inference.spc.run_length.rules import in_control_run_length
from inference.spc.series import ChartSeries
from inference.spc.study.answer import Answer, number

_SUSPECT = 0.01
_COUNTED = frozenset({"p", "np", "c", "u"})


def independence(series: ChartSeries) -> Answer:
    """Whether the points depend on those before them: limits and rules take them to be independent.

    Tested at 1 %, so that one study in a hundred is suspected without cause.
    """
    found = autocorrelation(series.statistics, alpha=_SUSPECT)
    return {
        "autocorrelation": {
            "lag1": found.lag1,
            "bound": found.bound,
            "ljung_box": found.q,
            "p": found.p_value,
            "lags": found.lags,
            "significant": found.significant,
        }
    }


def false_alarms(series: ChartSeries, rules: Sequence[Rule], nsigma: float, sizes: Floats | None = None) -> Answer:
    """Points from one false alarm to the next by these rules, as if the parameters were known.

    Counts of sizes that vary: those of the mean size. None where no rule ever speaks.
    """
    kind = series.kind if series.kind in _COUNTED else "normal"
    size = 1.0 if sizes is None else float(np.mean(sizes))
    whole = round(size) if kind in {"p", "np"} else size
    try:
        found = in_control_run_length(kind, rules, mean=series.baseline.mean, size=max(whole, 1e-9), nsigma=nsigma)
    except SpcError:
        return {"in_control_run_length": None}
    answer: Answer = {"in_control_run_length": number(found.points)}
    return answer if found.exact else {**answer, "in_control_run_length_standard_error": found.standard_error}


def ewma_false_alarms(weight: float, width: float, *, exact: bool) -> Answer:
    """As `false_alarms`, of an EWMA chart from its first point on; None where it never ends or cannot be solved for."""
    try:
        points = ewma_run_length(weight, width, limits="time_varying" if exact else "asymptotic")
    except SpcError:
        return {"in_control_run_length": None}
    return {"in_control_run_length": number(points)}


def cusum_false_alarms(slack: float, decision: float, head_start: float) -> Answer:
    """As `false_alarms`, of a two-sided CUSUM chart; None where it never ends, or a head start is beyond h."""
    try:
        points = cusum_run_length(slack, decision, head_start=head_start)
    except SpcError:
        return {"in_control_run_length": None}
    return {"in_control_run_length": number(points)}
