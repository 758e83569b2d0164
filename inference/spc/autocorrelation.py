"""Do readings depend on those before them? A test, and the residuals that can be charted where they do.

Control limits and run rules take readings to be independent. Where each reading resembles the one before, moving ranges
come out too small and the chart alarms without cause; then the residuals of an autoregressive model are charted instead
(Alwan and Roberts, J. Business and Economic Statistics 6, 1988; Montgomery, SQC 7th ed., 10.4).

Promises: NaN is a gap; only readings of one gap-free run are set against each other; what does not exist is None.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc

from inference.spc.capability.sample import readings
from inference.spc.limits import Floats, SpcError

_MOST_LAGS = 10
_MOST_ORDER = 5
_PERFECT = 1e-12
"""A share of the variance left over that is rounding only."""


@dataclass(frozen=True, slots=True)
class Autocorrelation:
    """How a series depends on its own past."""

    n: int
    lag1: float | None
    """Correlation of neighbours; None where no two readings are neighbours, or none varies."""
    bound: float
    """1.96 / sqrt(n): |lag1| of independent readings is below it 95 times in 100."""
    q: float | None
    """The Ljung-Box statistic of `lags` lags; None as `lag1`."""
    p_value: float | None
    """The probability of a larger q when readings are independent; None as `lag1`."""
    lags: int
    significant: bool
    """Whether the p-value is below alpha."""
    inflation: float | None
    """1 / sqrt(1 - lag1): by how much sigma exceeds what moving ranges say; None as `lag1`, or where lag1 is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """What an autoregressive model leaves of a series."""

    order: int
    coefficients: Floats
    """Shape [order]: the weights of the readings 1, 2, ... before, as distances from the mean."""
    mean: float
    sigma: float
    """Standard deviation of the residuals; their divisor allows for the order and the mean."""
    values: Floats
    """Shape [n], aligned with the readings; NaN for gaps and for the first `order` readings of each run."""
    inflation: float | None
    """Sigma of the readings over sigma of the residuals, by the model (1 for order 0); None where it leaves nothing."""


def acf(x: Floats, lags: int) -> Floats:
    """Sample autocorrelation of lags 0 to `lags`, shape [lags + 1], of a series of shape [n] (NaN is a gap).

    r_k = sum d_t d_(t+k) / sum d² with d the distance from the mean (Box and Jenkins, Time Series Analysis, 1970);
    the sum runs over the m pairs inside gap-free runs and is scaled by (n-k) / m; cut to -1 to 1. A lag without a pair
    has 0. Raises SpcError for a series that does not vary, no readings, infinite ones, and lags below 0.
    """
    if lags < 0:
        raise SpcError(f"a lag is 0 or more, not {lags}")
    distances = _runs(_distances(x)[0])
    if not any(np.any(run) for run in distances):
        raise SpcError("the readings do not vary, so they have no autocorrelation")
    sums, pairs = _products(distances, lags)
    n = pairs[0]
    scale = np.where(pairs > 0, (n - np.arange(lags + 1)) / np.maximum(pairs, 1), 0.0)
    return np.clip(sums / sums[0] * scale, -1.0, 1.0)


