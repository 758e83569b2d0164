"""The session runs what the package holds, on the provider asked for, and says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.model.judgement import JudgingFailed
from inference.model.package import ModelPackage, PackageError, load_package
from inference.model.providers import Provider, ProviderUnavailable, candidates, obstacle
from inference.model.session import Graph, ModelSession, _BoundRun
from tests.unit.model_parts import bright_network, plain_classifier, write_bright


@pytest.fixture
def package(tmp_path: Path) -> ModelPackage:
    return load_package(write_bright(tmp_path / "bright"))


@pytest.fixture
def session(package: ModelPackage) -> ModelSession:
    made = ModelSession(package, "cpu")
    made.open((12, 8))
    return made


def grey(level: int, shape: tuple[int, ...] = (8, 12)) -> np.ndarray:
    return np.full(shape, level, np.uint8)


def test_score_label_and_verdict_belong_together(session: ModelSession) -> None:
    dark, light = session.judge(grey(51)), session.judge(grey(204))
    assert (dark.label, dark.verdict_ok) == ("good", True)
    assert (light.label, light.verdict_ok) == ("bright", False)
    assert dark.score == pytest.approx(0.2)
    assert light.probabilities == pytest.approx({"good": 0.2, "bright": 0.8})
    assert light.heatmap is not None
    assert light.heatmap.shape == (8, 12)


def test_a_recipes_threshold_goes_before_the_packages(session: ModelSession) -> None:
    assert session.judge(grey(51), threshold=0.1).label == "bright"
    assert session.judge(grey(204), threshold=0.9).verdict_ok


def test_at_the_threshold_is_not_ok(session: ModelSession) -> None:
    score = session.judge(grey(51)).score
    assert not session.judge(grey(51), threshold=score).verdict_ok


@pytest.mark.parametrize("shape", [(8, 12), (8, 12, 1), (8, 12, 3), (1, 1), (1, 1, 3), (33, 7, 3), (500, 2)])
def test_every_size_and_colour_is_judged(session: ModelSession, shape: tuple[int, ...]) -> None:
    assert session.judge(grey(102, shape)).score == pytest.approx(0.4, abs=1e-6)


def test_sixteen_bits_are_scaled_by_the_significant_ones(session: ModelSession) -> None:
    for bits in (8, 10, 12, 16):
        image = np.full((8, 12), 51 << (bits - 8), np.uint16)
        assert session.judge(image, bits).score == pytest.approx(0.2)


@pytest.mark.parametrize(
    "image",
    [np.zeros((0, 4), np.uint8), np.zeros((2, 2, 4), np.uint8), np.zeros((3, 3), np.float32), np.zeros(5, np.uint8)],
)
def test_what_no_camera_gives_is_refused_with_a_sentence(session: ModelSession, image: np.ndarray) -> None:
    with pytest.raises(JudgingFailed, match="could not judge"):
        session.judge(image)


def test_read_only_and_strided_pictures_are_judged(session: ModelSession) -> None:
    image = grey(51, (16, 24, 3))
    image.flags.writeable = False
    assert session.judge(image[::2, ::-2]).score == pytest.approx(0.2)


def test_parity_holds_where_the_references_come_true(session: ModelSession) -> None:
    report = session.parity()
    assert report.ok
    assert report.n == 2
    assert report.worst_difference < 1e-5


def test_parity_fails_where_they_do_not(tmp_path: Path, package: ModelPackage) -> None:
    wrong = package.manifest.references[0].model_copy(update={"score": 0.3})
    folder = write_bright(tmp_path / "off", references=[wrong.model_dump(mode="json")])
    session = ModelSession(load_package(folder), "cpu")
    session.open()
    report = session.parity()
    assert not report.ok
    assert report.worst_difference == pytest.approx(0.1, abs=1e-4)


def test_the_report_says_what_really_runs(session: ModelSession) -> None:
    report = session.report
    assert report.provider == "CPU"
    assert report.device
    assert report.graph_nodes_on_cpu > 0
    assert report.run_ms > 0


@pytest.mark.skipif(obstacle(Provider.CUDA) is None, reason="this machine has a GPU")
def test_a_gpu_asked_for_and_not_there_is_an_error_never_the_cpu(package: ModelPackage) -> None:
    for provider in ("cuda", "tensorrt"):
        with pytest.raises(ProviderUnavailable, match="--provider cpu"):
            ModelSession(package, provider).open()


@pytest.mark.skipif(obstacle(Provider.CUDA) is None, reason="this machine has a GPU")
def test_auto_keeps_the_reason_for_the_cpu(package: ModelPackage) -> None:
    report = ModelSession(package, "auto").open()
    assert (report.provider, report.requested) == ("CPU", "auto")
    assert report.note is not None
    assert report.note.code == "provider.fallback"
    assert "CUDA" in str(report.note.args["reason"])


def test_only_auto_may_end_on_the_cpu() -> None:
    assert candidates("auto")[-1] is Provider.CPU
    assert candidates("cuda") == (Provider.CUDA,)
    with pytest.raises(ProviderUnavailable, match="vulkan"):
        candidates("vulkan")


def test_a_provider_that_cannot_load_leaves_no_line_on_the_terminal() -> None:
    """ONNX Runtime prints on stdout and stderr when it changes the provider by itself: `--json` must stay clean."""
    program = (
        "from inference.model import session, providers\n"
        "from tests.unit.model_parts import bright_network\n"
        "session.obstacle = lambda provider: None\n"
        "for provider in (providers.Provider.CUDA, providers.Provider.TENSORRT):\n"
        "    try:\n"
        "        session.Graph(bright_network(), ('score',), provider, 1)\n"
        "    except providers.ProviderUnavailable as error:\n"
        "        assert '--provider cpu' in str(error)\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_bound_runs_answer_like_plain_ones() -> None:
    graph = Graph(bright_network(), ("score", "heatmap"), Provider.CPU, 1, (8, 12, 1))
    bound = _BoundRun(graph._session, "image", graph.outputs, (1, 8, 12, 1), "cpu")
    for level in (0, 51, 255):
        batch = grey(level, (1, 8, 12, 1))
        for plain, tied in zip(graph.run(batch), bound.run(batch), strict=True):
            np.testing.assert_array_equal(plain, tied)


def test_a_network_that_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="not a graph"):
        Graph(b"nothing of the kind", ("score",), Provider.CPU, 1)


def test_a_manifest_with_other_classes_than_the_network(tmp_path: Path) -> None:
    folder = write_bright(tmp_path / "p", classes=["good", "a", "b"], references=[])
    with pytest.raises(PackageError, match="2 classes apart"):
        ModelSession(load_package(folder), "cpu").open()


@pytest.mark.parametrize("softmax", [True, False])
def test_a_classifier_of_another_tool_sees_rgb(tmp_path: Path, *, softmax: bool) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(plain_classifier(softmax=softmax, names="{0: 'ok', 1: 'blue'}"))
    session = ModelSession(load_package(path), "cpu")
    session.open((64, 32))
    blue = np.zeros((32, 64, 3), np.uint8)
    blue[:, :, 0] = 255  # BGR
    red = blue[:, :, ::-1].copy()
    assert session.judge(blue).label == "blue"
    assert session.judge(red).verdict_ok
    assert session.judge(blue).score == pytest.approx(1 / (1 + np.exp(-8)), abs=1e-4)
    assert session.judge(blue).heatmap is None


def test_without_a_good_class_nothing_is_ok(tmp_path: Path) -> None:
    path = tmp_path / "kinds.onnx"
    path.write_bytes(plain_classifier(3, names="{0: 'rust', 1: 'dent', 2: 'stain'}"))
    session = ModelSession(load_package(path), "cpu")
    session.open()
    judgement = session.judge(grey(0, (32, 64, 3)))
    assert not judgement.verdict_ok
    assert judgement.label in {"rust", "dent", "stain"}


def test_closing_twice_is_no_fault(session: ModelSession) -> None:
    session.close()
    session.close()
