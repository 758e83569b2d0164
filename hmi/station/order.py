"""`Order`: what a person asked for, whether by a station file, on the command line or in the window.

Promises: a plain value that names everything a station is built from; `compose` turns it into objects.
May import: camera, inference.recipe, hmi.station.shifts, storage.images, the standard library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from camera.line.ports import TriggerSource
from camera.source import FrameSource
from hmi.station.shifts import ROUND_THE_CLOCK
from inference.recipe import Recipe
from storage.images import ImageSettings


@dataclass(frozen=True, slots=True)
class Order:
    """One station, ordered."""

    source: Callable[[], FrameSource]
    """Makes the driver; raises SourceNotFound for a name nobody knows."""
    model: Path
    """Model package."""
    db: Path
    recipe: Recipe
    recipe_folder: Path | None = None
    """Where the recipe's pictures lie (a locate step's reference); None: their paths are whole."""
    station_id: str = "station-1"
    station_name: str = ""
    zone: str = "UTC"
    shifts: tuple[str, ...] = ROUND_THE_CLOCK
    """When shifts begin on the zone's wall clock (`hmi.station.shifts`)."""
    provider: str = "auto"
    threads: int | None = None
    triggers: Callable[[], TriggerSource] | None = None
    """Triggered pacing only."""
    cycle_s: float | None = None
    trigger_timeout_s: float = 1.0
    period_s: float | None = None
    """On demand: at most one picture in this time."""
    parts: int | None = None
    end_with_source: bool = True
    window: bool = False
    """With a window the station waits for its camera and never gives up."""
    give_up_after_s: float = 60.0
    events: Path | None = None
    product: str = ""
    lot: str = ""
    operator_id: str = "operator:unknown"
    serial_pattern: str = ""
    images: ImageSettings = field(default_factory=ImageSettings)
    language: str = "en"
    theme: str = "light"
    accept: tuple[str, ...] = ()
    """Public keys of those whose signature a model package needs; none: any package will do."""
    shelf: Path | None = None
    """The station's shelf of models."""
    settings_document: str = ""
    """The settings as canonical JSON, kept with the record by digest."""
