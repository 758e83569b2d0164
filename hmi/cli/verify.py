"""`loupe verify`: is a record whole and unaltered?

Promises: exit code 0 where it is, 1 where it is not; every problem is one line.
May import: click; storage when it runs.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command("verify", epilog="Example: loupe verify station.db --json")
@click.argument("db", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON document.")
@click.pass_context
def command(ctx: click.Context, db: Path, as_json: bool) -> None:
    """Check the database DB, its record chain, its counts and its pictures."""
    from storage.verify import verify

    answer = verify(db)
    if as_json:
        click.echo(json.dumps(asdict(answer)))
    else:
        click.echo(f"{answer.records} records and {answer.images} pictures checked")
        for problem in answer.problems or ("nothing is missing or altered",):
            click.echo(problem)
    if not answer.ok:
        ctx.exit(1)
