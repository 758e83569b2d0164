"""Put a signature into a model package that lies on a disk.

Promises: the package is checked before it is signed; what is signed is every file that lies in it. The old package, or
the signed one, is there at any moment; no other file of it is touched (a zip is packed anew with the same contents).
May import: inference.durable, inference.model, the standard library.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inference.durable import write_file
from inference.model.package import PackageError, all_files, load_package
from inference.model.signing import SIGNATURE_FILE, Signature, render, sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# So that the same package packed twice is the same file.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def sign_package(path: Path, private: Ed25519PrivateKey, at: datetime | None = None) -> Signature:
    """Sign a folder or a `.zip`; a signature that is there already is replaced.

    Raises:
        PackageError: it cannot be used, was altered since it was signed, or is a bare `.onnx`.
        OSError: the disk does not take the signature.

    """
    if path.suffix.lower() == ".onnx" and path.is_file():
        raise PackageError(
            f"{path}: a bare .onnx has no place for a signature; a package (folder or .zip) is expected."
        )
    load_package(path)
    contents = all_files(path)
    signature = sign(contents, private, at)
    if path.is_dir():
        write_file(path / SIGNATURE_FILE, render(signature), scratch=path.resolve().parent)
    else:
        write_file(path, _zipped({**contents, SIGNATURE_FILE: render(signature)}))
    return signature


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
