"""The self-test: the real pipeline on known parts, on this machine's provider, against the numbers kept in the package.

Promises: every check is run even where one before it failed; what fails says what it means. Touches only a folder of
its own.
May import: camera, inference, storage, hmi.station.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from camera.frame import Picture, PixelFormat
from camera.memory import MemorySource
from hmi.station.compose import compose
from hmi.station.order import Order
from inference.model.package import ModelPackage, load_package
from inference.model.providers import ProviderUnavailable
from inference.recipe import JudgeStep, Recipe
from storage.export import export
from storage.history import History
from storage.verify import verify

PARTS = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The answer."""

    checks: tuple[Check, ...]
    provider: str

    @property
    def ok(self) -> bool:
        """True where every check held."""
        return all(check.ok for check in self.checks)


def self_test(model: Path, provider: str = "auto", extra: tuple[Callable[[], Check], ...] = ()) -> SelfTest:
    """Run all checks with this model package. `extra` are checks of floors this one may not import (the window).

    Raises:
        PackageError: the package cannot be used at all.
        ProviderUnavailable: the provider asked for does not work here.

    """
    package = load_package(model)
    with tempfile.TemporaryDirectory(prefix="loupe-self-test-") as folder:
        checks, used = _pipeline_checks(package, model, provider, Path(folder))
    checks += [check() for check in extra]
    return SelfTest(tuple(checks), used)


def _pipeline_checks(package: ModelPackage, model: Path, provider: str, folder: Path) -> tuple[list[Check], str]:
    db = folder / "self-test.db"
    made = compose(_order(package, model, provider, db))
    made.station.start()
    ended = made.station.wait(timeout_s=120)
    failure = made.station.failure
    health = made.station.snapshot().health
    if isinstance(failure, ProviderUnavailable):
        raise failure
    if failure is not None or not ended:
        made.station.close(timeout_s=10)
        return [Check("pipeline", ok=False, detail=str(failure or "it did not end within 120 s"))], health.provider
    checks = [
        Check("provider", ok=True, detail=f"{health.provider} on {health.device}"),
        _parity(health.parity_ok, len(package.references)),
        _counted(made.station.counters().recorded),
        *_numbers(package, db),
        _verified(db),
        _exported(db, folder / "self-test.csv"),
    ]
    return checks, health.provider


def _order(package: ModelPackage, model: Path, provider: str, db: Path) -> Order:
    pictures = [
        Picture(case.image, PixelFormat.MONO8 if case.image.ndim == 2 else PixelFormat.BGR8, f"reference-{k}")
        for k, case in enumerate(package.references)
    ]
    recipe = Recipe(name="self-test", steps=(JudgeStep(),))
    return Order(
        source=lambda: MemorySource(pictures, PARTS, "reference"),
        model=model,
        db=db,
        recipe=recipe,
        station_id="self-test",
        provider=provider,
        give_up_after_s=10.0,
    )


def _parity(ok: bool | None, count: int) -> Check:
    return Check("parity", ok=bool(ok), detail=f"{count} reference pictures answered as where the model was taught")


def _counted(recorded: int) -> Check:
    return Check("pipeline", ok=recorded == PARTS, detail=f"{recorded} of {PARTS} parts judged and recorded")


def _numbers(package: ModelPackage, db: Path) -> Iterator[Check]:
    """The scores in the record against the package's reference."""
    with History(db, "self-test") as history:
        scores = [part.score for part in reversed(history.recent(PARTS))]
    expected = [package.references[k % len(package.references)].expected.score for k in range(PARTS)]
    worst = max((abs((a or 0.0) - b) for a, b in zip(scores, expected, strict=False)), default=0.0)
    tolerance = package.manifest.tolerance
    same = len(scores) == PARTS and None not in scores and worst <= tolerance
    yield Check(
        "numbers", ok=same, detail=f"recorded scores within {worst:.2g} of the reference (allowed {tolerance:g})"
    )


def _verified(db: Path) -> Check:
    answer = verify(db)
    detail = f"{answer.records} records, {answer.images} pictures" if answer.ok else "; ".join(answer.problems[:3])
    return Check("record", ok=answer.ok, detail=detail)


def _exported(db: Path, out: Path) -> Check:
    answer = export(db, out)
    return Check("export", ok=answer.rows == PARTS, detail=f"{answer.rows} rows")
