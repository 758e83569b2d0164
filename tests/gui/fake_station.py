"""A station for the window's tests: real pictures of the simulated line, figures of a running process, any state.

It is a real `StationControl` with one-slot mailboxes; it notes what it was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from camera.clock import Stamp, boot_id
from camera.frame import Frame, Picture, freeze
from camera.source import Pacing
from camera.synthetic import SyntheticSettings, render
from inference.disposition import Override
from inference.inspection import (
    Defect,
    Inspection,
    Job,
    JudgedPart,
    ResultState,
    Verdict,
    ViewResult,
)
from inference.message import Message, message
from inference.part import Part
from inference.pipeline.cause_lists import NO_LISTS, CauseLists
from inference.pipeline.channels import Mailbox
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.events import Alarm, Priority
from inference.pipeline.snapshot import (
    CameraState,
    ChartPointRules,
    ChartSnapshot,
    Counters,
    Health,
    QueueFill,
    ResultView,
    StationSnapshot,
)
from inference.pipeline.state import StationState

START = datetime(2026, 11, 26, 13, 10, 0, tzinfo=UTC)
THRESHOLD = 0.60
SETTINGS = SyntheticSettings(seed=7, defect_rate=0.2)


def stamp(seconds: float = 0.0) -> Stamp:
    """A moment of the shift."""
    return Stamp(START + timedelta(seconds=seconds), int(seconds * 1e9), boot_id())


def now() -> Stamp:
    """The present moment on the machine's clock."""
    import time

    return Stamp(datetime.now(UTC), time.monotonic_ns(), boot_id())


JOB = Job(
    id="job-1",
    station_id="ring-2",
    product="Ring 25 H7",
    lot="2611-0473",
    recipe="ring_demo r4",
    recipe_digest="sha256:1",
    model="ring",
    model_digest="sha256:2",
    operator_id="operator:K. Weber",
    started=stamp(),
)


@cache
def picture(number: int, settings: SyntheticSettings = SETTINGS) -> Picture:
    return render(settings, number)


@cache
def find_picture(label: str, settings: SyntheticSettings = SETTINGS) -> Picture:
    """The first simulated part with this true label."""
    return next(p for n in range(1, 400) if (p := render(settings, n)).truth is not None and p.truth.label == label)


def frame_of(shot: Picture, at: Stamp | None = None, trigger: str = "t") -> Frame:
    return freeze(shot, trigger_id=trigger, view="main", at=at or now())


def heat_of(frame: Frame) -> np.ndarray:
    """Heat where the truth has a defect, a little noise elsewhere."""
    heat = np.random.default_rng(3).uniform(0.0, 0.08, (16, 20)).astype(np.float32)
    if frame.truth is not None:
        for defect in frame.truth.defects:
            sx, sy = 20 / frame.size[0], 16 / frame.size[1]
            cx = (defect.region.x + defect.region.w / 2) * sx
            cy = (defect.region.y + defect.region.h / 2) * sy
            y, x = np.mgrid[0:16, 0:20]
            heat += np.exp(-((x + 0.5 - cx) ** 2 + (y + 0.5 - cy) ** 2) / 2.0).astype(np.float32)
    return heat


