"""One inspection as the cells of an export, and text made harmless for spreadsheets.

Promises: a number stays a number; a text never runs as a formula.
May import: the standard library, inference.message, storage.rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference.message import Message

Cell = str | int | float | None

COLUMNS = (
    *("seq", "id", "station", "at", "job", "product", "lot", "serial", "recipe", "recipe_digest", "model"),
    *("model_digest", "verdict", "machine_verdict", "label", "score", "threshold", "reasons", "source", "image"),
    *("duration_ms", "operator", "override_by", "override_reason"),
)
"""Fixed by contract; one column a characteristic follows."""

# The characters after which a spreadsheet evaluates a cell (OWASP, "CSV Injection"), with their full-width forms.
_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
_CONTROL_STARTS = frozenset("\t\r\n")


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would run, behind an apostrophe; anything else as it is."""
    if not isinstance(cell, str) or not cell:
        return cell
    first = cell.lstrip()[:1]
    return f"'{cell}" if first in _FORMULA_STARTS or cell[0] in _CONTROL_STARTS else cell


def reasons_text(reasons: Sequence[Message]) -> str:
    """Messages on one line: `defect.found label=scratch, score=0.93; part.overrun`."""
    return "; ".join(_reason(reason) for reason in reasons)


def characteristic_column(name: str) -> str:
    """The column of a measured characteristic."""
    return f"m:{name}"


def as_csv(row: Mapping[str, Any], characteristics: Sequence[str]) -> list[Cell]:
    """The row's cells in their order, harmless."""
    flat = {**row, "reasons": reasons_text(row["reasons"])}
    names = (*COLUMNS, *map(characteristic_column, characteristics))
    return [harmless(flat.get(name)) for name in names]


def as_json(row: Mapping[str, Any], characteristics: Sequence[str]) -> dict[str, Any]:
    """The row as it is, with reasons as objects and every column there."""
    reasons = [{"code": reason.code, "args": dict(reason.args)} for reason in row["reasons"]]
    names = (*COLUMNS, *map(characteristic_column, characteristics))
    return {**{name: row.get(name) for name in names}, "reasons": reasons}


def _reason(reason: Message) -> str:
    arguments = ", ".join(f"{name}={value}" for name, value in reason.args.items())
    return f"{reason.code} {arguments}".rstrip()
