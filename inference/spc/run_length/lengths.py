"""How long a normal vector is: the noncentral chi distribution, by which T^2 and MEWMA charts are judged.

Promises: small probabilities keep their digits, and nothing overflows, up to 50 dimensions.
May import: numpy, scipy, inference.spc.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, hyp0f1, ive

from inference.spc.limits import Floats
from inference.spc.run_length.transient import legendre

MOST_DIMENSIONS = 50
_REACH = 12.0
"""A length that is this many sigma from its mean has a probability below 1e-31."""
_BESSEL_FROM = 30.0
"""Above this product of lengths the Bessel function is scaled by its exponential, so that it does not overflow."""


def length_density(y: Floats, center: Floats, dimensions: int) -> Floats:
    """Density at y > 0 of the length of a normal vector of `dimensions` with unit covariance, its mean `center` long.

    The noncentral chi distribution, y^(p-1) exp(-(y^2+c^2)/2) 0F1(p/2; (cy/2)^2) / (2^(p/2-1) Gamma(p/2)) (Johnson,
    Kotz and Balakrishnan 1995, Continuous Univariate Distributions 2, ch. 29). Broadcasts y against center.
    """
    y, center = np.broadcast_arrays(y, center)
    far = y * center > _BESSEL_FROM
    density = np.empty(y.shape)
    density[~far] = _density_by_series(y[~far], center[~far], dimensions)
    density[far] = _density_by_bessel(y[far], center[far], dimensions)
    return density


def _density_by_series(y: Floats, center: Floats, dimensions: int) -> Floats:
    half = 0.5 * dimensions
    log_front = (dimensions - 1) * np.log(y) - (half - 1.0) * math.log(2.0) - float(gammaln(half))
    return np.exp(log_front - 0.5 * (y * y + center * center)) * hyp0f1(half, 0.25 * (y * center) ** 2)


def _density_by_bessel(y: Floats, center: Floats, dimensions: int) -> Floats:
    half = 0.5 * dimensions
    log_ratio = half * np.log(y) + (1.0 - half) * np.log(center)
    return np.exp(log_ratio - 0.5 * (y - center) ** 2) * ive(half - 1.0, y * center)


def beyond(radius: float, center: Floats, dimensions: int) -> Floats:
    """Probability, [n], that a normal vector with unit covariance and a mean `center`, [n], long is longer than
    `radius`: an integral of positive numbers, so that small probabilities keep their digits."""
    reach = math.sqrt(dimensions) + _REACH
    low = np.maximum(radius, center - reach)
    width = np.maximum(radius, center) + reach - low
    nodes, weights = legendre(0.0, 1.0, 2.0 * reach)
    y = low[:, None] + width[:, None] * nodes
    return np.minimum((length_density(y, center[:, None], dimensions) @ weights) * width, 1.0)
