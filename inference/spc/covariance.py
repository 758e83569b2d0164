"""Baselines of several characteristics at once: centre, covariance, and the turn that makes them independent.

Deviations are taken from a reading of the data before anything is averaged, so a spread of 1e-3 near 1e9 is kept.

Promises: a baseline that exists has a covariance that can be inverted; one that has not is refused with the columns
(numbered from 1) that are to blame.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.spc.limits import Floats, SpcError
from inference.spc.points import Bools, phase1_points

SINGULAR = 1e-10
"""A column of which less than this share of the variance is its own is collinear with those before it."""


@dataclass(frozen=True, slots=True, eq=False)
class MultivariateBaseline:
    """Phase I figures of p characteristics frozen for phase II."""

    origin: Floats
    """Shape [p]; a point near the data. The mean is `origin` + `offset`, finer than one double could hold it."""
    offset: Floats
    """Shape [p]."""
    covariance: Floats
    """Covariance of single readings, shape [p, p]."""
    readings: int
    """From how many complete readings (rows)."""
    freedom: int | None
    """Degrees of freedom of the covariance; None where it is known, not estimated."""
    size: int = 1
    """The usual number of readings in a subgroup."""
    grouped: bool = False
    """The covariance is that within subgroups, so a subgroup's mean has no part in it."""

    def __post_init__(self) -> None:
        columns = self.origin.size
        if not columns or self.offset.shape != (columns,) or self.covariance.shape != (columns, columns):
            raise SpcError(f"a centre of {self.origin.shape} does not fit a covariance of {self.covariance.shape}")
        if not all(np.all(np.isfinite(part)) for part in (self.origin, self.offset, self.covariance)):
            raise SpcError("a baseline needs finite numbers: the readings are missing or too far apart")
        if self.freedom is not None and not columns <= self.freedom < self.readings:
            raise SpcError(
                f"{self.readings} readings and {columns} columns cannot leave {self.freedom} degrees of freedom"
            )
        whitening(self.covariance)

    @property
    def center(self) -> Floats:
        """The mean, shape [p]."""
        return self.origin + self.offset


