"""Which columns of a table make which `data` of a study, one function a family.

Promises: a study whose columns are not named takes the only one that can be meant, and asks where there are several;
where it is wrong is told in the words of the table.
May import: numpy, inference.spc.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from hmi.cli.spc_table import Table
from hmi.cli.spc_wishes import Wishes
from inference.spc.limits import SpcError
from inference.spc.study.ask import FieldError, sentence
from inference.spc.subgroup import ShortRule, group_in_order


@dataclass(frozen=True, slots=True)
class Columns:
    """`data` of a study, and where it came from."""

    data: dict[str, Any]
    sources: Mapping[str, str | tuple[str, ...]]
    """Key of `data` to the column (of a table of cells: columns) behind it."""
    lines: list[int] = field(default_factory=list[int])
    """Row of the table, from 1, that each row of `data` begins with; empty: the same rows."""

    def located(self, error: FieldError, table: Table) -> SpcError:
        """The same error with the cell's place in the table."""
        section, _, key = error.field.partition(".")
        source = self.sources.get(key)
        if section != "data" or source is None:
            return error
        if not isinstance(source, str):
            source = source[error.column - 1] if error.column and error.column <= len(source) else ""
        row = self.lines[error.row - 1] if error.row and self.lines else error.row
        return SpcError(sentence(table.place(source, row), error.wrong))


def columns_for(chart: str, table: Table, wishes: Wishes) -> Columns:
    """The columns of this kind of study. Raises SpcError where they do not suffice or cannot be used."""
    if chart not in _FAMILIES:
        raise SpcError(f"{chart} is asked for in a STUDY.json: it has no columns of readings")
    return _FAMILIES[chart](table, wishes)


def default_chart(table: Table, wishes: Wishes) -> tuple[str, str]:
    """The kind of study where nobody said, and why."""
    if wishes.size is not None:
        return "p", "there is a column of sizes"
    if wishes.part is not None and wishes.operator is not None:
        return "gage_rr_anova", "there are parts and operators"
    name, *others = _values(table, wishes)
    if wishes.subgroup is not None or others:
        return "xbar_r", "the readings come in subgroups"
    return "i_mr", f"there is one column of readings, {name}"


def _values(table: Table, wishes: Wishes) -> tuple[str, ...]:
    """The columns of readings: those named, or the only one that can be meant."""
    if wishes.value:
        return wishes.value
    others = {*(wishes.size, wishes.subgroup, wishes.part, wishes.operator, wishes.category, wishes.reference)}
    free = [name for name in table.columns if name not in others]
    found = free if len(free) == 1 else [name for name in free if table.holds_numbers(name)]
    if len(found) != 1:
        told = f"columns of numbers are {', '.join(found)}" if found else "no column holds numbers"
        raise SpcError(f"{table.name}: say which column to chart with --value ({told})")
    return (found[0],)


def _one(table: Table, wishes: Wishes, what: str = "readings") -> str:
    name, *others = _values(table, wishes)
    if others:
        raise SpcError(f"--value: one column of {what} is needed here, not {len(others) + 1}")
    return name


def _needed(name: str | None, option: str, what: str) -> str:
    if name is None:
        raise SpcError(f"{option} is missing: it names the column of {what}")
    return name


def _series(table: Table, wishes: Wishes) -> Columns:
    name = _one(table, wishes)
    return Columns({"x": table.numbers(name)}, {"x": name})


def _subgroups(table: Table, wishes: Wishes, key: str = "subgroups") -> Columns:
    """Readings of a subgroup beside one another, or under one another with equal labels, or so many in order."""
    names = _values(table, wishes)
    if wishes.subgroup is None:
        if len(names) == 1:
            raise SpcError("readings of a subgroup stand in several --value columns, or --subgroup says how they group")
        return Columns({key: _beside(table, names)}, {key: names})
    name = _one(table, wishes, "readings (or leave --subgroup out)")
    rows, lines = _grouped(table, table.numbers(name), wishes, wishes.subgroup)
    return Columns({key: rows}, {key: name}, lines)


def _beside(table: Table, names: tuple[str, ...]) -> list[list[float | None]]:
    return [list(row) for row in zip(*(table.numbers(name) for name in names), strict=True)]


def _grouped(
    table: Table, values: list[float | None], wishes: Wishes, by: str
) -> tuple[list[list[float | None]], list[int]]:
    """Rows of one length, None for a missing reading, and the row of the table that each begins with."""
    if by not in table.columns and by.isdecimal():
        if not int(by):
            raise SpcError("--subgroup: a subgroup has 1 reading or more, not 0")
        x = np.array([math.nan if value is None else value for value in values])
        rows = group_in_order(x, int(by), short=cast("ShortRule", wishes.short))
        starts = [min(1 + at * int(by), len(values)) for at in range(len(rows))]
        return [[None if math.isnan(cell) else cell for cell in row] for row in rows.tolist()], starts
    labels = table.labels(by)
    starts = [at for at in range(len(labels)) if at == 0 or labels[at] != labels[at - 1]]
    groups = [values[a:b] for a, b in zip(starts, [*starts[1:], len(labels)], strict=True)]
    widest = max(map(len, groups))
    return [group + [None] * (widest - len(group)) for group in groups], [at + 1 for at in starts]


def _either(table: Table, wishes: Wishes) -> Columns:
    """A series, or subgroups where several columns or a --subgroup are named."""
    return _subgroups(table, wishes) if len(wishes.value) > 1 or wishes.subgroup else _series(table, wishes)


