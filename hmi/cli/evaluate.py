"""`loupe evaluate`: a model package against a labelled set, with what the set is worth as a witness.

May import: click, hmi.cli; inference and hmi.paper where they are run.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hmi.cli.progress import Step, progress_bar

if TYPE_CHECKING:
    from inference.teach.challenge import Judged
    from inference.teach.risk import Risk

_RISK_OPTIONS = ("prevalence", "parts_per_shift", "escape_cost", "reject_cost", "review_cost", "confidence", "at")
_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
_COST = click.FloatRange(min=0)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What beside the figures is asked for."""

    pictures: bool
    plot: Path | None
    against: Path | None
    overlap: bool
    doubts: int
    risk: bool
    stakes: dict[str, Any]


@click.command(
    "evaluate",
    epilog="Example: loupe evaluate ring.zip pictures/ring --plot ring.png --risk --prevalence 0.01 "
    "--parts-per-shift 20000 --escape-cost 100 --reject-cost 1",
)
@click.argument("package", metavar="PKG", type=click.Path(path_type=Path))
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--provider", type=click.Choice(["auto", "cuda", "tensorrt", "cpu"]), default="auto", show_default=True)
@click.option("--pictures", is_flag=True, help="Every picture with its truth, label, verdict and score (with --json).")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the figures: .png, .svg or .pdf.")
@click.option("--against", type=click.Path(path_type=Path), help="The pictures PKG was taught on; else DATASET/train.")
@click.option("--overlap/--no-overlap", default=True, show_default=True, help="Look for taught pictures in the set.")
@click.option("--doubts", type=click.IntRange(min=1), metavar="N", help="N likely label errors and N hard pictures.")
@click.option("--risk", is_flag=True, help="The threshold in the words of risk; needs the next two.")
@click.option("--prevalence", type=_SHARE, help="Bad parts among all parts of the line, 0 to 1.")
@click.option("--parts-per-shift", type=click.FloatRange(min=0, min_open=True), help="Parts a shift.")
@click.option("--escape-cost", type=_COST, help="Of one bad part judged OK; 5 unless said.")
@click.option("--reject-cost", type=_COST, help="Of one good part judged NOT_OK; 1 unless said.")
@click.option("--review-cost", type=_COST, help="Of a person's look at one part: gives two thresholds, a grey zone.")
@click.option("--confidence", type=_SHARE, help="Of the intervals under risk; 0.95 unless said.")
@click.option("--at", type=float, help="Tell the risk at this threshold, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(package: Path, dataset: Path, provider: str, *, as_json: bool, **options: Any) -> None:
    """Judge every labelled image of DATASET (its test/ where there is one) and compare with its label."""
    wishes = _wishes(options)
    from hmi.cli.evaluate_words import words
    from inference.teach.challenge import judge_set

    with progress_bar() as progress:
        judged = judge_set(package, dataset, provider, progress)
        answer = _answer(judged, wishes, progress)
    warning = _warning(answer.get("overlap"))
    if warning:
        click.echo(f"loupe: {warning}", err=True)
    if wishes.plot is not None:
        _draw(judged, answer, wishes.plot)
    if not wishes.pictures:
        del answer["pictures"]
    click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False) if as_json else words(answer))


def _wishes(options: dict[str, Any]) -> Wishes:
    """Refuse before anything is judged what cannot be done afterwards."""
    stakes = {name: options[name] for name in _RISK_OPTIONS if options[name] is not None}
    if stakes and not options["risk"]:
        raise click.UsageError(f"--{next(iter(stakes)).replace('_', '-')} has a meaning only with --risk.")
    if options["risk"] and not {"prevalence", "parts_per_shift"} <= stakes.keys():
        raise click.UsageError("--risk needs --prevalence and --parts-per-shift: what the line is like.")
    plot: Path | None = options["plot"]
    if plot is not None:
        from hmi.paper.charts import ENDINGS

        if plot.suffix.lower() not in ENDINGS:
            raise click.UsageError(f"--plot {plot}: a file ending in {', '.join(ENDINGS)} is expected.")
        if not plot.absolute().parent.is_dir():
            raise click.UsageError(f"--plot {plot}: there is no folder {plot.absolute().parent}.")
    return Wishes(
        pictures=options["pictures"],
        plot=plot,
        against=options["against"],
        overlap=options["overlap"],
        doubts=options["doubts"] or 0,
        risk=options["risk"],
        stakes=stakes,
    )


def _answer(judged: Judged, wishes: Wishes, progress: Step) -> dict[str, Any]:
    from inference.teach.figures import curves

    manifest = judged.package.manifest
    answer = asdict(judged.figures) | {
        "package": manifest.name,
        "task": manifest.task,
        "good_class": manifest.good_class,
        "threshold": manifest.threshold,
        "curves": asdict(curves(judged.truths, judged.scores, manifest.good_class)),
        "pictures": _pictures(judged),
    }
    # The quick things that can be refused come first.
    if wishes.risk:
        answer["risk"] = _risk(judged, wishes.stakes)
    if wishes.overlap:
        answer["overlap"] = _overlap(judged, wishes.against, progress)
    if wishes.doubts:
        answer["doubts"] = _doubts(judged, wishes.doubts, progress)
    return answer


