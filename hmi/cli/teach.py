"""`loupe teach`: labelled images become a model package.

May import: click, hmi.cli; inference.teach where it is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hmi.cli.progress import progress_bar

if TYPE_CHECKING:
    from inference.teach.references import TeachReport

Task = Literal["auto", "classify", "anomaly"]


class Size(click.ParamType[Any]):
    """`640x512`: width and height, multiples of 32 from 64 on."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read it, or say what is expected."""
        width, _, height = str(value).lower().partition("x")
        sides = [int(side) if side.isdecimal() else 0 for side in (width, height)]
        if min(sides) < 64 or max(sides) > 4096 or any(side % 32 for side in sides):
            self.fail(f"{value!r} is no size; width x height in multiples of 32 is expected, as 640x512.", param, ctx)
        return sides[0], sides[1]


@click.command("teach", epilog="Example: loupe teach pictures/ring --out ring.zip")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The package: a folder or a .zip.")
@click.option("--task", type=click.Choice(["auto", "classify", "anomaly"]), default="auto", show_default=True)
@click.option(
    "--head", type=click.Choice(["auto", "logistic", "svm", "forest", "bayes"]), default="auto", show_default=True
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same model.")
@click.option(
    "--input", "size", type=Size(), metavar="WxH", help="Pixels the network works on; else from the pictures."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(
    dataset: Path, out: Path, task: Task, head: str, seed: int, *, size: tuple[int, int] | None, as_json: bool
) -> None:
    """Teach a model package from labelled images. From good parts only (or with --task anomaly) it learns what is
    usual, and whatever is not is a defect.

    DATASET is a folder per class (`good/`, `scratch/`, …), perhaps under train/ and test/, or an image folder with
    labels.csv (path,label).
    """
    if head not in {"auto", "logistic"}:
        raise click.UsageError(f"--head {head} is not possible in this version; logistic is expected.")
    from inference.teach.build import teach

    with progress_bar() as progress:
        report = teach(dataset, out, seed, progress, size, task=task)
    if as_json:
        answer = asdict(report) | {"images": report.images.model_dump()}
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo("\n".join(_words(report)))


def _words(report: TeachReport) -> Iterator[str]:
    width, height = report.input
    if report.task == "anomaly":
        yield f"{report.package}: what is usual in {report.images.train} good pictures"
        rejected = report.metrics.false_rejects
        yield f"each compared with the others: {rejected} of {report.metrics.images} would be rejected"
    else:
        yield f"{report.package}: {len(report.classes)} classes from {report.images.train} pictures"
        yield f"judged out of fold: accuracy {report.metrics.accuracy:.4f}, threshold {report.threshold:.4f}"
    yield f"network input {width} x {height}" + (f": {report.reason}" if report.reason else "")
    yield from report.notes
    yield f"{report.seconds:.0f} s"
