"""Who vouches for a model package: an Ed25519 signature (RFC 8032) over the digest of every file of it.

Promises: `signature.json` stands beside the files it vouches for and changes none of them, so `model.onnx` stays byte
for byte what teaching made. A signature that `check` lets pass covers exactly the files given; one byte more, less or
other, in any file or in the signature itself, is refused with a sentence that names the file. With `signing_key` the
only module that imports cryptography when it runs.
May import: cryptography, inference.document, the standard library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Field, ValidationError

from inference.document import Document

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNATURE_FILE = "signature.json"
FORMAT = 1
"""The newest signature format this program reads."""
PREFIX = "ed25519:"
KEY_PATTERN = r"^ed25519:[0-9a-f]{64}$"
# So that a signature of ours can never be taken for one of another purpose made with the same key.
_PURPOSE = b"loupe model package signature 1\n"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BadSignature(ValueError):
    """The signature does not stand for these files; `str()` is the end of a sentence that begins with the package."""


class Signature(Document):
    """What stands in `signature.json`."""

    format: int = FORMAT
    algorithm: Literal["ed25519"] = "ed25519"
    key: str = Field(pattern=KEY_PATTERN)
    """The public key: `ed25519:` and its 32 bytes in hexadecimal."""
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    """What people compare and write down (`key_id`)."""
    signed: str
    """ISO 8601, UTC, by the clock of the machine that signed."""
    files: dict[str, Sha256]
    """Every file of the package but this one."""
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")
    """Of everything above, in hexadecimal (`_signed_bytes`)."""


def key_id(public: str) -> str:
    """16 hexadecimal digits that stand for a public key among people: the start of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public.removeprefix(PREFIX))).hexdigest()[:16]


def public_key(private: Ed25519PrivateKey) -> str:
    """The public half as it is written in `signature.json` and in a station file."""
    return PREFIX + private.public_key().public_bytes_raw().hex()


def sign(contents: Mapping[str, bytes], private: Ed25519PrivateKey, at: datetime | None = None) -> Signature:
    """Vouch for all of a package's files (name → content). An older `signature.json` among them is left out."""
    public = public_key(private)
    files = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    files.pop(SIGNATURE_FILE, None)
    unsigned = Signature(
        key=public,
        key_id=key_id(public),
        signed=(at or datetime.now(UTC)).isoformat(timespec="seconds"),
        files=files,
        signature="0" * 128,
    )
    return unsigned.model_copy(update={"signature": private.sign(_signed_bytes(unsigned)).hex()})


def render(signature: Signature) -> bytes:
    """The file's bytes. There is one spelling only, so that a changed blank is found, too."""
    return (json.dumps(signature.model_dump(mode="json"), indent=1, sort_keys=True) + "\n").encode("ascii")


def check(content: bytes, contents: Mapping[str, bytes]) -> Signature:
    """Check `signature.json` (`content`) against the package's other files (name → content).

    Raises:
        BadSignature: it is damaged or forged, or a file was altered, added or taken away.

    """
    signature = _read(content)
    _verify(signature)
    found = {name: hashlib.sha256(held).hexdigest() for name, held in contents.items() if name != SIGNATURE_FILE}
    for name in sorted(found.keys() | signature.files.keys()):
        if name not in found:
            raise BadSignature(f"{name} is missing, the signature names it")
        if name not in signature.files:
            raise BadSignature(f"{name} was added after the package was signed: take it away")
        if found[name] != signature.files[name]:
            raise BadSignature(f"{name} was altered after the package was signed")
    return signature


def _read(content: bytes) -> Signature:
    try:
        raw: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadSignature(f"{SIGNATURE_FILE} is not JSON") from error
    version = cast("dict[str, Any]", raw).get("format") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise BadSignature(f"{SIGNATURE_FILE} was made by a newer Loupe (format {version}; this one reads {FORMAT})")
    try:
        signature = Signature.model_validate(raw, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise BadSignature(f"{SIGNATURE_FILE}: {where}: {first['msg']}") from error
    if render(signature) != content or signature.key_id != key_id(signature.key):
        raise BadSignature(f"{SIGNATURE_FILE} was altered")
    return signature


def _verify(signature: Signature) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = bytes.fromhex(signature.key.removeprefix(PREFIX))
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature.signature), _signed_bytes(signature))
    except (InvalidSignature, ValueError) as error:  # ValueError: 32 bytes that are no point of the curve
        raise BadSignature(f"{SIGNATURE_FILE} was altered, or its signature was forged") from error


def _signed_bytes(signature: Signature) -> bytes:
    content = signature.model_dump(mode="json", exclude={"signature"})
    return _PURPOSE + json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")
