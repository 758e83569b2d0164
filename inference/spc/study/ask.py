"""Reading a study's fields: every number, list and table is checked where it stands.

Promises: what cannot be used raises `FieldError` with the field, its row and its column (counted from 1); nothing is
guessed, and no number leaves this module that cannot be computed with.
May import: numpy, inference.spc.limits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import numpy as np

from inference.spc.limits import LARGEST, Floats, SpcError

MISSPELT = 0.8
"""A key this like a known one is taken for a slip of the pen; any other unknown key is a note."""


class FieldError(SpcError):
    """A field that cannot be used; `str()` is one sentence. Reading from a file may say where it stands there."""

    def __init__(self, field: str, wrong: str, row: int | None = None, column: int | None = None) -> None:
        """`field` as in `data.x`; rows and columns are counted from 1."""
        self.field, self.wrong, self.row, self.column = field, wrong, row, column
        places = (("row", row), ("column", column))
        where = "".join(f", {name} {number}" for name, number in places if number is not None)
        super().__init__(sentence(f"{field}{where}", wrong))


def sentence(where: str, wrong: str) -> str:
    """The place and what is wrong there; with a colon between, unless what is wrong goes on as a sentence."""
    verb = wrong.partition(" ")[0] in {"is", "has", "must", "holds"}
    return f"{where} {wrong}" if verb else f"{where}: {wrong}"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a number must be."""

    words: str
    fits: Callable[[float], bool]


_MOST = 2.0**53
"""Up to here every whole number has a double of its own."""
ANY = Kind("a number", lambda value: True)  # noqa: ARG005 (every number fits)
POSITIVE = Kind("above 0", lambda value: value > 0.0)
NOT_NEGATIVE = Kind("0 or more", lambda value: value >= 0.0)
SHARE = Kind("between 0 and 1", lambda value: 0.0 < value < 1.0)
WEIGHT = Kind("above 0 and at most 1", lambda value: 0.0 < value <= 1.0)
COUNTED = Kind("a whole number of 1 or more", lambda value: value >= 1.0 and value == math.floor(value))
COUNT = Kind("a whole number of 0 or more", lambda value: value >= 0.0 and value == math.floor(value))


