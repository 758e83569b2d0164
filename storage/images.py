"""The image archive: pictures as files beside the database, complete and on the disk before a row names them.

`<database stem>_images/YYYY/MM/DD/HH/00000042_main_<id>.jpg`, hours in UTC. A picture is written as `.part`, synced,
renamed, and its folder synced. Names follow from the part alone, so writing one twice leaves one file.

Promises: no whole picture is ever deleted; one that no row names is moved to `orphans/`.
May import: camera, inference, numpy.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from camera.frame import Frame, PixelFormat
from camera.vision import cv2
from inference.durable import sync_folder
from inference.inspection import Inspection, JudgedPart, Verdict
from storage.rows import Row

HALF_WRITTEN = ".part"
ORPHANS = "orphans"
_OWNER = "record.uid"
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """Which pictures are kept and how. Every NOT_OK and NOT_DECIDABLE part that has pictures is kept."""

    ok_every: int = 50
    """Of the OK parts those whose sequence number this divides; 0 keeps none, 1 all."""
    format: Literal["jpeg", "png"] = "jpeg"
    """Pictures that JPEG would spoil (more than 8 bits, Bayer) are PNG in any case."""
    quality: int = 90
    """JPEG quality, 1–100."""
    floor_ok_bytes: int = 2_000_000_000
    """With less room on the disk, pictures of OK parts are left out (and their records say so)."""
    floor_bytes: int = 200_000_000
    """With less room nothing is recorded: the station holds while SQLite can still finish what it began."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One picture in the archive, as the row that will name it."""

    view_number: int
    view: str
    path: str
    """Relative to the database's folder, POSIX."""
    bytes: int
    sha256: str
    width: int
    height: int
    format: str

    def row(self, record: int) -> Row:
        """Its row for the inspection with this record number."""
        size = (self.width, self.height)
        return (record, self.view_number, self.view, "picture", self.path, self.bytes, self.sha256, *size, self.format)


def archive_folder(database: Path, uid: str) -> Path:
    """Where this record's pictures go: `<stem>_images`, unless that folder is another record's."""
    plain = database.with_name(f"{database.stem}_images")
    owner = plain / _OWNER
    if not plain.exists() or (owner.exists() and owner.read_text("ascii", "replace").strip() == uid):
        return plain
    return plain.with_name(f"{plain.name}_{uid[:8]}")


def claim(folder: Path, uid: str) -> None:
    """Make the folder and write into it whose it is. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _OWNER).exists():
        _write_synced(folder / _OWNER, uid.encode("ascii"))
        sync_folder(folder)
        sync_folder(folder.parent)


def pictures_due(inspection: Inspection, frames: int, settings: ImageSettings, free_bytes: int) -> str:
    """What becomes of a part's pictures: `kept`, `not_due`, `left_out` (disk low) or `none` (it has no picture)."""
    if not frames:
        return "none"
    if inspection.verdict is not Verdict.OK:
        return "kept"
    if not settings.ok_every or inspection.seq % settings.ok_every:
        return "not_due"
    return "left_out" if free_bytes < settings.floor_ok_bytes else "kept"


def save(judged: JudgedPart, folder: Path, settings: ImageSettings) -> tuple[Saved, ...]:
    """Write all pictures of a part; on return they are on the disk. Raises OSError."""
    hour = folder / hour_of(judged.inspection.at.utc)
    made = _make_folders(hour, folder)
    saved = tuple(
        _save_one(frame, number, hour / _name(judged, number), folder.parent, settings)
        for number, frame in enumerate(judged.part.views)
        if isinstance(frame, Frame)
    )
    for touched in (hour, *made):
        sync_folder(touched)
    return saved


def hour_of(utc: datetime) -> str:
    """The sub-folder of this hour; its text sorts like the time."""
    return utc.astimezone(UTC).strftime("%Y/%m/%d/%H")


def sweep(folder: Path, since: str, recorded: set[str]) -> tuple[int, int]:
    """Clear up what a crash left in the hours from `since` on: half-written files go, unrecorded pictures move away.

    `recorded` holds the paths (relative to the database's folder) that rows name in those hours.
    Returns how many were removed and how many moved. Raises OSError.
    """
    removed = moved = 0
    for file in [file for hour in _hours(folder, since) for file in hour.iterdir()]:
        if file.suffix == HALF_WRITTEN:
            file.unlink()
            removed += 1
        elif file.relative_to(folder.parent).as_posix() not in recorded:
            (folder / ORPHANS).mkdir(exist_ok=True)
            file.replace(folder / ORPHANS / file.name)
            moved += 1
    return removed, moved


def _hours(folder: Path, since: str) -> Iterable[Path]:
    """Hour folders not before `since`, without walking into the years, months and days that lie before it."""
    level = [folder]
    for depth in range(1, 5):
        bound = "/".join(since.split("/")[:depth])
        inner = (entry for parent in level for entry in parent.iterdir() if entry.is_dir() and entry.name.isdigit())
        level = [entry for entry in inner if entry.relative_to(folder).as_posix() >= bound]
    return level


def _name(judged: JudgedPart, number: int) -> str:
    """A file name without ending that people can read and no other part or view has."""
    view, identity = (_UNSAFE.sub("-", text)[:60] for text in (judged.part.views[number].view, judged.inspection.id))
    several = f"{number}-" if len(judged.part.views) > 1 else ""
    return f"{judged.inspection.seq:08d}_{several}{view}_{identity}"


def _save_one(frame: Frame, number: int, stem: Path, base: Path, settings: ImageSettings) -> Saved:
    plain_jpeg = settings.format == "jpeg" and frame.image.dtype == np.uint8
    lossy = plain_jpeg and frame.pixel_format is not PixelFormat.BAYER_RG8
    ending, options = (".jpg", [cv2.IMWRITE_JPEG_QUALITY, settings.quality]) if lossy else (".png", [])
    # lowest compression: PNG's default takes 5 times as long for a few per cent
    encoded = cv2.imencode(ending, frame.image, options or [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
    file = stem.with_name(stem.name + ending)
    half = file.with_name(file.name + HALF_WRITTEN)
    _write_synced(half, encoded)
    half.replace(file)
    digest = hashlib.sha256(encoded).hexdigest()
    path = file.relative_to(base).as_posix()
    return Saved(number, frame.view, path, len(encoded), digest, *frame.size, "jpeg" if lossy else "png")


def _make_folders(hour: Path, root: Path) -> list[Path]:
    """Make the hour's folder; returns the folders that got a new entry by it and must be synced too."""
    missing = [hour, *hour.parents]
    missing = [place for place in missing[: missing.index(root)] if not place.exists()]
    hour.mkdir(parents=True, exist_ok=True)
    return [place.parent for place in missing]


def _write_synced(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
