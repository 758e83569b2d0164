"""`Inspector`: walks a recipe's steps on one part (judge, measure) and sums up what was found.

Promises: a step that fails is a doubt about this part, recorded with its reason; it never stops the line and is never
an OK. Owned by the inference thread: opened, used and closed there.
May import: camera, inference.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from camera.clock import SystemClock
from camera.frame import BadFrame, Frame, PixelFormat
from inference.gauge.circle import GaugeError, measure_circle
from inference.gauge.picture import brightness, sharpness_of
from inference.inspection import Measurement, Verdict, ViewResult
from inference.judge import sum_up
from inference.message import Message, message
from inference.model.judgement import JudgingFailed
from inference.model.postprocess import find_defects
from inference.model.session import ModelSession
from inference.part import Part
from inference.pipeline.snapshot import Health
from inference.pipeline.stage import Aside
from inference.recipe import BrightnessStep, CircleStep, JudgeStep, Recipe, SharpnessStep, Step

_WARM_UP_SIZE = (640, 480)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one part, before it has a place in the record."""

    verdict: Verdict
    reasons: tuple[Message, ...]
    views: tuple[ViewResult, ...]
    score: float | None = None
    """The worst view's."""
    label: str = ""
    threshold: float | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    failed: bool = False
    """True where the machine failed, not the part: the model raised."""


class ModelRefused(Exception):
    """The model answers otherwise on this machine than where it was taught. `str()` is one sentence."""


class Inspector:
    """One recipe with its model, ready to judge."""

    def __init__(self, recipe: Recipe, session: ModelSession) -> None:
        self.recipe = recipe
        self._session = session
        self._judged_views = frozenset(step.view for step in recipe.steps if isinstance(step, JudgeStep))
        self._aside = Aside("measure")
        self._mm_per_px = {c.view: c.mm_per_px for c in recipe.calibrations}

    def open(self, size: tuple[int, int] | None) -> Health:
        """Load the model, warm it up for pictures of `size` (width, height), check its parity on this machine.

        Raises:
            PackageError: the package cannot be used.
            ProviderUnavailable: the provider asked for does not work here.
            ModelRefused: its answers to the reference pictures differ by more than the manifest allows.

        """
        report = self._session.open(size)
        parity = self._session.parity()
        if not parity.ok:
            raise ModelRefused(
                f"the model answers otherwise here than where it was taught (difference {parity.worst_difference:.2g}, "
                f"allowed {parity.tolerance:.2g}, {report.provider}): use another provider or teach it again"
            )
        self._warm_up(size or _WARM_UP_SIZE)
        return Health(
            provider=report.provider,
            device=report.device,
            provider_note=report.note,
            graph_nodes_on_cpu=report.graph_nodes_on_cpu,
            parity_ok=parity.ok if parity.n else None,
        )

    def _warm_up(self, size: tuple[int, int]) -> None:
        """Walk all steps once on a grey picture: what loads at the first call must not make the first part late."""
        at = SystemClock().now()
        image = np.full((size[1], size[0], 3), 128, np.uint8)
        views = tuple(Frame(image, PixelFormat.BGR8, 8, "warm-up", "", view, at) for view in self.recipe.views)
        self.inspect(Part("", "", at, views))

    def close(self) -> None:
        """Let the model go."""
        self._aside.close()
        self._session.close()

    def inspect(self, part: Part) -> Finding:
        """Walk all steps on all views."""
        began = time.perf_counter()
        timings: dict[str, float] = {}
        views = [self._walk(view, timings) for view in part.views]
        verdict, reasons = sum_up(views, judged_views=self._judged_views)
        timings["total"] = (time.perf_counter() - began) * 1e3
        failed = any(reason.code == "model.failed" for reason in reasons)
        worst = max((v for v in views if v.score is not None), key=_excess, default=None)
        found = Finding(verdict, reasons, tuple(views), timings_ms=timings, failed=failed)
        if worst is None:
            return found
        return replace(found, score=worst.score, label=worst.label, threshold=worst.threshold)

    def decline(self, part: Part, reason: Message) -> Finding:
        """The finding of a part that is not looked at."""
        views = tuple(ViewResult(view.view, view.source, view.at, reasons=(reason,)) for view in part.views)
        return Finding(Verdict.NOT_DECIDABLE, (reason,), views)

    def _walk(self, view: Frame | BadFrame, timings: dict[str, float]) -> ViewResult:
        result = ViewResult(view.view, view.source, view.at)
        if isinstance(view, BadFrame):
            return replace(result, reasons=(message(view.code, detail=view.detail, source=view.source),))
        steps = [step for step in self.recipe.steps if step.view == view.view]
        # The network and the gauge both let Python's lock go: side by side they take as long as the longer one.
        measuring = self._aside.begin(lambda: self._measure(steps, view, timings))
        for step in steps:
            if isinstance(step, JudgeStep):
                with _timed(timings, step.kind):
                    result = self._judge(step, view, result)
        return replace(result, measurements=measuring.result())

    def _measure(self, steps: Sequence[Step], frame: Frame, timings: dict[str, float]) -> tuple[Measurement, ...]:
        found: list[Measurement] = []
        for step in steps:
            if isinstance(step, JudgeStep):
                continue
            with _timed(timings, step.kind):
                found.append(
                    self._measure_circle(step, frame) if isinstance(step, CircleStep) else _of_picture(step, frame)
                )
        return tuple(found)

    def _judge(self, step: JudgeStep, frame: Frame, result: ViewResult) -> ViewResult:
        try:
            judgement = self._session.judge(frame.image, frame.significant_bits, step.threshold)
        except JudgingFailed as error:
            return replace(result, reasons=(*result.reasons, message("model.failed", detail=str(error))))
        return replace(
            result,
            score=judgement.score,
            label=judgement.label,
            threshold=judgement.threshold,
            probabilities=judgement.probabilities,
            heatmap=judgement.heatmap,
            defects=find_defects(judgement, frame.size),
        )

    def _measure_circle(self, step: CircleStep, frame: Frame) -> Measurement:
        blank = Measurement(step.characteristic, None, "mm", step.lower, step.upper)
        mm_per_px = self._mm_per_px.get(step.view)
        if mm_per_px is None:
            return replace(blank, reason=message("measure.no_calibration", view=step.view))
        try:
            circle = measure_circle(frame.image, nominal_px=step.nominal_px, polarity=step.polarity)
        except GaugeError as error:
            return replace(blank, reason=error.message)
        return replace(blank, value=circle.diameter_px * mm_per_px)


@contextmanager
def _timed(timings: dict[str, float], kind: str) -> Generator[None]:
    """Add the milliseconds of the block to `timings[kind]`."""
    began = time.perf_counter()
    yield
    timings[kind] = timings.get(kind, 0.0) + (time.perf_counter() - began) * 1e3


def _excess(view: ViewResult) -> float:
    """How far a view's score lies above its threshold: the worst view speaks for the part."""
    return (view.score or 0.0) - (view.threshold or 0.0)


def _of_picture(step: BrightnessStep | SharpnessStep, frame: Frame) -> Measurement:
    if isinstance(step, BrightnessStep):
        return Measurement(step.characteristic, brightness(frame.image, frame.significant_bits), "grey")
    sharp = sharpness_of(frame)
    return Measurement(step.characteristic, sharp, "%", reason=None if sharp is not None else message("measure.black"))
