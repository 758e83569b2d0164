"""A chart of recorded readings drawn as the live chart draws it, stretch by stretch, in columns.

A stretch is what one baseline holds for: from a decision on record (a frozen baseline, a stage, a retirement) to the
next. Its limits are those of its baseline; where there is none they are learned from its first readings, or, where
limits are wanted from the points shown, estimated from all its points.

Promises: with limits as decided, values, limits and violations equal those of `inference.pipeline.track.Track` for the
same readings and decisions; a million points in a few seconds.
May import: numpy, inference, hmi.station.history_readings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hmi.station.history_readings import ReadingColumns
from inference.chart_plan import ChartPlan
from inference.pipeline import decided
from inference.pipeline.baselines import BaselineVersion, from_recipe
from inference.pipeline.decided import Change
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.spc.design import TIME_WEIGHTED, Design, design_of
from inference.spc.limits import Baseline, Floats, Readings
from inference.spc.rules import Rule
from inference.spc.series import ChartSeries, Chosen, chart_series, columns_of
from inference.spc.violations import Bools, Ints, Violations, joined


class Stretch(NamedTuple):
    """Readings `start` to `stop` - 1."""

    start: int
    stop: int
    frozen: BaselineVersion | None
    """None: learned, or estimated, from its own readings."""
    cut: bool
    """Nothing reaches across its beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A chart. All arrays have shape [n], one entry a reading."""

    values: Floats
    center: Floats
    lower: Floats
    upper: Floats
    lower_sums: Floats
    violations: Violations
    """Points numbered from 1."""
    frozen: BaselineVersion | None
    """In force at the end; None: no limits yet."""
    remaining: int
    """Readings until there are limits; 0 once there are."""


def decided_stretches(plan: ChartPlan, readings: ReadingColumns, changes: Sequence[Change]) -> list[Stretch]:
    """By the recipe's baseline and what people decided about this chart."""
    given = plan.baseline
    count = len(readings.seq)
    marks = [Change(0, BaselineVersion(0, from_recipe(given)) if given else None, cut=False), *changes]
    places = [int(np.searchsorted(readings.seq, mark.seq)) for mark in marks]
    found = list[Stretch]()
    for mark, start, stop in zip(marks, places, [*places[1:], count], strict=True):
        cut = mark.cut
        if found and found[-1].start == start:  # of several decisions at one part the last counts
            cut = found.pop().cut or cut
        if start < count or not found:
            found.append(Stretch(start, stop, mark.frozen, cut))
    return found


def shown_stretches(readings: ReadingColumns, decisions: Sequence[ChartDecision]) -> list[Stretch]:
    """Stage by stage, each with limits of its own points."""
    count = len(readings.seq)
    stages = [seq for seq, _ in decided.texts(decisions, DecisionKind.STAGE)]
    places = {int(place) for place in np.searchsorted(readings.seq, np.array(sorted(stages), np.int64))}
    borders = [0, *sorted(place for place in places if 0 < place < count), count]
    return [Stretch(a, b, None, cut=True) for a, b in pairwise(borders)]


@dataclass(frozen=True, slots=True)
class Learning:
    """Limits are taken from a stretch's first readings, which are then not tested."""

    changes: Sequence[Change]
    """What people decided, in the order of the parts: points that a baseline was taken from belong to phase I."""
    next_version: int
    """The number of the first baseline that is learned."""


def draw(
    plan: ChartPlan,
    readings: ReadingColumns,
    left_out: Bools,
    stretches: Sequence[Stretch],
    learning: Learning | None = None,
) -> Drawn:
    """The whole chart. `left_out`: shape [n]. Without `learning` limits are estimated from all points of a stretch.

    Raises SpcError for readings that cannot be charted.
    """
    pen = _Pen(plan, readings, left_out, stretches)
    for stretch in stretches:
        if stretch.frozen is not None:
            pen.limited(stretch.start, stretch.stop, stretch.frozen)
        elif learning is not None:
            pen.learn(stretch, learning)
        else:
            pen.estimate(stretch)
    if learning is not None:
        pen.look_ahead(learning)
    return pen.drawn()


