"""Where a textured part is: points that can be told apart, matched one by one, and the similarity most agree on.

ORB (Rublee et al. 2011) with RANSAC (Fischler, Bolles 1981). Surfaces that fill the picture have no outline and no
centroid; their texture is all there is to hold on to.

Promises: None where fewer than 8 points agree.
May import: camera.vision, numpy, inference.locate.geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from camera.vision import cv2
from inference.locate.geometry import Matrix

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

_MOST = 500
_FEWEST = 8
_NEAR_PX = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """The points of a picture with their descriptions."""

    points: npt.NDArray[np.float32]
    """[n, 2]."""
    descriptions: npt.NDArray[np.uint8]
    """[n, 32]."""


def texture_of(picture: Grey, mask: Mask | None = None) -> Texture | None:
    """The points of a grey picture inside a mask; None where there are fewer than 8."""
    detector = cv2.ORB.create(nfeatures=_MOST, scaleFactor=1.3, nlevels=4, fastThreshold=10)
    keypoints, descriptions = detector.detectAndCompute(picture, mask)
    if len(keypoints) < _FEWEST:
        return None
    return Texture(np.array([point.pt for point in keypoints], np.float32), np.asarray(descriptions, np.uint8))


def matched(reference: Texture, seen: Texture) -> Matrix | None:
    """The map from the reference to the picture that most matches agree on."""
    matches = cv2.BFMatcher.create(cv2.NORM_HAMMING, crossCheck=True).match(reference.descriptions, seen.descriptions)
    if len(matches) < _FEWEST:
        return None
    source = reference.points[[match.queryIdx for match in matches]]
    target = seen.points[[match.trainIdx for match in matches]]
    # OpenCV gives None for points of which no two agree; its stubs do not say so.
    found: Any = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_NEAR_PX, maxIters=500
    )
    matrix, agreeing = found
    if matrix is None or int(agreeing.sum()) < _FEWEST:
        return None
    return np.asarray(matrix, np.float64)