def judged_part(
    seq: int,
    verdict: Verdict = Verdict.OK,
    *,
    frame: Frame | None = None,
    score: float | None = None,
    label: str = "",
    reasons: tuple[Message, ...] | None = None,
    serial: str | None = None,
) -> JudgedPart:
    """A part as the pipeline would give it."""
    frame = frame or frame_of(picture(seq % 40 + 1))
    bad = verdict is Verdict.NOT_OK
    score = score if score is not None else (0.97 if bad else 0.04)
    defects: tuple[Defect, ...] = ()
    if bad and frame.truth is not None:
        defects = tuple(Defect(d.label, score, d.region, d.region.w * d.region.h) for d in frame.truth.defects)
    label = label or (defects[0].label if defects else ("scratch" if bad else "good"))
    if reasons is None:
        reasons = (message("judge.defect", label=label, score=score, threshold=THRESHOLD),) if bad else ()
    view = ViewResult("main", frame.source, frame.at, score, label, THRESHOLD, {}, defects, (), reasons, heat_of(frame))
    inspection = Inspection(
        id=f"inspection-{seq}",
        seq=seq,
        trigger_id=frame.trigger_id,
        job=JOB,
        serial=f"R25-{seq:06d}" if serial is None else serial,
        at=frame.at,
        verdict=verdict,
        state=ResultState.COMPLETED,
        views=(view,),
        reasons=reasons,
        score=score,
        label=label,
        threshold=THRESHOLD,
        timings_ms={"judge": 24.0, "circle": 5.5, "total": 31.0},
    )
    return JudgedPart(inspection, Part(frame.trigger_id, inspection.serial, frame.at, (frame,)))


def result_of(part: JudgedPart, *, recorded: bool = True) -> ResultView:
    return ResultView(part.inspection.verdict, part, now(), recorded)


def chart(
    kind: str,
    characteristic: str,
    *,
    count: int = 120,
    version: int = 1,
    first: int = 901,
    drift: float = 0.0,
    unit: str = "",
    remaining: int = 0,
    gap: int | None = None,
    seed: int = 5,
) -> ChartSnapshot:
    """A chart of a quiet process; `drift` lifts its newest points so that rules are broken."""
    rng = np.random.default_rng(seed)
    subgroup = 50 if kind == "p" else 1
    center, sigma = {"p": (0.04, 0.02), "i": (24.998, 0.0037), "mr": (0.0042, 0.0031)}[kind]
    if characteristic == "score":
        center, sigma = (-3.2, 0.35) if kind == "i" else (0.39, 0.29)
    values = rng.normal(center, sigma, count)
    if kind == "p":
        values = rng.binomial(subgroup, center, count) / subgroup
    if kind == "mr":
        values = np.abs(values)
    values[-8:] += drift * sigma * np.linspace(0.2, 1, 8)[: min(8, count)]
    if gap is not None:
        values[gap] = np.nan
    ucl = np.full(count, center + 3 * sigma)
    lcl = np.full(count, np.nan if kind != "i" else center - 3 * sigma)
    limits = remaining == 0
    blank = np.full(count, np.nan)
    violations = tuple(ChartPointRules(int(k), (1,)) for k in np.flatnonzero(values > ucl)) if limits else ()
    spec = (24.979, 25.021) if characteristic == "bore_diameter" and kind == "i" else (None, None)
    seqs = np.arange(first, first + count, dtype=np.int64) * subgroup
    return ChartSnapshot(
        key=f"{kind}:{characteristic}",
        kind=kind,
        characteristic=characteristic,
        unit=unit,
        transform="logit" if characteristic == "score" else "none",
        version=version,
        first_number=first,
        seqs=seqs,
        utc_s=START.timestamp() + np.arange(count) * 40.0,
        values=values,
        center=np.full(count, center) if limits else blank,
        lcl=lcl if limits else blank,
        ucl=ucl if limits else blank,
        sizes=np.full(count, subgroup, dtype=np.int64),
        violations=violations,
        rules=(1, 2, 3, 4),
        subgroup=subgroup,
        phase1_remaining=remaining,
        lower_spec=spec[0],
        upper_spec=spec[1],
        baseline_version=0 if limits else None,
    )


def six_charts(*, drift: float = 0.0, version: int = 1, **more: int) -> tuple[ChartSnapshot, ...]:
    """The demonstration's charts."""
    return (
        chart("p", "reject", drift=drift, version=version, seed=1, **more),
        chart("p", "not_decidable", version=version, seed=2, **more),
        chart("i", "bore_diameter", unit="mm", drift=drift, version=version, seed=version + 2, **more),
        chart("mr", "bore_diameter", unit="mm", version=version, seed=4, **more),
        chart("i", "score", version=version, seed=version + 4, **more),
        chart("mr", "score", version=version, seed=6, **more),
    )


