"""The station file `station.toml`: what it may say, and every mistake in it at once, each with its line.

Promises: unknown keys are refused with a guess at what was meant; relative paths belong to the file's own folder.
May import: pydantic, camera.settings, storage.images, inference.model.signing, the standard library.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from camera.settings import CameraSettings
from hmi.station.shifts import ROUND_THE_CLOCK, refuse_starts
from hmi.station.toml_lines import Key, line_of, lines_of
from inference.model.signing import KEY_PATTERN
from storage.images import ImageSettings


class SettingsError(Exception):
    """The station file, or what was said beside it, cannot be used. `str()` names each mistake with its line."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; expected a name such as Europe/Berlin") from error
    return name


def _signing_key(key: str) -> str:
    if not re.fullmatch(KEY_PATTERN, key.lower()):
        raise ValueError("expected ed25519: and 64 hexadecimal digits, as `loupe models key` prints them")
    return key.lower()


def _shift_starts(starts: tuple[str, ...]) -> tuple[str, ...]:
    refuse_starts(starts)
    return starts


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StationTable(_Table):
    """Who this station is."""

    id: str = Field(default="station-1", min_length=1, pattern=r"^[\w.-]+$")
    name: str = ""
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    shifts: Annotated[tuple[str, ...], AfterValidator(_shift_starts)] = ROUND_THE_CLOCK
    """When shifts begin, by the clock on the wall; the first begins the production day."""


class LineTable(_Table):
    """Where triggers come from (triggered pacing)."""

    trigger: Literal["keyboard", "timer"] = "keyboard"
    timer_ms: float = Field(default=1000, gt=0)


class ModelTable(_Table):
    """Which network judges, and on what."""

    package: Path | None = None
    shelf: Path | None = None
    """Where promoted versions lie; None: a folder beside the record."""
    accept: tuple[Annotated[str, AfterValidator(_signing_key)], ...] = ()
    """Public keys; with one or more, a package that none of them signed is refused."""
    provider: Literal["auto", "cuda", "tensorrt", "cpu"] = "auto"
    threads: int | None = Field(default=None, ge=1)


class RecordTable(_Table):
    """Where results go and which pictures are kept."""

    db: Path | None = None
    ok_every: int = Field(default=50, ge=0)
    format: Literal["jpeg", "png"] = "jpeg"
    quality: int = Field(default=90, ge=1, le=100)
    floor_ok_mb: float = Field(default=2000, ge=0)
    floor_mb: float = Field(default=200, ge=0)

    @property
    def images(self) -> ImageSettings:
        """As the journal wants it."""
        floor_ok, floor = round(self.floor_ok_mb * 1e6), round(self.floor_mb * 1e6)
        return ImageSettings(self.ok_every, self.format, self.quality, floor_ok, floor)


class RecipeTable(_Table):
    """What is checked. Without a file: the network's verdict alone, with a reject chart."""

    file: Path | None = None
    product: str = ""
    lot: str = ""


class ScreenTable(_Table):
    """How the window looks."""

    language: Literal["en", "de", "zh"] = "en"
    theme: Literal["light", "dark"] = "light"


class StationSettings(_Table):
    """The whole file."""

    station: StationTable = StationTable()
    camera: CameraSettings = CameraSettings()
    line: LineTable = LineTable()
    model: ModelTable = ModelTable()
    record: RecordTable = RecordTable()
    recipe: RecipeTable = RecipeTable()
    screen: ScreenTable = ScreenTable()
    give_up_after_s: float = Field(default=60, ge=0)
    """Headless: seconds of a lasting fault after which the run ends."""


@dataclass(frozen=True, slots=True)
class _Mistake:
    line: int | None
    text: str

    def __str__(self) -> str:
        return self.text if self.line is None else f"line {self.line}: {self.text}"


def template() -> str:
    """The commented station file that ships with the program; as it stands it means the defaults."""
    return (files("resources") / "station.toml").read_text("utf-8")


def load_settings(path: Path) -> StationSettings:
    """Read a station file. Raises SettingsError with all its mistakes."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such station file; `loupe init` writes one") from error
    except IsADirectoryError as error:
        raise SettingsError(f"{path} is a folder; a station file is expected (pictures go behind --source)") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    try:
        settings = StationSettings.model_validate(content)
    except ValidationError as error:
        lines = lines_of(text)
        mistakes = sorted((_mistake(e, lines) for e in error.errors()), key=lambda m: m.line or 0)
        raise SettingsError(f"{path}: " + "; ".join(map(str, mistakes))) from error
    return _anchored(settings, path.parent)


def _mistake(error: Any, lines: dict[Key, int]) -> _Mistake:
    key = tuple(str(part) for part in error["loc"])
    name = ".".join(key)
    line = line_of(key, lines)
    if error["type"] == "extra_forbidden":
        guess = get_close_matches(key[-1], _fields(key[:-1]), n=1, cutoff=0.5)
        hint = f"; did you mean {guess[0]}?" if guess else f"; known here: {', '.join(_fields(key[:-1]))}"
        return _Mistake(line, f"unknown key {name}{hint}")
    reason = error["msg"].removeprefix("Value error, ")
    return _Mistake(line, f"{name} = {error['input']!r}: {reason[0].lower()}{reason[1:]}")


def _fields(table: Key) -> list[str]:
    """Names of the keys that may stand in this table."""
    model: type[BaseModel] = StationSettings
    for name in table:
        field = model.model_fields.get(name)
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return list(model.model_fields)


def _anchored(settings: StationSettings, folder: Path) -> StationSettings:
    """Paths relative to the file's folder."""

    def at(path: Path | None) -> Path | None:
        return None if path is None else folder / path

    source = settings.camera.source
    if ":" not in source and not Path(source).is_absolute():
        source = str(folder / source)
    return settings.model_copy(
        update={
            "camera": settings.camera.model_copy(update={"source": source}),
            "model": settings.model.model_copy(
                update={"package": at(settings.model.package), "shelf": at(settings.model.shelf)}
            ),
            "record": settings.record.model_copy(update={"db": at(settings.record.db)}),
            "recipe": settings.recipe.model_copy(update={"file": at(settings.recipe.file)}),
        }
    )
