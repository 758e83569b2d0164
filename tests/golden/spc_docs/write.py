"""Write docs/spc anew: pages, example files and pictures. `python -m tests.golden.spc_docs.write`."""

from __future__ import annotations

import os
from pathlib import Path

from click.testing import CliRunner

from hmi.cli.spc import command
from inference.spc.study.catalogue import STUDIES
from tests.golden.spc_docs import counted, judged, measured
from tests.golden.spc_docs.examples import example
from tests.golden.spc_docs.page import Page

ROOT = Path(__file__).resolve().parents[3]
FOLDER = "docs/spc"
PAGES = (*measured.PAGES, *counted.PAGES, *judged.PAGES)

_DATA = {"rules": "a list for each series, by its name", "t2_subgroups": "`x1`, `x2` and so on"}
"""Data whose keys the data themselves say."""
_INDEX = """# Control charts, capability, gauges, plans: `loupe spc`

One study a call: a CSV file, a STUDY.json or the recorded history goes in; words, one JSON document or a picture come
out.

    loupe spc docs/spc/data/i_mr.csv --value bore_mm                    # words for a person
    loupe spc docs/spc/data/i_mr.csv --value bore_mm --json             # numbers for a program
    loupe spc docs/spc/data/i_mr.csv --value bore_mm --plot bores.png   # a picture (.png, .svg, .pdf)
    loupe demo --headless --parts 300 --db results.db                   # a record to try the next two on
    loupe spc --from-db results.db                                      # what the record has to chart
    loupe spc --from-db results.db --value bore_diameter --subgroup 5   # --lot, --recipe, --from, --to choose

Each page says when to take a chart, what it needs, how it is computed, from which source, and shows an example whose
file lies in `data/`. Charts that run with the line: [live.md](live.md); in the window:
[workbench.md](workbench.md).

{table}
Studies without a page of their own, by a STUDY.json, and most of them by columns, too:

{others}
## Files

**CSV**: a header row; `,`, `;` or tab between cells; with `;` numbers may have a decimal comma; an empty cell is a
missing reading. `--value` names the columns of readings; the only column of numbers need not be named.

**STUDY.json**: `chart`, `params`, `data`; each page lists its keys. `null` is a missing reading. Options outweigh
`params`. Other keys are notes and change nothing; one that is nearly a known key is taken for a slip and refused.

A file that cannot be used is answered with one sentence that names the field, or the line and the column, and exit
code 2. Counts are whole numbers; so are the sizes of shares (p, np), while those of rates (u) may be fractions.

## What an answer holds

A chart has `center`, `sigma`, and for each point `statistics`, `lcl`, `ucl` (`null` where a reading is missing). Pairs
of charts have a block each (`xbar` and `r`, `i` and `mr`). Points are counted from 1.

| key | what it is |
|---|---|
| `violations` | points that complete rules 1-8 of Nelson, 1-4 of Western Electric; elsewhere those outside limits |
| `violations_of` | the set chosen with `--rules`: what each rule says, its points, and each pattern's first and last |
| `in_control_run_length` | points between two false alarms by those rules; `null` where none ever comes |
| `autocorrelation` | whether points depend on those before them (Ljung and Box, at 1 %) |
| `in_control`, `points_out` | of a capability study: whether its control chart is quiet |

## Phase 1

Limits come from points of a quiet process (`--phase1 1:25`), and are then held against all others. Without it every
point is phase 1. In a STUDY.json `excluded` lists points that are neither learned from nor tested.

## Run rules

`--rules` chooses the set that is listed: `nelson` (also `minitab`, `jmp`), `western_electric` or `aiag`. Every rule
more finds more, and alarms more without cause: the answer says how many points lie between two false alarms. On charts
of counts and of scatter only the rules that need no symmetric distribution are run; on moving ranges only the limit.
"""


def ask(arguments: list[str]) -> str:
    """What the command answers, run in the checkout."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        result = CliRunner().invoke(command, arguments)
    finally:
        os.chdir(before)
    if result.exception is not None:
        raise result.exception
    return result.output


def arguments_of(page: Page) -> list[str]:
    """The page's example command, without `loupe spc`."""
    return [f"{FOLDER}/data/{page.name}.{page.ending}", *page.options.split()]


def text_of(page: Page) -> str:
    """The page in Markdown. Its example file must be there."""
    kind = STUDIES[page.chart]
    shown = f"![{page.title}](pictures/{page.name}.png)\n\n" if page.picture else ""
    formula = "\n".join(f"    {line}" for line in page.formula)
    answer = "\n".join(f"    {line}".rstrip() for line in ask(arguments_of(page)).splitlines())
    also = f"\n{page.also}\n" if page.also else ""
    return f"""# {page.title}

{shown}## When to use it

{page.when}
{also}
## What it needs

{page.needs}

In a STUDY.json: `chart` is `{page.chart}`; `data` has {keys(kind.data)}; `params` may have {keys(kind.params)}.

## How it is computed

{formula}

Source: {page.source}

## Example

    $ loupe spc {" ".join(arguments_of(page))}

{answer}

[All charts](README.md)
"""


def index() -> str:
    """README.md of the folder."""
    rows = "".join(f"| [{page.title}]({page.name}.md) | `{page.chart}` | {page.line} |\n" for page in PAGES)
    with_page = {page.chart for page in PAGES}
    others = "".join(
        f"| {kind.title} | `{name}` | {_DATA.get(name) or keys(kind.data)} | {keys(kind.params)} |\n"
        for name, kind in STUDIES.items()
        if name not in with_page
    )
    return _INDEX.format(
        table=f"| page | `--chart` | for |\n|---|---|---|\n{rows}",
        others=f"| study | `chart` | `data` | `params` |\n|---|---|---|---|\n{others}",
    )


def keys(names: tuple[str, ...]) -> str:
    """Names of keys in Markdown."""
    return ", ".join(f"`{name}`" for name in names) or "nothing"


def draw(page: Page, path: Path) -> None:
    """The page's picture."""
    ask([*arguments_of(page), "--plot", str(path)])


def main() -> None:
    folder = ROOT / FOLDER
    for page in PAGES:
        (folder / "data" / f"{page.name}.{page.ending}").write_text(example(page.name), "utf-8")
        (folder / f"{page.name}.md").write_text(text_of(page), "utf-8")
        if page.picture:
            draw(page, folder / "pictures" / f"{page.name}.png")
    (folder / "README.md").write_text(index(), "utf-8")


if __name__ == "__main__":
    main()
