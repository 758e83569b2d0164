"""The user's own signing key: made at its first use, kept in the user's data folder and nowhere else.

Promises: the private key never leaves its file (mode 0600, in a folder of mode 0700); two programs that need it for
the first time at once end with the same key; a file that others may read, or that holds no key, is refused.
May import: cryptography, platformdirs, inference.model.signing, the standard library.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "model-signing.pem"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyUnavailable(OSError):
    """The signing key cannot be made or used; `str()` is one sentence that says what to do."""


def key_file(folder: Path | None = None) -> Path:
    """Where the private key lies, whether or not it was made already."""
    return (folder or user_data_path("loupe", appauthor=False) / "keys") / KEY_FILE


def signing_key(folder: Path | None = None) -> Ed25519PrivateKey:
    """The private key, made where there is none yet.

    Raises:
        KeyUnavailable: the folder cannot be written, others may read the file, or it holds no Ed25519 key.

    """
    path = key_file(folder)
    try:
        if not path.exists():
            _make(path)
        content, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise KeyUnavailable(f"the signing key {path} cannot be used ({error.strerror}): check its rights") from error
    if sys.platform != "win32" and mode & _OTHERS:
        raise KeyUnavailable(f"others may read the signing key {path}: `chmod 600` it, or move it away for a new one")
    return _load(path, content)


def _load(path: Path, content: bytes) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnavailable(f"{path} holds no readable key: put its copy back, or move it away") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnavailable(f"{path} holds a key of another kind than Ed25519: move it away")
    return key


def _make(path: Path) -> None:
    """Write a new key beside its place, then give it the name, unless another program was quicker."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # of mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            _settle(Path(name), path)
    finally:
        Path(name).unlink(missing_ok=True)


def _settle(made: Path, path: Path) -> None:
    """Give the file its name; never takes the name from a file that has it. Raises FileExistsError there."""
    if sys.platform == "win32":
        made.rename(path)
        return
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        made.rename(path)
