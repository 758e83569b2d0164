"""`Manifest`: what a model package says about its network, fixed and versioned.

Promises: a manifest reads from and writes to JSON unchanged; its digest is that of its canonical JSON and, through
the digests inside, vouches for every file of the package.
May import: pydantic, inference.document, the standard library.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from inference.document import Document

FORMAT = 1
"""The newest package format this program reads."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]


class InputSpec(Document):
    """What the network works on. The graph itself takes uint8 [N, H, W, C] of any size and brings it to this one."""

    width: int = Field(gt=0)
    height: int = Field(gt=0)
    channels: Literal["any", 1, 3] = "any"
    """`any`: the graph takes grey (C = 1) as well as BGR (C = 3)."""


class Reference(Document):
    """One kept picture and what the network answered where it was taught."""

    file: str = Field(pattern=r"^reference/[A-Za-z0-9._-]+\.png$")
    sha256: Sha256
    label: str
    score: float
    probabilities: tuple[float, ...] = ()
    """One a class; none where the network gives a score only (anomaly)."""
    heat_peak: float | None = None
    """Largest value of the heat map; None where the graph has none."""


class ImageCounts(Document):
    """Pictures behind the model. Validation pictures are judged by heads that were not taught on them."""

    train: int = Field(ge=0)
    validation: int = Field(ge=0)


class TrainingNote(Document):
    """How the model came to be."""

    program: str = ""
    created: str = ""
    """ISO 8601, UTC."""
    dataset: str = ""
    """Name of the folder, not its path: packages travel."""
    images: ImageCounts = ImageCounts(train=0, validation=0)
    head: str = ""
    seed: int | None = None
    backbone: str = ""
    backbone_sha256: str = ""
    threshold_rule: str = ""
    input_reason: str = ""
    """Why the network's input has the size it has."""
    notes: tuple[str, ...] = ()
    """What else a person should know: the risk that the count of pictures leaves, pictures that could not be read."""
    added_later = frozenset({"input_reason", "notes"})


class Manifest(Document):
    """What the package is. `files` holds the digests of the documents that lie beside the network."""

    format: int = FORMAT
    name: str = Field(min_length=1)
    task: Literal["classify", "anomaly"] = "classify"
    """`anomaly`: taught from good parts only; the classes are the good one and `defect`, there are no probabilities."""
    classes: tuple[str, ...] = Field(min_length=1)
    """In the order of the network's probabilities."""
    good_class: str | None = None
    """None: every class is a defect, so every verdict is NOT_OK with its label."""
    input: InputSpec
    threshold: Unit
    """NOT_OK from this score on. Without a good class nothing is OK, whatever the score."""
    region_threshold: Unit = 0.5
    """Heat-map cells from this value on belong to a defect's region."""
    model_sha256: Sha256
    references: tuple[Reference, ...] = ()
    tolerance: float = Field(default=0.01, gt=0.0)
    """How far another machine's score, probabilities and heat peak of a reference may lie from the kept ones."""
    files: dict[str, Sha256] = Field(default_factory=dict[str, Sha256])
    training: TrainingNote = TrainingNote()

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("two classes have the same name")
        if self.good_class is not None and self.good_class not in self.classes:
            raise ValueError(f"good_class {self.good_class!r} is not among the classes")
        if self.task == "anomaly":
            return self._consistent_anomaly()
        if any(len(reference.probabilities) != len(self.classes) for reference in self.references):
            raise ValueError("a reference has not one probability a class")
        return self

    def _consistent_anomaly(self) -> Manifest:
        if len(self.classes) != 2 or self.good_class is None:
            raise ValueError("a package for anomalies has two classes, the good one and what is not good")
        if any(reference.probabilities for reference in self.references):
            raise ValueError("a reference of a package for anomalies has no probabilities")
        return self
