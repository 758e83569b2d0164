"""On which line of a TOML text a key stands: tomllib says nothing of lines.

Promises: right for every valid text without arrays of tables (a station file has none), inline tables and values over
several lines included.
May import: the standard library.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any, cast

Key = tuple[str, ...]


def lines_of(text: str) -> dict[Key, int]:
    """Path of each table and key → the line its statement begins on, counted from 1. `text` must be valid TOML."""
    found: dict[Key, int] = {}
    table: Key = ()
    for line, is_header, content in _statements(text):
        keys = list(_keys(content))
        if is_header:
            table = keys[-1]
        for key in keys:
            found.setdefault(key if is_header else (*table, *key), line)
    return found


def line_of(key: Key, lines: dict[Key, int]) -> int | None:
    """The line of this key, or of the nearest table around it; None: nowhere in the text."""
    return next((lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in lines), None)


def _statements(text: str) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Line, whether it is a table's header, and content of each statement.

    What has been read of a statement is the whole of it as soon as it is valid alone.
    """
    began, read = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        read += line + "\n"
        try:
            content = tomllib.loads(read)
        except tomllib.TOMLDecodeError:
            continue
        yield began, read.lstrip().startswith("["), content
        began, read = number + 1, ""


def _keys(content: dict[str, Any], above: Key = ()) -> Iterator[Key]:
    """The paths of all keys in nested tables, the outer before the inner."""
    for name, value in content.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _keys(cast("dict[str, Any]", value), (*above, name))
