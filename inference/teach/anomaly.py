"""Teaching from good parts only: a memory bank of their patches (PatchCore: Roth et al. 2022, CVPR, p. 14318).

Promises: memory does not grow with the number of pictures beyond a few bytes a cell; pictures are read twice and kept
never. Every score behind the threshold compares a picture with patches of other pictures. Same pictures, seed,
machine and versions: the same network, byte for byte.
May import: numpy, inference.model, inference.teach.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onnx import ModelProto

from inference.model.providers import Provider
from inference.model.session import Graph
from inference.teach.bank_graph import CELLS, Bank, bank_graph, bank_matrix, cell_graph
from inference.teach.coreset import k_centres
from inference.teach.features import Progress
from inference.teach.graph import MAPS, feature_graph
from inference.teach.limits import Limits, learn_limits
from inference.teach.local import cells_of
from inference.teach.projection import fit_projection
from inference.teach.views import Image, views, views_each

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

PATCHES = 1500
"""Of the bank. More cost time with each picture and hardly find more."""
_POOL = 24_000
"""Patches drawn from all pictures, from which the bank's are chosen. A larger pool takes in the rare dirt on good
parts, and defects that look like it are then missed (measured: see docs/teaching.md)."""

_SURROUNDINGS = 0.2
_FAR = 1e6
"""Squared distance of what is not compared: beyond all others, and a finite one."""


@dataclass(frozen=True, slots=True, eq=False)
class GoodParts:
    """What is taught from: pictures that can be read any number of times, each time the same."""

    pictures: Callable[[], Iterable[Image]]
    count: int
    size: tuple[int, int]
    """Width and height of the network's input, multiples of 32."""
    seed: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a patch of the bank comes from: the picture's number and the cell's middle, 0–1 of width and height."""

    picture: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """The network and what is known of it."""

    model: bytes
    origins: tuple[Origin, ...]
    """One for each row of the bank: what the network's `nearest` counts."""
    limits: Limits
    parts: int
    """Different pictures; copies count once."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Patches [n, 472], or projected, with their owner (equal pictures are one), picture and cell."""

    patches: Floats
    owners: Ints
    places: Ints
    """[n, 2]: picture, cell."""


