"""Which station is meant by a station file or by a database: its shelf of models, its record, its rules.

Promises: reads only; a station that was never run is found by its file.
May import: hmi.station, storage.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from hmi.station.models import shelf_beside, shelf_of
from hmi.station.promotion import Post
from hmi.station.settings import SettingsError, load_settings
from storage.export import station_zone
from storage.history import History

USUAL_FILE = Path("station.toml")


@dataclass(frozen=True, slots=True)
class Place:
    """A station as the models' commands see it."""

    shelf: Path
    db: Path | None
    station_id: str
    zone: str
    accept: tuple[str, ...] = ()
    named: Path | None = None
    """The package that the station file names: it outweighs the shelf."""

    @property
    def post(self) -> Post:
        """Where a change is made and recorded. Raises SettingsError where no record is known."""
        if self.db is None:
            raise SettingsError("say where the change is recorded: `db` under [record] in the station file, or --db")
        return Post(self.shelf, self.db, self.station_id, self.zone, self.accept)


def place_of(station_file: Path | None, db: Path | None) -> Place:
    """The station of this file, of this database, or else of `station.toml` in the current folder.

    Raises:
        SettingsError: nothing says which station, or its file has mistakes.
        NotARecord, RecordUnavailable: the database is none of ours, or cannot be read.

    """
    if station_file is not None and db is not None:
        raise SettingsError("name the station by --station or by --db, not by both")
    if db is not None:
        return _of_record(db)
    if station_file is None and not USUAL_FILE.is_file():
        raise SettingsError("say which station is meant: --station STATION.toml, or --db with its database")
    return _of_file(station_file or USUAL_FILE)


def _of_file(station_file: Path) -> Place:
    settings = load_settings(station_file)
    shelf = shelf_of(settings.model.shelf, settings.record.db)
    if shelf is None:
        raise SettingsError(
            f"{station_file} says nowhere where models lie: name `db` under [record], or `shelf` under [model]"
        )
    station, model = settings.station, settings.model
    return Place(shelf, settings.record.db, station.id, station.zone, model.accept, model.package)


def _of_record(db: Path) -> Place:
    with History(db) as history:
        station_id = history.station_id
    zone = station_zone(db)
    return Place(shelf_beside(db), db, station_id, zone.key if isinstance(zone, ZoneInfo) else "UTC")
