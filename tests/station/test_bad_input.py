"""Wrong things from people and machines: one clear sentence, the right exit code, nothing lost, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from camera.synthetic import SyntheticSettings, render
from camera.vision import cv2
from hmi.station.demo import demo_model
from storage.verify import verify

ROOT = Path(__file__).resolve().parents[2]


def loupe(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hmi", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def refused(answer: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """It ended with this code and one sentence on stderr that has these words."""
    assert answer.returncode == code, answer.stderr
    assert "Traceback" not in answer.stderr
    sentences = [line for line in answer.stderr.splitlines() if line.startswith("loupe: ")]
    assert len(sentences) == 1, answer.stderr
    for word in words:
        assert word in sentences[0]
    assert "something went wrong inside" not in sentences[0]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three good pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    for n in range(1, 4):
        cv2.imwrite(str(folder / f"good{n}.png"), render(SyntheticSettings(seed=9), n).image)
    return folder


def run(source: Path | str, db: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    model = () if "--model" in more else ("--model", demo_model())
    return loupe("run", "--source", source, *model, "--db", db, "--headless", "--until-end", "--json", *more)


def test_a_missing_folder(tmp_path: Path) -> None:
    refused(run(tmp_path / "nowhere", tmp_path / "r.db"), 2, "nowhere")
    assert not (tmp_path / "r.db").exists()


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(run(tmp_path / "empty", tmp_path / "r.db"), 2, "empty")


def test_bad_pictures_are_recorded_not_decidable_and_the_run_goes_on(tmp_path: Path, pictures: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for path in pictures.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    whole = cv2.imencode(".jpg", cv2.imread(str(pictures / "good1.png")))[1].tobytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "text.png").write_text("this is no picture")
    (folder / "zero.bmp").write_bytes(b"")
    cv2.imwrite(str(folder / "dot.png"), render(SyntheticSettings(seed=9), 1).image[:1, :1])
    answer = run(folder, tmp_path / "r.db")
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr
    counts = json.loads(answer.stdout)
    assert counts["parts"] == counts["recorded"] == 7
    assert counts["missed"] == 0
    assert counts["not_decidable"] >= 3
    assert verify(tmp_path / "r.db").ok


def test_a_model_that_is_no_network(tmp_path: Path, pictures: Path) -> None:
    (tmp_path / "text.onnx").write_text("hello")
    refused(run(pictures, tmp_path / "r.db", "--model", tmp_path / "text.onnx"), 2, "text.onnx")


def test_a_package_whose_digest_is_wrong(tmp_path: Path, pictures: Path) -> None:
    package = tmp_path / "altered"
    for path in demo_model().rglob("*"):
        if path.is_file():
            copy = package / path.relative_to(demo_model())
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    with (package / "model.onnx").open("ab") as file:
        file.write(b"\0")
    refused(run(pictures, tmp_path / "r.db", "--model", package), 2, "model.onnx")


def test_an_unknown_key_in_the_station_file(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text("[camera]\nsorce = 'x'\n")
    refused(loupe("run", tmp_path / "station.toml", "--headless"), 2, "line 2", "did you mean source?")


def test_cuda_without_a_gpu_is_never_silently_the_cpu(tmp_path: Path, pictures: Path) -> None:
    if Path("/proc/driver/nvidia/version").exists():
        pytest.skip("needs a machine without a GPU")
    refused(run(pictures, tmp_path / "r.db", "--provider", "cuda"), 3, "CUDA")
    refused(loupe("self-test", "--provider", "cuda"), 3, "CUDA")


def test_a_database_that_may_not_be_written(tmp_path: Path, pictures: Path) -> None:
    db = tmp_path / "r.db"
    assert run(pictures, db).returncode == 0
    if os.geteuid() == 0:
        subprocess.run(["chattr", "+i", str(db)], check=False)
        if os.access(db, os.W_OK):  # root writes anywhere unless the file system keeps it from doing so
            subprocess.run(["chattr", "-i", str(db)], check=False)
            pytest.skip("runs as root, which may write anywhere")
    else:
        db.chmod(0o444)
    try:
        refused(run(pictures, db), 3, "r.db")
    finally:
        subprocess.run(["chattr", "-i", str(db)], check=False)


def test_a_database_that_is_something_else(tmp_path: Path, pictures: Path) -> None:
    (tmp_path / "r.db").write_text("a shopping list")
    answer = run(pictures, tmp_path / "r.db")
    assert answer.returncode in {2, 3}
    refused(answer, answer.returncode, "r.db")


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A real disk of 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("needs root to mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("needs root to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_holds_the_line_and_ends_with_what_to_do(small_disk: Path, tmp_path: Path) -> None:
    station = tmp_path / "station.toml"
    station.write_text(
        "[record]\nfloor_mb = 2\nfloor_ok_mb = 2\nok_every = 1\nformat = 'png'\n[camera]\nsource='synthetic:3'\n"
    )
    db, events = small_disk / "r.db", tmp_path / "events.jsonl"
    answer = loupe(
        "run", station, "--model", demo_model(), "--db", db, "--events", events, "--headless", "--parts", 400,
        "--give-up-after", "1.5", "--json",
    )  # fmt: skip
    sentences = [line for line in answer.stderr.splitlines() if line.startswith("loupe: ")]
    assert answer.returncode == 3, answer.stderr
    assert len(sentences) == 1
    assert "disk" in sentences[0] or "room" in sentences[0]
    counts = json.loads(answer.stdout)
    told = [json.loads(line) for line in events.read_text().splitlines()]
    assert 0 < counts["recorded"] < 400
    assert [line["seq"] for line in told] == list(range(1, counts["recorded"] + 1))
    assert verify(db).ok


def test_a_disk_that_is_full_at_the_start(small_disk: Path, pictures: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (24 << 20))
    refused(run(pictures, small_disk / "r.db"), 3)
