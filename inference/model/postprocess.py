"""From heat map to defects: connected regions of the cells that look bad, in source pixels.

Promises: a part that is not OK shows at least one region where there is a heat map; an OK part shows none.
May import: numpy, cv2 (through camera.vision), camera.frame, inference.inspection, inference.model.judgement.
"""

from __future__ import annotations

import numpy as np

from camera.frame import Box
from camera.vision import cv2
from inference.inspection import Defect
from inference.model.judgement import Heatmap, Judgement

MOST_REGIONS = 16
"""Regions beyond these, by score, say nothing more to a person."""
# Where the part is bad but no cell by itself is, the region is what lies close to the peak.
_NEAR_PEAK = 0.7


def find_defects(judgement: Judgement, size: tuple[int, int]) -> tuple[Defect, ...]:
    """The regions of a judged picture of `size` (width, height) pixels, worst first. Each takes the part's label, and
    the largest value of its cells as its score."""
    heat = judgement.heatmap
    if judgement.verdict_ok or heat is None or not np.isfinite(heat).all():
        return ()
    limit = min(judgement.region_threshold, float(heat.max()) * _NEAR_PEAK)
    count, marks, stats, _ = cv2.connectedComponentsWithStats((heat >= limit).astype(np.uint8), connectivity=8)
    scale_x, scale_y = size[0] / heat.shape[1], size[1] / heat.shape[0]
    found: list[Defect] = []
    for mark in range(1, count):
        x, y, w, h, cells = (int(value) for value in stats[mark])
        score = _peak(heat[y : y + h, x : x + w], marks[y : y + h, x : x + w] == mark)
        box = Box(x * scale_x, y * scale_y, w * scale_x, h * scale_y)
        found.append(Defect(judgement.label, score, box, cells * scale_x * scale_y))
    return tuple(sorted(found, key=lambda defect: -defect.score)[:MOST_REGIONS])


def _peak(heat: Heatmap, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    return float(heat[inside].max())
