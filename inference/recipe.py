"""`Recipe`: what to check on a product, as a list of steps on a part's views.

Promises: a recipe reads from and writes to JSON unchanged; its digest is that of its canonical JSON, so the record
can name it and the database can keep it whole.
May import: pydantic, inference.document, the standard library.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from inference.document import Document


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


Step = Annotated[JudgeStep | CircleStep | BrightnessStep, Field(discriminator="kind")]


class Calibration(Document):
    """Millimetres per pixel of one view: when, by whom, until when."""

    mm_per_px: float = Field(gt=0.0)
    view: str = "main"
    made_at: str = ""
    made_by: str = ""
    valid_until: str | None = None


class ChartBaseline(Document):
    """Phase I figures frozen for phase II. Limits follow from these and the subgroup size; nobody types a limit."""

    mean: float
    sigma: float = Field(ge=0.0)
    """Standard deviation of one observation; for a p chart it is not used."""
    points: int = Field(ge=0)
    """From how many observations."""
    source: str = ""


class ChartPlan(Document):
    """One control chart that runs with the recipe."""

    kind: Literal["p", "i", "mr"]
    characteristic: str
    """`reject`, `not_decidable`, `score`, or a measured characteristic."""
    subgroup: int = Field(default=1, ge=1)
    """Parts a subgroup (p chart)."""
    rules: tuple[int, ...] = (1, 2, 3, 4)
    """Western Electric rules in force."""
    transform: Literal["none", "logit"] = "none"
    baseline: ChartBaseline | None = None
    """None: taken from the first `phase1` points and frozen then."""
    phase1: int = Field(default=50, ge=2)

    @property
    def key(self) -> str:
        """A name unique in its recipe."""
        return f"{self.kind}:{self.characteristic}"


class Recipe(Document):
    """What to check on one product."""

    name: str = Field(min_length=1)
    revision: int = Field(default=1, ge=1)
    product: str = ""
    views: tuple[str, ...] = ("main",)
    steps: tuple[Step, ...] = (JudgeStep(),)
    calibrations: tuple[Calibration, ...] = ()
    charts: tuple[ChartPlan, ...] = ()

    @model_validator(mode="after")
    def _steps_name_known_views(self) -> Recipe:
        for step in self.steps:
            if step.view not in self.views:
                raise ValueError(f"step {step.kind!r} names view {step.view!r}; known: {', '.join(self.views)}")
        keys = [chart.key for chart in self.charts]
        if len(set(keys)) != len(keys):
            raise ValueError("two charts have the same kind and characteristic")
        return self
