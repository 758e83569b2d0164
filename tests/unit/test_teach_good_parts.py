"""Teaching from good parts only, from a folder of pictures to verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from camera.vision import cv2
from hmi.cli.main import run
from hmi.station.selftest import self_test
from inference.model.manifest import Manifest
from inference.model.package import load_package
from inference.model.postprocess import find_defects
from inference.model.session import ModelSession
from inference.teach.build import teach
from inference.teach.dataset import DatasetError
from inference.teach.good_parts import input_for


def draw(path: Path, seed: int, *, spot: bool = False, colour: bool = False, size: tuple[int, int] = (96, 128)) -> None:
    random = np.random.default_rng(seed)
    image = random.normal(140, 6, size).astype(np.float32)
    cv2.rectangle(image, (size[1] // 4, size[0] // 4), (size[1] // 2, size[0] // 2), 90.0, -1)
    if spot:
        cv2.circle(image, (size[1] * 3 // 4, size[0] * 3 // 4), 6, 40.0, -1)
    pixels = image.clip(0, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if colour else pixels)[1].tobytes())


def silent(_what: str, _done: int, _of: int) -> None:
    pass


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("parts")
    for number in range(10):
        draw(root / "train" / "good" / f"{number}.png", number, colour=number % 3 == 0)
    # Defects in train/ are not looked at: this one could not even be read.
    (root / "train" / "spot").mkdir()
    (root / "train" / "spot" / "broken.png").write_text("no picture")
    for number in range(6):
        draw(root / "test" / "good" / f"{number}.png", 200 + number)
        draw(root / "test" / "spot" / f"{number}.png", 300 + number, spot=True)
    return root


@pytest.fixture(scope="module")
def taught(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packages") / "parts"
    teach(parts, out, 0, silent, task="anomaly")
    return out


@pytest.fixture
def session(taught: Path) -> ModelSession:
    made = ModelSession(load_package(taught), "cpu")
    made.open()
    return made


def test_good_pictures_alone_are_enough(parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    good = tmp_path / "only" / "train" / "good"
    good.parent.mkdir(parents=True)
    good.symlink_to(parts / "train" / "good")
    out = tmp_path / "out.zip"
    assert run(["teach", str(tmp_path / "only"), "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["task"] == "anomaly"
    assert answer["classes"] == ["good", "defect"]
    assert answer["images"] == {"train": 10, "validation": 10}
    assert answer["threshold"] == 0.5
    assert answer["skipped"] == []
    assert "30.0%" in answer["notes"][0]
    assert "enlarged by a quarter" in answer["reason"]
    assert load_package(out).manifest.task == "anomaly"


def test_evaluate_takes_every_other_class_as_defect(taught: Path, parts: Path, capsys: pytest.CaptureFixture) -> None:
    assert run(["evaluate", str(taught), str(parts), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["confusion"] == {"labels": ["good", "defect"], "matrix": [[6, 0], [0, 6]]}
    assert answer["auroc"] == 1.0
    assert (answer["escapes"], answer["false_rejects"]) == (0, 0)


def test_inspect_marks_the_spot(taught: Path, parts: Path, capsys: pytest.CaptureFixture) -> None:
    good, bad = parts / "test" / "good" / "0.png", parts / "test" / "spot" / "0.png"
    assert run(["inspect", str(good), str(bad), "--model", str(taught), "--json"]) == 0
    ok, not_ok = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (ok["verdict"], ok["label"], ok["defects"]) == ("OK", "good", [])
    assert (not_ok["verdict"], not_ok["label"], not_ok["probabilities"]) == ("NOT_OK", "defect", {})
    x, y, w, h = not_ok["defects"][0]["box"]
    assert x < 96 < x + w
    assert y < 72 < y + h


def test_the_package_proves_itself_on_the_real_line(taught: Path) -> None:
    answer = self_test(taught, "cpu")
    assert answer.ok, answer.checks
    package = load_package(taught)
    assert {case.expected.label for case in package.references} == {"good", "defect"}
    assert package.references[-1].expected.score >= 0.5
    assert "rule of three" in package.documents["card.md"].decode()


def test_the_nearest_good_patch_is_named(session: ModelSession, parts: Path) -> None:
    bank = json.loads(session.package.documents["bank.json"])
    judged = session.judge(cv2.imread(str(parts / "test" / "spot" / "1.png"), cv2.IMREAD_UNCHANGED))
    assert judged.nearest is not None
    patch = bank["patches"][judged.nearest]
    assert (parts / bank["pictures"][patch["picture"]]).is_file()
    assert 0 < patch["x"] < 1
    assert 0 < patch["y"] < 1


def test_the_same_seed_makes_the_same_network_byte_for_byte(taught: Path, parts: Path, tmp_path: Path) -> None:
    teach(parts, tmp_path / "again", 0, silent, task="anomaly")
    teach(parts, tmp_path / "other", 1, silent, task="anomaly")
    first = (taught / "model.onnx").read_bytes()
    assert (tmp_path / "again" / "model.onnx").read_bytes() == first
    assert (tmp_path / "other" / "model.onnx").read_bytes() != first
    onnx.checker.check_model(onnx.load_model_from_string(first), full_check=True)


@pytest.mark.parametrize("grey", [0, 255, 128])
def test_pictures_unlike_anything_are_not_ok(session: ModelSession, grey: int) -> None:
    for shape in ((96, 128), (50, 33, 3), (1, 1), (700, 900)):
        judged = session.judge(np.full(shape, grey, np.uint8))
        assert not judged.verdict_ok
        assert 0.5 <= judged.score < 1
        assert find_defects(judged, (shape[1], shape[0]))
    noise = np.random.default_rng(0).integers(0, 255, (300, 200, 3), np.uint8)
    assert not session.judge(noise).verdict_ok


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_few_good_parts_do(tmp_path: Path, count: int) -> None:
    for number in range(count):
        draw(tmp_path / "set" / "OK" / f"{number}.png", number)
    report = teach(tmp_path / "set", tmp_path / "out", 0, silent)
    assert ("one good part" if count == 1 else "rule of three") in report.notes[0]
    session = ModelSession(load_package(tmp_path / "out"), "cpu")
    session.open()
    for seed in range(500, 504):
        draw(tmp_path / "new.png", seed)
        draw(tmp_path / "bad.png", seed, spot=True)
        new, bad = (
            session.judge(cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED)) for name in ("new.png", "bad.png")
        )
        assert bad.score > new.score
        assert bad.label == "defect"
        assert new.label == "OK"


def test_copies_of_one_picture_count_once(tmp_path: Path) -> None:
    for number in range(4):
        draw(tmp_path / "set" / "good" / f"{number}.png", 7)
    report = teach(tmp_path / "set", tmp_path / "out", 0, silent)
    assert "one good part" in report.notes[0]
    assert report.images.train == 4


def test_a_picture_that_cannot_be_read_is_left_out_and_named(
    tmp_path: Path, parts: Path, capsys: pytest.CaptureFixture
) -> None:
    for number in range(6):
        draw(tmp_path / "set" / "good" / f"{number}.png", number)
    (tmp_path / "set" / "good" / "torn.png").write_bytes((tmp_path / "set" / "good" / "0.png").read_bytes()[:900])
    assert run(["teach", str(tmp_path / "set"), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "1 pictures could not be read and were left out: good/torn.png" in said
    assert load_package(tmp_path / "out").manifest.training.images.train == 6


def test_sets_that_cannot_be_taught_from_write_nothing(tmp_path: Path) -> None:
    draw(tmp_path / "bad" / "dent" / "0.png", 0)
    (tmp_path / "torn" / "good").mkdir(parents=True)
    (tmp_path / "torn" / "good" / "0.png").write_text("no picture")
    (tmp_path / "empty" / "good").mkdir(parents=True)
    for name in ("a", "b"):
        draw(tmp_path / "sets" / name / "train" / "good" / "0.png", 0)
    for name, words in (
        ("bad", "no good class"),
        ("torn", "none of its 1 good pictures can be read"),
        ("empty", "holds no picture"),
        ("sets", "holds several sets"),
        ("nowhere", "no such folder"),
    ):
        with pytest.raises(DatasetError, match=words):
            teach(tmp_path / name, tmp_path / "out", 0, silent, task="anomaly")
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("size", ["640", "640x500", "32x32", "axb", "9999x64"])
def test_a_size_that_no_network_has_is_refused(
    size: str, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(["teach", str(parts), "--out", str(tmp_path / "out"), "--input", size]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("size", "expected", "words"),
    [
        ((128, 128), (160, 160), "enlarged"),
        ((550, 380), (544, 384), "kept"),
        ((640, 512), (544, 448), "shrunk"),
        ((1130, 460), (768, 320), "shrunk"),
        ((2000, 1300), (992, 640), "small defects"),
        ((1, 1), (64, 64), "enlarged"),
        ((9000, 8), (2048, 64), "kept"),
    ],
)
def test_the_input_follows_the_pictures(size: tuple[int, int], expected: tuple[int, int], words: str) -> None:
    found, reason = input_for([size, size, (10, 10)])
    assert found == expected
    assert words in reason


def test_a_bare_network_for_anomalies_needs_no_manifest(taught: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.onnx"
    bare.write_bytes((taught / "model.onnx").read_bytes())
    package = load_package(bare)
    assert (package.manifest.task, package.manifest.classes) == ("anomaly", ("good", "defect"))
    session = ModelSession(package, "cpu")
    session.open()
    assert session.judge(np.zeros((96, 128), np.uint8)).label == "defect"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"classes": ["good", "dent", "spot"]}, "two classes"),
        ({"good_class": None}, "two classes"),
        (
            {
                "references": [
                    {
                        "file": "reference/1.png",
                        "sha256": "0" * 64,
                        "label": "good",
                        "score": 0.1,
                        "probabilities": [1.0],
                    }
                ]
            },
            "no probabilities",
        ),
    ],
)
def test_a_manifest_that_contradicts_its_task_is_refused(taught: Path, change: dict[str, object], words: str) -> None:
    document = json.loads((taught / "manifest.json").read_text()) | change
    with pytest.raises(ValueError, match=words):
        Manifest.model_validate(document)
