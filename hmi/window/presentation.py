"""What the screen says: snapshots in, words and shapes out. Pure functions, no widget.

Promises: whatever is late, unrecorded, lost or unknown is never shown as OK (`banner`). Same input, same words.
May import: inference, camera.clock, hmi.window.words. Knows no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from camera.clock import Stamp
from hmi.window.words import DASH, Words
from inference.inspection import Inspection, Verdict
from inference.message import message
from inference.pipeline.events import Alarm
from inference.pipeline.snapshot import CameraState, Counters, ResultView, StationSnapshot
from inference.pipeline.state import StationState

RESULT_STALE_S = 3.0
"""A result that is older while newer pictures came belongs to a part that has gone."""
_DISK_LOW_BYTES = 10e9


class Shape(StrEnum):
    """The shape that goes with a verdict or state: never colour alone."""

    CHECK = "check in a circle"
    CROSS = "cross in an octagon"
    QUESTION = "question mark in a diamond"
    SQUARE = "square"
    DOTS = "three dots"


@dataclass(frozen=True, slots=True)
class Banner:
    """The verdict as text, shape and tone (`ok`, `not_ok`, `attention`, `stopped`, `quiet`), and why."""

    shape: Shape
    word: str
    why: str
    tone: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A caption with its value; `tone` is `` or `attention`."""

    caption: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The line at the top."""

    facts: tuple[Fact, ...]
    state: str
    running: bool
    clock: str


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm in words."""

    id: str
    priority: int
    time: str
    what: str
    todo: str
    note: str
    acknowledged: bool


_RUNNING = {StationState.CONTINUOUS_EXECUTION, StationState.SINGLE_EXECUTION}
_CAMERA = {
    CameraState.LOST: "banner.camera_lost",
    CameraState.FROZEN: "banner.camera_frozen",
    CameraState.SILENT: "banner.camera_silent",
}
_VERDICT: dict[Verdict, tuple[Shape, str]] = {
    Verdict.OK: (Shape.CHECK, "ok"),
    Verdict.NOT_OK: (Shape.CROSS, "not_ok"),
    Verdict.NOT_DECIDABLE: (Shape.QUESTION, "attention"),
}


def shows_result(snapshot: StationSnapshot) -> bool:
    """True where the station's state lets a part's result be on show at all."""
    return snapshot.state in _RUNNING and snapshot.camera not in _CAMERA


def banner(snapshot: StationSnapshot, result: ResultView | None, now: Stamp, words: Words) -> Banner:
    """What stands in the biggest letters."""
    if not shows_result(snapshot):
        return _state_banner(snapshot, now, words)
    if result is None or result.judged is None or not _may_show(result):
        return _waiting(snapshot, words)
    if is_stale(snapshot, result):
        why = words.say("banner.late.why", time=words.time(result.since))
        return Banner(Shape.DOTS, words.say("verdict.UNDEFINED"), why, "quiet")
    shape, tone = _VERDICT[result.verdict]
    return Banner(shape, words.say(f"verdict.{result.verdict}"), reason_line(result.judged.inspection, words), tone)


def is_stale(snapshot: StationSnapshot, result: ResultView) -> bool:
    """True where pictures went on coming for a while and no result followed them."""
    return snapshot.last_frame is not None and snapshot.last_frame.seconds_since(result.since) > RESULT_STALE_S


def _may_show(result: ResultView) -> bool:
    return result.verdict in _VERDICT and (result.recorded or result.verdict is not Verdict.OK)


