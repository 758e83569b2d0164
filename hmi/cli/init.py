"""`loupe init`: write a commented station file.

May import: click, hmi.station.
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command("init", epilog="Example: loupe init line2/station.toml", help="Write a commented station file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("station.toml"))
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(file: Path, *, force: bool) -> None:  # noqa: D103
    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already; --force overwrites it")
    from hmi.station.settings import template

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template(), encoding="utf-8")
    click.echo(f"{file} written: say in it where pictures come from and which model judges, then `loupe run {file}`")
