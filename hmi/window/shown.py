"""`ShownPart`: one part as the picture shows it, whether it comes live from the line or back from the record.

Promises: frozen; the picture, the regions and the words belong to the same part.
May import: camera, inference, storage.history, hmi.window.words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from camera.clock import Stamp
from camera.frame import BadFrame, Frame, PixelFormat
from camera.vision import cv2
from hmi.window.words import Words
from inference.inspection import Defect, Inspection, JudgedPart, Verdict
from storage.history import PartRecord


@dataclass(frozen=True, slots=True, eq=False)
class ShownPart:
    """A part to look at. `inspection` None: a live frame that is not judged yet."""

    id: str
    frame: Frame | None
    at: Stamp
    inspection: Inspection | None = None
    defects: tuple[Defect, ...] = ()
    heatmap: npt.NDArray[np.float32] | None = None
    threshold: float | None = None
    missing: str = "picture.missing"
    """Message code: why there is no `frame`, where there is none."""
    effective: Verdict | None = None
    """Where a person decided otherwise."""

    @property
    def seq(self) -> int | None:
        """Its number, None for a live frame."""
        return self.inspection.seq if self.inspection else None


def live(frame: Frame) -> ShownPart:
    """A frame without a verdict."""
    return ShownPart(frame.trigger_id, frame, frame.at)


def judged(part: JudgedPart) -> ShownPart:
    """A part with its verdict: the view with the worst score stands for it."""
    inspection = part.inspection
    views = sorted(inspection.views, key=lambda v: (v.score or 0.0) - (v.threshold or 0.0), reverse=True)
    frames = {view.view: view for view in part.part.views if isinstance(view, Frame)}
    for view in views:
        frame = frames.get(view.view)
        if frame is not None:
            return ShownPart(
                inspection.id, frame, frame.at, inspection, view.defects, view.heatmap, view.threshold or None
            )
    bad = next((view for view in part.part.views if isinstance(view, BadFrame)), None)
    return ShownPart(inspection.id, None, bad.at if bad else inspection.at, inspection)


def recorded(record: PartRecord) -> ShownPart:
    """A part out of the record, with its kept picture read from the disk (slow: not on the Qt thread)."""
    inspection = record.inspection
    effective = record.verdict if record.overrides else None
    if not record.images:
        return ShownPart(
            inspection.id, None, inspection.at, inspection, effective=effective, missing="picture.not_kept"
        )
    kept = record.images[0]
    frame = _read(kept.path, inspection.at, kept.view)
    defects = next((v.defects for v in inspection.views if v.view == kept.view), ())
    return ShownPart(
        inspection.id,
        frame,
        inspection.at,
        inspection,
        defects if frame is not None else (),
        missing="picture.unreadable",
        effective=effective,
    )


def _read(path: Path, at: Stamp, view: str) -> Frame | None:
    try:
        coded = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None
    image = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED) if coded.size else None
    if image is None:
        return None
    grey = image.ndim == 2
    deep = image.dtype != np.uint8
    kind = (PixelFormat.MONO16 if deep else PixelFormat.MONO8) if grey else PixelFormat.BGR8
    return Frame(image, kind, 16 if deep else 8, str(path), "", view, at)


def footer(part: ShownPart, words: Words) -> str:
    """What stands below the picture."""
    if part.inspection is None:
        return words.say("picture.live", time=words.time(part.at, tenths=True))
    facts = {"seq": words.count(part.inspection.seq), "time": words.time(_moment(part), tenths=True)}
    total_ms = part.inspection.timings_ms.get("total")
    if total_ms is None:
        return words.say("picture.part.no_ms", **facts)
    return words.say("picture.part", ms=total_ms, **facts)


def why_missing(part: ShownPart, words: Words) -> str:
    """Why there is no picture of this part; nothing where there is one."""
    return words.say(part.missing, seq=words.count(part.seq or 0)) if part.frame is None else ""


def _moment(part: ShownPart) -> datetime:
    return part.at.utc
