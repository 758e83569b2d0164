"""`BenchDesk`: what the workbench works with beside the record.

Promises: plain values and functions; it knows no window.
May import: camera.clock, hmi.station.shifts, inference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from camera.clock import Clock
from hmi.station.shifts import ShiftPlan
from inference.chart_plan import Cavities
from inference.pipeline.decisions import ChartDecision
from inference.recipe import Recipe


@dataclass(frozen=True, slots=True)
class BenchDesk:
    """Whose workbench it is."""

    recipe: Recipe | None
    """What runs; None: nobody said."""
    shifts: ShiftPlan
    clock: Clock
    actor: Callable[[], str]
    """Id of whoever decides."""
    decide: Callable[[ChartDecision], None]
    """Takes a decision to the station, which records it."""

    @property
    def cavities(self) -> Cavities:
        """Those of the recipe."""
        return self.recipe.cavities if self.recipe is not None else Cavities()
