"""`loupe run`: a station, from its file or from what is said on the command line.

Promises: the answer of `--json` is CONTRACT's; a run that fails still tells what it counted, then why it ended.
May import: hmi.cli, hmi.station, click. The window only where one is shown.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from hmi.cli.headless import RunAnswer
from hmi.cli.screen import has_screen
from hmi.station.last import remember
from hmi.station.order import Order
from inference.pipeline.snapshot import ChartSnapshot


@click.command(
    "run",
    epilog="Example: loupe run --source parts/ --model ring.loupe --db results.db --headless --until-end --json",
    help="Run a station: camera, model, record; with a window unless --headless.",
)
@click.argument("station_file", metavar="[STATION.toml]", required=False, type=click.Path(path_type=Path))
@click.option("--source", help="Folder, video file, rtsp://…, usb:0, synthetic:[SEED].")
@click.option("--model", type=click.Path(path_type=Path), help="Model package.")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Database; made where there is none.")
@click.option("--headless", is_flag=True, help="No window.")
@click.option("--parts", type=click.IntRange(min=1), help="End after so many parts.")
@click.option("--until-end", is_flag=True, help="Stop when a folder or file is used up; otherwise it loops.")
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), help="What the model runs on.")
@click.option("--events", type=click.Path(dir_okay=False, path_type=Path), help="Append a JSON line a part here.")
@click.option("--give-up-after", type=click.FloatRange(min=0), metavar="SECONDS", help="End after a lasting fault.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: D103
    *,
    station_file: Path | None,
    source: str | None,
    model: Path | None,
    db: Path | None,
    headless: bool,
    parts: int | None,
    until_end: bool,
    provider: str | None,
    events: Path | None,
    give_up_after: float | None,
    as_json: bool,
) -> None:
    from hmi.station.settings_order import Wishes, order_from

    wishes = Wishes(
        source=source, model=model, db=db, until_end=until_end, provider=provider, give_up_after_s=give_up_after
    )
    order = replace(order_from(station_file, wishes), parts=parts, events=events)
    if not headless and not has_screen():
        click.echo("There is no screen here: the station runs headless.", err=True)
        headless = True
    if headless:
        run_and_tell(order, as_json=as_json)
        return
    from hmi.window.start import show_station

    if station_file is not None:
        remember(station_file)
    raise SystemExit(show_station(replace(order, window=True, end_with_source=False)))


def run_and_tell(order: Order, *, as_json: bool, with_charts: bool = False) -> None:
    """Run headless to the end and print the answer; raise why it failed, where it did."""
    from hmi.cli.headless import run_to_end
    from hmi.station.compose import compose

    made = compose(order)
    try:
        answer = run_to_end(made.station, expected_parts=order.parts, db=str(order.db))
    finally:
        made.close()
    failure = made.station.failure
    if answer["parts"] or failure is None:
        _tell(answer, order, made.station.charts() if with_charts else (), as_json=as_json)
    if failure is None:
        return
    if made.station.unrecorded:
        lost = made.station.unrecorded
        click.echo(f"{lost} judged parts could not be recorded and were never released.", err=True)
    raise failure


def _tell(answer: RunAnswer, order: Order, charts: tuple[ChartSnapshot, ...], *, as_json: bool) -> None:
    from hmi.cli.summary import draw, image_folder, summary, violations

    picture = draw(charts, order.db, f"{order.station_name}, lot {order.lot}") if charts else None
    if as_json:
        more = {"charts": str(picture), "images": str(image_folder(order.db))} if picture else {}
        click.echo(json.dumps({**answer, **more}, ensure_ascii=False))
        return
    click.echo("\n".join([summary(answer, order), *violations(charts)]))
    if picture:
        click.echo(f"charts: {picture}")
