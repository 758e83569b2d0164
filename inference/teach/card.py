"""The card of a model package: what a person should know before they trust it, in plain words (Markdown).

Promises: a pure function of manifest and figures; every number on the card is one of theirs. What a card should say:
Mitchell et al. 2019, "Model Cards for Model Reporting".
May import: inference.model.manifest, inference.teach.evaluate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from inference.model.manifest import Manifest
from inference.teach.evaluate import Evaluation, Rate

FEW = 30
"""With fewer pictures of a class its figures say little: where all of 30 were right, one in nine may still be wrong
(the exact 95 % interval of Clopper and Pearson 1934)."""


def card(manifest: Manifest, metrics: Evaluation) -> str:
    """The card's text."""
    parts = (
        [f"# {manifest.name}"],
        _taught_on(manifest, metrics),
        _how_good(metrics),
        _threshold(manifest, metrics),
        _limits(manifest, metrics),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _taught_on(manifest: Manifest, metrics: Evaluation) -> list[str]:
    note = manifest.training
    network = f"{note.backbone}, frozen, " if note.backbone else ""
    lines = [
        "## What it was taught on",
        "",
        f"- {note.images.train} pictures of the set `{note.dataset}`, by {note.program} on {note.created}",
        f"- {_classes(manifest)}",
        f"- Network: {network}at {manifest.input.width} × {manifest.input.height} pixels; head: {note.head}",
    ]
    if note.input_reason:
        lines.append(f"- Why so many pixels: {note.input_reason}")
    if note.seed is not None:
        lines.append(f"- Seed {note.seed}: the same pictures and the same seed give the same model")
    judged = ", ".join(f"{count} {label}" for label, count in counts(metrics).items())
    return [*lines, f"- Judged for the figures below: {judged}"]


def _classes(manifest: Manifest) -> str:
    defects = ", ".join(f"`{name}`" for name in manifest.classes if name != manifest.good_class)
    if manifest.good_class is None:
        return f"It tells apart: {defects}. It knows no good parts: whatever it sees is NOT OK"
    return f"Good parts are `{manifest.good_class}`; what is not good it calls {defects}"


def counts(metrics: Evaluation) -> dict[str, int]:
    """Label → judged pictures that truly had it."""
    rows = zip(metrics.confusion.labels, metrics.confusion.matrix, strict=True)
    return {label: sum(row) for label, row in rows if sum(row)}


def _how_good(metrics: Evaluation) -> list[str]:
    lines = [
        "## How good it was",
        "",
        "On pictures that the judging part had not seen (out of fold), from the same set:",
        "",
        f"- {metrics.accuracy:.2%} of {metrics.images} pictures got the right label",
        *_said_of("bad parts were judged OK (escapes)", metrics.escapes, metrics.escape_rate),
        *_said_of("good parts were judged NOT OK (false rejects)", metrics.false_rejects, metrics.false_reject_rate),
        "",
        "| class | pictures | found (recall) | right when said (precision) |",
        "|---|---|---|---|",
    ]
    found = counts(metrics)
    shown = [(label, figures) for label, figures in metrics.per_class.items() if label in found]
    return lines + [f"| {_cell(label)} | {found[label]} | {f.recall:.2%} | {f.precision:.2%} |" for label, f in shown]


def _cell(label: str) -> str:
    """A label in a table's cell: a folder may be named as it likes."""
    return " ".join(label.replace("|", r"\|").split())


def _said_of(what: str, count: int | None, rate: Rate | None) -> Iterator[str]:
    if count is not None and rate is not None:
        low, high = rate.ci95
        yield f"- {count} {what}: {rate.value:.2%}, with 95 % confidence between {low:.2%} and {high:.2%}"


def _threshold(manifest: Manifest, metrics: Evaluation) -> list[str]:
    note = manifest.training
    lines = ["## Its threshold and the risk", ""]
    if manifest.good_class is None:
        return [*lines, "- It has none that matters: without good parts nothing is judged OK."]
    rule = f": {note.threshold_rule}" if note.threshold_rule else ""
    lines.append(f"- A part is NOT OK from score {manifest.threshold:.4g} on{rule}")
    lines.append("- A lower threshold lets fewer bad parts pass and rejects more good ones; a higher one the reverse")
    if metrics.escape_rate is not None:
        worst = metrics.escape_rate.ci95[1]
        lines.append(
            f"- Of 1000 bad parts like those shown, reckon with up to {math.ceil(1000 * worst)} that pass as OK"
        )
    if metrics.false_reject_rate is not None:
        worst = metrics.false_reject_rate.ci95[1]
        lines.append(f"- Of 1000 good parts like those shown, reckon with up to {math.ceil(1000 * worst)} rejected")
    return lines


def _limits(manifest: Manifest, metrics: Evaluation) -> list[str]:
    few = [f"{count} of `{label}`" for label, count in counts(metrics).items() if count < FEW]
    lines = [
        "## What it cannot do",
        "",
        "- It knows pictures like those it was taught on; another part, camera, light or place may be judged wrongly",
        "  without a sign of it: try it with `loupe evaluate` on pictures from the line first",
        "- Its figures come from one set. Parts of another day or batch may do worse",
        "- It measures nothing: sizes and tolerances need a gauge step in the recipe",
    ]
    if manifest.task == "classify" and manifest.good_class is not None:
        lines.append("- A kind of defect that it was never shown may be judged OK")
    lines += [f"- {note}" for note in manifest.training.notes]
    if few:
        lines.append(f"- Few pictures: {', '.join(few)}. What the table says of these is hardly more than a hint")
    return lines
