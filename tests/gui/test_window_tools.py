"""The supervisor's tools in every language and size: nothing is cut, a finger finds every button, the verdict stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hmi.window.actions import ACTIONS
from hmi.window.main_window import MainWindow
from hmi.window.words import LANGUAGES
from inference.pipeline.cause_lists import CauseLists
from storage.history import History
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation, frame_of, judged_part, picture
from tests.gui.test_window_pareto import lit, recorded
from tests.gui.test_window_views import cut_texts

SIZES = [(1280, 800), (1920, 1080)]


@pytest.fixture(scope="module")
def defects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("defects"))


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lit(tmp_path_factory.mktemp("light"), 300)


def scenes(qtbot: QtBot, window: MainWindow, station: FakeStation) -> Iterator[str]:
    """Every panel in its states."""
    qtbot.waitUntil(lambda: bool(window.page.alarms.content.lines), timeout=1000)
    for tool in ("tools", "cause", "lists", "pareto", "inspector", "study"):
        window.do(tool)
        qtbot.wait(150)
        yield tool
    panel = window.page.panel
    panel.field.setText("A1 OK A2 NOK A3")
    panel.take_list()
    yield "study: list refused"
    panel.field.setText(" ".join(f"R25-{k:06d} {'OK' if k % 2 else 'NOK'}" for k in range(30)))
    panel.take_list()
    panel.passes.set_value(1)
    yield "study: list"
    panel.confirm()
    yield "study: first part"
    for k in range(30):
        window.page.panel.confirm()
        seen = judged_part(60_000 + k, frame=frame_of(picture(k % 9 + 1)))
        window.tools.study.on_recent((seen,))
        if k == 15:
            yield "study: under way"
    yield "study: result"


def texts_cut(window: MainWindow) -> list[str]:
    window.grab()
    panel = window.page.panel
    views = [getattr(panel, name) for name in ("view", "scores", "chart") if hasattr(panel, name)]
    return cut_texts(window) + [text for view in views if view.isVisible() for text in view.cut]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_text_is_cut_and_every_target_is_big_enough(
    qtbot: QtBot, open_window: Opener, station: FakeStation, defects: Path, size: tuple[int, int], language: str
) -> None:
    station.lists = CauseLists(mandatory=True)
    window = open_window("out_of_control", size=size, language=language, history=lambda: History(defects))
    least = window.look.px(48) - 1
    for scene in scenes(qtbot, window, station):
        assert texts_cut(window) == [], scene
        panel = window.page.panel
        small = [
            (widget.text(), widget.width(), widget.height())
            for kind in (QPushButton, QLineEdit)
            for widget in panel.findChildren(kind)
            if widget.isVisible() and (widget.height() < least or widget.width() < least - 2)
        ]
        assert small == [], scene
        assert panel.height() >= panel.minimumSizeHint().height(), scene


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_charts_of_the_inspector_is_cut(
    qtbot: QtBot, open_window: Opener, light: Path, language: str
) -> None:
    window = open_window("running", language=language, history=lambda: History(light))
    window.do("inspector")
    panel = window.page.panel
    panel.range.choose("all")
    qtbot.waitUntil(lambda: panel.scores.content.total == 300, timeout=5000)
    for name in panel.subject.buttons:
        panel.subject.choose(name)
        qtbot.wait(20)
        assert texts_cut(window) == [], name


def test_every_diagnosis_has_its_words_and_they_fit(qtbot: QtBot, open_window: Opener, light: Path) -> None:
    from inference.pipeline.diagnosis import Diagnosis, Finding

    for language in LANGUAGES:
        window = open_window("running", language=language, history=lambda: History(light))
        window.do("inspector")
        panel = window.page.panel
        qtbot.wait(200)
        for finding in Finding:
            words = window.look.words
            assert words.knows(f"diagnosis.{finding}")
            assert words.knows(f"diagnosis.{finding}.do")
            signals = words.say("inspector.signals", names=", ".join([words.name("bore_diameter")] * 3))
            panel.reading.setText(words.say(f"diagnosis.{finding}"))
            panel.todo.setText(f"{words.say(f'diagnosis.{finding}.do')} {signals}")
            panel._told = Diagnosis(finding, (), ())
            qtbot.wait(5)
            panel.layout().activate()
            assert panel.todo.heightForWidth(panel.todo.width()) <= panel.todo.height() + 1, (language, finding)


def test_no_tool_covers_verdict_picture_or_alarms(
    qtbot: QtBot, open_window: Opener, station: FakeStation, defects: Path
) -> None:
    window = open_window("out_of_control", history=lambda: History(defects))
    for scene in scenes(qtbot, window, station):
        page = window.page
        covered = page.panel.rect().translated(page.panel.mapTo(page, page.panel.rect().topLeft()))
        for view in (page.verdict, page.picture, page.alarms):
            place = view.rect().translated(view.mapTo(page, view.rect().topLeft()))
            assert not covered.intersects(place), scene


def test_every_tool_of_the_menu_has_its_words_and_a_key(open_window: Opener) -> None:
    window = open_window("running")
    window.do("tools")
    listed = [action for action in ACTIONS if action.in_menu]
    assert [*window.page.panel.tools] == [action.name for action in listed]
    for language in LANGUAGES:
        window.set_language(language)
        words = window.look.words
        assert all(words.knows(f"tools.{action.name}") for action in listed)


def test_in_a_narrow_foot_what_warns_stays_and_what_informs_gives_way(open_window: Opener) -> None:
    window = open_window("on_cpu", language="de", manual_trigger=True)
    health = window.page.health
    whole = health.fitting(10_000.0)
    assert whole == health.content
    narrow = health.fitting(60.0)
    assert narrow == tuple(fact for k, fact in enumerate(whole) if k in {0, 5} or fact.tone)
    warned = tuple(replace(fact, tone="attention") for fact in whole)
    health.show_content(warned)
    assert health.fitting(60.0) == warned
