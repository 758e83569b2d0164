"""What the commands of `loupe models` share: which station, which package.

May import: click; hmi.station and inference where they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hmi.station.post import Place
    from inference.model.package import ModelPackage

_Function = Callable[..., Any]


def station_options(function: _Function) -> _Function:
    """`--station` and `--db`; without either, the file `station.toml` in the current folder."""
    by_file = click.option(
        "--station", "station_file", metavar="STATION.toml", type=click.Path(path_type=Path), help="The station's file."
    )
    by_db = click.option("--db", type=click.Path(path_type=Path), help="The station's database.")
    return by_file(by_db(function))


def package_of(said: str, station_file: Path | None, db: Path | None) -> tuple[ModelPackage, Place | None]:
    """The package at this path, or the version on the station's shelf whose digest begins so; and the station, where
    one was named.

    Raises:
        PackageError, ShelfRefused, SettingsError, SinkError: there is none, or it cannot be used.

    """
    from hmi.station.post import place_of
    from inference.model.package import load_package

    named = station_file is not None or db is not None
    path = Path(said)
    if path.exists():
        return load_package(path), place_of(station_file, db) if named else None
    return _on_shelf(path, station_file, db, named=named)


def _on_shelf(path: Path, station_file: Path | None, db: Path | None, *, named: bool) -> tuple[ModelPackage, Place]:
    from hmi.station.models import find
    from hmi.station.post import USUAL_FILE, place_of
    from inference.model.package import load_package

    if not named and not USUAL_FILE.is_file():
        load_package(path)  # says that it is not there
    place = place_of(station_file, db)
    return load_package(find(place.shelf, str(path))), place
