"""The figures of studies that are no control charts, in words: capability, gauges, plans, Pareto.

Promises: a figure that does not exist is a dash, and what is missing is said.
May import: inference.spc.study.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inference.spc.study.answer import Answer


def _capability(answer: Answer) -> list[str]:
    sigmas = f"sigma within {_f(answer['sigma_within'])}, sigma overall {_f(answer['sigma_overall'])}"
    lines = [f"  mean {_f(answer['mean'])}, {sigmas}, {answer['n']} readings"]
    for name, index in answer["indices"].items():
        if index["value"] is not None:
            ends = index["ci95"]
            around = f"  ({_f(ends[0])} to {_f(ends[1])})" if ends else ""
            lines.append(f"  {name.replace('_', ''):5} {index['value']:.3f}{around}")
    for name, what in (("expected_within", "within"), ("expected_overall", "overall"), ("observed", "observed")):
        low, high = answer[name]["ppm_below"], answer[name]["ppm_above"]
        lines.append(f"  ppm {what}: below {_f(low)}, above {_f(high)}")
    anderson, shapiro = answer["anderson_darling"], answer["shapiro_wilk"]
    lines.append(f"  normality: Anderson-Darling p {_f(anderson['p'])}, Shapiro-Wilk p {_f(shapiro['p'])}")
    if answer["in_control"] is False:
        lines.append(f"  points of the control chart outside its limits: {answer['points_out']}")
    return lines + [f"Careful: {caution}" for caution in answer["cautions"]]


def _summary(answer: Answer) -> list[str]:
    return ["  " + ", ".join(f"{name} {_f(answer[key])}" for name, key in _SUMMARY)]


_SUMMARY = (("Cp", "cp"), ("Cpk", "cpk"), ("Cpu", "cpu"), ("Cpl", "cpl"), ("Cpm", "cpm"), ("k", "k"))


def _boxcox(answer: Answer) -> list[str]:
    return [f"  lambda {_f(answer['lambda'])}, log-likelihood {_f(answer['loglik'])}, {answer['n']} readings"]


def _gage(answer: Answer) -> list[str]:
    model = answer["model"]
    sizes = f"{len(answer['parts'])} parts, {len(answer['operators'])} operators, {answer['trials']} trials"
    told = f"  {sizes}; model: {model.replace('_', ' ')}"
    return [told, *_components({"components": answer[model], "verdict": answer["verdict"]})]


def _components(answer: Answer) -> list[str]:
    found: dict[str, Any] = answer["components"]
    lines = list[str]()
    for name in ("repeatability", "reproducibility", "grr", "part", "total"):
        share = 100.0 * found[name] / found["total"] if found["total"] else None
        lines.append(f"  {name:15} variance {_f(found[name]):>12}  {_f(share)} % of all")
    lines.append(
        f"  gauge R&R is {_f(found['pct_study_var_grr'])} % of the study variation: {answer['verdict'] or '–'}"
    )
    if "pct_tolerance_grr" in found:
        lines.append(f"  gauge R&R is {_f(found['pct_tolerance_grr'])} % of the tolerance")
    return [*lines, f"  distinct categories: {_f(found['ndc'])}"]


def _agreement(answer: Answer) -> list[str]:
    lines = list[str]()
    if "fleiss_kappa" in answer:
        lines.append(f"  Fleiss's kappa {_f(answer['fleiss_kappa'])}: {answer['fleiss_verdict'] or '–'}")
    if "cohen_kappa" in answer:
        ends = answer["cohen_ci95"]
        around = f" ({_f(ends[0])} to {_f(ends[1])})" if ends else ""
        lines.append(f"  Cohen's kappa {_f(answer['cohen_kappa'])}{around}: {answer['cohen_verdict'] or '–'}")
    return lines


def _percentiles(answer: Answer) -> list[str]:
    low, middle, high = answer["percentiles"]
    lines = [f"  distribution: {answer['distribution'] or '–'}, {answer['n']} readings"]
    lines.append(f"  percentiles: 0.135 % {_f(low)}, 50 % {_f(middle)}, 99.865 % {_f(high)}")
    lines += [f"  {name.replace('_', '')} {_f(answer[name])}" for name in ("Pp", "Pp_l", "Pp_u", "Pp_k")]
    for name in ("expected", "observed"):
        lines.append(f"  ppm {name}: below {_f(answer[name]['ppm_below'])}, above {_f(answer[name]['ppm_above'])}")
    return lines + [f"Careful: {caution}" for caution in answer["cautions"]]


def _bias(answer: Answer) -> list[str]:
    found = answer["bias"]
    word = "acceptable" if answer["acceptable"] else "not acceptable"
    return [
        f"  mean {_f(answer['mean'])} of {answer['n']} readings, master {_f(answer['reference'])}",
        f"  bias {_f(found['value'])} ({_f(found['low'])} to {_f(found['high'])}): {word}",
    ]


def _linearity(answer: Answer) -> list[str]:
    slope, word = answer["slope"], "acceptable" if answer["acceptable"] else "not acceptable"
    return [
        f"  bias changes by {_f(slope['value'])} ({_f(slope['low'])} to {_f(slope['high'])}) a unit: {word}",
        f"  linearity {_f(answer['pct_linearity'])} % of the process variation",
    ]


def _stability(answer: Answer) -> list[str]:
    word = "stable" if answer["stable"] else "not stable"
    return [
        f"  mean {_f(answer['mean'])}, limits {_f(answer['lcl'])} to {_f(answer['ucl'])}: {word}",
        f"  drift {_f(answer['drift']['value'])} a reading, p {_f(answer['drift']['p'])}",
    ]


def _raters(answer: Answer) -> list[str]:
    lines = list[str]()
    for name, found in answer["raters"].items():
        rates = [f"{word} {_rate(found[key])}" for word, key in _RATES if found[key] is not None]
        lines.append(f"  {name}: {found['verdict']}; {', '.join(rates)}; kappa {_f(found['kappa'])}")
    if "fleiss_kappa" in answer:
        lines.append(f"  all alike on {_rate(answer['between'])} of the parts; kappa {_f(answer['fleiss_kappa'])}")
    return lines


_RATES = (("effective", "effective"), ("misses", "miss"), ("false alarms", "false_alarm"))


def _rate(found: dict[str, Any]) -> str:
    return f"{100 * found['value']:.3g} % ({100 * found['low']:.3g} to {100 * found['high']:.3g})"


def _by_variables(answer: Answer) -> list[str]:
    lines = [f"  draw {answer['n']}, accept while (limit - mean) / sigma is {_f(answer['k'])} or more"]
    return lines + _accepted(answer)


def _accepted(answer: Answer) -> list[str]:
    return [
        f"  a lot with {100 * p:.3g} % bad is accepted with probability {_f(pa)}"
        for p, pa in zip(answer["p"], answer["pa"], strict=True)
    ]


def _single(answer: Answer) -> list[str]:
    lines = [f"  draw {answer['n']}, accept with {answer['c']} bad or fewer"]
    return lines + _accepted(answer)


def _pareto(answer: Answer) -> list[str]:
    width = max(map(len, answer["order"]))
    columns = (answer["order"], answer["count"], answer["pct"], answer["cum_pct"])
    lines = [
        f"  {name:{width}} {_f(count):>8} {_share(pct)} {_share(cum)}"
        for name, count, pct, cum in zip(*columns, strict=True)
    ]
    return [*lines, f"  the vital few: {', '.join(answer['vital_few']) or '–'}"]


def _constants(answer: Answer) -> list[str]:
    names = [name for name in answer if name != "n"]
    lines = ["  " + "".join(f"{name:>17}" for name in ["n", *names])]
    for at, n in enumerate(answer["n"]):
        lines.append(f"  {n:>17}" + "".join(f"{answer[name][at]:>17.10g}" for name in names))
    return lines


def _rules(answer: Answer) -> list[str]:
    lines = list[str]()
    for name, block in answer.items():
        lines.append(f"  {name}")
        broken = [entry for entry in block["violations_of"]["rules"].values() if entry["points"]]
        lines += [f"    {entry['rule']}: {', '.join(map(str, entry['points']))}" for entry in broken]
        if not broken:
            lines.append("    no rule is broken")
    return lines


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _share(value: float | None) -> str:
    return f"{'–':>6}" if value is None else f"{value:5.1f}%"


FIGURES: Mapping[str, Callable[[Answer], list[str]]] = {
    "capability": _capability,
    "capability_summary": _summary,
    "boxcox": _boxcox,
    "gage_rr_anova": _gage,
    "gage_rr_nested": _components,
    "gage_rr_range": _components,
    "gage_bias": _bias,
    "gage_linearity": _linearity,
    "gage_stability": _stability,
    "attribute_agreement": _agreement,
    "attribute_study": _raters,
    "capability_percentiles": _percentiles,
    "acceptance_lot": _single,
    "acceptance_variables": _by_variables,
    "acceptance_single": _single,
    "acceptance_find_plan": _single,
    "pareto": _pareto,
    "constants": _constants,
    "rules": _rules,
}
"""Kind of study → its figures as lines."""