def teach_anomaly(parts: GoodParts, progress: Progress) -> Taught:
    """Teach from at least one picture."""
    features = feature_graph(*parts.size)
    owners = _owners(parts)
    pool = _draw(parts, owners, Graph(features.SerializeToString(), MAPS, Provider.CPU, _threads()), progress)
    projection = fit_projection(pool.patches)
    projected = projection(pool.patches)
    _, first = np.unique(pool.owners, return_index=True)
    chosen = k_centres(projected, PATCHES, first[: PATCHES // 2], parts.seed)
    progress("bank", 1, 1)
    runner = Graph(cell_graph(features, projection).SerializeToString(), (CELLS,), Provider.CPU, _threads())
    patches = projected[chosen]
    bank = _Pool(patches, pool.owners[chosen], pool.places[chosen])
    maps = _leave_one_out(parts, owners, runner, bank, progress)
    one_part = int(owners.max()) == 0
    limits = learn_limits(maps, _elsewhere(parts, owners, runner, bank) if one_part else None)
    model = _joined(features, Bank(projection, patches, limits.local, limits.threshold))
    return Taught(model, _origins(bank.places, maps.shape[1:]), limits, int(owners.max()) + 1)


def _joined(features: ModelProto, bank: Bank) -> bytes:
    return bank_graph(features, bank).SerializeToString(deterministic=True)


def _threads() -> int:
    return os.cpu_count() or 1


def _owners(parts: GoodParts) -> Ints:
    """[count]: equal pictures get one number, so that none is compared with its copy."""
    digests = [hashlib.sha256(repr(image.shape).encode() + image.tobytes()).digest() for image in parts.pictures()]
    numbers = {digest: number for number, digest in enumerate(dict.fromkeys(digests))}
    return np.array([numbers[digest] for digest in digests], np.intp)


def _each_view(parts: GoodParts, owners: Ints) -> Iterable[tuple[int, int, Image]]:
    """Picture, owner, view. A single part's views count as parts of their own; a copy is not shown twice."""
    count = int(owners.max()) + 1
    seen: set[int] = set()
    for number, image in enumerate(parts.pictures()):
        owner = int(owners[number])
        if owner in seen:
            continue
        seen.add(owner)
        for turn, view in enumerate(views(image, views_each(count), (parts.seed, number))):
            yield number, owner if count > 1 else turn, view


def _draw(parts: GoodParts, owners: Ints, graph: Graph, progress: Progress) -> _Pool:
    """The same number of patches from every view, at random places."""
    count = int(owners.max()) + 1
    share = max(_POOL // (count * views_each(count)), 1)
    random = np.random.default_rng(parts.seed)
    patches: list[Floats] = []
    found_owners: list[int] = []
    places: list[Ints] = []
    for picture, owner, view in _each_view(parts, owners):
        outputs = graph.run(view[None])
        cells = cells_of(tuple(array[0].astype(np.float16) for array in outputs))
        rows = np.sort(random.choice(len(cells), min(share, len(cells)), replace=False))
        patches.append(cells[rows])
        found_owners += [owner] * len(rows)
        places.append(np.stack([np.full(len(rows), picture), rows], axis=1))
        progress("patches", picture + 1, parts.count)
    return _Pool(np.concatenate(patches), np.array(found_owners, np.intp), np.concatenate(places))


def _leave_one_out(parts: GoodParts, owners: Ints, graph: Graph, bank: _Pool, progress: Progress) -> Floats:
    """[n, h, w]: distance of each picture's cells to the bank's patches of all others. Views made up are not measured,
    unless there is but one picture."""
    one_part = int(owners.max()) == 0
    maps: list[Floats] = []
    last = -1
    for picture, owner, view in _each_view(parts, owners):
        if picture == last and not one_part:
            continue
        last = picture
        others = bank.patches[bank.owners != owner]
        maps.append(_distances(graph.run(view[None])[0][0], others))
        progress("limits", picture + 1, parts.count)
    return np.stack(maps)


def _elsewhere(parts: GoodParts, owners: Ints, graph: Graph, bank: _Pool) -> Floats:
    """[views, h, w]: distance of a single picture's views to the patches of its other views, those of the cell's own
    surroundings left out."""
    maps: list[Floats] = []
    for _, owner, view in _each_view(parts, owners):
        others = bank.owners != owner
        cells = graph.run(view[None])[0][0]
        here = _surroundings(bank.places[others, 1], cells.shape[1:])
        maps.append(_distances(cells, bank.patches[others], here))
    return np.stack(maps)


def _surroundings(places: Ints, grid: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """[M, h * w]: which cells lie within a fifth of the picture's sides from each place."""
    y, x = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
    at_y, at_x = np.divmod(places, grid[1])
    return np.hypot((at_y[:, None] - y) / grid[0], (at_x[:, None] - x) / grid[1]) < _SURROUNDINGS


def _distances(cells: Floats, patches: Floats, but: npt.NDArray[np.bool_] | None = None) -> Floats:
    """[h, w] of `cells` [D + 1, h, w], as the graph computes it; where `but` [M, h * w] is True, not compared."""
    columns = cells.reshape(len(cells), -1)
    product: Floats = bank_matrix(patches) @ columns
    if but is not None:
        product = np.where(but, np.float32(_FAR), product)
    least = product.min(axis=0)
    squared = least + np.einsum("dn,dn->n", columns, columns)
    return np.sqrt(np.maximum(squared, 0)).reshape(cells.shape[1:])


def _origins(places: Ints, grid: tuple[int, ...]) -> tuple[Origin, ...]:
    height, width = grid
    return tuple(
        Origin(int(picture), (int(cell) % width + 0.5) / width, (int(cell) // width + 0.5) / height)
        for picture, cell in places
    )
