"""A signature stands for every byte of a package: what was altered, added or taken away is refused and named."""

from __future__ import annotations

import json
import os
import stat
import sys
import zipfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.model import signing_key as keys
from inference.model.package import PackageError, check_accepted, load_package
from inference.model.seal import sign_package
from inference.model.signing import SIGNATURE_FILE, BadSignature, check, key_id, public_key, render, sign
from inference.model.signing_key import KeyUnavailable, key_file, signing_key
from tests.unit.model_parts import bright_network, write_bright

MINE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FILES = {"manifest.json": b"{}", "model.onnx": b"net", "reference/01.png": b"picture"}


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return target


def refusal(path: Path) -> str:
    with pytest.raises(PackageError) as caught:
        load_package(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    folder = write_bright(tmp_path / "bright")
    (folder / "notes.txt").write_text("not in the manifest")
    sign_package(folder, MINE, AT)
    return folder


def test_the_format_of_signatures_stays_what_it_is() -> None:
    """Packages signed today must be accepted by every later version."""
    signature = sign(FILES, MINE, AT)
    assert signature.key == "ed25519:03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert signature.key_id == key_id(signature.key) == "56475aa75463474c"
    assert signature.signature == (
        "fb9f51dd7f0726fcd5e13606e141303fb5f0f71c4c41f7fbb1df81bfb10d11c8"
        "f61e46746a033b2df96a316691fb741e8bf535c296693edcedb2cf90ba058609"
    )
    assert list(json.loads(render(signature))) == sorted(
        ["algorithm", "files", "format", "key", "key_id", "signature", "signed"]
    )


def test_signing_changes_no_other_file_and_says_who_and_when(signed: Path) -> None:
    before = {name: (signed / name).read_bytes() for name in ("model.onnx", "manifest.json", "notes.txt")}
    assert (signed / "model.onnx").read_bytes() == bright_network()
    sign_package(signed, OTHER, AT)
    package = load_package(signed)
    assert package.signature is not None
    assert package.signature.key == public_key(OTHER)
    assert package.signature.signed == "2026-11-24T12:00:00+00:00"
    assert set(package.signature.files) == {*before, "reference/01.png", "reference/02.png"}
    assert {name: (signed / name).read_bytes() for name in before} == before
    assert sorted(path.name for path in signed.parent.iterdir()) == ["bright"]


def test_a_zip_is_signed_with_the_same_contents(tmp_path: Path) -> None:
    folder = write_bright(tmp_path / "bright")
    path = zipped(folder, tmp_path / "bright.zip")
    plain = load_package(path)
    assert plain.signature is None
    sign_package(path, MINE, AT)
    package = load_package(path)
    assert package.signature is not None
    assert package.signature == sign(plain.contents, MINE, AT)
    assert package.digest == plain.digest
    assert package.model == plain.model
    first = path.read_bytes()
    sign_package(path, MINE, AT)
    assert path.read_bytes() == first


def test_a_bare_network_has_no_place_for_a_signature(tmp_path: Path) -> None:
    path = tmp_path / "n.onnx"
    path.write_bytes(bright_network())
    with pytest.raises(PackageError, match="no place for a signature"):
        sign_package(path, MINE)


def test_a_damaged_package_is_not_signed(tmp_path: Path) -> None:
    folder = write_bright(tmp_path / "bright")
    (folder / "model.onnx").write_bytes(b"x")
    with pytest.raises(PackageError, match=r"model\.onnx"):
        sign_package(folder, MINE)
    assert not (folder / SIGNATURE_FILE).exists()


def test_every_altered_file_is_named(signed: Path) -> None:
    for file in [path for path in signed.rglob("*") if path.is_file()]:
        name, content = file.relative_to(signed).as_posix(), file.read_bytes()
        for place in sorted({0, len(content) // 2, len(content) - 1}):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert name in refusal(signed)
        for other in (content + b"\n", content[:-1], b""):
            file.write_bytes(other)
            assert name in refusal(signed)
        file.write_bytes(content)
    load_package(signed)


def test_every_byte_of_the_signature_counts() -> None:
    content = render(sign(FILES, MINE, AT))
    for place in range(len(content)):
        for change in (1, 0x20, 0x80):
            with pytest.raises(BadSignature, match=r"signature\.json|model\.onnx|manifest\.json|reference"):
                check(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :], FILES)
    assert check(content, FILES).key == public_key(MINE)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}', b'{"format": true}', b"1" * 5000],
)
def test_a_signature_that_is_none(content: bytes) -> None:
    with pytest.raises(BadSignature, match=r"signature\.json") as caught:
        check(content, FILES)
    assert "\n" not in str(caught.value)


def test_a_newer_signature_is_named_as_such() -> None:
    with pytest.raises(BadSignature, match="newer Loupe"):
        check(b'{"format": 2, "unheard": "of"}', FILES)


