"""The charts' workbench in a real window on a real record: looking, deciding, and what it says where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from hmi.window.main_window import MainWindow
from hmi.window.panels.spc_panel import SpcPanel
from hmi.window.words import LANGUAGES
from inference.chart_plan import Cavities, ChartBaseline, ChartPlan
from inference.inspection import Verdict
from inference.pipeline.baselines import baseline_of
from inference.pipeline.decisions import ChartDecision, DecisionKind
from inference.recipe import Recipe
from storage.history import History
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation
from tests.unit.storage_parts import decision, job, journal, part, started

BORE = ChartPlan(kind="i", characteristic="bore", phase1=5, baseline=ChartBaseline(mean=25.03, sigma=0.01, points=20))
REJECT = ChartPlan(kind="p", characteristic="reject", subgroup=5, phase1=4)
RECIPE = Recipe(name="ring", charts=(BORE, REJECT), cavities=Cavities(names=("A", "B")))
Bench = Callable[..., SpcPanel]


def recorded(folder: Path, parts: int = 60) -> Path:
    """A record of two lots with a trend in the bore, and one decision on it."""
    sink = journal(folder)
    for n in range(2):
        sink.append([started(job(f"j{n}", f"L{n}"))])
        seqs = range(1 + n * parts // 2, 1 + (n + 1) * parts // 2)
        of = job(f"j{n}", f"L{n}")
        sink.append([part(seq, Verdict.NOT_OK if seq % 9 == 0 else Verdict.OK, of=of) for seq in seqs])
    sink.append([decision("d1", DecisionKind.EXCLUDED, seq=3)])
    sink.close()
    return sink.path


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return recorded(tmp_path)


@pytest.fixture
def bench(qtbot: QtBot, open_window: Opener, record: Path) -> Bench:
    """Opens the workbench and waits until it shows its first chart."""

    def opener(recipe: Recipe | None = RECIPE, **given: object) -> SpcPanel:
        window = open_window("running", history=lambda: History(record), **given)
        return opened(qtbot, window, recipe)

    return opener


def opened(qtbot: QtBot, window: MainWindow, recipe: Recipe | None = RECIPE) -> SpcPanel:
    window.session = replace(window.session, recipe=recipe)
    qtbot.keyClick(window, Qt.Key.Key_F3)
    panel = window.page.panel
    assert isinstance(panel, SpcPanel)
    shown(qtbot, panel)
    return panel


def shown(qtbot: QtBot, panel: SpcPanel) -> None:
    """Wait until nothing is asked of the record any more."""
    qtbot.waitUntil(lambda: panel._job is None and panel.answer is not None, timeout=5000)


def asked(station: FakeStation) -> list[ChartDecision]:
    return [entry[1] for entry in station.asked if entry[0] == "decide"]


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_first_chart_of_the_recipe_opens_with_its_points_and_marks(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    chart = panel.chart.chart
    assert chart is not None
    assert (chart.key, len(chart.seqs)) == ("i:bore", 60)
    assert [mark.at for mark in chart.excluded] == [2]
    assert panel.note.text().startswith("60 points · ")
    assert "1 left out" in panel.note.text()
    assert panel.window().page.verdict.isVisible()
    assert panel.window().page.picture.isVisible()
    assert panel.chart.hasFocus()


def test_every_characteristic_of_the_record_can_be_charted_in_every_kind_of_its_own(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    picker, kinds = panel.head.chart, panel.head.kind
    keys = [picker.itemData(k) for k in range(picker.count())]
    assert keys[:2] == ["i:bore", "p:reject"]
    assert {"i:edge", "i:score", "i:duration_ms", "c:defects", "p:not_decidable", "p:overridden"} <= set(keys)
    for key in ("p:reject", "i:bore", "c:defects", "i:score"):
        panel.head.chart.pick(key)
        shown(qtbot, panel)
        for kind in [kinds.itemData(k) for k in range(kinds.count())]:
            panel.head.kind.pick(kind)
            shown(qtbot, panel)
            assert panel.answer is not None
            assert panel.answer.chart is None or panel.answer.chart.snapshot.kind == kind
            assert "cannot" not in panel.note.text()


def test_a_chart_without_readings_says_what_to_do(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.head.range.pick("shift")  # the record is from another day
    shown(qtbot, panel)
    assert panel.note.text().startswith("No part of this range has a reading")
    assert not panel.chart.isVisible()
    panel.head.range.pick("all")
    shown(qtbot, panel)
    assert panel.chart.isVisible()


def test_a_click_on_a_point_shows_its_part(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    qtbot.keyClick(panel.chart, Qt.Key.Key_Return)
    window = panel.window()
    qtbot.waitUntil(lambda: window.presenter.pinned is not None and window.presenter.pinned.seq == 60, timeout=5000)
    assert panel.limits.point == 60
    assert window.page.panel is panel


def test_other_rules_are_tried_without_telling_the_line(qtbot: QtBot, bench: Bench, station: FakeStation) -> None:
    panel = bench()
    panel.tabs.choose("rules")
    qtbot.waitUntil(lambda: "about every 92 points" in panel.rules.alarms.text(), timeout=5000)
    assert panel.rules.note.text() == "These are the rules that the line runs with."
    before = panel.answer.chart.out_of_control
    for number in (2, 3, 4):
        press(qtbot, panel.rules.numbers[number])
        shown(qtbot, panel)
    qtbot.waitUntil(lambda: "about every 370 points" in panel.rules.alarms.text(), timeout=5000)
    assert panel.answer.chart.out_of_control < before
    assert panel.rules.note.text() == "Only for looking: the line keeps the rules of its recipe."
    panel.rules.preset.pick("nelson")
    shown(qtbot, panel)
    assert panel.chart.chart.rule_set == "nelson"
    press(qtbot, panel.rules.options)
    press(qtbot, panel.rules.choices["on_line"])
    shown(qtbot, panel)
    panel.rules.run.pick("7")
    shown(qtbot, panel)
    assert panel.head.plan.options.on_line
    assert panel.head.plan.options.run == 7
    press(qtbot, panel.rules.recipe)
    shown(qtbot, panel)
    assert panel.head.plan == BORE
    assert panel.answer.chart.out_of_control == before
    assert not asked(station)


def test_without_rules_the_chart_says_that_it_never_alarms(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.tabs.choose("rules")
    for number in (1, 2, 3, 4):
        press(qtbot, panel.rules.numbers[number])
        shown(qtbot, panel)
    qtbot.waitUntil(lambda: panel.rules.alarms.text().startswith("No rule is on"), timeout=5000)


def test_rules_that_a_kind_passes_over_cannot_be_switched(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.head.chart.pick("p:reject")
    shown(qtbot, panel)
    assert [n for n, toggle in panel.rules.numbers.items() if not toggle.isEnabled()] == [2, 3, 6, 8]
    panel.tabs.choose("rules")
    press(qtbot, panel.rules.numbers[5])
    shown(qtbot, panel)
    assert panel.head.plan.rules == (1, 2, 3, 4, 5)


def test_limits_of_the_points_shown_are_frozen_with_a_reason(qtbot: QtBot, bench: Bench, station: FakeStation) -> None:
    panel = bench()
    panel.tabs.choose("limits")
    assert panel.limits.force.text().startswith("In force: the recipe's own baseline, from 20 points.")
    press(qtbot, panel.limits.buttons["freeze"])
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: panel.limits.asking, timeout=5000)
    assert panel.limits.form.question.text() == "Freeze these limits as version 1?"
    assert "From the next part on" in panel.limits.form.why.text()
    assert "K. Weber" in panel.limits.form.who.text()
    out = panel.answer.chart.out_of_control
    assert panel.limits.form.error.text().startswith(f"{out} of these points are out of control" if out else "")
    assert panel.limits.form.error.isVisible() == bool(out)
    frozen = panel.answer.chart.frozen
    press(qtbot, panel.limits.form.yes)
    assert panel.limits.form.error.text().startswith("Write the reason first")
    panel.limits.form.reason.setText("new tool")  # keys in a burst would be a scanner's
    qtbot.keyClick(panel.limits.form.reason, Qt.Key.Key_Return)
    shown(qtbot, panel)
    (made,) = asked(station)
    assert (made.kind, made.chart, made.recipe, made.seq) == (DecisionKind.BASELINE, "i:bore", "ring", 0)
    assert (made.reason, made.actor_id) == ("new tool", "operator:K. Weber")
    assert baseline_of(made.content) == replace(frozen, version=1)
    assert baseline_of(made.content).excluded == (3,)
    assert not panel.limits.asking
    assert panel.limits.mode.chosen == "decided"
    assert "On its way to the record." in panel.note.text()


@pytest.mark.parametrize(
    ("deed", "kind", "told"),
    [
        ("retire", DecisionKind.RETIRED, "Retire version 0?"),
        ("stage", DecisionKind.STAGE, "Begin a new stage with the next part?"),
    ],
)
def test_what_changes_the_line_is_asked_for_with_its_consequence(
    qtbot: QtBot, bench: Bench, station: FakeStation, deed: str, kind: DecisionKind, told: str
) -> None:
    panel = bench()
    panel.tabs.choose("limits")
    press(qtbot, panel.limits.buttons[deed])
    assert panel.limits.form.question.text() == told
    assert "until 5 points have come" in panel.limits.form.why.text()
    qtbot.keyClicks(panel.limits.form.reason, "die was changed")
    press(qtbot, panel.limits.form.yes)
    shown(qtbot, panel)
    (made,) = asked(station)
    assert (made.kind, made.seq, made.reason) == (kind, 0, "die was changed")


def test_points_are_left_out_counted_again_and_noted(qtbot: QtBot, bench: Bench, station: FakeStation) -> None:
    panel = bench()
    panel.tabs.choose("limits")
    press(qtbot, panel.limits.buttons["exclude"])
    assert panel.limits.note.text().startswith("Choose a point of the chart first")
    panel.chart.point_chosen.emit(7)

    def decide(deed: str, reason: str) -> ChartDecision:
        press(qtbot, panel.limits.buttons[deed])
        panel.limits.form.reason.setText(reason)
        qtbot.keyClick(panel.limits.form.reason, Qt.Key.Key_Return)
        shown(qtbot, panel)
        return asked(station)[-1]

    made = decide("exclude", "dropped")
    assert (made.kind, made.seq) == (DecisionKind.EXCLUDED, 7)
    assert [mark.at for mark in panel.chart.chart.excluded] == [2, 6]
    assert panel.limits.buttons["exclude"].text() == "Count point again …"
    made = decide("exclude", "it was fine")
    assert (made.kind, made.seq) == (DecisionKind.INCLUDED, 7)
    assert [mark.at for mark in panel.chart.chart.excluded] == [2]
    made = decide("note", "new coolant")
    assert (made.kind, made.seq, made.reason) == (DecisionKind.NOTE, 7, "new coolant")
    assert [(mark.at, mark.text) for mark in panel.chart.chart.notes] == [(6, "new coolant")]


def test_esc_leaves_the_question_first_and_then_the_panel(qtbot: QtBot, bench: Bench, station: FakeStation) -> None:
    panel = bench()
    window = panel.window()
    panel.tabs.choose("limits")
    press(qtbot, panel.limits.buttons["stage"])
    qtbot.keyClick(panel.limits.form.reason, Qt.Key.Key_Escape)
    assert not panel.limits.asking
    assert window.page.panel is panel
    qtbot.keyClick(panel.limits.buttons["freeze"], Qt.Key.Key_Escape)
    assert window.page.panel is None
    assert not asked(station)


def test_baselines_are_compared_in_plain_words(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.tabs.choose("limits")
    press(qtbot, panel.limits.buttons["compare"])
    assert panel.limits.note.text() == "There is no other version to compare with."
    panel.limits.mode.choose("shown")
    shown(qtbot, panel)
    press(qtbot, panel.limits.buttons["compare"])
    assert panel.limits.version.currentText() == "Recipe"
    assert "that can be chance" in panel.limits.result.text() or "too much for chance" in panel.limits.result.text()
    panel.confirm()
    assert not panel.limits.asking


def test_capability_stands_beside_its_conditions(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.tabs.choose("capability")
    value, interval = panel.capability.indices["Cpk"]
    assert value.text().startswith("Cpk ")
    assert " to " in interval.text()
    assert "Not in control" in panel.capability.conditions.text()
    assert "Readings resemble those before" in panel.capability.conditions.text()
    press(qtbot, panel.residuals)
    shown(qtbot, panel)
    assert panel.answer.question.wish.residuals
    assert "No tolerance" not in panel.capability.missing.text()
    panel.head.chart.pick("p:reject")
    shown(qtbot, panel)
    assert panel.capability.missing.text().startswith("Counts and scores have no spec limits")
    assert not panel.residuals.isVisible()


def test_what_does_not_run_with_the_line_cannot_be_decided_on(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    panel.tabs.choose("limits")
    for change in (lambda: panel.head.split.pick("lot"), lambda: panel.head.chart.pick("i:score")):
        change()
        shown(qtbot, panel)
        assert panel.limits.note.text().startswith("This chart does not run with the line")
        assert not panel.limits.buttons["stage"].isEnabled()
        assert not panel.limits.buttons["retire"].isEnabled()


def test_a_split_shows_one_chart_after_another(qtbot: QtBot, bench: Bench) -> None:
    panel = bench()
    assert not panel.group.isVisible()
    panel.head.split.pick("lot")
    shown(qtbot, panel)
    assert [panel.group.itemText(k) for k in range(panel.group.count())] == ["L0", "L1"]
    assert len(panel.chart.chart.seqs) == 30
    panel.group.pick("L1")
    shown(qtbot, panel)
    assert panel.chart.chart.seqs[0] == 31


def test_a_chart_by_cavity_is_decided_on_cavity_by_cavity(qtbot: QtBot, bench: Bench, station: FakeStation) -> None:
    plan = BORE.model_copy(update={"by": "cavity"})
    panel = bench(RECIPE.model_copy(update={"charts": (plan,)}))
    panel.head.chart.pick("i:bore")
    shown(qtbot, panel)
    assert panel.head.split.value == "cavity"
    panel.group.pick("B")
    shown(qtbot, panel)
    panel.tabs.choose("limits")
    press(qtbot, panel.limits.buttons["stage"])
    qtbot.keyClicks(panel.limits.form.reason, "cavity polished")
    press(qtbot, panel.limits.form.yes)
    assert asked(station)[0].chart == "i:bore#B"


def test_without_a_recipe_there_are_charts_to_look_at(qtbot: QtBot, bench: Bench) -> None:
    panel = bench(None)
    assert panel.chart.chart is not None
    assert not panel.limits.buttons["stage"].isEnabled()


def test_without_a_record_it_says_so(qtbot: QtBot, open_window: Opener) -> None:
    window = open_window("running")
    window.do("charts")
    assert window.page.panel.note.text() == "There is no record to look at yet."


def test_a_record_that_cannot_be_read_is_told_in_words(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_text("this is no database, but long enough to be looked at" * 100)
    window = open_window("running", history=lambda: History(bad))
    window.do("charts")
    qtbot.waitUntil(lambda: window.page.panel.note.text().startswith("The record cannot be read: "), timeout=5000)


def test_closed_before_its_answer_came_it_leaves_nothing(qtbot: QtBot, open_window: Opener, record: Path) -> None:
    window = open_window("running", history=lambda: History(record))
    for _ in range(4):
        window.do("charts")
        window.page.panel.closed.emit()
    qtbot.wait(300)
    assert window.page.panel is None


def test_a_run_length_nobody_waits_for_any_more_is_given_up(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    from hmi.window.panels import spc_panel

    monkeypatch.setattr(spc_panel, "false_alarms", lambda _chart: time.sleep(0.3))
    panel = bench()
    window = panel.window()
    panel.tabs.choose("rules")
    assert panel.rules.alarms.text().startswith("Working out how often")
    panel.tabs.choose("chart")
    panel.tabs.choose("rules")
    panel.closed.emit()
    qtbot.wait(600)
    assert window.page.panel is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_fields_are_big_enough_and_their_texts_fit_a_small_screen(
    qtbot: QtBot, bench: Bench, language: str
) -> None:
    panel = bench(language=language)
    px = panel.look.px
    for tab in ("chart", "rules", "options", "limits", "ask", "capability"):
        if tab == "options":
            panel.rules.options.setChecked(True)
        elif tab == "ask":
            panel.limits.do("stage")
        else:
            panel.tabs.choose(tab)
        qtbot.wait(30)
        for button in [found for found in panel.findChildren(QPushButton) if found.isVisible()]:
            metrics = button.fontMetrics()
            wide = max((metrics.horizontalAdvance(line) for line in button.text().split("\n")), default=0)
            assert wide <= button.width() - px(16), button.text()
            assert metrics.lineSpacing() * len(button.text().split("\n")) <= button.height(), button.text()
            assert button.height() >= px(48) - 1, button.text()
        for field in [found for found in panel.findChildren(QComboBox) if found.isVisible()]:
            assert field.height() >= px(48) - 1
        assert panel.chart.height() >= px(120) - 1
        assert panel.no.geometry().bottom() <= panel.height()
        for label in [found for found in panel.findChildren(QLabel) if found.isVisible() and found.text()]:
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert needed <= label.height() + 1, label.text()
