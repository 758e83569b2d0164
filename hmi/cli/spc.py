"""`loupe spc`: one SPC study, out of a STUDY.json, a CSV file or the recorded history.

Promises: the answer of `--json` is CONTRACT's, one document without NaN; bad input is one sentence and exit code 2.
May import: click, hmi.cli; inference, storage and hmi.paper where they are used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hmi.cli.spc_input import Done
    from hmi.cli.spc_wishes import Wishes

_NUMBERS = (
    ("--lsl", "Lower specification limit."),
    ("--usl", "Upper specification limit."),
    ("--target", "Target of the characteristic."),
    ("--nsigma", "Control limits in standard errors (3)."),
    ("--lambda", "EWMA, MEWMA: weight of the newest point (0.2, 0.1)."),
    ("--L", "EWMA: limits in standard errors (3)."),
    ("--k", "CUSUM: slack in sigmas (0.5)."),
    ("--h", "CUSUM: decision interval in sigmas (5)."),
    ("--head-start", "CUSUM: both sums start here, in sigmas (0)."),
    ("--center", "Centre line that is known."),
    ("--sigma", "Sigma of single readings that is known."),
    ("--confidence", "Confidence of intervals, or of a T² limit."),
    ("--tolerance", "Gauge study: width of the tolerance."),
    ("--arl0", "MEWMA: run length in control (200)."),
)
_COLUMNS = (
    ("--size", "Column of sizes: pieces or units behind each count."),
    ("--subgroup", "Column whose equal neighbours form a subgroup, or a number of readings."),
    ("--part", "Column of parts (gauge study, short runs)."),
    ("--operator", "Column of operators (gauge study)."),
    ("--category", "Column of kinds of defect (pareto)."),
    ("--reference", "Column of masters' values or true verdicts; of a bias study the master's value."),
)
_FILTERS = (
    ("--from", "since", "T", "First moment, ISO 8601."),
    ("--to", "until", "T", "First moment that no longer counts."),
    ("--lot", "lot", "LOT", "Only this lot."),
    ("--recipe", "recipe", "R", "Only this recipe."),
)
_NAMED = ("chart", "value", "size", "subgroup", "short", "part", "operator", "category", "reference")
_PRESETS = ("western_electric", "nelson", "aiag", "minitab", "jmp")
_SETTINGS = ("lsl", "usl", "target", "nsigma", "L", "k", "h", "center", "sigma", "confidence", "tolerance", "arl0")


def _with_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that come in tables."""
    options = [click.option(name, metavar="COL", help=text) for name, text in _COLUMNS]
    options += [click.option(name, _variable(name), type=float, metavar="X", help=text) for name, text in _NUMBERS]
    options += [
        click.option(name, variable, metavar=metavar, help=f"With --from-db: {text}")
        for name, variable, metavar, text in _FILTERS
    ]
    for option in reversed(options):
        function = option(function)
    return function


def _variable(option: str) -> str:
    return option.lstrip("-").replace("-", "_").replace("lambda", "weight")