def test_the_same_content_spelled_otherwise_is_refused() -> None:
    raw = json.loads(render(sign(FILES, MINE, AT)))
    reordered = {**raw, "files": dict(reversed(raw["files"].items()))}
    for other in (json.dumps(raw), json.dumps(raw, indent=1), json.dumps(reordered, indent=1) + "\n"):
        with pytest.raises(BadSignature, match="altered"):
            check(other.encode(), FILES)


def test_a_signature_under_another_name_is_refused() -> None:
    """The key is signed, too: nobody can put theirs over another's signature, nor a signature under another's key."""
    signature = sign(FILES, MINE, AT)
    stolen = signature.model_copy(update={"key": public_key(OTHER), "key_id": key_id(public_key(OTHER))})
    with pytest.raises(BadSignature, match="forged"):
        check(render(stolen), FILES)
    later = signature.model_copy(update={"signed": "2030-01-01T00:00:00+00:00"})
    with pytest.raises(BadSignature, match="forged"):
        check(render(later), FILES)
    no_point = "ed25519:" + "02" + "00" * 30 + "7f"
    with pytest.raises(BadSignature, match="forged"):
        check(render(signature.model_copy(update={"key": no_point, "key_id": key_id(no_point)})), FILES)
    with pytest.raises(BadSignature, match="altered"):
        check(render(signature.model_copy(update={"key_id": "0" * 16})), FILES)


def test_a_file_added_or_taken_away_is_named(signed: Path) -> None:
    (signed / "more").mkdir()
    (signed / "more" / ".hidden").write_bytes(b"")
    assert "more/.hidden was added" in refusal(signed)
    (signed / "more" / ".hidden").unlink()
    (signed / "notes.txt").unlink()
    assert "notes.txt is missing" in refusal(signed)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_signed_zip_with_any_altered_byte_is_refused_or_holds_what_was_signed(
    data: st.DataObject, tmp_path: Path
) -> None:
    path = tmp_path / "b.zip"
    if not path.exists():
        sign_package(zipped(write_bright(tmp_path / "bright"), path), MINE, AT)
        path.with_suffix(".good").write_bytes(path.read_bytes())
    content = path.with_suffix(".good").read_bytes()
    path.write_bytes(content)
    expected = load_package(path).contents
    place = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :])
    try:
        package = load_package(path)
    except PackageError:
        return
    assert package.signature is None or package.contents == expected


def test_who_is_accepted(signed: Path, tmp_path: Path) -> None:
    package, unsigned = load_package(signed), load_package(write_bright(tmp_path / "plain"))
    check_accepted(package, [])
    check_accepted(unsigned, [])
    check_accepted(package, [public_key(OTHER), public_key(MINE)])
    with pytest.raises(PackageError, match="is not signed"):
        check_accepted(unsigned, [public_key(MINE)])
    with pytest.raises(PackageError, match=public_key(MINE)):
        check_accepted(package, [public_key(OTHER)])


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "keys"
    first = public_key(signing_key(folder))
    assert public_key(signing_key(folder)) == first
    assert [path.name for path in folder.iterdir()] == [keys.KEY_FILE]
    if sys.platform != "win32":
        assert stat.S_IMODE(key_file(folder).stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_the_key_lies_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert tmp_path in key_file().parents or sys.platform == "darwin"


def test_two_first_uses_at_once_end_with_one_key(tmp_path: Path) -> None:
    import multiprocessing

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        said = set(pool.map(_public, [tmp_path / "k"] * 6))
    assert said == {public_key(signing_key(tmp_path / "k"))}


def _public(folder: Path) -> str:
    return public_key(signing_key(folder))


def test_a_key_made_meanwhile_is_kept(tmp_path: Path) -> None:
    made = tmp_path / "new"
    made.write_bytes(b"new")
    (tmp_path / "there").write_bytes(b"there")
    with pytest.raises(FileExistsError):
        keys._settle(made, tmp_path / "there")
    assert (tmp_path / "there").read_bytes() == b"there"


def test_a_disk_without_links_keeps_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert public_key(signing_key(tmp_path)) == public_key(signing_key(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    signing_key(tmp_path)
    key_file(tmp_path).chmod(0o640)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        signing_key(tmp_path)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_file_that_holds_none_is_refused(tmp_path: Path, content: bytes) -> None:
    signing_key(tmp_path)
    key_file(tmp_path).write_bytes(content)
    with pytest.raises(KeyUnavailable, match="no readable key"):
        signing_key(tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    signing_key(tmp_path)
    other = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem, pkcs8, bare = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file(tmp_path).write_bytes(other.private_bytes(pem, pkcs8, bare))
    with pytest.raises(KeyUnavailable, match="another kind"):
        signing_key(tmp_path)


def test_a_key_protected_by_a_password_is_refused(tmp_path: Path) -> None:
    signing_key(tmp_path)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file(tmp_path).write_bytes(MINE.private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"x")))
    with pytest.raises(KeyUnavailable, match="no readable key"):
        signing_key(tmp_path)


def test_a_place_that_takes_no_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyUnavailable, match="check its rights"):
        signing_key(tmp_path / "file")
