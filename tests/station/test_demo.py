"""The demonstration: the right chart raises the right rule, and summary, record and export agree to the last row."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from hmi.station.compose import compose
from hmi.station.demo import demo_order
from inference.pipeline.snapshot import ChartSnapshot
from inference.pipeline.station import Station
from storage.export import export
from storage.history import History
from storage.verify import verify

FROM = 60
BORE, LIGHT, REJECTS = "i:bore_diameter", "i:brightness", "p:reject"


def run(tmp_path: Path, drift: str | None, parts: int) -> tuple[Station, dict[str, ChartSnapshot], Path]:
    db = tmp_path / "demo.db"
    station = compose(demo_order(seed=5, drift=drift, db=db, parts=parts)).station
    station.start()
    assert station.wait(200)
    assert station.failure is None
    return station, {chart.key: chart for chart in station.charts()}, db


def share_violated(chart: ChartSnapshot, first: int, last: int, rules: set[int]) -> float:
    """Share of the points behind parts `first` to `last` that break one of `rules`."""
    inside = [k for k, seq in enumerate(chart.seqs) if first <= seq <= last]
    broken = {v.at for v in chart.violations if rules & set(v.rules)}
    return sum(k in broken for k in inside) / len(inside) if inside else 0.0


def test_a_shift_shows_on_the_bore_by_rule_1_and_nowhere_else(tmp_path: Path) -> None:
    _, charts, _ = run(tmp_path, f"shift@{FROM}", 120)
    assert share_violated(charts[BORE], FROM, 120, {1}) > 0.3
    assert share_violated(charts[BORE], 1, FROM - 1, {1}) < 0.05
    assert share_violated(charts[LIGHT], FROM, 120, {1}) < 0.05
    assert share_violated(charts[REJECTS], FROM, 120, {1}) == 0


def test_a_trend_shows_on_the_bore_first_by_the_run_rules(tmp_path: Path) -> None:
    _, charts, _ = run(tmp_path, f"trend@{FROM}", 130)
    early = [v.rules for v in charts[BORE].violations if charts[BORE].seqs[v.at] > FROM]
    assert early
    assert set(early[0]) <= {2, 3, 4}
    assert share_violated(charts[BORE], 110, 130, {1, 2, 3, 4}) > 0.9


def test_a_dimming_lamp_shows_on_the_brightness_and_not_on_the_bore(tmp_path: Path) -> None:
    _, charts, _ = run(tmp_path, f"lamp@{FROM}", 160)
    assert share_violated(charts[LIGHT], 130, 160, {1}) > 0.8
    assert share_violated(charts[BORE], FROM, 160, {1}) < 0.05


def test_a_rising_defect_rate_shows_on_the_p_chart(tmp_path: Path) -> None:
    _, charts, _ = run(tmp_path, "defects@1", 250)
    assert share_violated(charts[REJECTS], 101, 250, {1}) > 0.5
    assert share_violated(charts[BORE], 1, 250, {1}) < 0.05


@pytest.mark.parametrize("ending", ["csv"])
def test_summary_record_and_export_agree(tmp_path: Path, ending: str) -> None:
    station, _, db = run(tmp_path, None, 80)
    counters = station.counters()
    assert counters.parts == counters.recorded == 80
    assert counters.missed == 0
    assert verify(db).ok
    out = tmp_path / f"out.{ending}"
    assert export(db, out).rows == 80
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    verdicts = Counter(row["verdict"] for row in rows)
    assert (
        verdicts
        == Counter({"OK": counters.ok, "NOT_OK": counters.not_ok, "NOT_DECIDABLE": counters.not_decidable}) - Counter()
    )
    assert [int(row["seq"]) for row in rows] == list(range(1, 81))
    assert all(24.5 < float(row["m:bore_diameter"]) < 25.5 for row in rows)
    with History(db) as history:
        kept = [part for part in history.recent(80) if part.image is not None]
    assert len(kept) == counters.images_written
    assert {part.verdict for part in kept} >= ({"NOT_OK"} if counters.not_ok else set())


def test_the_demo_finds_the_defects_that_were_drawn(tmp_path: Path) -> None:
    """The simulation knows the truth: hardly a bad part is released, hardly a good one refused."""
    from camera.synthetic import SyntheticSettings, render

    _, _, db = run(tmp_path, "defects@1", 150)
    settings = SyntheticSettings(seed=5)
    with History(db) as history:
        judged = {part.seq: part.machine_verdict for part in history.recent(150)}
    from dataclasses import replace

    from camera.process import parse_drift

    settings = replace(settings, drift=parse_drift("defects@1"))
    truth = {n: render(settings, n).truth for n in range(1, 151)}
    bad = {n for n, t in truth.items() if t is not None and t.label != "good"}
    escapes = [n for n in bad if judged[n] == "OK"]
    false_rejects = [n for n in truth if n not in bad and judged[n] == "NOT_OK"]
    assert len(bad) > 15
    assert len(escapes) <= 1, escapes
    assert len(false_rejects) <= 4, false_rejects
