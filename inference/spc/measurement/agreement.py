"""The attribute agreement study: how well verdicts repeat, agree with one another, and meet the reference.

A miss is a bad part judged good (an escape); a false alarm is a good part judged bad (a false reject). A verdict that
could not be decided is a category of its own and neither of the two.
Promises: every rate comes with its exact interval; a rate of nothing is None.
May import: inference.spc.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from operator import eq
from typing import Literal

from inference.spc.limits import SpcError
from inference.spc.measurement.kappa import FleissKappa, Kappa, cohen_kappa, fleiss_kappa
from inference.spc.measurement.proportions import Proportion, proportion

StudyVerdict = Literal["acceptable", "marginal", "unacceptable", "incomplete"]

_WORDS: tuple[tuple[StudyVerdict, float, float, float], ...] = (
    ("acceptable", 0.90, 0.02, 0.05),
    ("marginal", 0.80, 0.05, 0.10),
)
"""Least effectiveness, greatest miss rate, greatest false-alarm rate (AIAG MSA, 4th ed., chapter III C)."""


@dataclass(frozen=True, slots=True)
class AttributeStudy:
    """One rater (a person, or the station) against the reference. Numbers of parts count from 1."""

    parts: int
    passes: int
    repeatable: Proportion | None
    """Parts judged alike in all passes; None with a single pass."""
    effective: Proportion
    """Parts judged as the reference says in all passes ("effectiveness")."""
    correct: Proportion
    """Single verdicts that are as the reference says."""
    miss: Proportion | None
    """Verdicts "good" among all verdicts on bad parts; None without bad parts."""
    false_alarm: Proportion | None
    """Verdicts "bad" among all verdicts on good parts; None without good parts."""
    undecided: Proportion
    """Verdicts that could not be decided, among all."""
    kappa: Kappa | None
    """Verdicts against the reference (Cohen); None where only one category occurs."""
    within: FleissKappa | None
    """Passes against one another (Fleiss); None with a single pass."""
    missed: tuple[int, ...]
    """Parts missed at least once."""
    false_alarms: tuple[int, ...]
    """Good parts judged bad at least once."""
    unsteady: tuple[int, ...]
    """Parts not judged alike in all passes."""

    @property
    def verdict(self) -> StudyVerdict:
        """AIAG's word: acceptable from 90 % effectiveness, to 2 % misses and 5 % false alarms; marginal 80, 5, 10 %.

        Good enough, but without known bad (or without known good) parts, it is incomplete: a station that calls
        everything good misses none of no bad parts.
        """
        miss, alarm = _value(self.miss), _value(self.false_alarm)
        for word, effective, most_missed, most_alarms in _WORDS:
            if self.effective.value >= effective and miss <= most_missed and alarm <= most_alarms:
                return "incomplete" if self.miss is None or self.false_alarm is None else word
        return "unacceptable"


@dataclass(frozen=True, slots=True)
class RatersStudy:
    """Several raters who judged the same parts."""

    raters: Mapping[str, AttributeStudy]
    between: Proportion
    """Parts that all raters judged alike in all passes."""
    all_effective: Proportion
    """Parts that all raters judged as the reference says in all passes."""
    kappa: FleissKappa
    """All verdicts on a part against one another."""
    pairs: Mapping[tuple[str, str], Kappa | None]
    """Two raters each, pass by pass (Cohen)."""


def attribute_study(
    reference: Sequence[str],
    judged: Sequence[Sequence[str]],
    *,
    bad: str,
    undecided: str = "NOT_DECIDABLE",
    confidence: float = 0.95,
) -> AttributeStudy:
    """Study of one rater: `judged` has a row of verdicts for each part, one a pass, [parts, passes].

    Every other verdict than `bad` and `undecided` is good. Intervals are exact (Clopper and Pearson). Raises SpcError
    where parts and verdicts do not belong together, and for a reference that is itself undecided.
    """
    passes = _check(reference, judged, bad, undecided)
    rows = list(zip(reference, judged, strict=True))
    true, said = [t for t, row in rows for _ in row], [verdict for _, row in rows for verdict in row]
    unsteady = _numbers(len(set(row)) > 1 for row in judged)
    rate = partial(proportion, confidence=confidence)
    return AttributeStudy(
        len(rows),
        passes,
        rate(len(rows) - len(unsteady), len(rows)) if passes > 1 else None,
        rate(sum(set(row) == {t} for t, row in rows), len(rows)),
        rate(sum(map(eq, true, said)), len(said)),
        *_wrong(true, said, bad, undecided, confidence),
        rate(said.count(undecided), len(said)),
        _cohen(true, said, confidence),
        _fleiss(judged, confidence) if passes > 1 else None,
        _numbers(t == bad and not {bad, undecided}.issuperset(row) for t, row in rows),
        _numbers(t != bad and bad in row for t, row in rows),
        unsteady,
    )


def raters_study(
    reference: Sequence[str],
    judged: Mapping[str, Sequence[Sequence[str]]],
    *,
    bad: str,
    undecided: str = "NOT_DECIDABLE",
    confidence: float = 0.95,
) -> RatersStudy:
    """Study of several raters, each with verdicts [parts, passes] on the same parts in the same order.

    Raises SpcError as `attribute_study`, for fewer than 2 raters, and for raters with unequal numbers of passes.
    """
    if len(judged) < 2:
        raise SpcError(f"a comparison of raters needs 2 of them or more, not {len(judged)}")
    one = partial(attribute_study, reference, bad=bad, undecided=undecided, confidence=confidence)
    studies = {name: one(rows) for name, rows in judged.items()}
    _same_passes(studies)
    together = [[said for rows in judged.values() for said in rows[part]] for part in range(len(reference))]
    alike = sum(len(set(row)) == 1 for row in together)
    exact = sum(set(row) == {true} for true, row in zip(reference, together, strict=True))
    flat = {name: [said for row in rows for said in row] for name, rows in judged.items()}
    return RatersStudy(
        studies,
        proportion(alike, len(together), confidence),
        proportion(exact, len(together), confidence),
        _fleiss(together, confidence),
        {(a, b): _cohen(flat[a], flat[b], confidence) for a, b in combinations(flat, 2)},
    )


def _check(reference: Sequence[str], judged: Sequence[Sequence[str]], bad: str, undecided: str) -> int:
    """The number of passes. Raises SpcError for a study that is none."""
    if not len(reference):
        raise SpcError("the study has no parts")
    if len(reference) != len(judged):
        raise SpcError(f"the reference has {len(reference)} parts, the verdicts {len(judged)}")
    if bad == undecided:
        raise SpcError(f"{bad} cannot mean both bad and undecided")
    if undecided in reference:
        raise SpcError(f"part {list(reference).index(undecided) + 1} has no reference: it is {undecided}")
    passes = len(judged[0])
    for number, row in enumerate(judged, 1):
        if isinstance(row, str):
            raise SpcError(f"the verdicts on part {number} are one word, not a list of passes")
        if not len(row) or len(row) != passes:
            raise SpcError(f"part {number} was judged {len(row)} times, the first {passes} times")
    return passes


def _same_passes(studies: Mapping[str, AttributeStudy]) -> None:
    if len({study.passes for study in studies.values()}) > 1:
        told = ", ".join(f"{name} {study.passes}" for name, study in studies.items())
        raise SpcError(f"the raters made unequal numbers of passes: {told}")


def _wrong(
    true: Sequence[str], said: Sequence[str], bad: str, undecided: str, confidence: float
) -> tuple[Proportion | None, Proportion | None]:
    """Misses among verdicts on bad parts, false alarms among those on good ones."""
    on_bad = [verdict for t, verdict in zip(true, said, strict=True) if t == bad]
    on_good = [verdict for t, verdict in zip(true, said, strict=True) if t != bad]
    misses = sum(verdict not in {bad, undecided} for verdict in on_bad)
    return (
        proportion(misses, len(on_bad), confidence) if on_bad else None,
        proportion(on_good.count(bad), len(on_good), confidence) if on_good else None,
    )


def _cohen(one: Sequence[str], other: Sequence[str], confidence: float) -> Kappa | None:
    places = {name: place for place, name in enumerate(dict.fromkeys([*one, *other]))}
    table = [[0] * len(places) for _ in places]
    for a, b in zip(one, other, strict=True):
        table[places[a]][places[b]] += 1
    return cohen_kappa(table, confidence)


def _fleiss(judged: Sequence[Sequence[str]], confidence: float) -> FleissKappa:
    names = list(dict.fromkeys(said for row in judged for said in row))
    return fleiss_kappa([[list(row).count(name) for name in names] for row in judged], confidence)


def _value(rate: Proportion | None) -> float:
    return 0.0 if rate is None else rate.value


def _numbers(flags: Iterable[bool]) -> tuple[int, ...]:
    return tuple(number for number, flag in enumerate(flags, 1) if flag)
