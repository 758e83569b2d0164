"""Model packages: a folder, a `.zip`, or a bare `.onnx`, checked to the last byte before anything runs.

Promises: what `load_package` returns has the digests its manifest states and, where it is signed, is what was signed;
nothing outside the package is read or written. Every way to be wrong is one `PackageError` with one sentence.
May import: numpy, cv2 (through camera.vision), pydantic, inference.model.signing, the standard library.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from camera.vision import cv2
from inference.model.manifest import FORMAT, Manifest, Reference
from inference.model.signing import SIGNATURE_FILE, BadSignature, Signature, check

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"
# More than any network of ours; a zip that unpacks to more is refused before it is read.
MAX_FILE_BYTES = 2 * 1024**3
# What a damaged zip makes the library say beside BadZipFile (RuntimeError: encrypted, or packed in an unknown way).
_ZIP_FAULTS = (zlib.error, EOFError, RuntimeError, ValueError, OverflowError, struct.error)

Image = npt.NDArray[np.uint8]
_Reader = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a package lies."""

    read: _Reader
    """The content of a file by its name within the package. Raises PackageError."""
    names: Callable[[], list[str]]
    """All files there."""


class PackageError(Exception):
    """The model package cannot be used; `str()` is one sentence for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceCase:
    """A reference picture, uint8 [H, W] or [H, W, 3], with what is expected of it."""

    expected: Reference
    image: Image


@dataclass(frozen=True, slots=True, eq=False)
class ModelPackage:
    """A checked package in memory."""

    path: Path
    manifest: Manifest
    model: bytes = field(repr=False)
    references: tuple[ReferenceCase, ...] = field(default=(), repr=False)
    documents: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    """Name → content of the files beside the network (`evaluation.json`, `card.md`)."""
    signature: Signature | None = None
    """Checked against every file; None where the package is not signed."""
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    """Name → bytes of every file that was read and checked: what a copy of the package is made of."""

    @property
    def digest(self) -> str:
        """The package's own digest: that of its canonical manifest."""
        return self.manifest.digest

    @property
    def name(self) -> str:
        """What people call the model."""
        return self.manifest.name


def check_accepted(package: ModelPackage, accept: Sequence[str]) -> None:
    """Refuse a package that none of the keys in `accept` signed; with no key listed anything is accepted.

    Raises:
        PackageError: it is not signed, or by somebody else.

    """
    if not accept:
        return
    if package.signature is None:
        raise PackageError(
            f"{package.path}: is not signed, and this station accepts only packages signed by one of the "
            f"{len(accept)} keys under `accept` in [model]."
        )
    if package.signature.key not in accept:
        raise PackageError(
            f"{package.path}: is signed by {package.signature.key}, which is not among the keys that this station "
            "accepts (`accept` under [model])."
        )


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def load_package(path: Path | str) -> ModelPackage:
    """Read and check a package.

    Raises:
        PackageError: it is missing, damaged, altered, made by a newer program, or no model at all.

    """
    path = Path(path)
    with _opened(path) as place:
        return _adopt(path) if place is None else _load(path, place)


def all_files(path: Path) -> dict[str, bytes]:
    """Name → content of every file in a package's folder or zip, whether or not its manifest names it.

    Raises:
        PackageError: it cannot be read, or is a bare `.onnx`.

    """
    with _opened(path) as place:
        if place is None:
            raise PackageError(f"{path}: is a bare .onnx file; a package is expected.")
        return {name: place.read(name) for name in place.names()}


@contextmanager
def _opened(path: Path) -> Generator[_Place | None]:
    """The package's files; None for a bare `.onnx`. What the system says of them becomes a PackageError."""
    try:
        if path.is_dir():
            yield _in_folder(path)
        elif not path.exists():
            raise PackageError(f"{path}: there is no such model package.")
        elif path.suffix.lower() == ".zip":
            with _archive(path) as archive:
                yield _in_zip(path, archive)
        elif path.suffix.lower() == ".onnx":
            yield None
        else:
            raise PackageError(f"{path}: not a model package; a folder, a .zip or an .onnx file is expected.")
    except zipfile.BadZipFile as error:
        raise PackageError(f"{path}: the zip file is damaged ({error}).") from error
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror or error}).") from error


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _ZIP_FAULTS as error:
        raise zipfile.BadZipFile(str(error)) from error