def _state_banner(snapshot: StationSnapshot, now: Stamp, words: Words) -> Banner:
    why = words.of(snapshot.reason) if snapshot.reason else ""
    if snapshot.state is StationState.ERROR:
        return Banner(Shape.SQUARE, words.say("banner.fault"), why, "stopped")
    if snapshot.state is StationState.HALTED:
        return Banner(Shape.SQUARE, words.say("banner.hold"), why, "stopped")
    if snapshot.camera in _CAMERA:
        return Banner(Shape.SQUARE, words.say(_CAMERA[snapshot.camera]), _camera_why(snapshot, now, words), "stopped")
    if snapshot.state is StationState.READY:
        return Banner(Shape.SQUARE, words.say("banner.stopped"), words.say("banner.stopped.why"), "stopped")
    starting = snapshot.state is StationState.INITIALIZED or bool(snapshot.camera_name)
    kind = "banner.starting" if starting else "banner.not_started"
    why = why or words.say(f"{kind}.why")
    if starting:
        why = words.say("banner.elapsed", why=why, seconds=int(max(0.0, now.seconds_since(snapshot.since))))
    return Banner(Shape.DOTS, words.say(kind), why, "quiet")


def _camera_why(snapshot: StationSnapshot, now: Stamp, words: Words) -> str:
    if snapshot.last_frame is None:
        return words.say("banner.camera.never")
    return words.say("banner.camera.why", age=words.age(now.seconds_since(snapshot.last_frame)))


def _waiting(snapshot: StationSnapshot, words: Words) -> Banner:
    if snapshot.waiting_since is not None:
        why = words.say("banner.waiting.why", time=words.time(snapshot.waiting_since))
        return Banner(Shape.DOTS, words.say("banner.waiting"), why, "quiet")
    if snapshot.last_frame is None:
        return Banner(Shape.DOTS, words.say("banner.waiting"), words.say("banner.ready.why"), "quiet")
    return Banner(Shape.DOTS, words.say("verdict.UNDEFINED"), words.say("banner.judging.why"), "quiet")


def reason_line(inspection: Inspection, words: Words) -> str:
    """Why the verdict is what it is, in one line."""
    if inspection.reasons:
        first = words.of(inspection.reasons[0])
        more = len(inspection.reasons) - 1
        return words.say("banner.more", first=first, count=more) if more else first
    if inspection.score is None or inspection.threshold is None:
        return words.say("banner.ok.measured")
    return words.of(message("banner.ok.why", score=inspection.score, threshold=inspection.threshold))


def header(snapshot: StationSnapshot, station_name: str, serial: str, now: Stamp, words: Words) -> Header:
    """Station, product, lot, serial, operator, state and clock."""
    job = snapshot.job
    recipe = job.recipe if job else ""
    product = words.say("header.product") + (f" · {recipe}" if recipe else "")
    facts = (
        Fact(words.say("header.station"), station_name or snapshot.station_id),
        Fact(product, (job.product if job else "") or DASH),
        Fact(words.say("header.lot"), (job.lot if job else "") or DASH),
        Fact(words.say("header.serial"), serial or DASH),
        Fact(words.say("header.operator"), person(job.operator_id) if job else DASH),
    )
    waiting = snapshot.state in _RUNNING and snapshot.waiting_since is not None
    state = words.say("state.waiting" if waiting else f"state.{snapshot.state}")
    return Header(facts, state, snapshot.state in _RUNNING, words.time(now))


def person(actor_id: str) -> str:
    """An actor's id as people read it: without its kind."""
    return actor_id.partition(":")[2] or actor_id or DASH


def counters(counts: Counters, words: Words) -> tuple[Fact, ...]:
    """The tiles; `missed` only where something was."""
    share = counts.yield_fraction
    shown = [
        Fact(words.say("count.parts"), words.count(counts.parts)),
        Fact(words.say("count.not_ok"), words.count(counts.not_ok)),
        Fact(words.say("count.yield"), DASH if share is None else words.say("unit.percent", value=100 * share)),
        Fact(
            words.say("count.not_decidable"),
            words.count(counts.not_decidable),
            "attention" if counts.not_decidable else "",
        ),
    ]
    if counts.missed:
        shown.append(Fact(words.say("count.missed"), words.count(counts.missed), "attention"))
    return tuple(shown)


