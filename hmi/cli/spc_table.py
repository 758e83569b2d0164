"""Columns of readings, out of a CSV file or out of a record, with the place of each cell.

CSV: `,`, `;` or tab, whichever the header and the line below it agree on; a decimal comma where the delimiter is `;`;
UTF-8 with or without a byte-order mark; quoted cells; a header row. An empty cell is a missing reading.

Promises: a cell that cannot be used is named by line and column; nothing is skipped in silence but empty lines.
May import: inference.spc.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inference.spc.limits import SpcError
from inference.spc.study.ask import guess

Cell = str | float | None
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SEPARATOR = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)
"""A first line by which spreadsheets say what stands between cells."""
_DELIMITERS = (";", "\t", ",")
_LOOKED_AT = 50
"""Lines that the delimiter is guessed from."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of one length."""

    name: str
    """Of the file."""
    columns: Mapping[str, Sequence[Cell]]
    rows: Sequence[int]
    """The number of each row's line in the file, or of its part in the record."""
    row_word: str = "line"
    decimal_comma: bool = False
    twice: frozenset[str] = frozenset()
    """Names that more than one column has."""
    spec: Mapping[str, float] = field(default_factory=dict[str, float])
    """Specification limits `lsl` and `usl` that the record has of a characteristic."""

    def place(self, column: str = "", row: int | None = None) -> str:
        """Where a cell stands, `row` counted from 1, in words."""
        line = "" if row is None else f", {self.row_word} {self.rows[row - 1]}"
        return f"{self.name}{line}" + (f", column {column}" if column else "")

    def cells(self, column: str) -> Sequence[Cell]:
        """One column. Raises SpcError for a name that is not there, or there twice."""
        if column in self.twice:
            raise SpcError(f"{self.name} has more than one column {column!r}")
        if column not in self.columns:
            near = guess(column, self.columns)
            known = "" if near else f": it has {', '.join(self.columns)}"
            raise SpcError(f"{self.name} has no column {column!r}{near or known}")
        return self.columns[column]

    def numbers(self, column: str, *, missing: bool = True) -> list[float | None]:
        """One column as numbers; an empty cell is None. Raises SpcError for other text, and for an empty column."""
        found = list[float | None]()
        for row, cell in enumerate(self.cells(column), 1):
            value = self._number(cell, column, row)
            if value is None and not missing:
                raise SpcError(f"{self.place(column, row)}: a number is missing here")
            found.append(value)
        if all(value is None for value in found):
            raise SpcError(f"{self.place(column)} is empty")
        return found

    def labels(self, column: str) -> list[str]:
        """One column as labels. Raises SpcError for an empty cell."""
        found = list[str]()
        for row, cell in enumerate(self.cells(column), 1):
            if cell is None or cell == "":
                raise SpcError(f"{self.place(column, row)}: a label is missing here")
            found.append(str(cell))
        return found

    def holds_numbers(self, column: str) -> bool:
        """Whether most cells that are not empty hold numbers; those that do not are told when they are read."""
        if column in self.twice:
            return False
        cells = [cell for cell in map(self._plain, self.columns[column]) if cell not in ("", None)]
        numbers = sum(not isinstance(cell, str) or _NUMBER.fullmatch(cell) is not None for cell in cells)
        return 2 * numbers > len(cells)

    def _plain(self, cell: Cell) -> Cell:
        """The cell without blanks, its decimals behind a point."""
        if not isinstance(cell, str):
            return cell
        return cell.strip().replace(",", ".") if self.decimal_comma else cell.strip()

    def _number(self, cell: Cell, column: str, row: int) -> float | None:
        text = self._plain(cell)
        if not isinstance(text, str):
            return text
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise SpcError(f"{self.place(column, row)}: {cell!r} is no number")
        return float(text)


def read_csv(text: str, name: str) -> Table:
    """A table out of the text of a CSV file. Raises SpcError naming the line for what is none."""
    text = text.removeprefix("\ufeff")
    said = _SEPARATOR.match(text)
    lines, began = list[tuple[int, list[str]]](), 1
    if said:
        text, began = text[said.end() :], 2
    delimiter = said[1] if said else _delimiter(text)
    first = began
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            lines.append((began, cells))
            began = reader.line_num + first
    except csv.Error as error:
        raise SpcError(f"{name}, line {began}: this is no CSV ({error})") from error
    header, rows = _header(lines, name, delimiter)
    for line, cells in rows:
        if len(cells) != len(header):
            told = f"has {len(cells)} cells, the header has {len(header)}"
            raise SpcError(f"{name}, line {line} {told}")
    columns = {title: [cells[at] for _, cells in rows] for at, title in enumerate(header) if title}
    twice = frozenset(title for title in header if title and header.count(title) > 1)
    return Table(name, columns, [line for line, _ in rows], decimal_comma=delimiter == ";", twice=twice)


def _delimiter(text: str) -> str:
    """That of `;`, tab and `,` which header and next line have equally often; else the most frequent."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    first, second = (*lines, "", "")[:2]
    for mark in _DELIMITERS:
        if 0 < first.count(mark) == second.count(mark):
            return mark
    return max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == ","))


def _header(
    lines: list[tuple[int, list[str]]], name: str, delimiter: str
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Titles, and the rows below them: empty lines left out, save those of a single column, which are missing."""
    while lines and not any(cell.strip() for cell in lines[-1][1]):
        lines.pop()
    while lines and not any(cell.strip() for cell in lines[0][1]):
        lines.pop(0)
    if not lines:
        raise SpcError(f"{name} is empty: a header row and readings below it are needed")
    (line, first), *rows = lines
    header = [cell.strip() for cell in first]
    comma = delimiter == ";"
    if all(_NUMBER.fullmatch(title.replace(",", ".") if comma else title) for title in header):
        raise SpcError(
            f"{name}, line {line} holds numbers where the names of the columns should stand: add a header row"
        )
    if not rows:
        raise SpcError(f"{name} has a header row and no readings below it")
    if len(header) == 1:
        return header, [(at, cells or [""]) for at, cells in rows]
    return header, [(at, cells) for at, cells in rows if cells]
