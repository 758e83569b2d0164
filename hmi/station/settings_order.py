"""From a station file and the wishes on the command line to an order.

Promises: what is said on the command line outweighs the file; what neither says has a default or is asked for in one
sentence.
May import: camera, inference, hmi.station.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from camera.catalog import make_source
from camera.line.keyboard import ManualTrigger
from camera.line.ports import TriggerSource
from camera.line.timer import TimerTrigger
from camera.settings import CameraSettings
from camera.source import Pacing
from hmi.station.models import active_package, shelf_of
from hmi.station.order import Order
from hmi.station.settings import LineTable, SettingsError, StationSettings, load_settings
from inference.chart_plan import ChartPlan
from inference.locate.locator import LocateError, make_locators, sealed
from inference.locate.step import LocateStep
from inference.recipe import BrightnessStep, JudgeStep, Recipe, SharpnessStep


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was said on the command line; None: nothing."""

    source: str | None = None
    model: Path | None = None
    db: Path | None = None
    until_end: bool = False
    provider: str | None = None
    give_up_after_s: float | None = None


def order_from(station_file: Path | None, wishes: Wishes) -> Order:
    """The order. Raises SettingsError: the file has mistakes, or something is said nowhere."""
    settings = StationSettings() if station_file is None else load_settings(station_file)
    camera = _camera(settings.camera, wishes)
    db = wishes.db or settings.record.db
    named, shelf = wishes.model or settings.model.package, shelf_of(settings.model.shelf, db)
    model = named or (active_package(shelf) if shelf else None)
    if station_file is None and wishes.source is None:
        raise SettingsError("say where pictures come from: --source, or a station file")
    if model is None:
        raise SettingsError(
            "say which model judges: --model, or `package` under [model] in the station file, or `loupe models promote`"
        )
    if db is None:
        raise SettingsError("say where results go: --db, or `db` under [record] in the station file")
    give_up = settings.give_up_after_s if wishes.give_up_after_s is None else wishes.give_up_after_s
    return Order(
        source=lambda: make_source(camera),
        model=model,
        db=db,
        # a name that stays when the shelf's active model changes: decisions on charts follow it
        recipe=_recipe(settings, named.stem if named else settings.station.id),
        recipe_folder=settings.recipe.file.parent if settings.recipe.file else None,
        station_id=settings.station.id,
        station_name=settings.station.name or settings.station.id,
        zone=settings.station.zone,
        shifts=settings.station.shifts,
        provider=wishes.provider or settings.model.provider,
        threads=settings.model.threads,
        triggers=_triggers(settings.line, camera),
        cycle_s=_seconds(camera.cycle_ms),
        trigger_timeout_s=camera.trigger_timeout_ms / 1000,
        period_s=_seconds(camera.period_ms) if camera.pacing in {None, Pacing.ON_DEMAND} else None,
        give_up_after_s=give_up,
        product=settings.recipe.product,
        lot=settings.recipe.lot,
        images=settings.record.images,
        language=settings.screen.language,
        theme=settings.screen.theme,
        accept=settings.model.accept,
        shelf=shelf,
        settings_document=json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":")),
    )


def _camera(camera: CameraSettings, wishes: Wishes) -> CameraSettings:
    said: dict[str, object] = {"loop": not wishes.until_end and camera.loop}
    if wishes.source is not None:
        said["source"] = wishes.source
    return camera.model_copy(update=said)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _triggers(line: LineTable, camera: CameraSettings) -> Callable[[], TriggerSource] | None:
    if camera.pacing is not Pacing.TRIGGERED:
        return None

    def make() -> TriggerSource:
        return TimerTrigger(line.timer_ms / 1000) if line.trigger == "timer" else ManualTrigger()

    return make


def _recipe(settings: StationSettings, name: str) -> Recipe:
    file = settings.recipe.file
    if file is None:
        return plain_recipe(name, settings.recipe.product)
    try:
        return _sealed(Recipe.model_validate_json(file.read_text("utf-8")), file)
    except OSError as error:
        raise SettingsError(f"the recipe {file} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"the recipe {file}: {where}: {first['msg']}") from error


def _sealed(recipe: Recipe, file: Path) -> Recipe:
    """The recipe with its pictures named by their digests: the record then says which pictures they were."""
    try:
        steps = tuple(sealed(step, file.parent) if isinstance(step, LocateStep) else step for step in recipe.steps)
        make_locators(steps, file.parent)
    except LocateError as error:
        raise SettingsError(f"the recipe {file}: {error}") from error
    return recipe if steps == recipe.steps else recipe.model_copy(update={"steps": steps})


def plain_recipe(name: str, product: str = "") -> Recipe:
    """The network's verdict alone, with charts that find their own limits in phase I."""
    return Recipe(
        name=name,
        product=product,
        steps=(JudgeStep(), BrightnessStep(), SharpnessStep()),
        charts=(
            ChartPlan(kind="p", characteristic="reject", subgroup=50, phase1=20),
            ChartPlan(kind="i", characteristic="score", transform="logit", phase1=50),
            ChartPlan(kind="i", characteristic="brightness", phase1=50),
            ChartPlan(kind="i", characteristic="sharpness", phase1=50),
        ),
    )
