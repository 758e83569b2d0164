"""The workbench in words: rules, baselines, their comparison, capability and its conditions. No widget.

Promises: a figure that does not exist is told in a sentence, never left blank or shown as NaN.
May import: hmi.station, hmi.window.words, inference.
"""

from __future__ import annotations

import math

from hmi.station.history_analysis import Analysis
from hmi.station.history_charts import HistoryChart
from hmi.window.presentation import person
from hmi.window.spc.versions import Version
from hmi.window.words import DASH, Words
from inference.pipeline.alarms import STATION_ACTOR
from inference.spc.capability.indices import Index
from inference.spc.capability.specification import Ppm
from inference.spc.compare import Comparison
from inference.spc.limits import Baseline
from inference.spc.rules import OutsideRule, Rule, TrendRule, WithinRule, ZoneRule
from inference.spc.run_length.transient import RunLength

_SURE, _SMALLEST_P = 0.05, 0.001


def rule_text(rule: Rule, words: Words) -> str:
    """What a rule looks for, with its number, in one or two short lines."""
    told: dict[str, float] = {"n": rule.number, "w": rule.window}
    if isinstance(rule, ZoneRule):
        code = "limit" if rule.window == 1 else "run" if rule.needed == rule.window else "zone"
        told |= {"m": rule.needed, "k": rule.beyond}
    elif isinstance(rule, WithinRule):
        code = "within"
        told["k"] = rule.within
    elif isinstance(rule, OutsideRule):
        code = "outside"
        told["k"] = rule.beyond
    else:
        code = "trend" if isinstance(rule, TrendRule) else "alternating"
    return words.say(f"spc.rule.{code}", **told)


def alarms_text(found: RunLength | None, words: Words) -> str:
    """How often the chart alarms while nothing is wrong."""
    if found is None:
        return words.say("spc.alarms.unknown")
    if math.isinf(found.points):
        return words.say("spc.alarms.never")
    points = words.count(round(found.points))
    if found.standard_error is None:
        return words.say("spc.alarms.every", points=points)
    return words.say("spc.alarms.sampled", points=points, error=words.count(max(1, round(2 * found.standard_error))))


def facts(analysis: Analysis, words: Words) -> str:
    """How many points, and how many of them are out of control, left out, or missing."""
    told = [words.say("spc.facts", points=words.count(analysis.points), out=words.count(analysis.out_of_control))]
    for code, count in (("left_out", analysis.left_out), ("gaps", analysis.gaps)):
        if count:
            told.append(words.say(f"spc.facts.{code}", count=words.count(count)))
    return " · ".join(told)


def number(value: float | None, words: Words, sigma: float | None = None) -> str:
    """A figure of a process: a tenth of sigma shows, of small figures three digits; a dash where it does not exist."""
    if value is None:
        return DASH
    scale = min(abs(sigma or value or 1.0), abs(value or 1.0) * 10)
    return words.number(value, min(9, max(0, 1 - math.floor(math.log10(scale)))))


def in_force(chart: HistoryChart, version: Version | None, words: Words, *, decided: bool) -> str:
    """Which limits the chart has: since when, by whom, from which points."""
    frozen = chart.frozen
    if frozen is None:
        return words.say("spc.base.none", count=words.count(chart.snapshot.phase1_remaining))
    told = {"first": words.count(frozen.first_seq), "last": words.count(frozen.last_seq)}
    points = words.count(frozen.baseline.points)
    if not decided:
        code = "spc.base.shown"
    elif frozen.version == 0:
        code = "spc.base.recipe"
    elif version is None or version.actor_id == STATION_ACTOR:
        code = "spc.base.learned"
    else:
        code = "spc.base.version"
    who, when = (person(version.actor_id), when_text(version, words)) if version else (None, None)
    sentence = words.say(code, version=frozen.version, points=points, who=who, when=when, **told)
    return f"{sentence} {figures(frozen.baseline, words)}"


def figures(baseline: Baseline, words: Words) -> str:
    """Mean and sigma of a baseline."""
    mean, sigma = (number(value, words, baseline.sigma) for value in (baseline.mean, baseline.sigma))
    return words.say("spc.base.figures", mean=mean, sigma=sigma)


def when_text(version: Version, words: Words) -> str:
    """When a version was frozen, in the station's zone."""
    if version.utc_s is None:
        return DASH
    return f"{words.local(version.utc_s):%Y-%m-%d %H:%M}"


