"""Assignable causes in words: who may be asked for one, what was given so far, the lists people choose from.

Promises: a code that is shipped is translated, a word of the user's own stays as it was written. No widget.
May import: inference.pipeline, hmi.window.words, hmi.window.chart_texts, hmi.window.presentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hmi.window import chart_texts
from hmi.window.presentation import person
from hmi.window.words import DASH, Words
from inference.message import Message
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.events import Alarm
from inference.pipeline.snapshot import ChartSnapshot

CHART_ALARM = "chart:"
"""What the key of a chart's alarm begins with; the chart's key follows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One chart out of control that a cause can be given for."""

    chart: str
    name: str
    what: str
    """What happened, in one line."""
    alarm_id: str = ""


def cause_text(code: str, words: Words) -> str:
    """A cause as people read it."""
    return _text("cause", code, words)


def action_text(code: str, words: Words) -> str:
    """A corrective action as people read it."""
    return _text("action", code, words)


def _text(kind: str, code: str, words: Words) -> str:
    return words.say(f"{kind}.{code}") if words.knows(f"{kind}.{code}") else code


def asked(alarms: Iterable[Alarm], charts: Sequence[ChartSnapshot], words: Words) -> tuple[Asked, ...]:
    """The charts whose alarm stands, most urgent first, then those that are flagged without one."""
    known = {chart.key: chart for chart in charts}
    found = dict[str, Asked]()
    for alarm in alarms:
        chart = chart_of(alarm)
        if chart and alarm.standing:
            what = f"{words.of(alarm.message)} · {words.of(alarm.message, '.do')}"
            found.setdefault(chart, Asked(chart, _name(chart, known.get(chart), alarm.message, words), what, alarm.id))
    for chart in charts:
        if chart.flagged:
            found.setdefault(chart.key, Asked(chart.key, _name(chart.key, chart, None, words), ""))
    return tuple(found.values())


def chart_of(alarm: Alarm) -> str:
    """Key of the chart that an alarm is about; empty where it is about none."""
    return alarm.key.removeprefix(CHART_ALARM) if alarm.key.startswith(CHART_ALARM) else ""


def _name(key: str, chart: ChartSnapshot | None, said: Message | None, words: Words) -> str:
    if chart is not None:
        return chart_texts.title(chart, words)
    return words.name(str(said.args.get("characteristic", key))) if said is not None else key


def given(decisions: Iterable[ChartDecision]) -> tuple[ChartDecision, ...]:
    """The causes among decisions, newest first."""
    return tuple(reversed([decision for decision in decisions if decision.kind is DecisionKind.CAUSE]))


def given_line(decision: ChartDecision, words: Words) -> str:
    """When, on which chart, what and why, and who said so."""
    cause = cause_text(str(decision.content.get("cause") or DASH), words)
    action = action_text(str(decision.content.get("action") or DASH), words)
    local = words.local(decision.at.utc.timestamp())
    facts = [
        f"{local:%Y-%m-%d} {words.time(decision.at)}",
        _chart_name(decision.chart, words),
        f"{cause} → {action}",
        decision.reason,
        person(decision.actor_id),
    ]
    return "  ·  ".join(filter(None, facts))


def _chart_name(key: str, words: Words) -> str:
    kind, _, rest = key.partition(":")
    characteristic, _, cavity = rest.partition("#")
    name = words.say(f"chart.{kind}", name=words.name(characteristic), subgroup=DASH)
    return f"{name.partition(',')[0]} {cavity}".strip()
