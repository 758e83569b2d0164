"""What `loupe spc` reads: a STUDY.json, a CSV file, or the history in a record.

Promises: what cannot be read is one SpcError that names the file and the line; the order of rows is kept.
May import: inference.spc, hmi.cli; storage where a record is read.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hmi.cli.spc_columns import columns_for, default_chart
from hmi.cli.spc_table import Cell, Table, read_csv
from hmi.cli.spc_wishes import Wishes, in_options
from inference.spc.limits import SpcError
from inference.spc.study.answer import Answer
from inference.spc.study.ask import FieldError, fields_of, guess
from inference.spc.study.catalogue import kind_of, study

if TYPE_CHECKING:
    from storage.filters import Filters
    from storage.history import History

_WITH_SPEC = frozenset({"i_mr", "capability", "capability_percentiles"})
STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Done:
    """A study with its answer."""

    document: dict[str, Any]
    answer: Answer
    because: str | None = None
    """Why this kind of study, where nobody said."""
    names: tuple[str, ...] = ()
    """Of the columns of readings; empty for a STUDY.json."""

    @property
    def chart(self) -> str:
        """The kind of study."""
        return str(self.document["chart"])

    @property
    def title(self) -> str:
        """What stands above a picture: the kind of study and what it is of."""
        title = kind_of(self.chart).title
        return f"{title} · {', '.join(self.names)}" if self.names else title


def answer_file(path: Path, wishes: Wishes) -> Done:
    """Answer the study in a file (`-`: standard input). Raises SpcError; FileNotFoundError and OSError as `open`."""
    text, name = _text(path), "standard input" if path == STANDARD_INPUT else path.name
    if path.suffix.lower() == ".json" or text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return _answer_json(text, name, wishes)
    return answer_table(read_csv(text, name), wishes)


def answer_table(table: Table, wishes: Wishes) -> Done:
    """Answer a study of columns. Raises SpcError with the cell's place."""
    chart, because = wishes.kind(), None
    if chart is None:
        chart, because = default_chart(table, wishes)
    columns = columns_for(chart, table, wishes)
    params = {**(table.spec if chart in _WITH_SPEC else dict[str, float]()), **wishes.params(chart)}
    document = {"chart": chart, "params": params, "data": columns.data}
    try:
        return Done(document, study(document), because, wishes.value)
    except FieldError as error:
        raise in_options(error) if error.field.startswith("params") else columns.located(error, table) from error
    except SpcError as error:
        raise SpcError(f"{table.name}: {error}") from error


def _answer_json(text: str, name: str, wishes: Wishes) -> Done:
    if wishes.columns():
        raise SpcError(f"{wishes.columns()[0]} names a column of a CSV file or of a record, and {name} has none")
    try:
        document = _parsed(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        told = error.msg[:1].lower() + error.msg[1:]
        raise SpcError(f"{name}, line {error.lineno}, column {error.colno}: this is no JSON ({told})") from error
    except ValueError as error:
        raise SpcError(f"{name}: this is no JSON that can be read ({error})") from error
    if not isinstance(document, dict):
        raise SpcError(f"{name}: a study is a JSON object with chart, params and data")
    fields = cast("dict[str, Any]", document)
    chart = wishes.kind() or fields.get("chart")
    if chart is not None:
        fields = {**fields, "chart": chart}
    try:
        if (wishes.settings or wishes.reference is not None) and chart is not None:
            fields = {**fields, "params": {**_params(fields), **wishes.of_study(str(chart))}}
        return Done(fields, study(fields))
    except SpcError as error:
        raise SpcError(f"{name}: {error}") from error


def _params(fields: dict[str, Any]) -> dict[str, Any]:
    """What the document says itself. Raises SpcError for what is no object."""
    return dict(fields_of("params", fields.get("params")).values)


def _parsed(text: str) -> object:
    """What a JSON text says. Raises ValueError for what cannot be used as it stands."""
    try:
        document = cast("object", json.loads(text, object_pairs_hook=_once))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if "\\ud" in text.lower():  # half of a character in two halves can neither be printed nor saved
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{error.object[error.start]!r} is half a character") from None
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Raises ValueError for a key that stands twice: only one of its values could be heard."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _text(path: Path) -> str:
    raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SpcError(f"{path.name}, line {line}: this is no UTF-8 text: save the file as UTF-8") from error


def table_of_record(db: Path, names: tuple[str, ...], filters: Filters) -> Table:
    """Characteristics of a record's parts as columns, with lot, product, recipe and operator beside them.

    Raises SpcError for a characteristic that was never measured, and where no part is left.
    """
    from storage.history import History
    from storage.series import COMPUTED

    with History(db) as history:
        measured = {info.name: info for info in history.characteristics()}
        for name in names:
            if name not in measured and name not in COMPUTED:
                raise SpcError(f"{db.name} has no characteristic {name!r}{guess(name, [*measured, *COMPUTED])}")
        table = _columns_of(history, db.name, names, filters)
    first = measured.get(names[0])
    limits = {} if first is None else {"lsl": first.lower, "usl": first.upper}
    return replace(table, spec={key: limit for key, limit in limits.items() if limit is not None})


def _columns_of(history: History, name: str, names: tuple[str, ...], filters: Filters) -> Table:
    columns: dict[str, list[Cell]] = {}
    rows = list[int]()
    for characteristic in names:
        found = history.series(characteristic, filters)
        columns[characteristic] = [None if value != value else value for value in found.value.tolist()]  # noqa: PLR0124
        rows = found.seq.tolist()
        for label in ("lot", "product", "recipe", "operator"):
            texts = getattr(found, label)
            columns.setdefault(label, [texts.names[at] for at in texts.index.tolist()])
    if not rows:
        raise SpcError(f"{name}: no part is left by the filters")
    return Table(name, columns, rows, row_word="part")
