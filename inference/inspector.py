"""`Inspector`: walks a recipe's steps on one part (locate, judge, measure) and sums up what was found.

Promises: a step that fails is a doubt about this part, recorded with its reason; it never stops the line and is never
an OK. Owned by the inference thread: opened, used and closed there.
May import: camera, inference.
"""

from __future__ import annotations

import contextlib
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
from inference.locate.geometry import scale_of
from inference.locate.locator import Located, LocateError, Locator
from inference.locate.mapped import seen_on_frame
from inference.locate.step import LocateStep
from inference.message import Message, message
from inference.model.judgement import JudgingFailed
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
    """The model answers otherwise on this machine than where it was taught, or the part cannot be looked for.

    `str()` is one sentence.
    """


class Inspector:
    """One recipe with its model, ready to judge."""

    def __init__(self, recipe: Recipe, session: ModelSession, locators: Mapping[str, Locator] | None = None) -> None:
        """`locators`: view → the recipe's locate step for it, made ready (`inference.locate.locator`)."""
        self.recipe = recipe
        self._session = session
        self._locators = dict(locators or {})
        missing = {step.view for step in recipe.steps if isinstance(step, LocateStep)} - set(self._locators)
        if missing:
            raise ValueError(f"no locator for view {', '.join(sorted(missing))}, which the recipe wants located")
        judged = [recipe.source_of(step.view) for step in recipe.steps if isinstance(step, JudgeStep)]
        self._judged_views = frozenset(judged)
        self._first_judged = judged[0] if judged else None
        self._aside = Aside("measure")
        self._mm_per_px = {c.view: c.mm_per_px for c in recipe.calibrations}

    def open(self, size: tuple[int, int] | None) -> Health:
        """Load the model, warm it up for pictures of `size` (width, height), check its parity on this machine.

        Raises:
            PackageError: the package cannot be used.
            ProviderUnavailable: the provider asked for does not work here.
            ModelRefused: its answers to the reference pictures differ by more than the manifest allows.
                Or the part cannot be looked for in pictures of this size.

        """
        try:
            cuts = {view: locator.prepare(size or _WARM_UP_SIZE) for view, locator in self._locators.items()}
        except LocateError as error:
            raise ModelRefused(str(error)) from error
        report = self._session.open(cuts.get(self._first_judged or "", size) if size else None)
        parity = self._session.parity()
        if not parity.ok:
            raise ModelRefused(
                f"the model answers otherwise here than where it was taught (difference {parity.worst_difference:.2g}, "
                f"allowed {parity.tolerance:.2g}, {report.provider}): use another provider or teach it again"
            )
        self._warm_up(size or _WARM_UP_SIZE, cuts)
        return Health(
            provider=report.provider,
            device=report.device,
            provider_note=report.note,
            graph_nodes_on_cpu=report.graph_nodes_on_cpu,
            parity_ok=parity.ok if parity.n else None,
        )

    def _warm_up(self, size: tuple[int, int], cuts: Mapping[str, tuple[int, int]]) -> None:
        """Walk all steps once on a grey picture: what loads at the first call must not make the first part late."""
        at = SystemClock().now()
        image = np.full((size[1], size[0], 3), 128, np.uint8)
        views = tuple(Frame(image, PixelFormat.BGR8, 8, "warm-up", "", view, at) for view in self.recipe.views)
        self.inspect(Part("", "", at, views))
        # Nothing is found in a grey picture, and so nothing was judged there.
        for view in self._judged_views & set(cuts):
            with contextlib.suppress(JudgingFailed):
                self._session.judge(np.full((cuts[view][1], cuts[view][0], 3), 128, np.uint8))

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
        steps = [step for step in self.recipe.steps if self.recipe.source_of(step.view) == view.view]
        on_frame = [step for step in steps if step.view == view.view]
        # The network and the gauge both let Python's lock go: side by side they take as long as the longer one.
        measuring = self._aside.begin(lambda: self._measure(on_frame, view, timings))
        located = self._locate(view, timings)
        if isinstance(located, Message):
            result = replace(result, reasons=(located,))
        else:
            for step in steps:
                if isinstance(step, JudgeStep):
                    with _timed(timings, step.kind):
                        result = self._judge(step, view, result, located)
        in_cut = self._measure_cut([step for step in steps if step.view != view.view], view, located, timings)
        return replace(result, measurements=measuring.result() + in_cut)

    def _locate(self, frame: Frame, timings: dict[str, float]) -> Located | Message | None:
        """The part in this frame; why it is not judged; None where the whole frame is."""
        locator = self._locators.get(frame.view)
        if locator is None:
            return None
        with _timed(timings, "locate"):
            return locator.locate(frame)

    def _measure_cut(
        self, steps: Sequence[Step], frame: Frame, located: Located | Message | None, timings: dict[str, float]
    ) -> tuple[Measurement, ...]:
        """What is measured on the located part instead of the frame."""
        if not isinstance(located, Located):
            reason = located if isinstance(located, Message) else None
            return tuple(_unmeasured(step, reason) for step in steps if not isinstance(step, JudgeStep | LocateStep))
        colour = located.image.ndim == 3
        kind = PixelFormat.BGR8 if colour else frame.pixel_format
        cut = replace(frame, image=located.image, pixel_format=kind, truth=None)
        return self._measure(steps, cut, timings, scale_of(located.matrix))

    def _measure(
        self, steps: Sequence[Step], frame: Frame, timings: dict[str, float], scale: float = 1.0
    ) -> tuple[Measurement, ...]:
        """`scale`: how much larger the picture shows the part than the camera did."""
        found: list[Measurement] = []
        for step in steps:
            if isinstance(step, JudgeStep | LocateStep):
                continue
            with _timed(timings, step.kind):
                found.append(
                    self._measure_circle(step, frame, scale)
                    if isinstance(step, CircleStep)
                    else _of_picture(step, frame)
                )
        return tuple(found)

    def _judge(self, step: JudgeStep, frame: Frame, result: ViewResult, located: Located | None) -> ViewResult:
        image = frame.image if located is None else located.image
        try:
            judgement = self._session.judge(image, frame.significant_bits, step.threshold)
        except JudgingFailed as error:
            return replace(result, reasons=(*result.reasons, message("model.failed", detail=str(error))))
        defects, heatmap = seen_on_frame(judgement, located, frame.size)
        return replace(
            result,
            score=judgement.score,
            label=judgement.label,
            threshold=judgement.threshold,
            probabilities=judgement.probabilities,
            heatmap=heatmap,
            defects=defects,
        )

    def _measure_circle(self, step: CircleStep, frame: Frame, scale: float) -> Measurement:
        blank = Measurement(step.characteristic, None, "mm", step.lower, step.upper)
        mm_per_px = self._mm_per_px.get(step.view, self._mm_per_px.get(self.recipe.source_of(step.view)))
        if mm_per_px is None:
            return replace(blank, reason=message("measure.no_calibration", view=step.view))
        try:
            circle = measure_circle(frame.image, nominal_px=step.nominal_px, polarity=step.polarity)
        except GaugeError as error:
            return replace(blank, reason=error.message)
        return replace(blank, value=circle.diameter_px / scale * mm_per_px)


@contextmanager
def _timed(timings: dict[str, float], kind: str) -> Generator[None]:
    """Add the milliseconds of the block to `timings[kind]`."""
    began = time.perf_counter()
    yield
    timings[kind] = timings.get(kind, 0.0) + (time.perf_counter() - began) * 1e3


def _excess(view: ViewResult) -> float:
    """How far a view's score lies above its threshold: the worst view speaks for the part."""
    return (view.score or 0.0) - (view.threshold or 0.0)


def _unmeasured(step: CircleStep | BrightnessStep | SharpnessStep, reason: Message | None) -> Measurement:
    if isinstance(step, CircleStep):
        return Measurement(step.characteristic, None, "mm", step.lower, step.upper, reason)
    return Measurement(step.characteristic, None, "%" if isinstance(step, SharpnessStep) else "grey", reason=reason)


def _of_picture(step: BrightnessStep | SharpnessStep, frame: Frame) -> Measurement:
    if isinstance(step, BrightnessStep):
        return Measurement(step.characteristic, brightness(frame.image, frame.significant_bits), "grey")
    sharp = sharpness_of(frame)
    return Measurement(step.characteristic, sharp, "%", reason=None if sharp is not None else message("measure.black"))
