"""How far from the bank a good part lies at each place, and from which score on a part is not good.

Promises: every figure comes from patches compared with the patches of other pictures only; a set of one picture is
told as what it is. No division by zero, whatever the pictures.
May import: numpy, scipy, cv2 (through camera.vision).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

WORST_CELLS = 5
"""A picture's score is the mean of so many cells, the worst ones."""
FALSE_REJECT_RATE = 0.02
"""What the threshold aims at."""
_BLUR_CELLS = 4.0
_DEVIATIONS = 3.0
_SHRINK = 5.0
"""The whole picture's mean and deviation count like so many pictures more at each place."""
_SMALLEST = 0.25
"""Least limit, in standard deviations of a channel times the root of the channels' number, about 0.01."""
_PRIOR_DEVIATION, _PRIOR_PICTURES = 0.05, 4
"""Deviation of log scores among good parts as known before, and the number of pictures that is worth."""
_SURFACE = 1.8
"""One picture: where its other places lie less than so many times as far as its own views, it shows a surface that is
alike everywhere; else a thing with places of its own. Measured: papers 1.5 to 1.7, a figure 1.9, a screw 2.2."""
_ONE_SURFACE, _ONE_THING = 1.2, 1.45
"""How much more than other places, or than views, a second part differs."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What good parts do."""

    local: Floats
    """[h, w]: distance that good parts hardly exceed at this place."""
    scores: Doubles
    """[n]: mean of the worst cells of each good picture, in units of the local limit made without it."""
    threshold: float
    """On that scale."""


def learn_limits(maps: Floats, elsewhere: Floats | None = None) -> Limits:
    """Limits from distance maps [n, h, w] of good pictures, each measured to the patches of the others; n at least 2.

    Of a single picture `maps` are those of its views, which are more alike than two parts are. `elsewhere` then holds
    the same to patches of other places only: on a surface that is what a second part would be like.
    """
    numbers = maps.astype(np.float64)
    total, squares = numbers.sum(axis=0), (numbers**2).sum(axis=0)
    count = len(numbers)
    scores = np.array([worst(m / _local(total - m, squares - m**2, count - 1)) for m in numbers])
    local = _local(total, squares, count).astype(np.float32)
    threshold = threshold_of(scores)
    if elsewhere is not None:
        surface = float(np.median(elsewhere)) < _SURFACE * float(np.median(maps))
        other_places = float(np.median([worst(m / local) for m in elsewhere]))
        threshold = max(threshold, other_places) * _ONE_SURFACE if surface else threshold * _ONE_THING
    return Limits(local, scores, threshold)


def worst(ratios: npt.NDArray[np.floating[Any]]) -> float:
    """The score of a map: mean of its WORST_CELLS largest values."""
    return float(np.sort(ratios, axis=None)[-WORST_CELLS:].mean())


def threshold_of(scores: Doubles) -> float:
    """The score that one good part in fifty exceeds: upper prediction limit of a log-normal (Hahn 1969).

    Centre is the median, and the deviation that of the upper half about it: parts that are better than usual say
    nothing of those that are worse. It is pooled with what is known of good parts elsewhere, so that two pictures give
    a usable limit, too.
    """
    from scipy import stats

    logs = np.log(np.maximum(scores, 1e-6))
    centre = float(np.median(logs))
    upper = logs[logs >= centre]
    freedom = len(upper) + _PRIOR_PICTURES
    pooled = ((upper - centre) ** 2).sum() + _PRIOR_PICTURES * _PRIOR_DEVIATION**2
    student: Any = stats.t
    reach = float(student.ppf(1 - FALSE_REJECT_RATE, freedom)) * (1 + 1 / len(logs)) ** 0.5
    return float(np.exp(centre + reach * (pooled / freedom) ** 0.5))


def _local(total: Doubles, squares: Doubles, count: int) -> Doubles:
    """Mean plus three deviations about each place, drawn towards the whole picture's where there are few pictures."""
    mean, second = _blurred(total / count), _blurred(squares / count)
    variance = np.maximum(second - mean**2, 0)
    own, common = count / (count + _SHRINK), _SHRINK / (count + _SHRINK)
    mean = own * mean + common * mean.mean()
    variance = own * variance + common * variance.mean()
    return np.maximum(mean + _DEVIATIONS * np.sqrt(variance), _SMALLEST)


def _blurred(grid: Doubles) -> Doubles:
    return np.asarray(cv2.GaussianBlur(grid, (0, 0), _BLUR_CELLS, borderType=cv2.BORDER_REFLECT), np.float64)