def alarm_lines(alarms: tuple[Alarm, ...], words: Words) -> tuple[AlarmLine, ...]:
    """Those that nobody has seen first, and of these those that stand first; else in the station's order."""
    ordered = sorted(alarms, key=lambda a: (a.acknowledged is not None, not a.standing))
    return tuple(alarm_line(alarm, words) for alarm in ordered)


def alarm_line(alarm: Alarm, words: Words) -> AlarmLine:
    """What happened, what to do, and what became of it."""
    todo = words.of(alarm.message, ".do")
    if todo.startswith(f"{alarm.message.code}.do"):
        todo = words.say("alarm.do.unknown")
    notes: list[str] = []
    if alarm.cleared is not None:
        notes.append(words.say("alarm.cleared", time=words.time(alarm.cleared)))
    if alarm.acknowledged is not None:
        who = person(alarm.acknowledged_by or "")
        notes.append(words.say("alarm.acknowledged", time=words.time(alarm.acknowledged), who=who))
    return AlarmLine(
        id=alarm.id,
        priority=int(alarm.priority),
        time=words.time(alarm.raised),
        what=words.of(alarm.message),
        todo=todo,
        note=" · ".join(notes),
        acknowledged=alarm.acknowledged is not None,
    )


def health(snapshot: StationSnapshot, words: Words) -> tuple[Fact, ...]:
    """How the machine is, in a few figures."""
    return tuple(make(snapshot, words) for make in (_provider, _rate, _latency, _queue, _recorded, _disk))


def _provider(snapshot: StationSnapshot, words: Words) -> Fact:
    health = snapshot.health
    text = " · ".join(filter(None, (health.provider, health.device))) or DASH
    wrong = health.provider_note is not None or health.parity_ok is False
    return Fact(words.say("health.provider"), text, "attention" if wrong else "")


def _rate(snapshot: StationSnapshot, words: Words) -> Fact:
    return Fact(words.say("health.rate"), words.number(snapshot.health.parts_per_s, 1))


def _latency(snapshot: StationSnapshot, words: Words) -> Fact:
    p99, cycle_s = snapshot.health.latency_p99_ms, snapshot.cycle_s
    late = p99 is not None and cycle_s is not None and p99 > 1e3 * cycle_s
    value = DASH if p99 is None else words.say("unit.ms", value=p99)
    return Fact(words.say("health.latency"), value, "attention" if late else "")


def _queue(snapshot: StationSnapshot, words: Words) -> Fact:
    items = sum(queue.items for queue in snapshot.health.queues)
    room = sum(queue.capacity for queue in snapshot.health.queues)
    return Fact(words.say("health.queues"), f"{words.count(items)} / {words.count(room)}" if room else DASH)


def _recorded(snapshot: StationSnapshot, words: Words) -> Fact:
    counts = snapshot.counters
    return Fact(words.say("health.recorded"), words.count(counts.recorded))


def _disk(snapshot: StationSnapshot, words: Words) -> Fact:
    free = snapshot.health.disk_free_bytes
    if free is None:
        return Fact(words.say("health.disk"), DASH)
    low = free < _DISK_LOW_BYTES
    value = words.say("unit.gb.small" if low else "unit.gb", value=free / 1e9)
    return Fact(words.say("health.disk"), value, "attention" if low else "")


def in_queues(snapshot: StationSnapshot) -> int:
    """Parts that were taken and are not recorded yet."""
    return sum(queue.items for queue in snapshot.health.queues)


def stop_consequence(snapshot: StationSnapshot, words: Words) -> str:
    """What stopping now would mean, in words."""
    waiting = in_queues(snapshot)
    code = "stop.held" if snapshot.state is StationState.HALTED else "stop.queued"
    first = words.say(code, count=waiting) + " " if waiting else ""
    return first + words.say("stop.why")


def is_running(snapshot: StationSnapshot) -> bool:
    """True where a stop would stop something."""
    return snapshot.state in _RUNNING | {StationState.HALTED}
