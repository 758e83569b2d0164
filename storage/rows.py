"""What we judged as rows, and rows as what we judged: the one place that knows both sides.

Promises: what goes in comes out equal (NaN is stored as nothing; -0.0 as 0.0; half a surrogate pair as its escape).
Row tuples hold only what SQLite gives back unchanged, so that a row hashes alike before and after the disk.
May import: inference, camera.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from camera.clock import Stamp
from camera.frame import Box
from inference.disposition import Disposition, Override
from inference.inspection import Defect, Inspection, Job, Measurement, Severity, Verdict, ViewResult
from inference.message import Argument, Message
from inference.pipeline.decisions import ChartDecision, Content, DecisionKind
from inference.pipeline.events import Event, EventKind, Priority

Row = tuple[Any, ...]

COLUMNS: dict[str, tuple[str, ...]] = {
    "boots": ("record", "station", "link", "boot_id", "at_us"),
    "jobs": (
        *("record", "station", "link", "id", "product", "lot", "recipe", "recipe_digest", "model", "model_digest"),
        *("operator", "software", "at_us", "mono_ns", "boot"),
    ),
    "inspections": (
        *("record", "station", "link", "id", "seq", "trigger_id", "job", "serial", "at_us", "mono_ns", "boot"),
        *("offset_s", "verdict", "state", "label", "score", "threshold", "duration_ms", "timings_ms", "reasons"),
        "pictures",
    ),
    "events": (
        *("record", "station", "link", "id", "at_us", "mono_ns", "boot", "kind", "code", "args", "actor"),
        *("alarm_id", "priority"),
    ),
    "overrides": (
        *("record", "station", "link", "id", "inspection", "at_us", "mono_ns", "boot", "verdict", "disposition"),
        *("reason", "actor"),
    ),
    "chart_decisions": (
        *("record", "station", "link", "id", "at_us", "mono_ns", "boot", "kind", "recipe", "chart", "seq", "content"),
        *("reason", "actor"),
    ),
    "views": (
        *("inspection", "view_number", "view", "source", "at_us", "mono_ns", "boot", "score", "label", "threshold"),
        *("probabilities", "reasons"),
    ),
    "defects": (*("inspection", "view_number", "number", "label", "score", "x", "y", "w", "h", "area_px", "severity"),),
    "measurements": (
        *("inspection", "view_number", "number", "characteristic", "value", "unit", "lower", "upper", "reason"),
    ),
    "images": ("inspection", "view_number", "view", "kind", "path", "bytes", "sha256", "width", "height", "format"),
}
"""Every table's columns in the order in which they are written and hashed (`chain` follows where there is one)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _plain(value: Any) -> Any:
    """A scalar of numpy's as Python's own."""
    return value.item()


# ASCII, so that any text survives; one encoder kept, since json.dumps with separators makes a new one each time
to_json = json.JSONEncoder(separators=(",", ":"), default=_plain).encode


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact (`timestamp()` is not)."""
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def moment(at_us: int, offset_s: int = 0) -> datetime:
    """The moment as UTC, or in a zone `offset_s` seconds east of it."""
    utc = _EPOCH + timedelta(microseconds=at_us)
    return utc.astimezone(timezone(timedelta(seconds=offset_s))) if offset_s else utc


def text(value: str) -> str:
    """The text as UTF-8 can hold it: a file name's undecodable byte becomes its escape."""
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")


def real(value: float | None) -> float | None:
    """A float as SQLite gives it back: it knows neither NaN nor -0.0."""
    return None if value is None or value != value else float(value) + 0.0  # noqa: PLR0124 (NaN alone differs from itself)


def messages(reasons: Iterable[Message]) -> str:
    """Messages as a JSON list of [code, arguments]."""
    listed = [[reason.code, dict(reason.args)] for reason in reasons]
    return to_json(listed) if listed else "[]"


def read_messages(stored: str) -> tuple[Message, ...]:
    """The inverse of `messages`."""
    return tuple(Message(code, args) for code, args in json.loads(stored)) if stored != "[]" else ()


def mapping(values: Mapping[str, float]) -> str:
    """Name → number as JSON, in its order."""
    return to_json(dict(values)) if values else "{}"


def inspection_row(inspection: Inspection, *, job: int, boot: int, offset_s: int, pictures: str) -> Row:
    """From `id` on; the first three columns are the journal's."""
    at, timings = inspection.at, inspection.timings_ms
    return (
        *(text(inspection.id), inspection.seq, text(inspection.trigger_id), job, text(inspection.serial)),
        *(micros(at.utc), at.monotonic_ns, boot, offset_s, inspection.verdict.value, inspection.state.value),
        *(text(inspection.label), real(inspection.score), real(inspection.threshold), real(timings.get("total"))),
        *(mapping(timings), messages(inspection.reasons), pictures),
    )