def known_baseline(center: Floats, covariance: Floats, *, size: int = 1) -> MultivariateBaseline:
    """The baseline of a process whose mean, shape [p], and covariance of single readings, shape [p, p], are known.

    Raises SpcError for numbers that are no covariance.
    """
    center, covariance = np.asarray(center, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    return MultivariateBaseline(center, np.zeros_like(center), covariance, 0, None, size)


def individuals_covariance(
    x: Floats, *, phase1: tuple[int, int] | None = None, excluded: Bools | None = None
) -> MultivariateBaseline:
    """Mean and covariance (divisor m-1) of the complete rows of phase I; x of shape [m, p], NaN is missing.

    `phase1` is the first and the last row, from 1 (none: all); rows `excluded`, bool [m], are left out.
    Raises SpcError for fewer than p+1 complete rows and for a singular covariance.
    """
    x = readings_table(x, 2)
    used = phase1_points(x.shape[0], phase1, excluded) & complete(x)
    rows = x[used]
    columns = x.shape[1]
    if rows.shape[0] <= columns:
        raise SpcError(f"{rows.shape[0]} complete rows do not suffice for {columns} columns: {columns + 1} are needed")
    with np.errstate(over="ignore", invalid="ignore"):  # too large a spread is refused by the baseline
        deviations = rows - rows[0]
        offset = deviations.mean(axis=0)
        deviations -= offset
        covariance = deviations.T @ deviations / (rows.shape[0] - 1)
    return MultivariateBaseline(rows[0].copy(), offset, covariance, rows.shape[0], rows.shape[0] - 1)


def subgroups_covariance(
    x: Floats, *, phase1: tuple[int, int] | None = None, excluded: Bools | None = None
) -> MultivariateBaseline:
    """Mean of all readings and pooled covariance within subgroups, over the sum of n_i - 1 degrees of freedom.

    x of shape [m, n, p]: m subgroups of at most n readings; a reading with a NaN is missing. For one constant n these
    are the mean of the means and the mean of the covariances (Montgomery, SQC 7th ed., eq. 11.14 to 11.17).
    Raises SpcError for fewer than two subgroups, fewer degrees of freedom than columns, and a singular covariance.
    """
    x = readings_table(x, 3)
    present = complete(x) & phase1_points(x.shape[0], phase1, excluded)[:, None]
    sizes = present.sum(axis=1)
    groups, columns = int(np.count_nonzero(sizes)), x.shape[2]
    freedom = int(sizes.sum()) - groups
    if groups < 2:
        raise SpcError(f"{groups} subgroup with complete readings does not suffice: 2 or more are needed")
    if freedom < columns:
        raise SpcError(f"{freedom} degrees of freedom within subgroups do not suffice for {columns} columns")
    origin = x[present][0].copy()
    with np.errstate(over="ignore", invalid="ignore"):  # too large a spread is refused by the baseline
        deviations = np.where(present[..., None], x - origin, 0.0)
        means = deviations.sum(axis=1) / np.maximum(sizes, 1)[:, None]
        within = (deviations - means[:, None, :])[present]
        covariance = within.T @ within / freedom
        offset = deviations.sum(axis=(0, 1)) / sizes.sum()
    usual = int(np.argmax(np.bincount(sizes[sizes > 0])))
    return MultivariateBaseline(origin, offset, covariance, int(sizes.sum()), freedom, usual, grouped=True)


def readings_table(x: Floats, dimensions: int) -> Floats:
    """The readings as float64 with `dimensions` axes, the last for the columns. Raises SpcError for another shape."""
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != dimensions or not x.shape[-1]:
        raise SpcError(f"readings of several characteristics have {dimensions} axes, not the shape {x.shape}")
    return x


def complete(x: Floats) -> Bools:
    """Which readings have a finite number in every column: x of shape [..., p] gives bool [...]."""
    return np.asarray(np.isfinite(x).all(axis=-1))


def whitening(covariance: Floats) -> Floats:
    """The matrix W, shape [p, p], lower triangular, with W'W the inverse of the covariance: T² is |W (x - mean)|².

    By Cholesky on the correlations, so that columns of very different units do no harm.
    Raises SpcError that names the columns which are constant or collinear.
    """
    variances = np.diag(covariance)
    constant = np.flatnonzero(~(variances > 0.0))
    if constant.size:
        raise SpcError(f"no covariance can be inverted where {_named(constant, 'never varies', 'never vary')}")
    scale = np.sqrt(variances)
    correlation = covariance / scale / scale[:, None]
    if np.max(np.abs(correlation - correlation.T)) > 1e-8:
        raise SpcError("a covariance is symmetric, and this one is not")
    return np.tril(np.asarray(np.linalg.solve(_root(correlation), np.diag(1.0 / scale)), dtype=np.float64))


def _root(correlation: Floats) -> Floats:
    """The lower Cholesky factor of a correlation matrix, shape [p, p] (Golub & Van Loan 2013, alg. 4.2.2)."""
    rest, root = correlation.copy(), np.zeros_like(correlation)
    for column in range(root.shape[0]):
        if rest[column, column] < SINGULAR:
            raise SpcError(f"no covariance can be inverted where {_dependence(root, column)}")
        root[column:, column] = rest[column:, column] / np.sqrt(rest[column, column])
        rest[column:, column:] -= np.outer(root[column:, column], root[column:, column])
    return root


def _dependence(root: Floats, column: int) -> str:
    """Which columns before it `column` follows from: the coefficients of its regression on them that are not 0."""
    weights = np.linalg.solve(root[:column, :column].T, root[column, :column])
    return _named(np.append(np.flatnonzero(np.abs(weights) > 1e-6), column), "", "are collinear")


def _named(columns: npt.NDArray[np.intp], one: str, many: str) -> str:
    names = [str(column + 1) for column in columns.tolist()]
    if len(names) == 1:
        return f"column {names[0]} {one}"
    return f"columns {', '.join(names[:-1])} and {names[-1]} {many}"
