"""`loupe` without a command: the window of the station that was used last.

May import: hmi.cli, hmi.station, click. The window only once a station is known.
"""

from __future__ import annotations

from dataclasses import replace

import click

from hmi.cli.screen import has_screen
from hmi.station.last import last


def open_window() -> None:
    """Open the window of the last station file.

    Raises:
        click.UsageError: there is no screen, or no station yet; the sentence says what to do first.

    """
    if not has_screen():
        raise click.UsageError("there is no screen here; `loupe run` and `loupe demo` can run with --headless")
    station_file = last()
    if station_file is None:
        raise click.UsageError("no station was opened here yet; `loupe demo` shows one, `loupe init` writes its file")
    from hmi.station.settings_order import Wishes, order_from
    from hmi.window.start import show_station

    order = order_from(station_file, Wishes())
    raise SystemExit(show_station(replace(order, window=True, end_with_source=False)))