def alarm(
    key: str, code: str, priority: Priority, *, seconds: float = 4927.0, acknowledged: bool = False, **args
) -> Alarm:
    return Alarm(
        id=f"alarm-{key}",
        key=key,
        priority=priority,
        message=message(code, **args),
        raised=stamp(seconds),
        acknowledged=stamp(seconds + 30) if acknowledged else None,
        acknowledged_by="operator:K. Weber" if acknowledged else None,
    )


CHART_ALARM = alarm(
    "chart:i:bore_diameter",
    "chart.violation",
    Priority.MEDIUM,
    chart="i:bore_diameter",
    characteristic="bore_diameter",
    rules="1",
    number=1020,
    value=25.0142,
    limit=25.0091,
    center=24.998,
    seq=48213,
)
CAMERA_ALARM = alarm("camera", "camera.lost", Priority.URGENT, detail="usb:0 no longer answers")


class FakeStation:
    """Implements `StationControl`; `asked` is what the window asked for."""

    def __init__(self) -> None:
        self.results: Mailbox[ResultView] = Mailbox()
        self.pictures: Mailbox[Frame] = Mailbox()
        self.charts: Mailbox[tuple[ChartSnapshot, ...]] = Mailbox()
        self.parts: tuple[JudgedPart, ...] = ()
        self.asked: list[tuple[object, ...]] = []
        self.lists: CauseLists = NO_LISTS
        self.state = StationSnapshot(
            station_id="ring-2",
            state=StationState.CONTINUOUS_EXECUTION,
            reason=None,
            since=now(),
            job=JOB,
            pacing=Pacing.FREE_RUN,
            camera=CameraState.CONNECTED,
            camera_name="usb:0",
            last_frame=now(),
            counters=Counters(17084, 16723, 361, 0, 0, 17084, 500, 16725),
            health=Health(
                provider="CUDA",
                device="NVIDIA RTX A2000",
                parity_ok=True,
                parts_per_s=9.8,
                frames_per_s=9.8,
                latency_p50_ms=28.0,
                latency_p95_ms=31.0,
                latency_p99_ms=34.0,
                queues=(QueueFill("frames", 0, 4), QueueFill("inspections", 2, 64)),
                disk_free_bytes=412_000_000_000,
            ),
        )

    def set(self, **changes: object) -> None:
        """Change the snapshot."""
        self.state = replace(self.state, **changes)

    def show(self, *parts: JudgedPart) -> None:
        """These parts have been judged, newest first."""
        self.parts = (*parts, *self.parts)[:12]
        self.results.put(result_of(parts[0]))
        view = parts[0].part.views[0]
        if isinstance(view, Frame):
            self.pictures.put(view)

    # --- StationControl

    def snapshot(self) -> StationSnapshot:
        return self.state

    def take_picture(self) -> Frame | None:
        return self.pictures.take()

    def take_result(self) -> ResultView | None:
        return self.results.take()

    def take_charts(self) -> tuple[ChartSnapshot, ...] | None:
        return self.charts.take()

    def recent(self) -> tuple[JudgedPart, ...]:
        return self.parts

    def start(self) -> None:
        self.asked.append(("start",))

    def stop(self) -> None:
        self.asked.append(("stop",))

    def trigger_now(self, serial: str = "") -> None:
        self.asked.append(("trigger", serial))

    def set_serial(self, serial: str) -> None:
        self.asked.append(("serial", serial))

    def change_job(self, *, product: str, lot: str, operator_id: str) -> None:
        self.asked.append(("job", product, lot, operator_id))

    def acknowledge(self, alarm_id: str, actor_id: str) -> None:
        self.asked.append(("acknowledge", alarm_id, actor_id))

    def override(self, override: Override) -> None:
        self.asked.append(("override", override))

    def decide(self, decision: ChartDecision) -> None:
        self.asked.append(("decide", decision))

    def cause_lists(self) -> CauseLists:
        return self.lists
