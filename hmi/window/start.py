"""Where the window starts: a composed station and its window, from opening to an orderly end.

Promises: closing the window stops the line in order and records what was judged; what the record would not take is
told in words.
May import: PySide6, hmi.window, hmi.station, storage, platformdirs.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from platformdirs import user_config_path, user_data_path
from PySide6.QtCore import QEventLoop, QTimer

from hmi.station.compose import compose
from hmi.station.demo import DEMO_PERIOD_S, demo_order
from hmi.station.last import remember
from hmi.station.order import Order
from hmi.station.settings import SettingsError, template
from hmi.station.settings_order import Wishes, order_from
from hmi.station.shifts import ShiftPlan
from hmi.window.app import application, run
from hmi.window.busy import WindowLoad, measure_window
from hmi.window.main_window import MainWindow
from hmi.window.session import WindowSession, WindowSettings
from hmi.window.start_page import Choice, Chosen, ask_what_to_do
from hmi.window.words import zone_of
from inference.pipeline.station import Station
from storage.history import History

_RECORDING_S = 20.0


def show_station(order: Order) -> int:
    """Run the station with its window until a person closes it; the exit code."""
    made = compose(order)
    try:
        code = run(session_of(order, made.station))
        lost = _close(made.station)
    finally:
        made.close()
    for said in lost:
        sys.stderr.write(f"loupe: {said}\n")
    return 3 if lost else code


def begin(file: Path | None) -> int:
    """`loupe` alone: this station's window, or the start page until something was chosen that can be shown."""
    note = ""
    while True:
        chosen = Chosen(Choice.OPEN, file) if file is not None else ask_what_to_do(note)
        if chosen is None:
            return 0
        try:
            order = _order_of(chosen)
        except (SettingsError, OSError) as error:
            file, note = None, str(error)
            continue
        return show_station(replace(order, window=True, end_with_source=False))


def _order_of(chosen: Chosen) -> Order:
    if chosen.file is None:
        db = user_data_path("loupe", appauthor=False) / "demo.db"
        return replace(demo_order(seed=1, drift=None, db=db, parts=None), period_s=DEMO_PERIOD_S)
    if chosen.choice is Choice.NEW and not chosen.file.exists():
        chosen.file.write_text(template(), encoding="utf-8")
    order = order_from(chosen.file, Wishes())
    remember(chosen.file)
    return order


def session_of(order: Order, station: Station) -> WindowSession:
    """What the window is given for this station."""
    settings = WindowSettings(
        station_name=order.station_name,
        zone=order.zone,
        language=order.language,
        theme=order.theme,
        auto_start=True,
        manual_trigger=order.triggers is not None,
        folder=user_config_path("loupe", appauthor=False),
    )
    shifts = ShiftPlan(zone_of(order.zone), order.shifts)
    return WindowSession(station, lambda: History(order.db, order.station_id), settings, order.recipe, shifts)


def _close(station: Station) -> list[str]:
    """End the station in order; what could not be recorded, in sentences."""
    if not station.close(timeout_s=_RECORDING_S):
        station.close(timeout_s=_RECORDING_S, abandon=True)
    lost = list[str]()
    if station.unrecorded:
        lost.append(f"{station.unrecorded} judged parts could not be recorded and were never released")
    if station.undelivered:
        lost.append(f"{station.undelivered} decisions made after the line failed could not be recorded")
    return lost


def paint_once() -> tuple[int, int]:
    """Paint the page of a station that has not started; width and height of what was painted."""
    application()
    with tempfile.TemporaryDirectory() as folder:
        order = demo_order(seed=0, drift=None, db=Path(folder) / "none.db", parts=1)
        window = MainWindow(WindowSession(compose(order).station))
        window.show()
        picture = window.grab()
        window.leave()
        window.end()
        window.deleteLater()
    return picture.width(), picture.height()


def drive_with_window(station: Station) -> None:
    """Run a prepared station to its end with a window of 1920×1080 looking at it (the benchmark's second side)."""
    application()
    window = MainWindow(WindowSession(station))
    window.resize(1920, 1080)
    window.show()
    window.begin()
    station.start()
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if station.wait(timeout_s=0) else None)
    timer.start(5)
    loop.exec()
    timer.stop()
    window.leave()
    window.end()
    window.deleteLater()


def window_load(order: Order, seconds: float) -> WindowLoad:
    """How busy the Qt thread is while a window of 1920×1080 shows this running station."""
    station = compose(order).station
    station.start()
    try:
        return measure_window(station, seconds)
    finally:
        station.close(timeout_s=_RECORDING_S)
