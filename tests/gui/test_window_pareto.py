"""Pareto and the inspector itself: read from a real record beside the screen, by mouse and by keys."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from hmi.window.panels.inspector_panel import InspectorPanel
from hmi.window.panels.pareto_panel import ParetoPanel
from hmi.window.views.score_view import histogram
from inference.inspection import Defect, Measurement, Verdict
from inference.pipeline.decisions import DecisionKind
from storage.history import History
from tests.gui.conftest import Opener
from tests.gui.fake_station import JOB, FakeStation, six_charts
from tests.unit.storage_parts import RECIPE, Box, decision, filled, job, journal, override, part, started

Key = Qt.Key


def recorded(folder: Path) -> Path:
    """Two lots; in the second 4 scratches on 3 parts, 2 dents, 1 stain; three causes given."""
    sink = journal(folder)
    labels = {21: ["scratch", "scratch"], 25: ["scratch"], 30: ["scratch"], 26: ["dent"], 28: ["dent"], 29: ["stain"]}
    sink.append([started(), *(part(seq) for seq in range(1, 21))])
    second = job("job-2", lot="L2")
    made = []
    for seq in range(21, 41):
        bad = labels.get(seq, [])
        one = part(seq, Verdict.NOT_OK if bad else Verdict.OK, of=second)
        view = replace(
            one.inspection.views[0], defects=tuple(Defect(label, 0.9, Box(1, 2, 3, 4), 7.0) for label in bad)
        )
        made.append(replace(one, inspection=replace(one.inspection, views=(view,))))
    sink.append([started(second), *made])
    for k, (cause, seq) in enumerate((("light", 25), ("light", 30), ("tool_wear", 28))):
        content = {"cause": cause, "action": "cleaned", "alarm_id": "a"}
        sink.append([decision(f"c{k}", DecisionKind.CAUSE, content=content, seq=seq)])
    sink.close()
    return sink.path


@pytest.fixture
def pareto(qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path) -> ParetoPanel:
    path = recorded(tmp_path)
    window = open_window("running", history=lambda: History(path))
    station.set(job=replace(JOB, lot="L2", recipe=f"{RECIPE.name} r1"))
    qtbot.waitUntil(lambda: window.presenter.snapshot.job.lot == "L2", timeout=1000)
    window.do("pareto")
    panel = window.page.panel
    assert isinstance(panel, ParetoPanel)
    qtbot.waitUntil(lambda: len(panel.view.content.bars) == 3, timeout=5000)
    return panel


def counts(panel: ParetoPanel) -> list[tuple[str, int]]:
    return [(bar.name, bar.count) for bar in panel.view.content.bars]


def test_defects_of_the_lot_are_ordered_and_the_vital_few_named(pareto: ParetoPanel) -> None:
    assert counts(pareto) == [("scratch", 4), ("dent", 2), ("stain", 1)]
    assert [round(bar.cumulative, 3) for bar in pareto.view.content.bars] == [0.571, 0.857, 1.0]
    assert pareto.note.text() == "7 in all. Four fifths of them: scratch, dent."


def test_keys_choose_a_bar_and_walk_through_its_parts(qtbot: QtBot, pareto: ParetoPanel) -> None:
    shown: list[int] = []
    pareto.part_asked.connect(shown.append)
    qtbot.waitUntil(pareto.view.hasFocus, timeout=1000)
    qtbot.keyClick(pareto.view, Key.Key_Down)
    qtbot.keyClick(pareto.view, Key.Key_Return)
    for _ in range(4):
        qtbot.keyClick(pareto.view, Key.Key_Left)
    qtbot.keyClick(pareto.view, Key.Key_Right)
    assert shown == [30, 25, 21, 21, 21, 25]
    assert pareto.note.text() == "scratch: part 25, 2 of 3 from the newest"
    qtbot.keyClick(pareto.view, Key.Key_Down)
    assert pareto.note.text() == "dent: 2 parts. Enter shows the newest."
    assert not pareto.newer.isEnabled()
    qtbot.mouseClick(pareto.older, Qt.MouseButton.LeftButton)
    assert shown[-1] == 28


def test_a_click_on_a_bar_shows_its_newest_part(qtbot: QtBot, pareto: ParetoPanel) -> None:
    window = pareto.window()
    at = pareto.view.row(1).center().toPoint()
    qtbot.mouseClick(pareto.view, Qt.MouseButton.LeftButton, pos=QPoint(at))
    qtbot.waitUntil(lambda: window.presenter.pinned is not None and window.presenter.pinned.seq == 28, timeout=5000)
    qtbot.keyClick(pareto, Key.Key_Escape)
    assert window.presenter.pinned is None


def test_causes_have_a_pareto_of_their_own_and_other_ranges_other_parts(qtbot: QtBot, pareto: ParetoPanel) -> None:
    pareto.range.choose("all")
    qtbot.waitUntil(lambda: len(pareto.view.content.bars) == 3, timeout=5000)
    pareto.kind.choose("causes")
    qtbot.waitUntil(lambda: counts(pareto) == [("Light", 2), ("Tool worn", 1)], timeout=5000)
    assert pareto.view.content.bars[0].seqs == (25, 30)


def test_a_range_without_defects_says_so(qtbot: QtBot, pareto: ParetoPanel) -> None:
    pareto.range.choose("shift")  # what was recorded is of 2026, the clock is not
    qtbot.waitUntil(lambda: pareto.view.content.empty != "", timeout=5000)
    assert pareto.view.content.empty == "No defect was found in this range."
    qtbot.keyClick(pareto, Key.Key_Return)
    assert pareto.view.chosen is None


def test_kinds_that_have_no_room_are_summed_up_in_a_last_row(pareto: ParetoPanel) -> None:
    from hmi.window.views.pareto_view import ParetoBar, ParetoContent

    bars = tuple(ParetoBar(f"k{k}", 1, 0.05, 0.05 * (k + 1), (k, k + 1)) for k in range(20))
    pareto.view.show_content(ParetoContent(bars))
    shown = pareto.view.bars()
    assert len(shown) < 20
    assert sum(bar.count for bar in shown) == 20
    assert shown[-1].cumulative == 1.0
    assert set(shown[-1].seqs) == {seq for bar in bars[len(shown) - 1 :] for seq in bar.seqs}
    assert pareto.view.row(len(shown) - 1).height() >= pareto.look.px(48) - 1
    assert pareto.view.row(len(shown) - 1).bottom() <= pareto.view.height() + 1


class Slow:
    """A record whose reading lasts until it is told to go on."""

    def __init__(self, path: Path, gate: threading.Event) -> None:
        self.history, self.gate = History(path), gate

    def defect_counts(self, filters: object, progress: Callable[[int, int], bool]) -> tuple[object, ...]:
        while not self.gate.wait(0.01):
            progress(37, 100)
        return self.history.defect_counts(filters)

    def close(self) -> None:
        self.history.close()


def test_a_long_reading_shows_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, open_window: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hmi.window.panels.record_panel._PATIENCE_S", 0.1)
    path, gate = filled(tmp_path), threading.Event()
    window = open_window("running", history=lambda: Slow(path, gate))
    window.do("pareto")
    panel = window.page.panel
    qtbot.waitUntil(lambda: panel.note.text() == "Reading the record … 37 %", timeout=3000)
    qtbot.mouseClick(panel.stop, Qt.MouseButton.LeftButton)
    assert panel.note.text().startswith("Stopped.")
    assert not panel.stop.isVisible()
    gate.set()
    panel.range.choose("all")
    qtbot.waitUntil(lambda: len(panel.view.content.bars) == 1, timeout=5000)


def test_a_record_that_cannot_be_read_is_told_in_words(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is no database, but long enough to be looked at" * 100)
    window = open_window("running", history=lambda: History(tmp_path / "no.db"))
    for tool in ("pareto", "inspector", "cause"):
        window.do(tool)
        panel = window.page.panel
        qtbot.waitUntil(lambda panel=panel: "cannot be read" in panel.note.text(), timeout=5000)


def test_panels_closed_before_their_answer_came_are_left_alone(
    qtbot: QtBot, open_window: Opener, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    window = open_window("running", history=lambda: History(path))
    for tool in ("pareto", "inspector", "cause", "pareto", "inspector"):
        window.do(tool)
    window.page.panel.closed.emit()
    qtbot.wait(300)
    assert window.page.panel is None


# --- the inspector itself


def lit(folder: Path, parts: int = 400, *, dim_from: int | None = None) -> Path:
    """A record with brightness and sharpness; from `dim_from` on the lamp is weaker."""
    rng = np.random.default_rng(1)
    sink = journal(folder)
    sink.append([started()])
    made = []
    for seq in range(1, parts + 1):
        grey = rng.normal(60.0, 0.3) - (3.0 if dim_from and seq >= dim_from else 0.0)
        light = (Measurement("brightness", grey, "grey"), Measurement("sharpness", rng.normal(4, 0.05), "%"))
        one = part(seq, frames=())
        view = replace(one.inspection.views[0], measurements=light, score=0.1, threshold=0.5)
        scores = {"score": float(rng.uniform(0.0, 0.4)), "timings_ms": {"total": float(rng.normal(30, 1))}}
        made.append(replace(one, inspection=replace(one.inspection, views=(view,), **scores)))
    sink.append(made)
    sink.append([override(3)])
    sink.close()
    return sink.path


def looked_at(qtbot: QtBot, open_window: Opener, path: Path) -> InspectorPanel:
    window = open_window("running", history=lambda: History(path))
    window.do("inspector")
    panel = window.page.panel
    assert isinstance(panel, InspectorPanel)
    panel.range.choose("all")
    qtbot.waitUntil(lambda: panel.scores.content.total > 0, timeout=5000)
    return panel


def quiet(station: FakeStation) -> None:
    station.charts.put(tuple(replace(chart, violations=(), version=50) for chart in six_charts()))


def test_a_dimmed_lamp_is_read_as_light_or_camera(
    qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path
) -> None:
    panel = looked_at(qtbot, open_window, lit(tmp_path, dim_from=380))
    quiet(station)
    qtbot.waitUntil(lambda: panel.todo.text().endswith("Out of control: Brightness."), timeout=2000)
    assert panel.reading.text() == "The light or the camera moved"
    assert panel.subject.buttons["brightness"].text() == "▲ Brightness"
    panel.subject.choose("brightness")
    assert panel.place.currentWidget() is panel.chart
    assert "7 parts" in panel.note.text()


def test_a_quiet_record_is_read_as_quiet_and_the_live_charts_speak_with_it(
    qtbot: QtBot, open_window: Opener, station: FakeStation, tmp_path: Path
) -> None:
    panel = looked_at(qtbot, open_window, lit(tmp_path))
    quiet(station)
    qtbot.waitUntil(lambda: panel.reading.text() == "Nothing moved", timeout=2000)
    station.charts.put(tuple(replace(chart, version=51) for chart in six_charts(drift=8.0)))
    qtbot.waitUntil(lambda: panel.reading.text() == "The process moved", timeout=2000)


def test_every_subject_is_shown_and_a_point_leads_to_its_part(
    qtbot: QtBot, open_window: Opener, tmp_path: Path
) -> None:
    panel = looked_at(qtbot, open_window, lit(tmp_path))
    shown: list[int] = []
    panel.part_asked.connect(shown.append)
    for name in ("overridden", "borderline", "not_decidable", "brightness", "sharpness", "duration_ms"):
        panel.subject.choose(name)
        assert panel.chart.chart.characteristic == name
        assert np.isfinite(panel.chart.chart.values).all(), name
    panel.chart.setFocus()
    qtbot.keyClick(panel.chart, Key.Key_Left)
    qtbot.keyClick(panel.chart, Key.Key_Return)
    assert shown == [400]
    panel.subject.choose("score")
    assert panel.place.currentWidget() is panel.scores
    assert panel.scores.content.total == 400


def test_what_was_never_measured_says_what_to_do(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    panel = looked_at(qtbot, open_window, filled(tmp_path, 40))
    panel.subject.choose("sharpness")
    assert panel.note.text() == "Sharpness was not measured in this range: add the step to the recipe."


@pytest.mark.parametrize("threshold", [None, 0.0, 0.5, 1e-6])
@pytest.mark.parametrize(
    "scores", [[], [0.0], [0.5] * 9, [0.1, 0.2, 0.9], [1e6, 0.1], [-1.0, 0.5], list(np.linspace(0, 1, 1000))]
)
def test_every_score_is_in_the_histogram_whatever_there_is(scores: list[float], threshold: float | None) -> None:
    made = histogram(np.array(scores, np.float64), threshold, "none")
    assert made.total == len(scores)
    assert len(made.counts) <= 200


def test_a_score_at_the_threshold_lies_right_of_it() -> None:
    made = histogram(np.array([0.1, 0.3, 0.3 - 1e-6, 1.0]), 0.3, "")
    width = made.right / len(made.counts)
    left = sum(count for k, count in enumerate(made.counts) if (k + 0.5) * width < 0.3)
    assert (left, made.total) == (2, 4)
