"""The agreement study in words, as the content of a decision, and as a table for a spreadsheet. No widget.

Promises: every rate with its exact interval; nothing is rounded in the record.
May import: inference, storage.cells, hmi.window.study, hmi.window.words.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from hmi.window.study import BAD, Study
from hmi.window.words import DASH, Words
from inference.pipeline.decisions import Content
from inference.spc.measurement.agreement import AttributeStudy
from inference.spc.measurement.kappa import Kappa, judge_kappa
from inference.spc.measurement.proportions import Proportion
from storage.cells import harmless


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the result."""

    name: str
    """Code: its text is `study.<name>`."""
    value: str
    interval: str


def figures(result: AttributeStudy, words: Words) -> tuple[Figure, ...]:
    """The figures of the page, in their order."""
    within = result.within.overall if result.within is not None else None
    return (
        _kappa("kappa", result.kappa, words),
        _rate("effective", result.effective, words),
        _rate("repeatable", result.repeatable, words),
        _kappa("within", within, words),
        _rate("miss", result.miss, words),
        _rate("false_alarm", result.false_alarm, words),
        _rate("undecided", result.undecided, words),
    )


def _rate(name: str, rate: Proportion | None, words: Words) -> Figure:
    if rate is None:
        return Figure(name, DASH, words.say(f"study.{name}.none"))
    value = words.say("study.rate", hits=rate.hits, of=rate.of, percent=100 * rate.value)
    return Figure(name, value, words.say("study.interval", low=100 * rate.low, high=100 * rate.high))


def _kappa(name: str, kappa: Kappa | None, words: Words) -> Figure:
    if kappa is None:
        return Figure(name, DASH, words.say(f"study.{name}.none"))
    value = f"{words.number(kappa.value, 2)} · {words.say(f'study.kappa.{judge_kappa(kappa.value)}')}"
    if kappa.low is None or kappa.high is None:
        return Figure(name, value, "")
    low, high = max(-1.0, kappa.low), min(1.0, kappa.high)  # a kappa lies in there, its interval by z need not
    return Figure(name, value, words.say("study.kappa.interval", low=low, high=high))


def disagreements(study: Study, result: AttributeStudy, words: Words) -> tuple[str, ...]:
    """A line for each part that was not judged as it is known, or not alike in all passes."""
    lines: list[str] = []
    for number, row in enumerate(study.rows(), 1):
        known = study.plan.reference[number - 1]
        if all(taken.verdict == known for taken in row):
            continue
        said = ", ".join(words.say(f"verdict.{taken.verdict}") for taken in row)
        kinds = [code for code, of in _kinds(result) if number in of]
        what = " · ".join(words.say(f"study.{code}.part") for code in kinds)
        name = study.plan.names[number - 1]
        facts = {"name": name, "known": words.say(f"verdict.{known}"), "said": said}
        lines.append(f"{words.say('study.row', **facts)}{f'  ·  {what}' if what else ''}")
    return tuple(lines)


def _kinds(result: AttributeStudy) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (("miss", result.missed), ("false_alarm", result.false_alarms), ("unsteady", result.unsteady))


def content_of(study: Study, result: AttributeStudy) -> Content:
    """What the record keeps: the figures, and all verdicts with the records behind them."""
    rows = study.rows()
    return {
        "parts": result.parts,
        "passes": result.passes,
        "reference": list(study.plan.reference),
        "names": list(study.plan.names),
        "judged": [taken.verdict for row in rows for taken in row],
        "seqs": [taken.seq for row in rows for taken in row],
        "verdict": result.verdict,
        "kappa": result.kappa.value if result.kappa is not None else None,
        "effective": result.effective.value,
        "misses": result.miss.hits if result.miss is not None else None,
        "of_bad": result.passes * study.plan.reference.count(BAD),
        "false_alarms": result.false_alarm.hits if result.false_alarm is not None else None,
        "of_good": result.passes * (result.parts - study.plan.reference.count(BAD)),
    }


def table(study: Study, result: AttributeStudy) -> str:
    """CSV: a row a part with all verdicts and the records behind them, below it the figures with their intervals."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    numbers = range(1, result.passes + 1)
    writer.writerow(["part", "known", *(f"pass {k}" for k in numbers), *(f"record of pass {k}" for k in numbers)])
    for name, known, row in zip(study.plan.names, study.plan.reference, study.rows(), strict=True):
        writer.writerow([harmless(name), known, *(t.verdict for t in row), *(t.seq for t in row)])
    writer.writerow([])
    writer.writerow(["figure", "value", "low", "high", "hits", "of"])
    for name, kappa in (("kappa", result.kappa), ("kappa within", result.within.overall if result.within else None)):
        if kappa is not None:
            writer.writerow([name, kappa.value, kappa.low, kappa.high])
    for name in ("effective", "repeatable", "correct", "miss", "false_alarm", "undecided"):
        rate: Proportion | None = getattr(result, name)
        if rate is not None:
            writer.writerow([name.replace("_", " "), rate.value, rate.low, rate.high, rate.hits, rate.of])
    writer.writerow(["verdict", result.verdict])
    return out.getvalue()
