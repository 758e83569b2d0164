"""Write a model package: all files beside each other first, then one rename.

Promises: whoever looks sees the old package, or the new one, or none; never half of one. Something that is not a
package is never overwritten.
May import: inference.model, the standard library.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from inference.model.manifest import Manifest
from inference.model.package import MANIFEST_FILE, MODEL_FILE, sha256
from inference.teach.card import card
from inference.teach.evaluate import Evaluation

# So that the same package packed twice is the same file.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class PlaceTaken(ValueError):
    """Something that is no model package lies where one was wanted: wrong use. `str()` is one sentence."""


class PackageNotWritten(OSError):
    """The disk did not take the package: the machine failed. `str()` is one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class PackageFiles:
    """A package before it is written. The manifest gets the digests of the documents when it is."""

    manifest: Manifest
    model: bytes
    references: dict[str, bytes]
    metrics: Evaluation
    documents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Name → content of what else lies in the package (`bank.json`)."""


def write_package(out: Path, files: PackageFiles) -> Manifest:
    """Write to `out`, a folder or a `.zip`; an older package there is replaced. Returns the manifest as written.

    Raises:
        PlaceTaken: something else is there.
        PackageNotWritten: the disk does not take it.

    """
    documents = {
        "evaluation.json": json.dumps(asdict(files.metrics), indent=1, ensure_ascii=False).encode(),
        "card.md": card(files.manifest, files.metrics).encode(),
        **files.documents,
    }
    digests = {name: sha256(content) for name, content in documents.items()}
    manifest = files.manifest.model_copy(update={"files": digests})
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()
    contents = {MANIFEST_FILE: text, MODEL_FILE: files.model, **files.references, **documents}
    check_place(out)
    try:
        if out.suffix.lower() == ".zip":
            _write_zip(out, contents)
        else:
            _write_folder(out, contents)
    except OSError as error:
        raise PackageNotWritten(f"{out}: the package cannot be written ({error.strerror or error}).") from error
    return manifest


def check_place(out: Path) -> None:
    """Refuse a place that holds something else than a package. Raises PlaceTaken."""
    if out.suffix.lower() == ".zip":
        free = not out.exists() or zipfile.is_zipfile(out)
    else:
        free = not out.exists() or (out.is_dir() and ((out / MANIFEST_FILE).is_file() or not any(out.iterdir())))
    if not free:
        raise PlaceTaken(f"{out}: is there and is not a model package; name a new folder or a .zip file.")


def _write_folder(out: Path, contents: dict[str, bytes]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        made = Path(scratch) / "new"
        for name, content in contents.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if out.exists():
            out.rename(Path(scratch) / "old")
        made.rename(out)


def _write_zip(out: Path, contents: dict[str, bytes]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        made = Path(scratch) / "new.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
        shutil.move(made, out)
