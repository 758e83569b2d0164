"""What a chart's answer says of the process as a whole: how long it runs between false alarms, whether readings depend.

Promises: a statement that cannot be made is None.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from inference.spc.autocorrelation import autocorrelation
from inference.spc.series import ChartSeries
from inference.spc.study.answer import Answer


def independence(series: ChartSeries) -> Answer:
    """Whether the points depend on those before them: limits and rules take them to be independent."""
    found = autocorrelation(series.statistics)
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