@click.command("spc", epilog="Example: loupe spc bores.csv --chart i_mr --value bore_mm --phase1 1:25 --plot bores.png")
@click.argument("file", required=False, metavar="STUDY.json|DATA.csv|-", type=click.Path(path_type=Path))
@click.option("--from-db", "db", type=click.Path(path_type=Path), help="Recorded history instead of a file.")
@click.option("--chart", metavar="KIND", help="xbar_r, i_mr, p, cusum, capability, gage_rr_anova …")
@click.option("--value", multiple=True, metavar="COL", help="Column of readings; several: a subgroup or a vector.")
@click.option("--short", type=click.Choice(["plot", "merge", "gap"]), default="plot", help="A short last subgroup.")
@click.option("--phase1", metavar="A:B", help="First and last point that limits come from.")
@click.option("--rules", type=click.Choice(_PRESETS), help="Set of run rules to list (nelson).")
@click.option("--sigma-method", metavar="NAME", help="Rbar/d2, Sbar/c4, MVLUE-R, RMSDF …")
@click.option("--span", type=int, help="Moving average: points it runs over (3).")
@click.option("--nominal", multiple=True, metavar="PART=VALUE", help="Short runs: a part's nominal.")
@click.option("--distribution", metavar="NAME", help="capability_percentiles: weibull, lognormal … (the best).")
@_with_options
@click.option("--plot", type=click.Path(path_type=Path), help="Draw it: .png, .svg or .pdf.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON document.")
def command(**options: Any) -> None:
    """Control charts, capability, gauge studies, sampling plans: one study of a file or of the record."""
    from hmi.cli.spc_words import words

    wishes = _wishes(options)
    done = _answer(options, wishes)
    if done is None:
        return
    if options["plot"] is not None:
        from hmi.paper.spc_charts import draw_study

        draw_study(done.document, done.answer, options["plot"], done.title)
    if options["as_json"]:
        said = {} if done.chart == "rules" else {"chart": done.chart}
        chosen = {} if done.because is None else {"chosen_because": done.because}
        click.echo(json.dumps({**said, **chosen, **done.answer}, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(words(done.chart, done.answer, done.because, done.names))


def _answer(options: dict[str, Any], wishes: Wishes) -> Done | None:
    from hmi.cli.spc_input import answer_file, answer_table, table_of_record
    from inference.spc.limits import SpcError

    file, db = options["file"], options["db"]
    if db is None:
        unheard = [name for name, key, *_ in _FILTERS if options[key] is not None]
        if unheard:
            raise SpcError(f"{unheard[0]} chooses parts of a record: name the record with --from-db")
        if file is None:
            raise SpcError("name a STUDY.json, a CSV file or - for standard input, or a record with --from-db")
        return answer_file(file, wishes)
    if file is not None:
        raise SpcError(f"{file}: a file and --from-db cannot both be read")
    if not wishes.value:
        _list(db, as_json=options["as_json"])
        return None
    return answer_table(table_of_record(db, wishes.value, _filters(options, db)), wishes)


def _wishes(options: dict[str, Any]) -> Wishes:
    from hmi.cli.spc_wishes import Wishes

    settings = {key: options[key] for key in _SETTINGS}
    settings |= {key: options[key] for key in ("rules", "sigma_method", "head_start", "span", "distribution")}
    settings |= {"lambda": options["weight"], "phase1": _phase1(options["phase1"])}
    settings |= {"nominal": _nominal(options["nominal"])}
    named = {key: options[key] for key in _NAMED}
    return Wishes(**named, settings={key: value for key, value in settings.items() if value is not None})


def _phase1(text: str | None) -> list[int] | None:
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not (colon and first.strip().isdecimal() and last.strip().isdecimal()):
        raise click.BadParameter(f"{text!r} is no range of points: write it as 1:25", param_hint="--phase1")
    return [int(first), int(last)]


def _nominal(pairs: tuple[str, ...]) -> dict[str, float] | None:
    found: dict[str, float] = {}
    for pair in pairs:
        part, _, value = pair.rpartition("=")
        try:
            found[part] = float(value)
        except ValueError:
            part = ""
        if not part:
            raise click.BadParameter(f"{pair!r} is not PART=VALUE", param_hint="--nominal")
    return found or None


def _filters(options: dict[str, Any], db: Path) -> Any:
    from storage.export import station_zone
    from storage.filters import Filters, parse_moment

    zone = station_zone(db)
    since, until = (None if options[key] is None else parse_moment(options[key], zone) for key in ("since", "until"))
    return Filters(since, until, options["lot"], recipe=options["recipe"])


def _list(db: Path, *, as_json: bool) -> None:
    """What the record has to chart."""
    from storage.history import History
    from storage.series import COMPUTED

    with History(db) as history:
        parts, measured = history.count(), history.characteristics()
    if as_json:
        named = [{"name": info.name, "unit": info.unit, "count": info.count} for info in measured]
        click.echo(json.dumps({"parts": parts, "characteristics": named, "of_every_part": list(COMPUTED)}))
        return
    click.echo(f"{db.name}: {parts} parts; chart one of these with --value")
    for info in measured:
        click.echo(f"  {info.name:24} {info.count} values{f', {info.unit}' if info.unit else ''}")
    for name in COMPUTED:
        click.echo(f"  {name:24} of every part")