def _pictures(judged: Judged) -> list[dict[str, Any]]:
    from inference.teach.evaluate import NOT_DECIDABLE

    good = judged.package.manifest.good_class
    verdicts = {NOT_DECIDABLE: NOT_DECIDABLE} | ({good: "OK"} if good else {})
    rows = zip(judged.dataset.samples, judged.truths, judged.said, judged.scores.tolist(), strict=True)
    return [
        {
            "path": str(sample.path),
            "truth": truth,
            "label": said,
            "verdict": verdicts.get(said, "NOT_OK"),
            "score": None if said == NOT_DECIDABLE else score,
        }
        for sample, truth, said, score in rows
    ]


def _overlap(judged: Judged, against: Path | None, progress: Step) -> dict[str, Any] | None:
    from inference.teach.scrutiny import find_overlap, taught_pictures, without

    taught = taught_pictures(judged.dataset.root, against)
    if not taught:
        return None
    found = find_overlap(judged.dataset, taught, progress)
    rest = without(judged, found) if found.affected else judged.figures
    return {
        "tested": found.tested,
        "taught": found.taught,
        "affected": found.affected,
        "share": found.share,
        "by_reason": found.by_reason,
        "pairs": [asdict(pair) for pair in found.pairs],
        "without": None if rest is None else asdict(rest),
    }


def _doubts(judged: Judged, most: int, progress: Step) -> dict[str, Any]:
    from inference.teach.scrutiny import find_doubts

    found = find_doubts(judged, progress)
    paths = [str(sample.path) for sample in judged.dataset.samples]
    labels = [
        asdict(doubt)
        | {"path": paths[doubt.row], "label": found.classes[doubt.label], "likely": found.classes[doubt.likely]}
        for doubt in found.labels[:most]
    ]
    hard = [
        {"path": paths[h.row], "truth": judged.truths[h.row], "label": judged.said[h.row], "margin": h.margin}
        for h in found.hard[:most]
    ]
    return {"source": found.source, "found": len(found.labels), "labels": labels, "hard": hard}


def _risk(judged: Judged, stakes: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    from inference.teach.risk import RiskError, choose

    good, decided = judged.package.manifest.good_class, judged.decided
    if good is None:
        raise RiskError(f"{judged.package.path}: has no good class, so nothing is OK and nothing escapes.")
    bad = np.array([truth != good for truth in judged.truths])[decided]
    line = {"escape_cost": 5.0, "reject_cost": 1.0} | stakes
    review_cost, at = line.pop("review_cost", None), line.pop("at", None)
    if at is not None and not np.isfinite(at):
        raise RiskError(f"--at {at}: a score is expected.")
    risk = choose(judged.scores[decided], bad, **line)
    return _told(risk, judged.package.manifest.threshold, review_cost, at)


def _told(risk: Risk, threshold: float, review_cost: float | None, at: float | None) -> dict[str, Any]:
    from inference.teach.risk_words import grey_words, outcome_words

    now, best, stakes = risk.at(threshold), risk.best, risk.stakes
    there = None if at is None else risk.at(at)
    zone = None if review_cost is None else risk.grey_zone(review_cost)
    words = [f"the package's {line}" if n == 0 else line for n, line in enumerate(outcome_words(now, stakes))]
    if there is not None:
        words.append(f"asked for: {outcome_words(there, stakes)[0]}")
    words.append(
        f"cheapest {outcome_words(best, stakes)[0]}; it was chosen on these very pictures, so try it on others"
    )
    if zone is not None:
        words.append(grey_words(zone, stakes))
    return {
        "stakes": asdict(stakes) | {"review_cost": review_cost},
        "package": asdict(now),
        "best": asdict(best),
        "at": None if there is None else asdict(there),
        "grey_zone": None if zone is None else asdict(zone),
        "curve": asdict(risk.curve()),
        "words": words,
    }


def _warning(overlap: dict[str, Any] | None) -> str | None:
    if not overlap or not overlap["affected"]:
        return None
    worst = overlap["pairs"][0]
    return (
        f"{overlap['affected']} of {overlap['tested']} pictures are not independent of the taught ones, so the figures "
        f"may be too good; the worst: {worst['tested']} and {worst['taught']} ({worst['why']})"
    )


def _draw(judged: Judged, answer: dict[str, Any], path: Path) -> None:
    from hmi.paper.evaluation import draw_evaluation

    draw_evaluation(answer, path, f"{judged.package.name} on {judged.dataset.root.resolve().name}")
