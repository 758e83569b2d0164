"""`loupe evaluate`: figures, overlap, doubts, risk, pictures and the drawing, and every way to ask wrongly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from camera.vision import cv2
from hmi.cli.main import run
from inference.model.package import sha256
from tests.unit.model_parts import bright_network, plain_classifier, write_bright

RISK = ["--risk", "--prevalence", "0.01", "--parts-per-shift", "20000", "--escape-cost", "100", "--reject-cost", "1"]


def write(path: Path, grey: float, seed: int) -> None:
    """A picture whose mean is `grey`, with a face of its own."""
    face = np.random.default_rng(seed).normal(0, 12, (24, 32))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.clip(grey + face - face.mean(), 0, 255).astype(np.uint8))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Its score is the mean grey / 255; NOT_OK from 0.5 on."""
    return write_bright(tmp_path / "bright")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """12 good ones (one of them too bright) and 12 bright ones (two of them too dark), under names without numbers."""
    root = tmp_path / "set"
    for n in range(12):
        write(root / "good" / f"{'abcdefghijkl'[n]}.png", 215 if n == 0 else 40 + 5 * n, n)
        write(root / "bright" / f"{'abcdefghijkl'[n]}.png", 110 + n if n < 2 else 190 + 3 * n, 100 + n)
    return root


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run(["evaluate", *map(str, arguments), "--provider", "cpu", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence of a refusal."""
    assert run(["evaluate", *map(str, arguments)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


def test_the_figures_of_the_contract_and_what_stands_beside_them(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures)
    assert (told["images"], told["escapes"], told["false_rejects"], told["not_decidable"]) == (24, 2, 1, 0)
    assert told["confusion"] == {"labels": ["good", "bright"], "matrix": [[11, 1], [2, 10]]}
    assert told["accuracy"] == pytest.approx(21 / 24)
    assert told["accuracy_ci95"][0] < 21 / 24 < told["accuracy_ci95"][1]
    assert {"balanced_accuracy", "f1_macro", "auroc", "average_precision"} <= told.keys()
    for rate in ("escape_rate", "false_reject_rate"):
        assert told[rate].keys() == {"value", "ci95"}
    for figures in told["per_class"].values():
        assert {"precision", "recall", "f1", "precision_ci95", "recall_ci95", "f1_ci95"} <= figures.keys()
    assert told["threshold"] == 0.5
    assert told["curves"]["roc"]["threshold"][0] is None
    assert sum(told["curves"]["histogram"]["counts"]["good"]) == 12
    assert told["overlap"] is None
    assert not {"pictures", "doubts", "risk"} & told.keys()


def test_every_picture_is_told_so_that_a_cell_can_be_opened(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures, "--pictures")
    assert len(told["pictures"]) == 24
    escaped = [p for p in told["pictures"] if (p["truth"], p["label"]) == ("bright", "good")]
    assert [Path(p["path"]).relative_to(pictures).as_posix() for p in escaped] == ["bright/a.png", "bright/b.png"]
    assert {p["verdict"] for p in escaped} == {"OK"}
    assert all(p["score"] < 0.5 for p in escaped)


def test_risk_is_told_at_the_packages_threshold_at_the_cheapest_and_at_the_one_asked_for(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures, *RISK, "--review-cost", "0.1", "--at", "0.8", "--confidence", "0.9")
    risk = told["risk"]
    assert (risk["package"]["escapes"], risk["package"]["threshold"]) == (2, 0.5)
    assert risk["package"]["escapes_per_million"]["value"] == pytest.approx(2 / 12 * 0.01 * 1e6)
    assert risk["best"]["cost_a_shift"] <= risk["package"]["cost_a_shift"]
    assert risk["at"]["escapes"] == 5
    assert risk["grey_zone"]["cost_a_shift"] <= risk["best"]["cost_a_shift"]
    assert risk["stakes"]["confidence"] == 0.9
    assert len(risk["curve"]["threshold"]) == len(risk["curve"]["cost_a_shift"])
    assert any("more without an escape are needed to promise 5 %" in line for line in risk["words"])


def test_costs_are_those_of_teaching_unless_said(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures, *RISK[:5])["risk"]
    assert (told["stakes"]["escape_cost"], told["stakes"]["reject_cost"]) == (5, 1)
    assert (told["grey_zone"], told["at"]) == (None, None)


def test_a_set_that_overlaps_with_the_taught_one_warns_and_names_the_pairs(
    package: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "split"
    (root / "train").mkdir(parents=True)
    pictures.rename(root / "test")
    for n in range(12):
        write(root / "train" / "good" / f"{'mnopqrstuvwx'[n]}.png", 60 + 3 * n, 200 + n)
    copy = root / "train" / "bright" / "copied.png"
    copy.parent.mkdir()
    copy.write_bytes((root / "test" / "bright" / "a.png").read_bytes())
    (root / "train" / "good" / "broken.png").write_bytes(b"no picture")
    assert run(["evaluate", str(package), str(root), "--json"]) == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)["overlap"]
    assert (told["affected"], told["tested"], told["taught"], told["share"]) == (1, 24, 13, 1 / 24)
    assert told["pairs"] == [
        {"tested": str(root / "test/bright/a.png"), "taught": str(copy), "why": "same pixels", "distance": 0.0}
    ]
    assert (told["without"]["images"], told["without"]["escapes"]) == (23, 1)
    assert "1 of 24 pictures are not independent" in shown.err
    assert str(copy) in shown.err
    assert run(["evaluate", str(package), str(root)]) == 0
    words = capsys.readouterr().out
    assert "1 of 24 pictures are relatives of taught ones: 1 same pixels" in words
    assert "without them: 23 images" in words
    assert "overlap" not in answer(capsys, package, root, "--no-overlap")


def test_any_folder_of_pictures_can_be_the_taught_one(
    package: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures, "--against", pictures)
    assert told["overlap"]["affected"] == 24
    assert told["overlap"]["without"] is None
    write(tmp_path / "loose" / "x.png", 90, 500)
    write(tmp_path / "loose" / "masks" / "x.png", 90, 501)
    told = answer(capsys, package, pictures, "--against", tmp_path / "loose")
    assert (told["overlap"]["taught"], told["overlap"]["affected"]) == (1, 0)
    assert run(["evaluate", str(package), str(pictures), "--against", str(tmp_path / "loose")]) == 0
    assert "no picture is a relative of one of the 1 taught ones" in capsys.readouterr().out


def test_doubts_come_from_the_package_where_it_gives_no_embedding(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, package, pictures, "--doubts", "2")["doubts"]
    assert told["source"] == "package"
    assert [Path(d["path"]).parent.name for d in told["labels"]] == ["good"]
    assert told["labels"][0]["likely"] == "bright"
    assert [Path(h["path"]).relative_to(pictures).as_posix() for h in told["hard"]] == ["bright/a.png", "bright/b.png"]
    assert told["hard"][0]["margin"] < 0


def test_doubts_come_from_the_sets_own_pictures_where_the_network_gives_embeddings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(40):
        write(
            tmp_path / "set" / ("good", "bright")[n % 2] / f"{chr(97 + n // 26)}{chr(97 + n % 26)}.png",
            60 + n % 2 * 120,
            n,
        )
    # One good part lies in the wrong folder.
    write(tmp_path / "set" / "bright" / "zz.png", 60, 99)
    told = answer(capsys, seeing(tmp_path), tmp_path / "set", "--doubts", "2")["doubts"]
    assert told["source"] == "out of fold"
    assert [(Path(d["path"]).name, d["label"], d["likely"]) for d in told["labels"]] == [("zz.png", "bright", "good")]
    assert told["labels"][0]["by_neighbours"]
    assert all(Path(h["path"]).name != "zz.png" for h in told["hard"])


def seeing(folder: Path) -> Path:
    """The bright package with an embedding: the mean of each row of the picture."""
    package = write_bright(folder / "seeing")
    model = onnx.load_model_from_string(bright_network())
    model.graph.initializer.append(numpy_helper.from_array(np.array([2, 3], np.int64), "across"))
    model.graph.node.append(helper.make_node("ReduceMean", ["unit", "across"], ["embedding"], keepdims=0))
    model.graph.output.append(helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", "D"]))
    content = model.SerializeToString()
    (package / "model.onnx").write_bytes(content)
    manifest = json.loads((package / "manifest.json").read_text("utf-8")) | {"model_sha256": sha256(content)}
    (package / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return package


def test_everything_in_words(package: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", str(package), str(pictures), "--pictures", "--doubts", "3", *RISK]) == 0
    words = capsys.readouterr().out
    for part in (
        "24 images: accuracy 0.8750 (95 %: 0.6764 to 0.9734)",
        "2 escapes: 16.67%",
        "good (12 images): precision",
        "Risk:",
        "escapes per million parts",
        "Labels in doubt, by the package's own probabilities: ",
        "Hard pictures",
        "Pictures:",
    ):
        assert part in words


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_the_drawing_is_written(
    ending: str, package: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"figures.{ending}"
    answer(capsys, package, pictures, *RISK, "--review-cost", "0.1", "--plot", out)
    assert out.stat().st_size > 5_000
    if ending == "png":
        assert cv2.imread(str(out)).std() > 10


def test_a_set_without_good_parts_has_no_curves_but_a_drawing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = tmp_path / "kinds.onnx"
    network.write_bytes(plain_classifier(2, names="{0: 'dent', 1: 'rust'}"))
    for n in range(6):
        write(tmp_path / "set" / ("dent", "rust")[n % 2] / f"{'abcdef'[n]}.png", 100 + n, n)
    told = answer(capsys, network, tmp_path / "set", "--plot", tmp_path / "out.png", "--doubts", "3")
    assert (told["auroc"], told["curves"]["roc"], told["curves"]["pr"]) == (None, None, None)
    assert (tmp_path / "out.png").stat().st_size > 5_000
    assert len(told["doubts"]["hard"]) <= 3
    assert "no good class" in refused(capsys, network, tmp_path / "set", *RISK)


def test_a_picture_that_cannot_be_judged_is_reported_beside_the_others(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inference.model.judgement import JudgingFailed
    from inference.model.session import ModelSession

    judge, calls = ModelSession.judge, iter(range(100))

    def sometimes(self: ModelSession, *args: Any) -> Any:
        if next(calls) == 3:
            raise JudgingFailed("the network could not judge the picture")
        return judge(self, *args)

    monkeypatch.setattr(ModelSession, "judge", sometimes)
    told = answer(capsys, package, pictures, "--pictures", *RISK)
    assert told["not_decidable"] == 1
    undecided = [p for p in told["pictures"] if p["verdict"] == "NOT_DECIDABLE"]
    assert [(p["score"], p["label"]) for p in undecided] == [(None, "NOT_DECIDABLE")]
    assert told["risk"]["package"]["good"] + told["risk"]["package"]["bad"] == 23


def test_a_network_that_judges_nothing_is_a_failure_of_the_machine(
    package: Path, pictures: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from inference.model.judgement import JudgingFailed
    from inference.model.session import ModelSession

    def never(*_: Any) -> Any:
        raise JudgingFailed("the network could not judge the picture: out of memory")

    monkeypatch.setattr(ModelSession, "judge", never)
    assert run(["evaluate", str(package), str(pictures)]) == 3
    assert "out of memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--prevalence", "0.01"], "--prevalence has a meaning only with --risk"),
        (["--review-cost", "1"], "--review-cost has a meaning only with --risk"),
        (["--risk"], "--risk needs --prevalence and --parts-per-shift"),
        (["--risk", "--prevalence", "0.1"], "--risk needs --prevalence and --parts-per-shift"),
        (["--risk", "--prevalence", "0", "--parts-per-shift", "1"], "--prevalence"),
        (["--risk", "--prevalence", "1.5", "--parts-per-shift", "1"], "--prevalence"),
        (["--risk", "--prevalence", "nan", "--parts-per-shift", "1"], "prevalence"),
        (["--risk", "--prevalence", "0.1", "--parts-per-shift", "0"], "--parts-per-shift"),
        (["--risk", "--prevalence", "0.1", "--parts-per-shift", "inf"], "parts_per_shift"),
        ([*RISK[:5], "--escape-cost", "-1"], "--escape-cost"),
        ([*RISK[:5], "--at", "nan"], "--at"),
        (["--doubts", "0"], "--doubts"),
        (["--plot", "out.bmp"], "a file ending in .png, .svg, .pdf is expected"),
        (["--plot", "nowhere/out.png"], "there is no folder"),
        (["--against", "nowhere"], "nowhere"),
    ],
)
def test_wrong_use_is_one_sentence(
    options: list[str],
    sentence: str,
    package: Path,
    pictures: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(pictures)
    assert sentence in refused(capsys, package, pictures, *options)


def test_one_class_leaves_nothing_to_doubt(package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "only" / "good" / "a.png", 50, 1)
    assert "two classes" in refused(capsys, package, tmp_path / "only", "--doubts", "3")
    assert "no bad one" in refused(capsys, package, tmp_path / "only", *RISK)


def test_taught_pictures_that_cannot_be_read_are_no_witnesses(
    package: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no picture")
    assert "not one of its 1 pictures can be read" in refused(
        capsys, package, pictures, "--against", tmp_path / "broken"
    )
