"""`loupe evaluate`: a model package against a labelled set.

May import: click, hmi.cli; inference where it is run.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hmi.cli.progress import progress_bar

if TYPE_CHECKING:
    from inference.teach.evaluate import Evaluation


@click.command("evaluate", epilog="Example: loupe evaluate ring.zip pictures/ring --json")
@click.argument("package", metavar="PKG", type=click.Path(path_type=Path))
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(package: Path, dataset: Path, provider: str, *, as_json: bool) -> None:
    """Judge every labelled image of DATASET (its test/ where there is one) and compare with its label."""
    from inference.teach.challenge import challenge

    with progress_bar() as progress:
        figures = challenge(package, dataset, provider, progress)
    click.echo(json.dumps(asdict(figures), ensure_ascii=False) if as_json else _words(figures))


def _words(figures: Evaluation) -> str:
    lines = [f"{figures.images} images: accuracy {figures.accuracy:.4f}, F1 {figures.f1_macro:.4f}"]
    if figures.auroc is not None:
        lines.append(f"AUROC {figures.auroc:.4f}, average precision {figures.average_precision:.4f}")
    for name, count, share in (
        ("escapes", figures.escapes, figures.escape_rate),
        ("false rejects", figures.false_rejects, figures.false_reject_rate),
    ):
        if share is not None:
            low, high = share.ci95
            lines.append(f"{count} {name}: {share.value:.2%} (95 %: {low:.2%} to {high:.2%})")
    lines += [f"  {name}: precision {f.precision:.4f}, recall {f.recall:.4f}" for name, f in figures.per_class.items()]
    return "\n".join(lines)
