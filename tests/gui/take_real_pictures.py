"""Takes the documentation's pictures from the real program on the simulated line:
`python -m tests.gui.take_real_pictures docs/pictures`.

Real network, real record: a good part, a defect, a process out of control, a camera whose cable is pulled, and the
charts' workbench.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from camera.frame import Picture
from camera.source import CameraLost, FrameSource
from hmi.station.compose import compose
from hmi.station.demo import demo_order
from hmi.window.app import application
from hmi.window.main_window import MainWindow
from hmi.window.panels.spc_panel import SpcPanel
from hmi.window.start import session_of
from inference.inspection import Verdict
from tests.gui.take_pictures import close, grab, spend

SIZE = (1920, 1080)
_PATIENCE_S = 90.0


class Cable:
    """A source whose cable can be pulled; everything else is the source's own."""

    def __init__(self, source: FrameSource, pulled: threading.Event) -> None:
        self._source = source
        self._pulled = pulled

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    def open(self) -> None:
        if self._pulled.is_set():
            raise CameraLost("the cable is out")
        self._source.open()

    def grab(self, timeout_s: float) -> Picture:
        if self._pulled.is_set():
            raise CameraLost("the cable is out")
        return self._source.grab(timeout_s)


def wait(condition: Callable[[], bool]) -> None:
    """Let the window run until this holds."""
    until = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the station did not come to the state of the picture")
        spend(0.02)


def take(folder: Path, drift: str | None, shoot: Callable[[MainWindow, threading.Event], None]) -> None:
    """Run the demonstration with its window and let `shoot` take its pictures."""
    application()
    pulled = threading.Event()
    with tempfile.TemporaryDirectory() as place:
        order = demo_order(seed=1, drift=drift, db=Path(place) / "demo.db", parts=None)
        source = order.source
        order = replace(
            order,
            provider="cpu",
            window=True,
            end_with_source=False,
            period_s=0.1,
            source=lambda: Cable(source(), pulled),
        )
        made = compose(order)
        session = session_of(order, made.station)
        window = MainWindow(replace(session, settings=replace(session.settings, folder=None, language="en")))
        window.resize(*SIZE)
        window.show()
        window.begin()
        try:
            shoot(window, pulled)
        finally:
            close(window)
            made.station.close(20)
            made.close()


def main(folder: Path) -> None:
    """All pictures."""

    def acknowledge_all(window: MainWindow) -> None:
        for alarm in window.control.snapshot().alarms:
            window.control.acknowledge(alarm.id, "operator:demo")

    def verdict_on_show(window: MainWindow, verdict: Verdict) -> bool:
        """Banner and picture both show a part with this verdict, nobody looks away from it yet."""
        painted = window.page.picture.content.painted
        inspection = painted.part.inspection if painted is not None else None
        word = window.look.words.say(f"verdict.{verdict}")
        return window.page.verdict.content.word == word and inspection is not None and inspection.verdict is verdict

    def quiet(window: MainWindow, pulled: threading.Event) -> None:
        wait(lambda: window.control.snapshot().counters.recorded > 400)
        acknowledge_all(window)
        wait(lambda: not window.page.alarms.content.lines)
        wait(lambda: verdict_on_show(window, Verdict.OK))
        grab(window, folder / "operator-ok.png")
        wait(lambda: verdict_on_show(window, Verdict.NOT_OK))
        grab(window, folder / "operator-not-ok.png")
        acknowledge_all(window)
        pulled.set()
        wait(lambda: bool(window.page.picture.content.lost))
        spend(4)
        wait(lambda: window.page.alarms.content.bright)
        grab(window, folder / "camera-lost.png")

    def drifting(window: MainWindow, _: threading.Event) -> None:
        wait(lambda: window.control.snapshot().counters.recorded > 200)
        acknowledge_all(window)
        wait(lambda: any(a.key == "chart:i:bore_diameter" and a.standing for a in window.control.snapshot().alarms))
        wait(lambda: window.control.snapshot().counters.recorded > 275 and window.page.alarms.content.bright)
        grab(window, folder / "out-of-control.png")

    def at_the_bench(window: MainWindow, _: threading.Event) -> None:
        wait(lambda: window.control.snapshot().counters.recorded > 400)
        acknowledge_all(window)
        window.do("charts")
        panel = window.page.panel
        assert isinstance(panel, SpcPanel)
        wait(lambda: panel.answer is not None)
        panel.head.chart.pick("i:bore_diameter")
        wait(lambda: panel.answer is not None)
        for tab in ("rules", "capability"):
            panel.tabs.choose(tab)
            spend(1.0)
            grab(window, folder / f"workbench-{tab}.png")

    take(folder, "shift@250", at_the_bench)
    take(folder, None, quiet)
    take(folder, "shift@250", drifting)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
