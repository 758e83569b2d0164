"""`LocateStep`: in a recipe, where the part is in a view, before anything is judged.

Promises: a step that uses no newer key keeps its digest. The reference picture is named by its digest, too, so a
recipe in the record says which picture a part was found by.
May import: pydantic, inference.document.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from inference.document import Document

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Point = tuple[Fraction, Fraction]


class Area(Document):
    """An upright rectangle, in pixels or in fractions of the picture's width and height."""

    x: float = Field(ge=0.0)
    y: float = Field(ge=0.0)
    w: float = Field(gt=0.0)
    h: float = Field(gt=0.0)
    unit: Literal["px", "fraction"] = "fraction"

    @model_validator(mode="after")
    def _fractions_are_inside(self) -> Area:
        if self.unit == "fraction" and (self.x + self.w > 1.0 + 1e-9 or self.y + self.h > 1.0 + 1e-9):
            raise ValueError("a region in fractions of the picture ends at 1; for pixels say unit = px")
        return self


class LocateStep(Document):
    """Find the part in one view; the network then judges the cut instead of the whole picture."""

    kind: Literal["locate"] = "locate"
    view: str = "main"
    name: str = Field(default="part", min_length=1)
    """What measuring steps call the cut: a step whose `view` is this name measures there."""
    method: Literal["region", "fixture"] = "region"
    """`region`: always the same place. `fixture`: found and turned upright by the reference picture."""
    region: Area | None = None
    """`region`: what is cut out of the frame. `fixture`: what is cut around the part, in the reference; None: all."""
    reference: str = ""
    """A picture of a good, upright part at the frames' scale; a path, from the recipe's folder."""
    reference_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """Of the reference's file; filled in when the recipe is prepared."""
    limit: Fraction = 0.6
    """A part found with less confidence is not found."""
    visible: Fraction = 0.98
    """A part of which less lies in the picture is not judged."""
    others: Literal["doubt", "pass"] = "doubt"
    """A second whole part in the picture: this one is not judged, or it is (they have pictures of their own)."""
    ignore: tuple[tuple[Point, ...], ...] = ()
    """Polygons that are not judged, in fractions of the cut."""
    ignore_picture: str = ""
    """A picture, white where nothing is judged, laid over the cut; a path, from the recipe's folder."""
    ignore_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @model_validator(mode="after")
    def _complete(self) -> LocateStep:
        if self.method == "fixture" and not self.reference:
            raise ValueError("a fixture needs a reference: a picture of a good, upright part")
        if self.method == "region" and self.region is None:
            raise ValueError("a region to cut out needs x, y, w and h")
        if self.name == self.view:
            raise ValueError(f"the cut needs another name than its view {self.view!r}")
        if any(len(polygon) < 3 for polygon in self.ignore):
            raise ValueError("a polygon to ignore has three points or more")
        return self
