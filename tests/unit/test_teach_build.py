"""Teaching, from a folder of pictures to a package that judges new ones."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from camera.vision import cv2
from hmi.cli.main import run
from inference.model.package import load_package
from inference.model.session import ModelSession
from inference.teach.build import teach
from inference.teach.dataset import DatasetError
from inference.teach.features import input_size
from inference.teach.local import _interpolation
from inference.teach.write import PlaceTaken


def draw(path: Path, seed: int, *, spot: bool, size: tuple[int, int] = (96, 128)) -> tuple[int, int]:
    """Grey grain, perhaps with a dark spot; returns the spot's place (x, y)."""
    random = np.random.default_rng(seed)
    image = random.normal(140, 6, size).astype(np.float32)
    x, y = int(random.integers(16, size[1] - 16)), int(random.integers(16, size[0] - 16))
    if spot:
        cv2.circle(image, (x, y), 6, 40.0, -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image.clip(0, 255).astype(np.uint8))[1].tobytes())
    return x, y


@pytest.fixture(scope="module")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("spots")
    for number in range(14):
        draw(root / "train" / "good" / f"{number}.png", number, spot=False)
        draw(root / "train" / "spot" / f"{number}.png", 100 + number, spot=True)
    for number in range(6):
        draw(root / "test" / "good" / f"{number}.png", 200 + number, spot=False)
        draw(root / "test" / "spot" / f"{number}.png", 300 + number, spot=True)
    return root


