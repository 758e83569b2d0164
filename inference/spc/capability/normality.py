"""Is a sample normal? Anderson-Darling, Shapiro-Wilk, skewness and kurtosis.

Promises: shifting and scaling the readings changes nothing; a figure that a sample does not have (constant readings,
too few of them) is None and a caution says why.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr

from inference.spc.capability.sample import readings, standardised
from inference.spc.capability.shapiro import ROYSTON_MOST, shapiro_wilk
from inference.spc.limits import Floats

FEWEST = 3
"""With two readings every sample is like every other."""
_FEW = 8
_TURN = 5.709 / (2.0 * 0.0186)
"""Beyond this the polynomial for p would rise again."""


class NormalityCaution(enum.Enum):
    """What a reader must know before a test of normality is believed; the name is the message's code."""

    CONSTANT = "the readings do not vary, so there is no distribution to test"
    TOO_FEW = "fewer than 3 readings cannot be tested"
    FEW = "with fewer than 8 readings only gross departures from normality are seen"
    MANY = "the Shapiro-Wilk test is not defined for more than 5000 readings"


class NormalTest(NamedTuple):
    """A test's statistic and the probability of one as extreme when the readings are normal."""

    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Normality:
    """What a sample says about its normality."""

    n: int
    anderson_darling: NormalTest | None
    shapiro_wilk: NormalTest | None
    """None for fewer than 3 and more than 5000 readings."""
    skewness: float | None
    """0 for a normal distribution; None for fewer than 3 readings."""
    kurtosis: float | None
    """Excess: 0 for a normal distribution; None for fewer than 4 readings."""
    cautions: tuple[NormalityCaution, ...]


def normality(x: Floats) -> Normality:
    """All tests of the readings in `x`, any shape, taken as one sample (NaN is missing).

    Raises SpcError where there are no readings or they are not finite.
    """
    present = readings(x)
    n, y = present.size, standardised(present)
    if n < FEWEST:
        return Normality(n, None, None, None, None, (NormalityCaution.TOO_FEW,))
    if y is None:
        return Normality(n, None, None, None, None, (NormalityCaution.CONSTANT,))
    cautions = [NormalityCaution.FEW] * (n < _FEW) + [NormalityCaution.MANY] * (n > ROYSTON_MOST)
    wilk = None if n > ROYSTON_MOST else NormalTest(*shapiro_wilk(y))
    return Normality(n, _anderson_darling(y), wilk, _skewness(y), _kurtosis(y), tuple(cautions))


def anderson_darling_of(log_below: Floats, log_above: Floats) -> float:
    """A² = -N - mean((2i-1) (ln F(y_i) + ln(1-F(y_(N+1-i))))) (Anderson and Darling, JASA 49, 1954).

    `log_below` is ln F of the readings in rising order, shape [N], `log_above` is ln(1-F) of the same.
    """
    n = log_below.size
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    return -n - float(np.mean(weights * (log_below + log_above[::-1])))


def anderson_darling_p(a: float, n: int) -> float:
    """The p-value of A² with mean and sd estimated (D'Agostino and Stephens, Goodness-of-Fit Techniques, 1986, 4.9)."""
    a = a * (1.0 + 0.75 / n + 2.25 / n**2)
    if a < 0.2:
        return -math.expm1(-13.436 + 101.14 * a - 223.73 * a * a)
    if a < 0.34:
        return -math.expm1(-8.318 + 42.796 * a - 59.938 * a * a)
    if a < 0.6:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    a = min(a, _TURN)
    return math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)


def _anderson_darling(y: Floats) -> NormalTest:
    ordered = np.sort(y)
    log_below, log_above = np.asarray(log_ndtr(ordered)), np.asarray(log_ndtr(-ordered))
    a = anderson_darling_of(log_below, log_above)
    return NormalTest(a, anderson_darling_p(a, y.size))


def _skewness(y: Floats) -> float:
    """G1 = n / ((n-1)(n-2)) sum y³, with y standardised by n-1 (Joanes and Gill, The Statistician 47, 1998)."""
    n = y.size
    return n / ((n - 1.0) * (n - 2.0)) * math.fsum(y**3)


def _kurtosis(y: Floats) -> float | None:
    """G2, the excess kurtosis without bias in normal samples (Joanes and Gill 1998)."""
    n = y.size
    if n < 4:
        return None
    fourth = n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0)) * math.fsum(y**4)
    return fourth - 3.0 * (n - 1.0) ** 2 / ((n - 2.0) * (n - 3.0))
