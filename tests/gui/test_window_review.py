"""Looking back: parts out of a real record, read beside the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hmi.window.panels.review_panel import ReviewPanel
from storage.history import History
from tests.gui.conftest import Opener
from tests.gui.fake_station import FakeStation
from tests.unit.storage_parts import filled


def test_past_parts_are_listed_newest_first_with_both_verdicts(
    qtbot: QtBot, open_window: Opener, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    window = open_window("stopped", history=lambda: History(path))
    window.do("review")
    panel = window.page.panel
    assert isinstance(panel, ReviewPanel)
    qtbot.waitUntil(lambda: panel.list.count() == 6, timeout=5000)
    texts = [panel.list.item(k).text() for k in range(6)]
    assert texts[0].split("·")[0].split()[-1] == "6"
    (decided,) = [text for text in texts if "decided: OK" in text]
    assert decided.startswith("✕")
    assert not panel.older.isEnabled()


def test_the_filter_leaves_only_what_was_asked_for(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    path = filled(tmp_path)
    window = open_window("stopped", history=lambda: History(path))
    window.do("review")
    panel = window.page.panel
    qtbot.waitUntil(lambda: panel.list.count() == 6, timeout=5000)
    panel.filter.choose("NOT_OK")  # parts 3 and 6 are bad; a person released part 3
    qtbot.waitUntil(lambda: panel.list.count() == 1, timeout=5000)
    assert panel.list.item(0).text().startswith("✕  6")


def test_a_chosen_part_is_shown_with_its_kept_picture(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    path = filled(tmp_path)
    window = open_window("stopped", history=lambda: History(path))
    window.do("review")
    panel = window.page.panel
    qtbot.waitUntil(lambda: panel.list.count() == 6, timeout=5000)
    panel.list.setCurrentRow(3)  # part 3, NOT_OK: its picture is kept
    qtbot.waitUntil(lambda: window.presenter.pinned is not None and window.presenter.pinned.seq == 3, timeout=5000)
    qtbot.waitUntil(lambda: window.page.picture.content.painted is not None, timeout=5000)
    assert "Looking back at part 3 · NOT OK (decided: OK)" in window.page.picture.content.notice
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert window.presenter.pinned is None


def test_a_picture_that_is_gone_is_told_in_words(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    path = filled(tmp_path)
    with History(path) as history:
        for image in history.part(3).images:
            image.path.write_bytes(b"no picture")
    window = open_window("stopped", history=lambda: History(path))
    window.show_part(3)
    qtbot.waitUntil(lambda: window.presenter.pinned is not None, timeout=5000)
    assert window.page.picture.content.missing == "The picture of part 3 cannot be read"


def test_a_record_that_cannot_be_read_is_told_in_words(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is no database, but long enough to be looked at" * 100)
    window = open_window("stopped", history=lambda: History(tmp_path / "no.db"))
    window.do("review")
    panel = window.page.panel
    qtbot.waitUntil(lambda: panel.note.text().startswith("The record cannot be read: "), timeout=5000)


def test_a_panel_closed_before_its_answer_came_is_left_alone(qtbot: QtBot, open_window: Opener, tmp_path: Path) -> None:
    path = filled(tmp_path)
    window = open_window("stopped", history=lambda: History(path))
    for _ in range(5):
        window.do("review")
        window.page.panel.closed.emit()
    qtbot.wait(300)
    assert window.page.panel is None


def test_without_a_record_review_says_so(open_window: Opener, station: FakeStation) -> None:
    window = open_window("stopped")
    window.do("review")
    assert window.page.panel.note.text() == "There is no record to look at yet."