@pytest.fixture(scope="module")
def taught(spots: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packages") / "spots"
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert run(["teach", str(spots), "--out", str(out), "--json"]) == 0
    answer = json.loads(said.getvalue())
    assert set(answer) >= {"task", "classes", "images", "seconds", "head", "threshold", "metrics", "package"}
    assert answer["classes"] == ["good", "spot"]
    assert answer["images"] == {"train": 28, "validation": 28}
    assert answer["package"] == str(out)
    return out


def test_a_taught_package_judges_pictures_it_has_not_seen(
    taught: Path, spots: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(["evaluate", str(taught), str(spots), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["images"] == 12
    assert answer["accuracy"] == 1.0
    assert answer["auroc"] == 1.0
    assert (answer["escapes"], answer["false_rejects"]) == (0, 0)
    assert answer["escape_rate"]["ci95"][0] == 0.0
    assert answer["confusion"] == {"labels": ["good", "spot"], "matrix": [[6, 0], [0, 6]]}


def test_the_heat_map_points_at_the_spot(taught: Path, tmp_path: Path) -> None:
    session = ModelSession(load_package(taught), "cpu")
    session.open((128, 96), 1)
    hits = 0
    for seed in range(400, 410):
        x, y = draw(tmp_path / "p.png", seed, spot=True)
        heat = session.judge(cv2.imread(str(tmp_path / "p.png"), cv2.IMREAD_UNCHANGED)).heatmap
        assert heat is not None
        row, column = np.unravel_index(int(heat.argmax()), heat.shape)
        at_x, at_y = (column + 0.5) * 128 / heat.shape[1], (row + 0.5) * 96 / heat.shape[0]
        hits += bool(np.hypot(at_x - x, at_y - y) < 14)
    assert hits >= 9


def test_grey_and_repeated_grey_are_judged_alike(taught: Path) -> None:
    session = ModelSession(load_package(taught), "cpu")
    session.open((70, 50))
    grey = np.random.default_rng(3).integers(90, 190, (50, 70), np.uint8)
    one, three = session.judge(grey), session.judge(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    assert one.score == pytest.approx(three.score, abs=1e-5)


def test_the_package_proves_itself(taught: Path) -> None:
    package = load_package(taught)
    assert package.manifest.training.seed == 0
    assert set(package.documents) == {"evaluation.json", "card.md"}
    assert len({case.image.shape for case in package.references}) == 2
    session = ModelSession(package, "cpu")
    session.open()
    parity = session.parity()
    assert parity.ok
    assert parity.n == 4


def test_the_same_seed_teaches_the_same_network(taught: Path, spots: Path, tmp_path: Path) -> None:
    teach(spots, tmp_path / "again.zip", 0, lambda *_: None)
    first, again = load_package(taught), load_package(tmp_path / "again.zip")
    session, other = ModelSession(first, "cpu"), ModelSession(again, "cpu")
    session.open()
    other.open()
    for case in first.references:
        assert session.judge(case.image).score == pytest.approx(other.judge(case.image).score, abs=1e-6)


def test_inspect_tells_each_picture_and_goes_on_after_a_bad_one(
    taught: Path, spots: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    good, spot = spots / "test" / "good" / "0.png", spots / "test" / "spot" / "0.png"
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    draw(tmp_path / "small" / "one.png", 1, spot=False, size=(33, 35))
    overlay = tmp_path / "overlay"
    arguments = [str(p) for p in (good, broken, tmp_path / "gone.png", spot, tmp_path / "small")]
    code = run(["inspect", *arguments, "--model", str(taught), "--overlay", str(overlay), "--json"])
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert code == 2
    assert [set(line) == {"path", "error"} for line in lines] == [False, True, True, False, False]
    assert captured.err.count("\n") == 1
    assert lines[0]["verdict"] == "OK"
    assert lines[0]["defects"] == []
    assert lines[3]["verdict"] == "NOT_OK"
    defect = lines[3]["defects"][0]
    assert set(defect) == {"label", "score", "box", "area_px"}
    x, y, w, h = defect["box"]
    assert 0 <= x < x + w <= 128
    assert 0 <= y < y + h <= 96
    assert sorted(file.name for file in overlay.iterdir()) == ["0.png.png", "one.png.png"]


def test_pictures_of_one_pixel_can_be_judged(taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "dot.png"
    path.write_bytes(cv2.imencode(".png", np.full((1, 1, 3), 7, np.uint8))[1].tobytes())
    assert run(["inspect", str(path), "--model", str(taught), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] in {"OK", "NOT_OK"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("good/a.png", "good/b.png"), "only good pictures"),
        (("dent/a.png", "dent/b.png"), "at least two"),
        (("good/a.png", "good/b.png", "dent/a.png"), "only one picture"),
    ],
)
def test_sets_that_cannot_be_taught_from(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    for seed, name in enumerate(names):
        draw(tmp_path / "set" / name, seed, spot=False)
    with pytest.raises(DatasetError, match=words):
        teach(tmp_path / "set", tmp_path / "out", 0, lambda *_: None, task="classify")
    assert not (tmp_path / "out").exists()


def test_something_that_is_no_package_is_not_overwritten(spots: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(PlaceTaken):
        teach(spots, tmp_path / "mine", 0, lambda *_: None)
    (tmp_path / "mine.zip").write_text("years of work")
    with pytest.raises(PlaceTaken):
        teach(spots, tmp_path / "mine.zip", 0, lambda *_: None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["teach", "nowhere", "--out", "x"],
        ["teach", ".", "--out", "x", "--task", "anomaly"],
        ["teach", ".", "--out", "x", "--head", "svm"],
        ["teach", "."],
        ["evaluate", "nowhere", "."],
        ["inspect", "x.png", "--model", "nowhere"],
        ["inspect", "x.png"],
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((640, 512), (320, 256)),
        ((128, 128), (224, 224)),
        ((1130, 460), (448, 192)),
        ((1, 1), (64, 64)),
        ((9000, 8), (1024, 64)),
    ],
)
def test_the_networks_input_follows_the_pictures(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert input_size([size]) == expected


def test_cells_are_interpolated_as_the_graph_does() -> None:
    coarse = np.random.default_rng(0).random((1, 2, 3, 5)).astype(np.float32)
    node = helper.make_node("Resize", ["x", "", "s"], ["y"], mode="linear")
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, coarse.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(np.array([1, 1, 4, 4], np.float32), "s")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": coarse})[0]
    rows, columns = _interpolation(3, 12), _interpolation(5, 20)
    np.testing.assert_allclose(rows @ coarse[0] @ columns.T, expected[0], atol=1e-6)
