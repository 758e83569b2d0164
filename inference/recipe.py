"""`Recipe`: what to check on a product, as a list of steps on a part's views.

Promises: a recipe reads from and writes to JSON unchanged; its digest is that of its canonical JSON, so the record
can name it and the database can keep it whole.
May import: pydantic, inference.document, inference.chart_plan, inference.locate.step, the standard library.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from inference.chart_plan import Cavities, ChartPlan
from inference.document import Document
from inference.locate.step import LocateStep


class JudgeStep(Document):
    """Let the job's model judge one view."""

    kind: Literal["judge"] = "judge"
    view: str = "main"
    threshold: float | None = Field(default=None, ge=0.0)
    """None: the model package's own."""


class CircleStep(Document):
    """Measure a circle's diameter in one view (`inference.gauge.circle`)."""

    kind: Literal["circle"] = "circle"
    characteristic: str
    view: str = "main"
    nominal_px: float = Field(gt=0.0)
    """Expected diameter in pixels; the search runs from 0.75 to 1.25 of it."""
    polarity: Literal["dark_inside", "bright_inside"] = "dark_inside"
    lower: float | None = None
    upper: float | None = None
    """Spec limits in millimetres."""

    @model_validator(mode="after")
    def _limits_in_order(self) -> CircleStep:
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise ValueError(f"lower ({self.lower}) must be below upper ({self.upper})")
        return self


class BrightnessStep(Document):
    """Record the view's mean grey value (0–255): the light's own characteristic, never a reason to reject."""

    kind: Literal["brightness"] = "brightness"
    characteristic: str = "brightness"
    view: str = "main"


class SharpnessStep(Document):
    """Record how sharp the view is (mean grey step between neighbours, in % of the mean grey): the lens's own."""

    kind: Literal["sharpness"] = "sharpness"
    characteristic: str = "sharpness"
    view: str = "main"


Step = Annotated[LocateStep | JudgeStep | CircleStep | BrightnessStep | SharpnessStep, Field(discriminator="kind")]


class Calibration(Document):
    """Millimetres per pixel of one view: when, by whom, until when."""

    mm_per_px: float = Field(gt=0.0)
    view: str = "main"
    made_at: str = ""
    made_by: str = ""
    valid_until: str | None = None


class Recipe(Document):
    """What to check on one product."""

    name: str = Field(min_length=1)
    revision: int = Field(default=1, ge=1)
    product: str = ""
    views: tuple[str, ...] = ("main",)
    steps: tuple[Step, ...] = (JudgeStep(),)
    calibrations: tuple[Calibration, ...] = ()
    charts: tuple[ChartPlan, ...] = ()
    cavities: Cavities = Cavities()
    added_later = frozenset({"cavities"})

    @model_validator(mode="after")
    def _steps_name_known_views(self) -> Recipe:
        cuts = self._cuts()
        for step in self.steps:
            known = self.views if isinstance(step, LocateStep) else (*self.views, *cuts)
            if step.view not in known:
                raise ValueError(f"step {step.kind!r} names view {step.view!r}; known: {', '.join(known)}")
        keys = [chart.key for chart in self.charts]
        if len(set(keys)) != len(keys):
            raise ValueError("two charts have the same kind and characteristic")
        if any(chart.by == "cavity" for chart in self.charts) and not self.cavities.names:
            raise ValueError("a chart by cavity needs the names of the cavities (cavities.names)")
        return self

    def _cuts(self) -> tuple[str, ...]:
        """Names of the cuts that locate steps make. Raises ValueError where two would be mixed up."""
        found = [step for step in self.steps if isinstance(step, LocateStep)]
        names = [step.name for step in found]
        if len({step.view for step in found}) != len(found):
            raise ValueError("two locate steps look at the same view")
        if len({*names, *self.views}) != len(names) + len(set(self.views)):
            raise ValueError("the name of a cut is the name of another cut or of a view")
        return tuple(names)

    def source_of(self, view: str) -> str:
        """The view that a step's `view` comes from: itself, or the one that a locate step cuts it out of."""
        return next((s.view for s in self.steps if isinstance(s, LocateStep) and s.name == view), view)
