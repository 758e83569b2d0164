"""What file names tell: which pictures were taken one after the other, and which are of one thing.

Promises: names only, no picture is opened. `part07_2.png` and `part07_3.png` are two views of part 07; `0117.png` and
`0118.png` of one folder came after one another. A number of eight or more digits that hardly ever repeats is a time.
May import: numpy, the standard library.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]

NEAR = 2
"""Counters that differ by this much or less are neighbours."""
LONGEST_BLOCK = 10
"""A long run of counters is cut into blocks of at most so many pictures."""
_TIME_DIGITS = 8
_FEW = 4
_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands in a sequence."""

    sequence: str
    """Its name without the counter; with its folder where no other number tells things apart."""
    counter: int
    is_time: bool
    thing: bool
    """Whether the rest of the name tells things apart: the sequence shows one thing."""


def places(paths: Sequence[Path]) -> list[Place | None]:
    """The place of each picture; None where its name has no number that varies."""
    kinds: dict[tuple[str, ...], list[int]] = defaultdict(list)
    parts = [_NUMBER.split(path.stem) for path in paths]
    for row, split in enumerate(parts):
        kinds[tuple(split[::2])].append(row)
    found: list[Place | None] = [None] * len(paths)
    for rows in kinds.values():
        for row, place in zip(rows, _places([parts[row] for row in rows], [paths[row] for row in rows]), strict=True):
            found[row] = place
    return found


def name_groups(paths: Sequence[Path]) -> Ints:
    """Group [n] of each picture by its name, counted from 0.

    The pictures of one thing are one group, up to a tenth of the set. Longer sequences, and those that tell nothing
    apart, are cut where counters are missing, and into blocks of a twentieth of the set, at most LONGEST_BLOCK.
    """
    block = min(max(len(paths) // 20, 1), LONGEST_BLOCK)
    groups = np.full(len(paths), -1, np.intp)
    count = 0
    for run in _runs(places(paths), len(paths), block):
        groups[run] = count
        count += 1
    alone = groups < 0
    groups[alone] = count + np.arange(int(alone.sum()))
    return groups


def neighbours(paths: Sequence[Path]) -> list[tuple[int, int]]:
    """Pairs of rows that came after one another: counters at most NEAR apart, or one time after the other."""
    pairs: list[tuple[int, int]] = []
    for rows in _sequences(places(paths)).values():
        for step in range(1, NEAR + 1):
            for (left, first), (right, second) in zip(rows, rows[step:], strict=False):
                if (first.is_time and step == 1) or second.counter - first.counter <= NEAR:
                    pairs.append((min(left, right), max(left, right)))
    return pairs


def things(paths: Sequence[Path]) -> list[str | None]:
    """The thing each picture shows, as far as its name tells; None where it does not, or where the "thing" holds more
    than a tenth of the pictures (a camera, a day: no single part)."""
    found = places(paths)
    sizes = {name: len(rows) for name, rows in _sequences(found).items()}
    most = max(len(paths) // 10, _FEW)
    return [place.sequence if place and place.thing and sizes[place.sequence] <= most else None for place in found]


def _places(parts: list[list[str]], paths: list[Path]) -> list[Place | None]:
    """Of pictures whose names differ in numbers only."""
    columns = list(zip(*(split[1::2] for split in parts), strict=True))
    varying = [index for index, column in enumerate(columns) if len(set(column)) > 1]
    if not varying:
        return [None] * len(parts)
    times = [index for index in varying if _is_time(columns[index])]
    counter = times[0] if times else varying[-1]
    thing = len(varying) > 1
    places: list[Place | None] = []
    for split, path in zip(parts, paths, strict=True):
        rest = "".join([*split[: 2 * counter + 1], "#", *split[2 * counter + 2 :]])
        name = rest if thing else f"{path.parent.name}/{rest}"
        places.append(Place(name, int(split[2 * counter + 1]), bool(times), thing))
    return places


def _is_time(column: Sequence[str]) -> bool:
    return min(map(len, column)) >= _TIME_DIGITS and len(set(column)) > len(column) / 2


def _sequences(found: Sequence[Place | None]) -> dict[str, list[tuple[int, Place]]]:
    """Sequence → rows with their places, by counter."""
    rows: dict[str, list[tuple[int, Place]]] = defaultdict(list)
    for row, place in enumerate(found):
        if place is not None:
            rows[place.sequence].append((row, place))
    return {name: sorted(there, key=lambda item: item[1].counter) for name, there in rows.items()}


def _runs(found: Sequence[Place | None], pictures: int, block: int) -> Iterator[list[int]]:
    for rows in _sequences(found).values():
        if rows[0][1].thing and len(rows) <= max(pictures // 10, _FEW):
            yield [row for row, _ in rows]
            continue
        run = [rows[0][0]]
        for (_, before), (row, place) in pairwise(rows):
            missing = not place.is_time and place.counter - before.counter > NEAR
            if missing or len(run) == block:
                yield run
                run = []
            run.append(row)
        yield run
