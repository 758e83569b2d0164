"""`loupe` without a command: the window of the station that was used last, or the start page.

May import: hmi.cli, hmi.station, click. The window only where there is a screen.
"""

from __future__ import annotations

import click

from hmi.cli.screen import has_screen
from hmi.station.last import last


def open_window() -> None:
    """Open the window of the last station file; where none is known, the page that says what to do first.

    Raises:
        click.UsageError: there is no screen.

    """
    if not has_screen():
        raise click.UsageError("there is no screen here; `loupe run` and `loupe demo` can run with --headless")
    from hmi.window.start import begin

    raise SystemExit(begin(last()))
