"""Model packages: a folder, a `.zip`, or a bare `.onnx`, checked to the last byte before anything runs.

Promises: what `load_package` returns has the digests its manifest states; nothing outside the package is read or
written. Every way to be wrong is one `PackageError` with one sentence.
May import: numpy, cv2 (through camera.vision), pydantic, the standard library.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from camera.vision import cv2
from inference.model.manifest import FORMAT, Manifest, Reference

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"
# More than any network of ours; a zip that unpacks to more is refused before it is read.
MAX_FILE_BYTES = 2 * 1024**3

Image = npt.NDArray[np.uint8]
_Reader = Callable[[str], bytes]


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

    @property
    def digest(self) -> str:
        """The package's own digest: that of its canonical manifest."""
        return self.manifest.digest

    @property
    def name(self) -> str:
        """What people call the model."""
        return self.manifest.name


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def load_package(path: Path | str) -> ModelPackage:
    """Read and check a package.

    Raises:
        PackageError: it is missing, damaged, altered, made by a newer program, or no model at all.

    """
    path = Path(path)
    try:
        if path.is_dir():
            return _load(path, _folder_reader(path))
        if not path.exists():
            raise PackageError(f"{path}: there is no such model package.")
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                return _load(path, _zip_reader(path, archive))
        if path.suffix.lower() == ".onnx":
            return _adopt(path)
    except zipfile.BadZipFile as error:
        raise PackageError(f"{path}: the zip file is damaged ({error}).") from error
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror or error}).") from error
    raise PackageError(f"{path}: not a model package; a folder, a .zip or an .onnx file is expected.")


def _adopt(path: Path) -> ModelPackage:
    from inference.model.foreign import adopt

    manifest, model = adopt(path.read_bytes(), str(path), path.stem)
    return ModelPackage(path, manifest, model)


def _load(path: Path, read: _Reader) -> ModelPackage:
    manifest = _manifest(path, read(MANIFEST_FILE))
    model = read(MODEL_FILE)
    _check(path, MODEL_FILE, model, manifest.model_sha256)
    cases = tuple(_reference(path, read, reference) for reference in manifest.references)
    documents: dict[str, bytes] = {}
    for name, digest in manifest.files.items():
        documents[name] = read(name)
        _check(path, name, documents[name], digest)
    return ModelPackage(path, manifest, model, cases, documents)


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


def _folder_reader(path: Path) -> _Reader:
    def read(name: str) -> bytes:
        file = path / _inside(path, name)
        if not file.is_file():
            raise PackageError(f"{path}: not a complete model package, {name} is missing.")
        return file.read_bytes()

    return read


def _zip_reader(path: Path, archive: zipfile.ZipFile) -> _Reader:
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
        return archive.read(entry)

    return read
