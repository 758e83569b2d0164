"""`loupe export`: records out as CSV or JSON Lines.

Promises: the file is whole or not there; progress goes to stderr, the answer to stdout.
May import: click; storage when it runs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

_VERDICTS = ("OK", "NOT_OK", "NOT_DECIDABLE")


@click.command("export", epilog="Example: loupe export station.db --out march.csv --from 2026-03-01 --to 2026-04-01")
@click.argument("db", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write; replaced when complete.")
@click.option("--format", "format_name", help="csv or jsonl; from the file's ending if not given.")
@click.option("--from", "since", metavar="T", help="First moment, ISO 8601 (the station's zone if it names none).")
@click.option("--to", "until", metavar="T", help="First moment that no longer counts.")
@click.option("--lot", help="Only this lot.")
@click.option("--serial", help="Only this serial.")
@click.option("--verdict", type=click.Choice(_VERDICTS, case_sensitive=False), help="Effective verdict.")
@click.option("--recipe", help="Only this recipe: its name or digest.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON document.")
def command(  # noqa: PLR0917 (click passes all by name)
    db: Path,
    out: Path,
    format_name: str | None,
    since: str | None,
    until: str | None,
    lot: str | None,
    serial: str | None,
    verdict: str | None,
    recipe: str | None,
    as_json: bool,
) -> None:
    """Write the records of DB to a file, one row an inspection."""
    from inference.inspection import Verdict
    from storage.export import export, station_zone
    from storage.filters import Filters, parse_moment

    zone = station_zone(db)
    first, end = (None if text is None else parse_moment(text, zone) for text in (since, until))
    wanted = None if verdict is None else Verdict(verdict.upper())
    filters = Filters(first, end, lot, serial, wanted, recipe)
    answer = export(db, out, format_name, filters, _progress() if sys.stderr.isatty() else None)
    if as_json:
        click.echo(json.dumps(asdict(answer)))
    else:
        click.echo(f"{answer.rows} rows in {answer.file}\nsha256 {answer.sha256}")


def _progress() -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        click.echo(f"\r{done} of {total} rows", nl=done == total, err=True)

    return show