def _capability(table: Table, wishes: Wishes) -> Columns:
    grouped = len(wishes.value) > 1 or wishes.subgroup
    return _subgroups(table, wishes, "x") if grouped else _series(table, wishes)


def _counts(table: Table, wishes: Wishes) -> Columns:
    """Counts with their sizes; without sizes --subgroup sums parts up that are 0 or 1 (or counts) each."""
    name = _one(table, wishes, "counts")
    if wishes.size is None and wishes.subgroup is not None:
        rows, lines = _grouped(table, table.numbers(name), wishes, wishes.subgroup)
        there = [[cell for cell in row if cell is not None] for row in rows]
        kept = [at for at, row in enumerate(there) if row]
        data = {"count": [math.fsum(there[at]) for at in kept], "size": [len(there[at]) for at in kept]}
        return Columns(data, {"count": name, "size": name}, [lines[at] for at in kept])
    size = _needed(wishes.size, "--size", "pieces or units behind each count")
    return Columns(
        {"count": table.numbers(name), "size": table.numbers(size, missing=False)}, {"count": name, "size": size}
    )


def _events(table: Table, wishes: Wishes) -> Columns:
    name = _one(table, wishes, "counts")
    return Columns({"count": table.numbers(name)}, {"count": name})


def _vectors(table: Table, wishes: Wishes) -> Columns:
    if len(wishes.value) < 2:
        raise SpcError("--value: name two columns or more, one for each characteristic")
    return Columns({"x": _beside(table, wishes.value)}, {"x": wishes.value})


def _vector_groups(table: Table, wishes: Wishes) -> Columns:
    by = _needed(wishes.subgroup, "--subgroup", "labels of the subgroups")
    data, lines = dict[str, Any](), list[int]()
    found: dict[str, str] = {}
    for at, name in enumerate(_vectors(table, wishes).sources["x"], 1):
        data[f"x{at}"], lines = _grouped(table, table.numbers(name), wishes, by)
        found[f"x{at}"] = name
    return Columns(data, found, lines)


def _parts(table: Table, wishes: Wishes) -> Columns:
    name, part = _one(table, wishes), _needed(wishes.part, "--part", "parts")
    return Columns({"x": table.numbers(name), "part": table.labels(part)}, {"x": name, "part": part})


def _gage(table: Table, wishes: Wishes) -> Columns:
    name = _one(table, wishes)
    part = _needed(wishes.part, "--part", "parts")
    operator = _needed(wishes.operator, "--operator", "operators")
    data = {
        "part": table.labels(part),
        "operator": table.labels(operator),
        "y": table.numbers(name, missing=False),
    }
    return Columns(data, {"part": part, "operator": operator, "y": name})


def _masters(table: Table, wishes: Wishes) -> Columns:
    """Readings of masters beside their values."""
    name, reference = _one(table, wishes), _needed(wishes.reference, "--reference", "the masters' values")
    data = {"y": table.numbers(name, missing=False), "reference": table.numbers(reference, missing=False)}
    return Columns(data, {"y": name, "reference": reference})


def _verdicts(table: Table, wishes: Wishes) -> Columns:
    names = {
        "verdict": _needed(next(iter(wishes.value), None), "--value", "verdicts"),
        "part": _needed(wishes.part, "--part", "parts"),
        "operator": _needed(wishes.operator, "--operator", "raters"),
        "reference": _needed(wishes.reference, "--reference", "the truth"),
    }
    return Columns({key: table.labels(name) for key, name in names.items()}, names)


def _pareto(table: Table, wishes: Wishes) -> Columns:
    """Categories with their counts, or a column of categories to be counted."""
    counted = wishes.category is None or not wishes.value
    if counted:
        name = wishes.category or _needed(next(iter(wishes.value), None), "--value", "categories")
        labels = table.labels(name)
        order = list(dict.fromkeys(labels))
        data = {"category": order, "count": [labels.count(each) for each in order]}
        return Columns(data, {"category": name, "count": name}, [labels.index(each) + 1 for each in order])
    name = _one(table, wishes, "counts")
    category = _needed(wishes.category, "--category", "categories")
    data = {"category": table.labels(category), "count": table.numbers(name, missing=False)}
    return Columns(data, {"category": category, "count": name})


def _named(table: Table, wishes: Wishes) -> Columns:
    names = _values(table, wishes)
    return Columns({name: table.numbers(name) for name in names}, {name: name for name in names})


_FAMILIES: Mapping[str, Callable[[Table, Wishes], Columns]] = {
    **dict.fromkeys(("i_mr", "g", "t", "boxcox", "gage_bias", "gage_stability"), _series),
    **dict.fromkeys(("xbar", "xbar_r", "xbar_s"), _subgroups),
    **dict.fromkeys(("ewma", "cusum", "ma"), _either),
    **dict.fromkeys(("p", "np", "u", "laney_p", "laney_u"), _counts),
    **dict.fromkeys(("t2_individuals", "mewma"), _vectors),
    "c": _events,
    "t2_subgroups": _vector_groups,
    "short_run": _parts,
    **dict.fromkeys(("gage_rr_anova", "gage_rr_nested", "gage_rr_range"), _gage),
    "gage_linearity": _masters,
    "attribute_study": _verdicts,
    "pareto": _pareto,
    **dict.fromkeys(("capability", "capability_percentiles"), _capability),
    "rules": _named,
}
