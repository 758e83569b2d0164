"""A station's shelf of models: every version it ever had, which one is active, and which were active before it.

    shelf/
      3f0c…/             a version: a whole model package; its name begins its digest
      shelf.json         which is active, and every change with who, when and why

Promises: a version, once there, is never written to. `shelf.json` is replaced whole, so at any moment one version is
active, whatever moment the power goes. Reading needs no lock and no right to write.
May import: inference, pydantic, the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from inference.document import Document
from inference.durable import write_file, write_folder
from inference.model.manifest import Manifest
from inference.model.package import MANIFEST_FILE, ModelPackage, PackageError, load_package
from inference.model.signing import Signature

STATE_FILE = "shelf.json"
FORMAT = 1
Kind = Literal["promoted", "rolled_back", "removed"]
_FOLDER = r"^[0-9a-f]{16}(\.[0-9]+)?$"
_DIGITS = 16
_SHORTEST = 6
"""Digits of a digest that name a version among people."""


class ShelfRefused(ValueError):
    """What was asked of the shelf makes no sense: wrong use. `str()` is one sentence."""


class ShelfUnavailable(OSError):
    """The shelf is damaged or cannot be used now: the machine failed. `str()` is one sentence."""


class Held(Document):
    """A version that is or was active."""

    folder: str = Field(pattern=_FOLDER)
    model: str
    """The package's digest."""
    name: str


class Change(Document):
    """One change of the shelf: what the record gets as an event."""

    id: str
    kind: Kind
    at: str
    """ISO 8601, UTC, to the microsecond."""
    monotonic_ns: int
    boot_id: str
    by: str
    """The actor's id."""
    why: str
    model: str
    """Digest of the version it is about."""
    folder: str = Field(pattern=_FOLDER)
    name: str
    old: str
    """Digest of the model active before; empty where there was none."""
    new: str
    """Digest of the model active after."""
    signed_by: str = ""
    recorded: bool = False
    """False between the change and its event in the record: the next start or command makes up for it."""


class ShelfState(Document):
    """What stands in `shelf.json`."""

    format: int = FORMAT
    stack: tuple[Held, ...] = ()
    """What rolling back goes through, the active one last."""
    changes: tuple[Change, ...] = ()

    @property
    def active(self) -> Held | None:
        """The active version."""
        return self.stack[-1] if self.stack else None


@dataclass(frozen=True, slots=True)
class Version:
    """One version on the shelf, checked."""

    folder: Path
    manifest: Manifest | None
    """None: the version is damaged."""
    signature: Signature | None
    size_bytes: int
    active: bool
    problem: str = ""
    """One sentence where it cannot be used."""


def shelf_beside(db: Path) -> Path:
    """Where a record's shelf lies unless the station file names another place."""
    return db.with_name(f"{db.stem}_models")


def shelf_of(named: Path | None, db: Path | None) -> Path | None:
    """The shelf that the station file names, else the one beside the record; None where there is neither."""
    return named or (None if db is None else shelf_beside(db))


def read_state(shelf: Path) -> ShelfState:
    """What is active; an empty state where there is no shelf yet. Raises ShelfUnavailable."""
    path = shelf / STATE_FILE
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ShelfState()
    except OSError as error:
        raise ShelfUnavailable(f"{path} cannot be read ({error.strerror}): check its rights") from error
    try:
        state = ShelfState.model_validate_json(content)
    except ValidationError as error:
        raise ShelfUnavailable(
            f"{path} is damaged ({error.errors()[0]['msg']}): put its backup back, or move it away and promote a model"
        ) from error
    if state.format > FORMAT:
        raise ShelfUnavailable(f"{path} was made by a newer Loupe (format {state.format}, this one reads {FORMAT})")
    return state


def write_state(shelf: Path, state: ShelfState) -> None:
    """Replace what is active in one stroke. Raises OSError, and the old state stands."""
    write_file(shelf / STATE_FILE, (state.model_dump_json(indent=1) + "\n").encode())


def active_package(shelf: Path) -> Path | None:
    """The active version's folder, None where nothing was promoted yet. Raises ShelfUnavailable."""
    held = read_state(shelf).active
    return None if held is None else shelf / held.folder


def versions(shelf: Path) -> Iterator[Version]:
    """Every version, checked to its last byte, by folder name. Raises ShelfUnavailable."""
    held = read_state(shelf).active
    for folder in _folders(shelf):
        active = held is not None and folder.name == held.folder
        try:
            package = load_package(folder)
        except PackageError as error:
            yield Version(folder, None, None, 0, active, str(error))
            continue
        size = sum(len(content) for content in package.contents.values())
        yield Version(folder, package.manifest, package.signature, size, active)


def find(shelf: Path, said: str) -> Path:
    """The version that the first digits of its digest (6 or more, with or without `sha256:`) or its folder name mean.

    Raises:
        ShelfRefused: none is meant, or several.

    """
    digits = said.removeprefix("sha256:").lower()
    folders = _folders(shelf)
    meant = [folder for folder in folders if folder.name == digits]
    if not meant and re.fullmatch(rf"[0-9a-f]{{{_SHORTEST},64}}", digits):
        meant = [folder for folder in folders if held_of(folder).model.startswith(f"sha256:{digits}")]
    if not meant:
        raise ShelfRefused(
            f"{said}: there is neither a package of this name nor a version on the shelf {shelf} whose digest begins so"
        )
    if len(meant) > 1:
        names = ", ".join(folder.name for folder in meant)
        raise ShelfRefused(f"{said}: several versions on the shelf are meant ({names}); name one of them")
    return meant[0]


def put(shelf: Path, package: ModelPackage) -> str:
    """Copy a package to the shelf, or find it there. Returns its folder's name.

    A copy that differs from the one there in anything (its signature, damage) gets a folder of its own.

    Raises:
        OSError: the disk does not take it; nothing half is left.

    """
    base, number = package.digest.removeprefix("sha256:")[:_DIGITS], 1
    while True:
        name = base if number == 1 else f"{base}.{number}"
        if not (shelf / name).exists():
            write_folder(shelf / name, package.contents)
            return name
        if _same(shelf / name, package):
            return name
        number += 1


def _same(folder: Path, package: ModelPackage) -> bool:
    try:
        return load_package(folder).contents == package.contents
    except PackageError:
        return False


def _folders(shelf: Path) -> list[Path]:
    if not shelf.is_dir():
        return []
    return sorted(folder for folder in shelf.iterdir() if folder.is_dir() and re.match(_FOLDER, folder.name))


def held_of(folder: Path) -> Held:
    """What a version's manifest calls it; of a damaged one as much as its folder's name says."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValidationError):
        return Held(folder=folder.name, model="sha256:" + folder.name.partition(".")[0], name=folder.name)
    return Held(folder=folder.name, model=manifest.digest, name=manifest.name)
