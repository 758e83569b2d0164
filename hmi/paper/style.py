"""How charts look on paper: the screen's tokens (light theme), fonts, numbers.

Promises: nothing here draws.
May import: matplotlib, the standard library.
"""

from __future__ import annotations

import math
from functools import cache

from matplotlib import font_manager

PAGE, PANEL, HAIRLINE = "#FFFFFF", "#FCFCFC", "#C9CED3"
INK, INK_2, DATA = "#1F2933", "#46525C", "#52606B"
NOT_OK, SPEC, ZONE = "#B3261E", "#6B4500", "#E4E7EA"

_LATIN = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
_CHINESE = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC")
"""Wanted in this order, for letters that those before lack. DejaVu Sans comes with matplotlib."""


@cache
def fonts() -> list[str]:
    """Those of the wanted fonts that this machine has."""
    there = set(font_manager.get_font_names())
    return [name for name in _LATIN + _CHINESE if name in there]


def decimals_for(span: float) -> int:
    """Decimals that tell apart values a hundredth of `span` from one another; 6 at most."""
    if not span > 0.0 or not math.isfinite(span):
        return 3
    return min(max(2 - math.floor(math.log10(span)), 0), 6)


def spread(positions: list[float], least: float, low: float, high: float) -> list[float]:
    """Move labels at `positions` (rising) apart to at least `least`, within low to high; they keep their order."""
    placed = list[float]()
    for position in positions:
        placed.append(max(position, placed[-1] + least if placed else low))
    ceiling = high
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - least
    return placed