def view_row(record: int, number: int, view: ViewResult, boot: int) -> Row:
    """One view of the inspection with this record number."""
    at = view.captured
    return (
        *(record, number, text(view.view), text(view.source), micros(at.utc), at.monotonic_ns, boot),
        *(real(view.score), text(view.label), real(view.threshold)),
        *(mapping(view.probabilities), messages(view.reasons)),
    )


def defect_row(record: int, view: int, number: int, defect: Defect) -> Row:
    """One defect of one view."""
    x, y, w, h = defect.region
    return (
        *(record, view, number, text(defect.label), real(defect.score), real(x), real(y), real(w), real(h)),
        *(real(defect.area_px), int(defect.severity)),
    )


def measurement_row(record: int, view: int, number: int, measured: Measurement) -> Row:
    """One measurement of one view."""
    reason = None if measured.reason is None else messages((measured.reason,))
    return (
        *(record, view, number, text(measured.characteristic), real(measured.value), text(measured.unit)),
        *(real(measured.lower), real(measured.upper), reason),
    )


def job_row(job: Job, *, boot: int, software: str) -> Row:
    """From `id` on."""
    return (
        *(text(job.id), text(job.product), text(job.lot), text(job.recipe), job.recipe_digest or None),
        *(text(job.model), job.model_digest or None, text(job.operator_id) or None, software),
        *(micros(job.started.utc), job.started.monotonic_ns, boot),
    )


def event_row(event: Event, *, boot: int) -> Row:
    """From `id` on."""
    priority = None if event.priority is None else int(event.priority)
    return (
        *(text(event.id), micros(event.at.utc), event.at.monotonic_ns, boot, event.kind.value),
        *(text(event.message.code), to_json(dict(event.message.args)), text(event.actor_id), event.alarm_id, priority),
    )


def override_row(override: Override, *, inspection: int, boot: int) -> Row:
    """From `id` on."""
    return (
        *(text(override.id), inspection, micros(override.at.utc), override.at.monotonic_ns, boot),
        *(override.verdict.value, override.disposition.value, text(override.reason), text(override.actor_id)),
    )


def decision_row(decision: ChartDecision, *, boot: int) -> Row:
    """From `id` on. Raises ValueError, TypeError or AttributeError where the content is nothing JSON can hold."""
    return (
        *(text(decision.id), micros(decision.at.utc), decision.at.monotonic_ns, boot, decision.kind.value),
        *(text(decision.recipe), text(decision.chart), decision.seq, to_json(dict(decision.content))),
        *(text(decision.reason), text(decision.actor_id)),
    )


def read_stamp(row: sqlite3.Row, boots: Mapping[int, str]) -> Stamp:
    """The stamp in a row's `at_us`, `mono_ns` and `boot`."""
    return Stamp(moment(row["at_us"]), row["mono_ns"], boots[row["boot"]])


def read_defect(row: sqlite3.Row) -> Defect:
    """The inverse of `defect_row`."""
    region = Box(row["x"], row["y"], row["w"], row["h"])
    return Defect(row["label"], row["score"], region, row["area_px"], Severity(row["severity"]))


def read_measurement(row: sqlite3.Row) -> Measurement:
    """The inverse of `measurement_row`."""
    reason = None if row["reason"] is None else read_messages(row["reason"])[0]
    return Measurement(row["characteristic"], row["value"], row["unit"], row["lower"], row["upper"], reason)


def read_event(row: sqlite3.Row, boots: Mapping[int, str]) -> Event:
    """The inverse of `event_row`."""
    args: dict[str, Argument] = json.loads(row["args"])
    priority = None if row["priority"] is None else Priority(row["priority"])
    at, what = read_stamp(row, boots), Message(row["code"], args)
    return Event(row["id"], at, EventKind(row["kind"]), what, row["actor"], row["alarm_id"], priority)


def read_override(row: sqlite3.Row, boots: Mapping[int, str], *, inspection_id: str, seq: int) -> Override:
    """The inverse of `override_row`."""
    verdict, disposition = Verdict(row["verdict"]), Disposition(row["disposition"])
    at = read_stamp(row, boots)
    return Override(row["id"], inspection_id, seq, verdict, disposition, row["reason"], row["actor"], at)


def read_decision(row: sqlite3.Row, boots: Mapping[int, str]) -> ChartDecision:
    """The inverse of `decision_row`."""
    content: Content = json.loads(row["content"])
    at, kind = read_stamp(row, boots), DecisionKind(row["kind"])
    return ChartDecision(
        *(row["id"], at, kind, row["recipe"], row["chart"], row["seq"], row["actor"], row["reason"]), content
    )
