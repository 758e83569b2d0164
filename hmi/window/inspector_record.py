"""Charts of the inspector itself out of the record: what people overrode, what was borderline or not decided, the
picture's brightness and sharpness, the time a part takes, and how the scores lie.

The parts asked for are cut into blocks of equal size, newest last; a point is a block's mean (of times: its median, so
that one pause of the machine is no shift). Limits come from all blocks but the newest, which are tested against them.
With six charts of ten tested points, three sigma would accuse somebody in one reading of six; 3.5 does in one of
twenty to thirty (simulated, of 400 to 20,000 parts).
Rates are tested against what blocks of their size may show after what was seen before (beta-binomial with Jeffreys'
prior: Gelman et al., Bayesian Data Analysis, 3rd ed., 2.3), so that a first override is no alarm; where they varied
more between blocks than counts do, the limit is wider by as much (Laney 2002, Quality Engineering 14).

Promises: numbers as the charts of the line have them; no limit where there are too few parts. No widget.
May import: numpy, scipy, inference, storage.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hmi.window.session import RecordReader
from inference.pipeline.snapshot import ChartPointRules, ChartSnapshot
from inference.spc.design import Settings
from inference.spc.limits import Floats, SpcError, sigma_from_moving_ranges
from inference.spc.presets import Options, preset
from inference.spc.series import Chosen, chart_series
from storage.filters import Filters
from storage.series import MEASURED, NOT_DECIDABLE, Series

RATES = ("overridden", "borderline", "not_decidable")
MEANS = ("brightness", "sharpness", "duration_ms")
UNITS = {"brightness": "grey", "sharpness": "%", "duration_ms": "ms"}
POINTS, TESTED, FEWEST = 60, 10, 20
"""Points a chart has at most, how many of them are tested, and from how many limits are taken at least."""
_SMALLEST_RATE = 10
"""Parts a point of a rate at least."""
_WIDTH = 3.5
_TAIL = 0.5 * math.erfc(_WIDTH / math.sqrt(2.0))
_READ = ("overridden", "borderline", f"{MEASURED}brightness", f"{MEASURED}sharpness")
Walked = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True, eq=False)
class InspectorRecord:
    """What the record says of the inspector over a range of parts."""

    parts: int
    scores: Floats
    """float64[k]: of the parts that have one."""
    threshold: float | None
    """Of the newest part."""
    charts: tuple[ChartSnapshot, ...]
    """In the order of `RATES` and `MEANS`; what was never measured has no points."""


def read_inspector(reader: RecordReader, filters: Filters, walked: Walked, version: int) -> InspectorRecord:
    """Ask the record. `version`: a number that the charts are shown under. Raises as `History.series`."""
    found = dict[str, Series]()
    for k, name in enumerate(_READ):
        found[name] = reader.series(
            name, filters, lambda done, whole, k=k: walked(k * whole + done, len(_READ) * whole)
        )
    newest = reader.recent(1, 0, filters)
    first = found["overridden"]
    values = {
        "overridden": first.value,
        "borderline": found["borderline"].value,
        "not_decidable": (first.machine == NOT_DECIDABLE).astype(np.float64),
        "brightness": found[f"{MEASURED}brightness"].value,
        "sharpness": found[f"{MEASURED}sharpness"].value,
        "duration_ms": first.duration_ms,
    }
    charts = [rate_chart(name, first, values[name]) for name in RATES]
    charts += [mean_chart(name, first, values[name]) for name in MEANS]
    threshold = newest[0].threshold if newest else None
    shown = tuple(replace(chart, version=version) for chart in charts)
    return InspectorRecord(len(first), first.score[~np.isnan(first.score)], threshold, shown)


def rate_chart(name: str, parts: Series, flags: Floats) -> ChartSnapshot:
    """How many of a block's parts are flagged. `flags`: float64[n], 0, 1 or NaN for a part that cannot be either."""
    size = max(_SMALLEST_RATE, math.ceil(len(parts) / POINTS))
    blocks = _blocks(flags, size)
    known = np.count_nonzero(~np.isnan(blocks), axis=1)
    counts = np.nansum(blocks, axis=1)
    values = np.divide(counts, known, out=np.full(len(counts), np.nan), where=known > 0)
    base = slice(0, max(0, len(values) - TESTED))
    if len(values) < FEWEST + TESTED or not known[base].sum():
        return _chart("p", _Points(name, parts, values, size), None)
    bad, good = float(counts[base].sum()) + 0.5, float((known - counts)[base].sum()) + 0.5
    mean = (bad - 0.5) / (bad + good - 1.0)
    most = _most(known, bad, good) + np.floor(_excess(values[base], known[base], mean) * np.sqrt(known))
    upper = np.divide(most + 0.5, known, out=np.full(len(counts), np.nan), where=known > 0)
    out = np.flatnonzero(counts > most)
    return _chart("p", _Points(name, parts, values, size), _Limits(mean, None, np.minimum(upper, 1.0), out))


