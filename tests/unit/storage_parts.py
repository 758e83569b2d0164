"""Parts, jobs and journals for the tests of the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from camera.clock import Stamp
from camera.frame import BadFrame, Box, Frame, Picture, PixelFormat, freeze
from inference.disposition import Disposition, Override
from inference.inspection import (
    Defect,
    Inspection,
    Job,
    JudgedPart,
    Measurement,
    ResultState,
    Verdict,
    ViewResult,
)
from inference.message import message
from inference.part import Part
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.pipeline.events import Event, EventKind, JobStarted, Priority
from inference.recipe import Recipe
from storage.images import ImageSettings
from storage.journal import Journal

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""Half an hour before clocks go forward in Europe."""
RECIPE = Recipe(name="ring")
ROOMY = ImageSettings(ok_every=5, floor_ok_bytes=0, floor_bytes=0)


def stamp(seconds: float = 0.0) -> Stamp:
    return Stamp(START + timedelta(seconds=seconds), round(seconds * 1e9), "boot-1")


def job(name: str = "job-1", lot: str = "L1", **changed: Any) -> Job:
    given = {"product": "ring", "model": "", "model_digest": "", "operator_id": "anna", **changed}
    return Job(
        name, "station", given["product"], lot, RECIPE.name, RECIPE.digest, given["model"], given["model_digest"],
        given["operator_id"], stamp(),
    )  # fmt: skip


def started(of: Job | None = None) -> JobStarted:
    return JobStarted(of or job(), {RECIPE.digest: RECIPE.canonical_json()})


def frame(view: str = "main", seq: int = 1, *, sixteen_bit: bool = False) -> Frame:
    dtype = np.uint16 if sixteen_bit else np.uint8
    image = np.random.default_rng(seq).integers(0, 255, (24, 32), dtype=dtype)
    kind = PixelFormat.MONO16 if sixteen_bit else PixelFormat.MONO8
    return freeze(Picture(image, kind, f"s#{seq}"), trigger_id=f"t{seq}", view=view, at=stamp(seq))


def part(
    seq: int, verdict: Verdict = Verdict.OK, *, of: Job | None = None, serial: str = "", **changed: Any
) -> JudgedPart:
    bad = verdict is not Verdict.OK
    defects = (Defect("scratch", 0.93, Box(1.5, 2.0, 3.0, 4.0), 7.0),) if bad else ()
    measured = (
        Measurement("bore", 25.0 + seq / 1000, "mm", 24.9, 25.1),
        Measurement("edge", None, "mm", reason=message("gauge.no_edge", rays=3)),
    )
    view = ViewResult(
        "main", f"s#{seq}", stamp(seq), 0.1 * seq, "good", 0.5, {"good": 0.9, "scratch": 0.1}, defects, measured
    )
    reasons = (message("defect.found", label="scratch", score=0.93),) if bad else ()
    given: dict[str, Any] = {
        "views": (view,),
        "frames": (frame(seq=seq),),
        "id": f"id-{seq}",
        "at": stamp(seq),
        **changed,
    }
    inspection = Inspection(
        given["id"], seq, f"t{seq}", of or job(), serial, given["at"], verdict, ResultState.COMPLETED, given["views"],
        reasons, 0.1 * seq, "good", 0.5, {"judge": 1.25, "total": 3.5},
    )  # fmt: skip
    return JudgedPart(inspection, Part(f"t{seq}", serial, given["at"], given["frames"]))


def unreadable(seq: int) -> JudgedPart:
    lost = BadFrame("frame.unreadable", "truncated", f"s#{seq}", f"t{seq}", "main", stamp(seq))
    return part(seq, Verdict.NOT_DECIDABLE, frames=(lost,), views=())


def override(seq: int, verdict: Verdict = Verdict.OK, name: str = "o1") -> Override:
    return Override(name, f"id-{seq}", seq, verdict, Disposition.RELEASE, "=dust, wiped off", "anna", stamp(1000))


def event(name: str = "e1", kind: EventKind = EventKind.INFO, alarm: str | None = None) -> Event:
    priority = None if alarm is None else Priority.HIGH
    return Event(name, stamp(5), kind, message("camera.silent", seconds=2.5), "service:station", alarm, priority)


def decision(name: str = "d1", kind: DecisionKind = DecisionKind.EXCLUDED, **changed: Any) -> ChartDecision:
    given = {"recipe": RECIPE.name, "chart": "i:bore", "seq": 3, "reason": "dust", "content": {}, **changed}
    return ChartDecision(
        name, stamp(1001), kind, given["recipe"], given["chart"], given["seq"], "berta", given["reason"],
        given["content"],
    )  # fmt: skip


def journal(folder: Path, **given: Any) -> Journal:
    made = Journal(folder / "R.db", **{"images": ROOMY, "busy_timeout_s": 0.05, **given})
    made.open()
    return made


def filled(folder: Path, parts: int = 6, **given: Any) -> Path:
    """A closed record: a job, `parts` parts of which every third is bad, an event, an override, a chart decision."""
    sink = journal(folder, **given)
    sink.append([started(), event()])
    sink.append([part(seq, Verdict.NOT_OK if seq % 3 == 0 else Verdict.OK) for seq in range(1, parts + 1)])
    sink.append([override(3), decision()])
    sink.close()
    return sink.path