def version_text(version: Version, words: Words) -> str:
    """A baseline version as a line of a list."""
    if version.frozen.version == 0:
        return words.say("spc.compare.recipe")
    told = {"when": when_text(version, words), "who": person(version.actor_id)}
    return words.say("spc.compare.version", version=version.frozen.version, **told)


def compared(found: Comparison, earlier: Baseline, words: Words) -> str:
    """What has changed between two baselines, and whether chance explains it."""

    def say(value: float | None) -> str:
        return number(value, words, earlier.sigma)

    if found.p_mean is None:
        told = [words.say("spc.compare.mean.plain", shift=say(found.shift))]
    elif found.p_mean < _SURE:
        sigmas = DASH if found.shift_sigmas is None else words.number(found.shift_sigmas, 2)
        interval = {"low": say(found.shift_low), "high": say(found.shift_high)}
        told = [words.say("spc.compare.mean.moved", shift=say(found.shift), sigmas=sigmas, **interval)]
    else:
        told = [words.say("spc.compare.mean.same", shift=say(found.shift))]
    if found.sigma_ratio is not None and found.p_sigma is not None:
        code = "moved" if found.p_sigma < _SURE else "same"
        told.append(words.say(f"spc.compare.sigma.{code}", ratio=words.number(found.sigma_ratio, 2)))
    return " ".join(told)


def index_text(index: Index | None, words: Words) -> tuple[str, str]:
    """An index and its interval; dashes where it does not exist."""
    if index is None:
        return DASH, ""
    if index.lower is None or index.upper is None:
        return words.number(index.value, 2), ""
    low, high = words.number(index.lower, 2), words.number(index.upper, 2)
    return words.number(index.value, 2), words.say("spc.index.interval", low=low, high=high)


def process_lines(analysis: Analysis, words: Words) -> list[str]:
    """Mean, sigmas, and parts outside the limits."""
    process, found = analysis.process, analysis.capability
    if process is None:
        return []
    sigma = process.sigma_overall
    told = {"within": number(process.sigma_within, words, sigma), "overall": number(sigma, words, sigma)}
    lines = [words.say("spc.cap.figures", mean=number(process.mean, words, sigma), n=words.count(process.n), **told)]
    if found is not None:
        expected = analysis.percentiles.expected if analysis.percentiles is not None else found.expected_overall
        code = "spc.cap.ppm" if expected is not None else "spc.cap.ppm.counted"
        lines.append(words.say(code, observed=_ppm(analysis.observed, words), expected=_ppm(expected, words)))
    return lines


def _ppm(share: Ppm | None, words: Words) -> str:
    if share is None:
        return DASH
    total = sum(side for side in share if side is not None)
    return words.number(total, 0 if total >= 10 or not total else 2)


def conditions(analysis: Analysis, words: Words) -> list[str]:
    """On what feet the indices stand: control, distribution, independence."""
    lines = list[str]()
    if analysis.out_of_control:
        lines.append(words.say("spc.cap.not_in_control", count=words.count(analysis.out_of_control)))
    else:
        lines.append(words.say("spc.cap.in_control"))
    lines.append(_distribution(analysis, words))
    if analysis.dependent and analysis.autocorrelation is not None:
        lines.append(words.say("spc.cap.dependent", r=words.number(analysis.autocorrelation.lag1 or 0.0, 2)))
    else:
        lines.append(words.say("spc.cap.independent"))
    return lines


def _distribution(analysis: Analysis, words: Words) -> str:
    tested = analysis.normality.anderson_darling if analysis.normality is not None else None
    if tested is None:
        return words.say("spc.cap.untested")
    p = words.number(tested.p_value, 3)
    if tested.p_value < _SMALLEST_P:
        p = words.say("spc.p.small", p=words.number(_SMALLEST_P, 3))
    fitted = analysis.percentiles
    if analysis.normal or fitted is None:
        return words.say("spc.cap.normal" if analysis.normal else "spc.cap.skewed", p=p)
    ppk = DASH if fitted.pp_k is None else words.number(fitted.pp_k, 2)
    if fitted.fit is None:
        return words.say("spc.cap.not_fitted", p=p, ppk=ppk)
    return words.say("spc.cap.not_normal", p=p, name=words.name(fitted.fit.family.name), ppk=ppk)