def _adopt(path: Path) -> ModelPackage:
    from inference.model.foreign import adopt

    manifest, model = adopt(path.read_bytes(), str(path), path.stem)
    contents = {MANIFEST_FILE: manifest.canonical_json().encode(), MODEL_FILE: model}
    return ModelPackage(path, manifest, model, contents=contents)


def _load(path: Path, place: _Place) -> ModelPackage:
    # First of all: what somebody altered is named as altered, and is not interpreted.
    signature, contents = _signature(path, place)

    def read(name: str) -> bytes:
        if name not in contents:
            contents[name] = place.read(name)
        return contents[name]

    manifest = _manifest(path, read(MANIFEST_FILE))
    model = read(MODEL_FILE)
    _check(path, MODEL_FILE, model, manifest.model_sha256)
    cases = tuple(_reference(path, read, reference) for reference in manifest.references)
    documents: dict[str, bytes] = {}
    for name, digest in manifest.files.items():
        documents[name] = read(name)
        _check(path, name, documents[name], digest)
    return ModelPackage(path, manifest, model, cases, documents, signature, contents)


def _signature(path: Path, place: _Place) -> tuple[Signature | None, dict[str, bytes]]:
    """The signature, and the bytes of all files it covers; of an unsigned package none is read yet."""
    names = place.names()
    if SIGNATURE_FILE not in names:
        return None, {}
    contents = {name: place.read(name) for name in names}
    try:
        return check(contents[SIGNATURE_FILE], contents), contents
    except BadSignature as error:
        raise PackageError(f"{path}: {error}.") from error


def _manifest(path: Path, content: bytes) -> Manifest:
    try:
        raw: Any = json.loads(content)
    except ValueError as error:
        raise PackageError(f"{path}: {MANIFEST_FILE} is not JSON ({error}).") from error
    version = cast("dict[str, Any]", raw).get("format") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise PackageError(f"{path}: made by a newer Loupe (format {version}; this one reads up to {FORMAT}).")
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise PackageError(f"{path}: {MANIFEST_FILE}: {where}: {first['msg']}.") from error


def _reference(path: Path, read: _Reader, reference: Reference) -> ReferenceCase:
    content = read(reference.file)
    _check(path, reference.file, content, reference.sha256)
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.dtype != np.uint8:
        raise PackageError(f"{path}: {reference.file} is not an 8-bit picture.")
    return ReferenceCase(reference, cast("Image", image))


def _check(path: Path, name: str, content: bytes, expected: str) -> None:
    found = sha256(content)
    if found != expected:
        raise PackageError(
            f"{path}: {name} is not the file its manifest describes (sha256 {found[:12]}…, expected {expected[:12]}…)."
        )


def _inside(path: Path, name: str) -> PurePosixPath:
    inner = PurePosixPath(name)
    if inner.is_absolute() or ".." in inner.parts or "\\" in name or ":" in name:
        raise PackageError(f"{path}: the manifest names {name!r}, which lies outside the package.")
    return inner


def _in_folder(path: Path) -> _Place:
    def read(name: str) -> bytes:
        file = path / _inside(path, name)
        if not file.is_file():
            raise PackageError(f"{path}: not a complete model package, {name} is missing.")
        return file.read_bytes()

    def names() -> list[str]:
        return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())

    return _Place(read, names)


def _in_zip(path: Path, archive: zipfile.ZipFile) -> _Place:
    # Packed by hand, a package often lies one folder down.
    manifests = [
        name for name in archive.namelist() if PurePosixPath(name).name == MANIFEST_FILE and name.count("/") < 2
    ]
    prefix = manifests[0].removesuffix(MANIFEST_FILE) if len(manifests) == 1 else ""

    def read(name: str) -> bytes:
        _inside(path, name)
        try:
            entry = archive.getinfo(prefix + name)
        except KeyError:
            raise PackageError(f"{path}: not a complete model package, {name} is missing.") from None
        if entry.file_size > MAX_FILE_BYTES:
            raise PackageError(f"{path}: {name} unpacks to {entry.file_size} bytes, more than a package may hold.")
        try:
            return archive.read(entry)
        except (
            zlib.error,
            EOFError,
            RuntimeError,
        ) as error:  # RuntimeError: encrypted, or packed in a way unknown here
            raise zipfile.BadZipFile(f"{name}: {error}") from error

    def names() -> list[str]:
        listed = {name for name in archive.namelist() if name.startswith(prefix) and not name.endswith("/")}
        return sorted(name.removeprefix(prefix) for name in listed)

    return _Place(read, names)