class _Pen:
    """Draws one chart after another stretch of it."""

    def __init__(
        self, plan: ChartPlan, readings: ReadingColumns, left_out: Bools, stretches: Sequence[Stretch]
    ) -> None:
        self._plan, self._readings, self._left_out = plan, readings, left_out
        self._design = design_of(plan.kind)
        self._rules: tuple[Rule, ...] = plan.spc_rules()
        self._settings = plan.spc_settings()
        broken = readings.broken.copy()
        broken[[s.start for s in stretches if s.cut and s.start < len(broken)]] = True
        broken[:1] = False
        self._broken = broken
        self._table: Floats = np.full((5, len(broken)), np.nan)
        """Values, centre, lower and upper limit, lower sum."""
        self._found = list[Violations]()
        self._frozen: BaselineVersion | None = None
        self._remaining = 0
        self._learned_so_far = 0
        self._usable = ~np.isnan(readings.value) & (readings.size > 0.0) & ~left_out
        self._place, self._gapped, self._gapped_out = _with_gaps(readings, left_out, broken)
        if plan.kind not in TIME_WEIGHTED:
            self._table[0] = _statistics(self._design, self._gapped, self._gapped_out)[self._place]

    def drawn(self) -> Drawn:
        """What was drawn; a reading of no size has no limits of its own."""
        values, center, lower, upper, lower_sums = self._table
        nothing = ~(self._readings.size > 0.0)
        if nothing.any():
            self._table[1:4, nothing] = np.nan
        return Drawn(values, center, lower, upper, lower_sums, joined(self._found), self._frozen, self._remaining)

    def estimate(self, stretch: Stretch) -> None:
        """Limits of a stretch from all its points."""
        start, stop = stretch.start, stretch.stop
        short = 2 - np.count_nonzero(self._usable[start:stop])
        baseline = self._baseline(start, stop) if short <= 0 else None
        if baseline is None:
            self._frozen, self._remaining = None, max(int(short), 1)
        else:
            self.limited(start, stop, self._version(0, baseline, start, stop))

    def learn(self, stretch: Stretch, learning: Learning) -> None:
        """Limits of a stretch from its first readings; phase I goes on while the record says that it does."""
        start, changes = stretch.start, learning.changes
        while True:
            learned = self._learned(start, stretch.stop)
            if isinstance(learned, int):
                self._frozen, self._remaining = None, learned
                return
            baseline, start = learned
            seq = int(self._readings.seq[start - 1])
            ahead = bisect_right(changes, seq, key=lambda change: change.seq)
            decided_next = ahead < len(changes) and changes[ahead].seq == seq + 1
            if decided_next or ahead == len(changes) or not changes[ahead].is_taken_from(seq):
                break
        if decided_next:  # what holds from the next part on is decided: nothing is learned
            return
        version = learning.next_version + self._learned_so_far
        self._learned_so_far += 1
        self.limited(start, stretch.stop, self._version(version, baseline, stretch.start, start))

    def look_ahead(self, learning: Learning) -> None:
        """What was decided to hold from the next part on is in force at once."""
        last = int(self._readings.seq[-1]) if len(self._readings.seq) else 0
        ahead = [change for change in learning.changes if change.seq == last + 1]
        if ahead:
            self._frozen = ahead[-1].frozen
            self._remaining = 0 if self._frozen is not None else self._plan.phase1

    def _version(self, version: int, baseline: Baseline, start: int, stop: int) -> BaselineVersion:
        seqs = self._readings.seq
        out = seqs[np.flatnonzero(self._left_out[start:stop]) + start].tolist()
        return BaselineVersion(version, baseline, int(seqs[start]), int(seqs[stop - 1]), tuple(out))

    def _learned(self, start: int, stop: int) -> tuple[Baseline, int] | int:
        """The baseline and where the readings it comes from end; where there is none, how many readings it lacks."""
        wanted = self._plan.phase1
        ends = np.flatnonzero(self._usable[start:stop]) + start + 1
        if len(ends) < wanted:
            return wanted - len(ends)
        places = ends[wanted - 1 :].tolist()
        first = 0
        if self._baseline(start, places[0]) is None:  # more readings never take a baseline away
            first = bisect_left(range(len(places)), x=True, key=lambda k: self._baseline(start, places[k]) is not None)
        baseline = self._baseline(start, places[first]) if first < len(places) else None
        return 1 if baseline is None else (baseline, places[first])

    def _baseline(self, start: int, stop: int) -> Baseline | None:
        first, last = int(self._place[start]), int(self._place[stop - 1]) + 1
        values, sizes, spreads = (column[first:last] for column in self._gapped)
        values = np.where(self._gapped_out[first:last], np.nan, values)
        baseline = self._design.estimate(Readings(values, sizes, spreads), self._settings.sigma_method)
        return baseline if baseline and (baseline.sigma > 0.0 or self._plan.kind != "cusum") else None

    def limited(self, start: int, stop: int, frozen: BaselineVersion) -> None:
        """Draw the limits of this baseline and what breaks rules by them."""
        self._frozen, self._remaining = frozen, 0
        if start == stop:
            return
        if self._plan.kind in TIME_WEIGHTED:
            series = self._run(start, stop, frozen.baseline)
            self._table[0, start:stop] = series.statistics
            if series.lower_sums is not None:
                self._table[4, start:stop] = series.lower_sums
            self._keep(start, stop, series, np.arange(stop - start))
            return
        # a moving range looks at the reading before, unless something lies in between
        back = int(start > 0 and self._design.family == "dependent" and not self._broken[start])
        first, last = int(self._place[start - back]), int(self._place[stop - 1]) + 1
        series = chart_series(
            self._plan.kind,
            *(column[first:last] for column in self._gapped),
            baseline=frozen.baseline,
            chosen=Chosen(excluded=self._gapped_out[first:last]),
            rules=self._rules,
            settings=self._settings,
        )
        self._keep(start, stop, series, self._place[start:stop] - first)

    def _run(self, start: int, stop: int, baseline: Baseline) -> ChartSeries:
        readings = self._readings
        return chart_series(
            self._plan.kind,
            readings.value[start:stop],
            readings.size[start:stop],
            readings.spread[start:stop],
            baseline=baseline,
            chosen=Chosen(
                excluded=self._left_out[start:stop],
                breaks=(np.flatnonzero(self._broken[start + 1 : stop]) + 2).tolist(),
            ),
            settings=self._settings,
        )

    def _keep(self, start: int, stop: int, series: ChartSeries, at: Ints) -> None:
        """`at`: where the points `start` to `stop` - 1 stand in the series."""
        self._table[1, start:stop] = series.center[at]
        self._table[2, start:stop] = series.lower[at]
        self._table[3, start:stop] = series.upper[at]
        found = series.violations
        if at.size == series.center.size:
            self._found.append(found.moved(start))
            return
        mine = found.last > at[0]
        first, last = (np.searchsorted(at, number[mine] - 1) + start + 1 for number in (found.first, found.last))
        self._found.append(Violations(found.rule[mine], first, last))


def _with_gaps(readings: ReadingColumns, left_out: Bools, broken: Bools) -> tuple[Ints, Readings, Bools]:
    """Where each reading stands, and the columns, with a gap before every break: it ends what a break ends."""
    at = np.flatnonzero(broken)
    place = np.arange(len(broken)) + np.cumsum(broken)
    given = columns_of(readings.value, readings.size, readings.spread)
    if not at.size:
        return place, given, left_out
    values, spreads = (np.insert(column, at, np.nan) for column in (given.values, given.spreads))
    sizes = np.insert(given.sizes, at, given.sizes[at])
    return place, Readings(values, sizes, spreads), np.insert(left_out, at, values=False)


def _statistics(design: Design, readings: Readings, left_out: Bools) -> Floats:
    statistics = np.array(design.statistics(readings.values, readings.sizes), dtype=np.float64)
    statistics[~(readings.sizes > 0.0)] = np.nan
    if design.family == "dependent":  # a moving range has two readings
        statistics[left_out] = np.nan
        statistics[1:][left_out[:-1]] = np.nan
    return statistics
