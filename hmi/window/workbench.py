"""Where the charts' workbench opens in the window.

Promises: it stands in the panel's place; the part behind a chosen point is shown as the picture until it closes.
May import: hmi.window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmi.window.panels.spc_panel import SpcPanel
from hmi.window.spc.desk import BenchDesk

if TYPE_CHECKING:
    from hmi.window.main_window import MainWindow


def open_workbench(window: MainWindow) -> None:
    """Open it on the recipe that runs."""
    session = window.session
    desk = BenchDesk(
        recipe=session.recipe,
        shifts=session.shifts,
        clock=session.clock,
        actor=window.decisions.operator,
        decide=window.control.decide,
    )
    panel = SpcPanel(window.look, window.errands, session.history, desk)
    panel.part_asked.connect(window.show_part)
    panel.closed.connect(window.presenter.unpin)
    window.page.open_panel(panel)