def guess(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` where a known name is near, upper or lower case alike, else nothing."""
    names = {each.lower(): each for each in known}
    wanted = name.lower()
    begins = [each for each in names if wanted and each.startswith(wanted)]
    near = begins or get_close_matches(wanted, names, n=1)
    return f"; did you mean {names[near[0]]}?" if near else ""


@dataclass(frozen=True, slots=True)
class Fields:
    """`params` or `data` of a study. `null` and an absent key are the same."""

    name: str
    values: Mapping[str, Any]

    def path(self, key: str) -> str:
        """The field's full name."""
        return f"{self.name}.{key}"

    def has(self, key: str) -> bool:
        """Whether there is a value."""
        return self.values.get(key) is not None

    def fault(self, key: str, wrong: str, row: int | None = None) -> FieldError:
        """An error of this field."""
        return FieldError(self.path(key), wrong, row)

    def check_spelling(self, known: Sequence[str]) -> None:
        """Raises FieldError for a key that is nearly one of the known ones."""
        for key in self.values:
            near = [] if key in known else get_close_matches(key, known, n=1, cutoff=MISSPELT)
            if near:
                raise self.fault(key, f"there is no such key here; did you mean {near[0]}?")

    def number(self, key: str, default: float | None = None, kind: Kind = ANY) -> float:
        """A number. Raises FieldError for what is none, and where it is missing and there is no default."""
        value = self.optional(key, kind)
        if value is not None:
            return value
        if default is None:
            raise self.fault(key, f"is missing: a number ({kind.words}) is needed" if kind is not ANY else _MISSING)
        return default

    def optional(self, key: str, kind: Kind = ANY) -> float | None:
        """A number, or None where there is none. Raises FieldError for what is no number."""
        return _number(self.path(key), self.values[key], kind) if self.has(key) else None

    def whole(self, key: str, default: int | None = None, least: int = 0) -> int:
        """A whole number of `least` or more. Raises FieldError as `number`."""
        words = f"a whole number of {least} or more"
        kind = Kind(words, lambda value: least <= value <= _MOST and value == math.floor(value))
        return int(self.number(key, None if default is None else float(default), kind))

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of the words. Raises FieldError with a guess for another."""
        value = self.values[key] if self.has(key) else default
        if value not in choices:
            near = guess(value, choices) if isinstance(value, str) else ""
            raise self.fault(key, f"{shown(value)} is not one of {', '.join(choices)}{near}")
        return str(value)

    def note(self, key: str, known: Sequence[str]) -> str:
        """Words that begin with one of `known`, blanks aside, which is returned; the first where nothing is said.

        Raises FieldError for anything else: a study never goes another way than its document says.
        """
        value: object = self.values[key] if self.has(key) else known[0]
        text = value.replace(" ", "").lower() if isinstance(value, str) else ""
        found = [word for word in known if text.startswith(word)]
        if not found:
            raise self.fault(key, f"{shown(value)} is not one of {', '.join(known)}")
        return found[0]

    def fields(self, key: str) -> Fields:
        """An object inside this one; empty where there is none. Raises FieldError for what is no object."""
        return fields_of(self.path(key), self.values.get(key))

    def items(self, key: str, what: str) -> list[Any]:
        """A list that is not empty. Raises FieldError."""
        if not self.has(key):
            raise self.fault(key, f"is missing: a list of {what} is needed")
        value = cast("object", self.values[key])
        if not isinstance(value, list | tuple):
            raise self.fault(key, f"a list of {what} is needed, not {shown(value)}")
        if not value:
            raise self.fault(key, f"is empty: a list of {what} is needed")
        return list(cast("Sequence[Any]", value))

    def series(self, key: str, kind: Kind = ANY, *, missing: bool = True) -> Floats:
        """A list of numbers, shape [n]; with `missing`, null is NaN. Raises FieldError, also where all are null."""
        field = self.path(key)
        found = [
            _cell(field, value, kind, (row, None), missing) for row, value in enumerate(self.items(key, "numbers"), 1)
        ]
        return self._some(key, np.array(found, dtype=np.float64))

    def table(self, key: str, *, missing: bool = True) -> Floats:
        """A list of rows of one length, shape [m, n]; with `missing`, null is NaN. Raises FieldError."""
        field, rows = self.path(key), self.items(key, "rows")
        width = len(_cells(rows[0]))
        table = np.empty((len(rows), max(width, 1)))
        for number, row in enumerate(rows, 1):
            cells = _cells(row)
            if not cells:
                raise FieldError(field, f"a row of numbers is needed, not {shown(row)}", number)
            if len(cells) != width:
                raise FieldError(field, f"has {len(cells)} readings, the first row {width}", number)
            table[number - 1] = [_cell(field, cell, ANY, (number, at), missing) for at, cell in enumerate(cells, 1)]
        return self._some(key, table)

    def _some(self, key: str, found: Floats) -> Floats:
        if np.isnan(found).all():
            raise self.fault(key, "holds no reading")
        return found

    def words(self, key: str) -> list[str]:
        """A list of labels; numbers are taken as written. Raises FieldError for an empty place."""
        labels = list[str]()
        for row, value in enumerate(self.items(key, "labels"), 1):
            odd = isinstance(value, float) and not math.isfinite(value)
            if odd or not isinstance(value, str | int | float) or value == "":
                raise self.fault(key, f"a label is needed, not {shown(value)}", row)
            labels.append(str(value))
        return labels

    def span(self, key: str, points: int) -> tuple[int, int] | None:
        """First and last point, from 1; None where nothing is said. Raises FieldError for points that are not there."""
        value = self.values.get(key)
        if value is None or value == []:
            return None
        ends = [_number(self.path(key), end, COUNT) for end in self.items(key, "two point numbers")]
        if len(ends) != 2:
            raise self.fault(key, f"the first and the last point are needed, not {len(ends)} numbers")
        first, last = map(int, ends)
        if not 1 <= first <= last <= points:
            raise self.fault(key, f"points {first} to {last} are asked for, but the points are 1 to {points}")
        return first, last


_MISSING = "is missing: a number is needed"


def fields_of(name: str, value: object) -> Fields:
    """The fields of an object; null and an empty list are an empty one. Raises FieldError for anything else."""
    if value is None or value == []:
        return Fields(name, {})
    if not isinstance(value, dict):
        raise FieldError(name, f"an object with named fields is needed, not {shown(value)}")
    return Fields(name, cast("dict[str, Any]", value))


def same_length(data: Fields, *keys: str) -> None:
    """Raises FieldError where lists that belong together differ in length."""
    first, *others = keys
    length = len(data.values[first])
    for key in others:
        if len(data.values[key]) != length:
            raise data.fault(key, f"has {len(data.values[key])} entries, {first} has {length}")


def shown(value: object) -> str:
    """A value in an error's sentence, short."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    text = repr(value) if isinstance(value, str) else f"{value:.15g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _cells(row: object) -> Sequence[Any]:
    """The cells of a row; none where it is no list."""
    return cast("Sequence[Any]", row) if isinstance(row, list | tuple) else ()


def _cell(field: str, value: object, kind: Kind, place: tuple[int, int | None], missing: bool) -> float:
    if value is None and missing:
        return math.nan
    return _number(field, value, kind, *place)


def _number(field: str, value: object, kind: Kind, row: int | None = None, column: int | None = None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        told = "a number is missing here" if value is None else f"{shown(value)} is no number"
        raise FieldError(field, told, row, column)
    if not abs(value) <= LARGEST:  # false for NaN, too
        told = "is no number" if value != value else "is too large to compute with"  # noqa: PLR0124 (NaN)
        raise FieldError(field, f"{shown(value)} {told}", row, column)
    if not kind.fits(float(value)):
        raise FieldError(field, f"must be {kind.words}, not {shown(value)}", row, column)
    return float(value)
