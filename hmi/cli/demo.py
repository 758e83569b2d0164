"""`loupe demo`: the simulated line through the real pipeline, with the shipped model and a real database.

Promises: with no screen it says so and runs headless; at the end it says where database, charts and pictures lie.
May import: hmi.cli, hmi.station, camera, storage, click. The window only where one is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from hmi.cli.screen import has_screen

_PARTS = 500


@click.command(
    "demo",
    epilog="Example: loupe demo --headless --parts 200 --drift shift@100 --json",
    help="Run the simulated line: real pipeline, shipped model, real database.",
)
@click.option("--headless", is_flag=True, help="No window, full speed; prints a summary.")
@click.option("--parts", type=click.IntRange(min=1), help="End after so many parts (headless: 500 unless said).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which parts come.")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Database; a new one unless said.")
@click.option("--events", type=click.Path(dir_okay=False, path_type=Path), help="Append a JSON line a part here.")
@click.option("--drift", metavar="NAME[@PART]", help="A process fault: shift, trend, defects or lamp, from PART on.")
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--give-up-after", type=click.FloatRange(min=0), default=60.0, show_default=True, metavar="SECONDS")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: D103
    *,
    headless: bool,
    parts: int | None,
    seed: int,
    db: Path | None,
    events: Path | None,
    drift: str | None,
    provider: str,
    give_up_after: float,
    as_json: bool,
) -> None:
    if not headless and not has_screen():
        click.echo("There is no screen here: the demo runs headless.", err=True)
        headless = True
    from hmi.station.demo import DEMO_PERIOD_S, demo_order

    db = db or _new_database()
    order = demo_order(seed=seed, drift=drift, db=db, parts=(parts or _PARTS) if headless else parts)
    order = replace(order, events=events, provider=provider, give_up_after_s=give_up_after)
    if headless:
        from hmi.cli.run import run_and_tell

        run_and_tell(order, as_json=as_json, with_charts=True)
    else:
        from hmi.window.start import show_station

        window = replace(order, window=True, end_with_source=False, period_s=DEMO_PERIOD_S)
        raise SystemExit(show_station(window))


def _new_database() -> Path:
    """A new folder a run, below the place where the user looks first."""
    folder = Path("demo-output") / datetime.now().astimezone().strftime("%Y-%m-%d_%H%M%S")
    return folder / "demo.db"
