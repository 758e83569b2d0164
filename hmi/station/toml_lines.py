"""On which line of a TOML text a key stands: tomllib says nothing of lines.

Promises: right for tables and keys written a line each, which is how station files are written; a key it cannot find
has no line rather than a wrong one.
May import: the standard library.
"""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_.'"-]+)\s*=""")


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Path of each table and key → its line, counted from 1."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _path(match[1])
            found.setdefault(table, number)
        elif match := _KEY.match(line):
            found.setdefault((*table, *_path(match[1])), number)
    return found


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("'\"") for part in dotted.split("."))