def autocorrelation(x: Floats, lags: int | None = None, *, alpha: float = 0.05) -> Autocorrelation:
    """Test a series of shape [n] (NaN is a gap) for dependence on its past, by `lags` lags (None: n/5, at most 10).

    q = n (n+2) sum r_k² / (n-k) (Ljung and Box, Biometrika 65, 1978), with the pairs that there are in place of n-k;
    p by chi-square of as many degrees of freedom as lags have pairs. Raises SpcError for no readings or infinite ones,
    lags below 1 and an alpha outside 0 to 1.
    """
    if not 0.0 < alpha < 1.0:
        raise SpcError(f"alpha lies between 0 and 1, not at {alpha:g}")
    distances = _runs(_distances(x)[0])
    n = sum(run.size for run in distances)
    lags = max(1, min(_MOST_LAGS, n // 5)) if lags is None else lags
    if lags < 1:
        raise SpcError(f"a test of autocorrelation takes 1 lag or more, not {lags}")
    bound = 1.96 / math.sqrt(n)
    sums, pairs = _products(distances, lags)
    if not (pairs[1] and sums[0] > 0.0):
        return Autocorrelation(n, None, bound, None, None, lags, significant=False, inflation=None)
    lag1 = float(acf(x, 1)[1])
    there = pairs[1:] > 0
    own = n * sums[1:][there] / sums[0]
    q = (n + 2.0) / n * float(np.sum(own**2 / pairs[1:][there]))
    p = float(gammaincc(np.count_nonzero(there) / 2.0, q / 2.0))
    inflation = 1.0 / math.sqrt(1.0 - lag1) if lag1 < 1.0 else None
    return Autocorrelation(n, lag1, bound, q, p, lags, significant=p < alpha, inflation=inflation)


def ar_residuals(x: Floats, order: int | None = None) -> Residuals:
    """Fit an autoregressive model to a series of shape [n] (NaN is a gap) and give what it leaves.

    Burg's method over all gap-free runs at once (Burg 1967; de Waele and Broersen, IEEE Trans. Signal Processing 48,
    2000): the model is always stationary. Without an `order` the one of 0 to 5 (at most n/10) with the least AIC is
    taken. Raises SpcError for no readings or infinite ones, and an order that no run is long enough for.
    """
    series, mean = _distances(x)
    distances = _runs(series)
    longest = max(run.size for run in distances)
    if order is not None and not 0 <= order < longest:
        raise SpcError(
            f"a model of order {order} needs a run of more readings than that, and the longest has {longest}"
        )
    n = sum(run.size for run in distances)
    most = min(_MOST_ORDER, n // 10, longest - 1) if order is None else order
    models, left = _burg(distances, most)
    if order is None:
        order = min(range(len(models)), key=lambda p: n * math.log(max(left[p], _PERFECT)) + 2.0 * p)
    coefficients = np.zeros(order)
    fitted = models[min(order, len(models) - 1)]
    coefficients[: fitted.size] = fitted
    share = left[min(order, len(left) - 1)]
    values = _leave(series, coefficients)
    inflation = 1.0 / math.sqrt(share) if share > _PERFECT else None
    return Residuals(order, coefficients, mean, _sigma(values, order), values, inflation)


def _distances(x: Floats) -> tuple[Floats, float]:
    """The readings as distances from the mean of all that are there, shape [n], and that mean."""
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 1:
        raise SpcError(f"a series has one dimension, not {x.ndim}")
    present = readings(x)
    first = float(present[0])
    shift = math.fsum(present - first) / present.size
    return x - first - shift, first + shift


def _runs(distance: Floats) -> list[Floats]:
    """The gap-free runs of a series that has a reading."""
    ends = np.flatnonzero(np.diff(np.isnan(distance))) + 1
    return [piece for piece in np.split(distance, ends) if not np.isnan(piece[0])]


def _products(distances: list[Floats], lags: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Sum of d_t d_(t+k) inside the runs and the number of pairs, each of shape [lags + 1]."""
    scale = max(float(np.max(np.abs(run))) for run in distances) or 1.0
    scaled = [run / scale for run in distances]
    sums = [math.fsum(float(run[: run.size - k] @ run[k:]) for run in scaled if run.size > k) for k in range(lags + 1)]
    pairs = [sum(max(run.size - k, 0) for run in distances) for k in range(lags + 1)]
    return np.array(sums), np.array(pairs)


def _burg(distances: list[Floats], most: int) -> tuple[list[Floats], list[float]]:
    """Coefficients of the orders 0 to `most`, and the share of the variance each leaves.

    Fewer orders come back where one of them leaves nothing.
    """
    scale = max(float(np.max(np.abs(run))) for run in distances) or 1.0
    forward = [run / scale for run in distances]
    backward = forward
    models, left = [np.zeros(0)], [1.0]
    for _ in range(most):
        forward, backward = _shorten(forward, backward)
        power = math.fsum(float(f @ f + b @ b) for f, b in zip(forward, backward, strict=True))
        if not power or left[-1] <= _PERFECT:
            break
        k = 2.0 * math.fsum(float(f @ b) for f, b in zip(forward, backward, strict=True)) / power
        last = models[-1]
        models.append(np.append(last - k * last[::-1], k))
        left.append(left[-1] * max(1.0 - k * k, 0.0))
        crossed = [(f - k * b, b - k * f) for f, b in zip(forward, backward, strict=True)]
        forward, backward = [f for f, _ in crossed], [b for _, b in crossed]
    return models, left


def _shorten(forward: list[Floats], backward: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Set each forward error against the backward error one before it; runs that are used up fall out."""
    long = [(f[1:], b[:-1]) for f, b in zip(forward, backward, strict=True) if f.size > 1]
    return [f for f, _ in long], [b for _, b in long]


def _leave(distance: Floats, coefficients: Floats) -> Floats:
    """d_t - sum a_j d_(t-j), shape [n]; NaN where one of them is missing."""
    values = distance.copy()
    for j, weight in enumerate(coefficients.tolist(), 1):
        values[:j] = np.nan
        values[j:] -= weight * distance[:-j]
    return values


def _sigma(values: Floats, order: int) -> float:
    present = values[~np.isnan(values)]
    largest = float(np.max(np.abs(present))) or 1.0
    return largest * math.sqrt(math.fsum((present / largest) ** 2) / max(present.size - order - 1, 1))