def mean_chart(name: str, parts: Series, values: Floats) -> ChartSnapshot:
    """The mean of a block's values, float64[n]; NaN where a part has none."""
    if not np.any(~np.isnan(values)):
        return _chart("i", _Points(name, parts, np.empty(0), 1), None)
    size = max(1, math.ceil(len(parts) / POINTS))
    means = _centres(_blocks(values, size), median=name == "duration_ms")
    if len(means) < FEWEST + TESTED:
        return _chart("i", _Points(name, parts, means, size), None)
    rules = preset("western_electric", (1,), Options(nsigma=_WIDTH))
    chosen = Chosen(phase1=(1, len(means) - TESTED))
    try:
        drawn = chart_series("i", means, chosen=chosen, rules=rules, settings=Settings(width=_WIDTH))
    except SpcError:  # too few blocks with a value: no limits yet
        return _chart("i", _Points(name, parts, means, size), None)
    limits = _Limits(float(drawn.center[0]), drawn.lower, drawn.upper, drawn.violations.last - 1)
    return _chart("i", _Points(name, parts, means, size), limits)


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    center: float
    lower: Floats | None
    upper: Floats
    out: Floats
    """Places of the points beyond them."""


def _most(sizes: Floats, bad: float, good: float) -> Floats:
    """The largest count of each block that is still to be expected, beyond it with a chance of at most `_TAIL`."""
    from scipy.stats import betabinom  # takes half a second to load: only the job's thread waits for it

    found = {int(size): float(betabinom.isf(_TAIL, int(size), bad, good)) for size in np.unique(sizes) if size}
    return np.array([found.get(int(size), 0.0) for size in sizes])


def _excess(rates: Floats, sizes: Floats, mean: float) -> float:
    """How much farther a count may lie than counts alone would, times sqrt(size); 0 where blocks vary as counts do."""
    spread = math.sqrt(mean * (1.0 - mean))
    if spread == 0.0:
        return 0.0
    inflation = sigma_from_moving_ranges((rates - mean) * np.sqrt(sizes) / spread)
    return _WIDTH * spread * max(0.0, (inflation or 1.0) - 1.0)


def _blocks(values: Floats, size: int) -> Floats:
    """Whole blocks of neighbours, [blocks, size]; the oldest values that fill none are left out."""
    whole = len(values) // size
    return values[len(values) - whole * size :].reshape(whole, size)


def _centres(blocks: Floats, *, median: bool) -> Floats:
    centres = np.full(len(blocks), np.nan)
    there = np.any(~np.isnan(blocks), axis=1)
    of = np.nanmedian if median else np.nanmean
    if there.any():
        centres[there] = of(blocks[there], axis=1)
    return centres


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    name: str
    parts: Series
    values: Floats
    """One a block, newest last."""
    size: int
    """Parts a block."""


def _chart(kind: str, points: _Points, limits: _Limits | None) -> ChartSnapshot:
    values, parts = points.values, points.parts
    n = len(values)
    last = len(parts) - 1 - points.size * np.arange(n)[::-1]
    none = np.full(n, np.nan)
    tested = [] if limits is None else [int(at) for at in limits.out if at >= n - TESTED]
    return ChartSnapshot(
        key=f"record:{points.name}",
        kind=kind,
        characteristic=points.name,
        unit=UNITS.get(points.name, ""),
        transform="none",
        version=0,
        first_number=1,
        seqs=parts.seq[last],
        utc_s=parts.utc_s[last],
        values=values,
        center=none if limits is None else np.full(n, limits.center),
        lcl=none if limits is None or limits.lower is None else np.array(limits.lower),
        ucl=none if limits is None else np.array(limits.upper),
        sizes=np.full(n, points.size, np.int64),
        violations=tuple(ChartPointRules(at, (1,)) for at in tested),
        rules=(1,),
        subgroup=points.size,
        phase1_remaining=0 if limits is not None else max(0, FEWEST + TESTED - n),
        baseline_version=None if limits is None else 0,
    )
