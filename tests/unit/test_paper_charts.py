"""Charts on paper: the file is there and whole, shows what is wrong in red, and takes odd data calmly."""

from __future__ import annotations

import math
import re
from datetime import timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from camera.vision import cv2
from hmi.paper.charts import PaperError, draw_charts
from hmi.paper.style import decimals_for, spread
from inference.chart_plan import ChartBaseline, ChartPlan
from inference.pipeline.monitor import SpcMonitor
from inference.pipeline.ports import Observation
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.track import Spec

BASELINE = ChartBaseline(mean=25.0, sigma=0.01, points=100)
BORE = ChartPlan(kind="i", characteristic="bore_diameter", baseline=BASELINE)
RATE = ChartPlan(kind="p", characteristic="reject", subgroup=10, phase1=3)
RANGE = ChartPlan(kind="mr", characteristic="bore_diameter")
SCORE = ChartPlan(kind="i", characteristic="score", transform="logit", phase1=10)
NOT_OK_BGR = np.array([0x1E, 0x26, 0xB3])


def charts(count: int, *, out_of_control: bool = False, value: float = 25.0) -> tuple[ChartSnapshot, ...]:
    rng = np.random.default_rng(2)
    monitor = SpcMonitor(
        (RATE, BORE, RANGE, SCORE), {"bore_diameter": Spec("mm", 24.9, 25.1), "score": Spec("", None, 0.6)}
    )
    for n in range(1, count + 1):
        shift = 0.05 if out_of_control and n > count - 3 else 0.0
        values = {"bore_diameter": value + float(rng.uniform(-0.01, 0.01)) + shift} if n % 17 else {}
        verdict = "NOT_OK" if n % 10 == 0 else "OK"
        monitor.add(Observation(n, "id", 1.7e9 + n, verdict, float(rng.uniform(0.01, 0.1)), values))
    return monitor.snapshot()


def red_pixels(path: Path) -> int:
    picture = cv2.imread(str(path))
    assert picture is not None
    return int(np.all(picture == NOT_OK_BGR, axis=2).sum())


def test_violated_points_are_red_and_only_they(tmp_path: Path) -> None:
    calm, alarmed = tmp_path / "calm.png", tmp_path / "alarmed.png"
    draw_charts(charts(60)[1:2], calm, "calm")
    draw_charts(charts(60, out_of_control=True)[1:2], alarmed, "alarmed")
    assert red_pixels(calm) == 0
    assert red_pixels(alarmed) > 60


def test_the_words_stand_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "charts.svg"
    berlin = timezone(timedelta(hours=1))
    draw_charts(charts(60, out_of_control=True), path, "Ring 25 H7 · $lot_1$ 环", zone=berlin)
    text = path.read_text("utf-8")
    for words in ("p chart", "reject rate per 10 parts", "bore diameter, mm", "UCL 25.030", "USL 25.100", "logit"):
        assert words in text, words
    assert "$lot_1$ 环" in text
    assert re.search(r"point 60 · 23:14:20", text)


def test_too_few_points_say_how_many_more(tmp_path: Path) -> None:
    path = tmp_path / "few.svg"
    draw_charts(charts(12), path, "few")
    text = path.read_text("utf-8")
    assert "2 more points until there are limits" in text


def test_pdf_by_its_ending_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "charts.PDF"
    draw_charts(charts(30)[:2], path, "paper")
    assert path.read_bytes().startswith(b"%PDF")
    assert [file.name for file in tmp_path.iterdir()] == ["charts.PDF"]


@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_any_number_of_points_can_be_drawn(tmp_path: Path, count: int) -> None:
    path = tmp_path / "charts.png"
    draw_charts(charts(count), path, "any")
    assert path.stat().st_size > 10_000


def test_constant_and_huge_values_can_be_drawn(tmp_path: Path) -> None:
    monitor = SpcMonitor((RANGE, ChartPlan(kind="i", characteristic="bore_diameter", phase1=5)))
    for n in range(1, 20):
        monitor.add(Observation(n, "id", 0.0, "OK", None, {"bore_diameter": 1e9}))
    draw_charts(monitor.snapshot(), tmp_path / "constant.png", "constant")
    draw_charts((), tmp_path / "none.png", "no charts")


def test_a_point_between_two_gaps_is_a_dot_even_where_lines_have_none(tmp_path: Path) -> None:
    def drawn(*, with_point: bool) -> int:
        monitor = SpcMonitor((BORE,))
        for n in range(1, 400):
            there = n < 150 or n > 250 or (with_point and n == 200)
            monitor.add(Observation(n, "id", 0.0, "OK", None, {"bore_diameter": 25.001} if there else {}))
        path = tmp_path / "alone.png"
        draw_charts(monitor.snapshot(), path, "alone")
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        return int(np.count_nonzero(picture < 128))

    assert drawn(with_point=True) > drawn(with_point=False)


def test_another_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=r"charts.bmp: charts are drawn as .png, .svg, .pdf"):
        draw_charts((), tmp_path / "charts.bmp", "x")
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_is_not_there_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        draw_charts((), tmp_path / "no" / "charts.png", "x")


@pytest.mark.parametrize(("span", "decimals"), [(0.0, 3), (0.05, 4), (1.0, 2), (300.0, 0), (1e-12, 6), (math.nan, 3)])
def test_decimals_follow_the_span(span: float, decimals: int) -> None:
    assert decimals_for(span) == decimals


def test_labels_move_apart_and_stay_inside() -> None:
    assert spread([0.5, 0.5, 0.5], 0.1, 0.0, 1.0) == pytest.approx([0.5, 0.6, 0.7])
    assert spread([0.98, 0.99, 1.0], 0.1, 0.0, 1.0) == pytest.approx([0.8, 0.9, 1.0])
