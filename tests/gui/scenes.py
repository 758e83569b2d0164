"""States of the station that the screens are designed for, each as a function that sets a `FakeStation` up."""

from __future__ import annotations

from dataclasses import replace

from camera.frame import BadFrame
from camera.source import Pacing
from inference.inspection import Verdict
from inference.message import message
from inference.part import Part
from inference.pipeline.events import Priority
from inference.pipeline.snapshot import CameraState, Counters, Health, ResultView
from inference.pipeline.state import StationState
from tests.gui.fake_station import (
    CAMERA_ALARM,
    CHART_ALARM,
    JOB,
    FakeStation,
    alarm,
    find_picture,
    frame_of,
    judged_part,
    now,
    six_charts,
    stamp,
)


def running(station: FakeStation) -> None:
    """Good parts, one bad one a while ago."""
    good = frame_of(find_picture("good"))
    scratch = frame_of(find_picture("scratch"))
    parts = [judged_part(48213 - k) for k in range(12)]
    parts[0] = judged_part(48213, frame=good)
    parts[9] = judged_part(48204, Verdict.NOT_OK, frame=scratch)
    station.show(*parts)
    station.charts.put(six_charts())


def defect(station: FakeStation) -> None:
    """A scratch has just been found."""
    running(station)
    station.show(judged_part(48214, Verdict.NOT_OK, frame=frame_of(find_picture("scratch"))))
    station.set(counters=Counters(17085, 16723, 362, 0, 0, 17085, 501, 16725))


def out_of_control(station: FakeStation) -> None:
    """The bore drifts: a rule is broken, and the camera was slow before."""
    running(station)
    station.charts.put(six_charts(drift=5.0))
    station.set(alarms=(CHART_ALARM,))


def camera_lost(station: FakeStation) -> None:
    """The cable is out; the chart's alarm stands beside it, acknowledged."""
    running(station)
    old = now()
    old = replace(old, monotonic_ns=old.monotonic_ns - int(14e9))
    chart_alarm = replace(CHART_ALARM, acknowledged=stamp(4990), acknowledged_by="operator:K. Weber")
    station.set(camera=CameraState.LOST, last_frame=old, alarms=(CAMERA_ALARM, chart_alarm))


def not_decidable(station: FakeStation) -> None:
    """A picture could not be read; several parts were missed."""
    running(station)
    bad = BadFrame("frame.unreadable", "truncated", "usb:0", "t", "main", now())
    reasons = (message("frame.unreadable", detail="truncated", source="usb:0"),)
    part = judged_part(48214, Verdict.NOT_DECIDABLE, reasons=reasons)
    view = replace(part.inspection.views[0], score=None, threshold=None, heatmap=None)
    inspection = replace(part.inspection, views=(view,), score=None, threshold=None)
    station.show(replace(part, inspection=inspection, part=Part("t", "", now(), (bad,))))
    station.set(counters=Counters(1234567, 1230000, 4560, 7, 12, 1234567, 5000, 1230001))


def overrun(station: FakeStation) -> None:
    """The part was judged too late."""
    running(station)
    reasons = (message("part.overrun", seconds=0.312, cycle_s=0.25),)
    station.show(judged_part(48214, Verdict.NOT_DECIDABLE, reasons=reasons))
    station.set(pacing=Pacing.TRIGGERED, cycle_s=0.25)


def hold(station: FakeStation) -> None:
    """The disk is full."""
    running(station)
    full = message("record.fault", detail="database or disk is full")
    health = replace(station.state.health, disk_free_bytes=41_000_000)
    station.set(
        state=StationState.HALTED,
        reason=full,
        health=health,
        alarms=(alarm("record", "record.fault", Priority.URGENT, detail="database or disk is full"), CHART_ALARM),
    )


def on_cpu(station: FakeStation) -> None:
    """The graphics card is gone; the station goes on, slower."""
    running(station)
    note = message("provider.fallback", used="CPU", reason="CUDA: no device was found")
    health = replace(station.state.health, provider="CPU", device="", provider_note=note, latency_p99_ms=182.0)
    station.set(health=health, alarms=(alarm("provider", "provider.fallback", Priority.MEDIUM, **note.args),))


def starting(station: FakeStation) -> None:
    """The model is being loaded."""
    station.set(
        state=StationState.INITIALIZED,
        reason=message("start.model"),
        since=replace(now(), monotonic_ns=now().monotonic_ns - int(3.2e9)),
        last_frame=None,
        counters=Counters(),
        health=Health(),
    )


def stopped(station: FakeStation) -> None:
    """A person has stopped it."""
    running(station)
    station.set(state=StationState.READY, camera=CameraState.CLOSED)


def not_started(station: FakeStation) -> None:
    """Nothing was ever started."""
    station.set(
        state=StationState.PREOPERATIONAL,
        camera=CameraState.CLOSED,
        camera_name="",
        last_frame=None,
        counters=Counters(),
        health=Health(),
    )


def waiting(station: FakeStation) -> None:
    """Ready, no part on the way."""
    running(station)
    station.results.put(ResultView(Verdict.UNDEFINED, None, replace(now(), monotonic_ns=0)))
    station.set(pacing=Pacing.TRIGGERED, waiting_since=stamp(4800))


def new_lot(station: FakeStation) -> None:
    """The first shift of a new lot of a product with a long name."""
    running(station)
    job = replace(JOB, product="Ring 25 H7 geschliffen, phosphatiert, Kundenzeichnung 4711-B", lot="2611-0474")
    station.charts.put(six_charts(count=9, remaining=41, first=1))
    station.set(job=job, counters=Counters(9, 9, 0, 0, 0, 9, 1, 9))


SCENES = {
    scene.__name__: scene
    for scene in (
        running,
        defect,
        out_of_control,
        camera_lost,
        not_decidable,
        overrun,
        hold,
        on_cpu,
        starting,
        stopped,
        not_started,
        waiting,
        new_lot,
    )
}
