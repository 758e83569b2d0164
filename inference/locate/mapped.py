"""How what was found in a cut gets back to the frame: defects and heat map in the frame's own pixels.

Promises: the heat map covers the whole frame, so that a screen may lay it over the picture as it is; 0 where nothing
was judged.
May import: camera, numpy, inference.inspection, inference.locate, inference.model.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.inspection import Defect
from inference.locate.geometry import Matrix, clipped, inverse, mapped_box, scale_of, then
from inference.locate.ignore import without_ignored
from inference.locate.locator import Located
from inference.locate.region import Size
from inference.model.judgement import Judgement
from inference.model.postprocess import find_defects

Heat = npt.NDArray[np.float32]

_LARGEST_HEAT = 512


def seen_on_frame(judgement: Judgement, located: Located | None, size: Size) -> tuple[tuple[Defect, ...], Heat | None]:
    """Defects and heat map of a judged cut (None: the whole frame was judged) in the pixels of a frame of `size`.

    Heat and defects in ignored places are left out.
    """
    if located is None:
        return find_defects(judgement, size), judgement.heatmap
    if located.ignored is not None:
        judgement = without_ignored(judgement, located.ignored)
    heat = judgement.heatmap
    if heat is None or not float(heat.max(initial=0.0)) > 0.0:
        return (), None
    defects = tuple(defect_on_frame(d, located.matrix, size) for d in find_defects(judgement, located.size))
    return defects, heat_on_frame(heat, located.size, located.matrix, size)


def defect_on_frame(defect: Defect, matrix: Matrix, size: Size) -> Defect:
    """A defect found in a cut, in the pixels of the frame of `size`; `matrix` maps frame to cut."""
    region = clipped(mapped_box(inverse(matrix), defect.region), size)
    return replace(defect, region=region, area_px=defect.area_px / scale_of(matrix) ** 2)


def heat_on_frame(heat: Heat, cut_size: Size, matrix: Matrix, size: Size) -> Heat:
    """The heat map of a cut laid over the whole frame, 0 where nothing was judged.

    Twice as fine as it was, at most 512 cells long; every cell shows a value of the cut, so that no peak is lost.
    """
    cells_y, cells_x = heat.shape
    per_px = max(cells_x / cut_size[0], cells_y / cut_size[1]) * scale_of(matrix)
    scale = min(2.0 * per_px, _LARGEST_HEAT / max(size), 1.0)
    wide, high = max(1, math.ceil(size[0] * scale)), max(1, math.ceil(size[1] * scale))
    to_frame = _cells(size[0] / wide, size[1] / high)
    to_cells = inverse(_cells(cut_size[0] / cells_x, cut_size[1] / cells_y))
    whole = then(then(to_frame, matrix), to_cells)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    spread = cv2.warpAffine(heat, whole, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    y, x = np.mgrid[0:high, 0:wide]
    at_x = whole[0, 0] * x + whole[0, 1] * y + whole[0, 2]
    at_y = whole[1, 0] * x + whole[1, 1] * y + whole[1, 2]
    inside = (at_x >= -0.5) & (at_x <= cells_x - 0.5) & (at_y >= -0.5) & (at_y <= cells_y - 0.5)
    return np.where(inside, spread, np.float32(0.0)).astype(np.float32, copy=False)


def _cells(width: float, height: float) -> Matrix:
    """From the centres of cells of this size in pixels to pixels."""
    return np.array(((width, 0.0, width / 2 - 0.5), (0.0, height, height / 2 - 0.5)))
