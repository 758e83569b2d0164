"""`loupe teach`: labelled images become a model package.

May import: click, hmi.cli; inference.teach where it is run.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from hmi.cli.progress import progress_bar


@click.command("teach", epilog="Example: loupe teach pictures/ring --out ring.zip")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The package: a folder or a .zip.")
@click.option("--task", type=click.Choice(["auto", "classify", "anomaly"]), default="auto", show_default=True)
@click.option(
    "--head", type=click.Choice(["auto", "logistic", "svm", "forest", "bayes"]), default="auto", show_default=True
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same model.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(dataset: Path, out: Path, task: str, head: str, seed: int, *, as_json: bool) -> None:
    """Teach a model package from labelled images.

    DATASET is a folder per class (`good/`, `scratch/`, …), perhaps under train/ and test/, or an image folder with
    labels.csv (path,label).
    """
    if task == "anomaly":
        raise click.UsageError("--task anomaly is not possible in this version; classify is expected.")
    if head not in {"auto", "logistic"}:
        raise click.UsageError(f"--head {head} is not possible in this version; logistic is expected.")
    from inference.teach.build import teach

    with progress_bar() as progress:
        report = teach(dataset, out, seed, progress)
    if as_json:
        answer = asdict(report) | {"images": report.images.model_dump()}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    metrics = report.metrics
    click.echo(f"{report.package}: {len(report.classes)} classes from {report.images.train} pictures")
    click.echo(f"judged out of fold: accuracy {metrics.accuracy:.4f}, threshold {report.threshold:.4f}")
    click.echo(f"{report.seconds:.0f} s")
