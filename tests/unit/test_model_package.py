"""What can be wrong with a package is found before anything runs, and said in one sentence."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from inference.model.package import PackageError, load_package
from tests.unit.model_parts import bright_network, plain_classifier, write_bright


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_bright(tmp_path / "bright")


def zipped(folder: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return target


def refusal(path: Path) -> str:
    with pytest.raises(PackageError) as caught:
        load_package(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text


def test_a_folder_and_its_zip_are_the_same_package(folder: Path, tmp_path: Path) -> None:
    from_folder = load_package(folder)
    for prefix in ("", "bright/"):
        from_zip = load_package(zipped(folder, tmp_path / f"{len(prefix)}.zip", prefix))
        assert from_zip.digest == from_folder.digest
        assert from_zip.model == from_folder.model
    assert from_folder.digest.startswith("sha256:")
    assert [case.image.shape for case in from_folder.references] == [(7, 9), (5, 4, 3)]


def test_the_digest_changes_with_anything_in_the_manifest(tmp_path: Path) -> None:
    one = load_package(write_bright(tmp_path / "a"))
    other = load_package(write_bright(tmp_path / "b", threshold=0.6))
    assert one.digest != other.digest


def test_a_missing_package(tmp_path: Path) -> None:
    assert "no such model package" in refusal(tmp_path / "nowhere")


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    assert "manifest.json is missing" in refusal(tmp_path)


def test_an_altered_network(folder: Path) -> None:
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    assert "model.onnx is not the file its manifest describes" in refusal(folder)


def test_an_altered_reference(folder: Path) -> None:
    (folder / "reference" / "01.png").write_bytes((folder / "reference" / "02.png").read_bytes())
    assert "reference/01.png is not the file" in refusal(folder)


def test_a_newer_format_is_named_as_such(tmp_path: Path) -> None:
    assert "newer Loupe" in refusal(write_bright(tmp_path / "p", format=99, something_new=True))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"surprise": 1}, "surprise"),
        ({"threshold": 7}, "threshold"),
        ({"good_class": "fine"}, "good_class"),
        ({"classes": ["good", "good"]}, "same name"),
        ({"model_sha256": "abc"}, "model_sha256"),
        ({"references": [{"file": "reference/../../x.png"}]}, "references.0.file"),
    ],
)
def test_a_manifest_that_says_nonsense(tmp_path: Path, changes: dict[str, object], word: str) -> None:
    assert word in refusal(write_bright(tmp_path / "p", **changes))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_manifest_that_is_no_document(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    assert "manifest.json" in refusal(folder)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "a/../../secret.txt", "..\\secret.txt", "c:/x"])
def test_nothing_outside_the_package_is_read(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {name: "0" * 64}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "outside the package" in refusal(folder)
    assert "outside the package" in refusal(zipped(folder, tmp_path / "p.zip"))


def test_a_zip_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(b"PK not really")
    assert "zip" in refusal(path)


def test_an_onnx_file_that_is_none(tmp_path: Path) -> None:
    for number, content in enumerate([b"", b"hello", bytes(range(256)) * 40]):
        path = tmp_path / f"{number}.onnx"
        path.write_bytes(content)
        assert "not an ONNX model" in refusal(path)


def test_some_other_file(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"x")
    assert "a folder, a .zip or an .onnx" in refusal(path)


def test_our_own_graph_without_a_package(tmp_path: Path) -> None:
    path = tmp_path / "bright.onnx"
    path.write_bytes(bright_network())
    package = load_package(path)
    assert package.manifest.classes == ("class_0", "class_1")
    assert package.manifest.good_class is None


def test_a_classifier_of_another_tool_keeps_its_names(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(plain_classifier(names="{0: 'Good', 1: 'rust'}"))
    manifest = load_package(path).manifest
    assert manifest.classes == ("Good", "rust")
    assert manifest.good_class == "Good"
    assert (manifest.input.width, manifest.input.height) == (64, 32)
