"""From pictures to numbers: the frozen backbone's embedding and maps of each picture.

Promises: the numbers come from the same graph that later judges; flips are the only augmentation.
May import: numpy, camera.frame, inference.model, inference.teach.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.frame import Picture
from inference.model.preprocess import as_batch
from inference.model.session import Graph
from inference.teach.graph import STRIDE

Floats = npt.NDArray[np.float32]
Maps = tuple[npt.NDArray[np.float16], ...]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, how much there is."""

FLIPS = 4
# About 12 ms a picture on one CPU core; larger pictures cost in proportion.
_MOST_PIXELS = 320 * 256
_MOST_ENLARGED = 1.75


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the backbone sees in each picture of a set."""

    embeddings: Floats
    """[n, FLIPS, D]; the first is the picture as it is."""
    maps: dict[int, Maps]
    """Index of a picture → its maps [C, h, w]; only of as many pictures a class as the cell head needs."""


def input_size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Width and height for the network: the pictures' median aspect, multiples of 32, about 320 x 256 pixels; small
    pictures are enlarged by at most 1.75."""
    width, height = (float(np.median([size[axis] for size in sizes])) for axis in (0, 1))
    scale = min(math.sqrt(_MOST_PIXELS / (width * height)), _MOST_ENLARGED)
    smallest, largest = 2 * STRIDE, 32 * STRIDE
    sides = (min(max(STRIDE * round(side * scale / STRIDE), smallest), largest) for side in (width, height))
    return next(sides), next(sides)


def extract(
    graph: Graph, pictures: Iterable[Picture], count: int, keep: frozenset[int], progress: Progress
) -> Features:
    """Run the backbone over `count` pictures and their flips; of those in `keep` the maps are kept."""
    embeddings: list[Floats] = []
    maps: dict[int, Maps] = {}
    for index, picture in enumerate(pictures):
        first, *flipped = (graph.run(as_batch(view, picture.significant_bits, "any")) for view in _flips(picture.image))
        embeddings.append(np.stack([outputs[0][0] for outputs in (first, *flipped)]))
        if index in keep:
            maps[index] = tuple(array[0].astype(np.float16) for array in first[1:])
        progress("features", index + 1, count)
    return Features(np.stack(embeddings), maps)


def _flips(image: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    return image, image[:, ::-1], image[::-1], image[::-1, ::-1]
