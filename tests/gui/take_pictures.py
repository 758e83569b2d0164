"""Takes pictures of the window in its designed states: `python -m tests.gui.take_pictures FOLDER [--sizes …]`.

`grab` takes one of any window, also of one on a real station.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from hmi.window.app import application
from hmi.window.main_window import MainWindow
from hmi.window.session import WindowSession, WindowSettings
from tests.gui.fake_station import FakeStation
from tests.gui.scenes import SCENES


def spend(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1e3), loop.quit)
    loop.exec()


def grab(window: MainWindow, path: Path) -> None:
    """Save what the window shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(path))


def open_window(scene: str, size: tuple[int, int], language: str = "en", theme: str = "light") -> MainWindow:
    """A window on a station in this state, settled."""
    application()
    station = FakeStation()
    settings = WindowSettings(
        station_name="Ring line 2 · Camera 1", language=language, theme=theme, manual_trigger=scene == "waiting"
    )
    window = MainWindow(WindowSession(station, None, settings))
    window.resize(*size)
    window.show()
    SCENES[scene](station)
    window.begin()
    spend(0.7)
    return window


def close(window: MainWindow) -> None:
    """Close for good."""
    window.leave()
    window.end()
    window.deleteLater()
    spend(0.01)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["1280x800", "1920x1080"])
    parser.add_argument("--scenes", nargs="+", default=list(SCENES))
    parser.add_argument("--languages", nargs="+", default=["en"])
    parser.add_argument("--themes", nargs="+", default=["light"])
    parser.add_argument("--actions", nargs="*", default=[], help="actions to do before the picture")
    chosen = parser.parse_args()
    for size in chosen.sizes:
        width, height = map(int, size.split("x"))
        for language in chosen.languages:
            for theme in chosen.themes:
                for scene in chosen.scenes:
                    window = open_window(scene, (width, height), language, theme)
                    for action in chosen.actions:
                        window.do(action)
                        spend(0.3)
                    name = "-".join([scene, *chosen.actions, size, language, theme])
                    grab(window, chosen.folder / f"{name}.png")
                    close(window)


if __name__ == "__main__":
    main()
    time.sleep(0)
