"""Run lengths of charts whose points are tested one by one: Shewhart's limits, and T^2 with known covariance.

Points are independent, so the run length is geometric: its mean is 1/p, its standard deviation sqrt(1-p)/p (Montgomery,
SQC 7th ed., section 5.3.3), p the probability that one point is out.

Promises: small probabilities keep their digits; where no point can be out the run length is math.inf.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from inference.spc.run_length.lengths import MOST_DIMENSIONS, beyond
from inference.spc.run_length.transient import must_be, points_until


def shewhart_run_length(width: float = 3.0, shift: float = 0.0, *, two_sided: bool = True) -> float:
    """Expected number of points until one is beyond `width` standard errors, the mean being off by `shift` of them.

    1 / (F(-width - shift) + F(-width + shift)), F the standard normal; one-sided: the upper limit alone.
    For a mean of n readings that moved by d sigma, shift is d sqrt(n). Raises SpcError for a width below 0.
    """
    must_be(0.0 <= width < math.inf, f"control limits are 0 or more standard errors wide, not {width:g}")
    must_be(math.isfinite(shift), f"a shift is a number of standard errors, not {shift}")
    lower = float(ndtr(-width - shift)) if two_sided else 0.0
    return points_until(lower + float(ndtr(shift - width)))


def t2_run_length(limit: float, dimensions: int, distance: float = 0.0) -> float:
    """Expected number of points until T^2 > `limit`, for `dimensions` characteristics with known covariance.

    T^2 then has the chi-square distribution of p, noncentral by `distance`^2, the squared Mahalanobis distance of the
    mean from the target (Montgomery, SQC 7th ed., section 11.3). For means of n readings the distance is sqrt(n) times
    that of the readings. Raises SpcError for settings that cannot be.
    """
    must_be(0.0 < limit < math.inf, f"the limit of T^2 is above 0, not {limit:g}")
    must_be(1 <= dimensions <= MOST_DIMENSIONS, f"T^2 has 1 to {MOST_DIMENSIONS} characteristics, not {dimensions}")
    must_be(0.0 <= distance < math.inf, f"a Mahalanobis distance is 0 or more, not {distance:g}")
    return points_until(float(beyond(math.sqrt(limit), np.array([distance]), dimensions)[0]))
