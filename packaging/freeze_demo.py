"""Developer's script: runs the simulated line without any drift and freezes its figures as the demo recipe's baselines.

    python packaging/freeze_demo.py        (about a minute; writes resources/recipes/ring_demo.json)

Run it after `teach_demo.py`: the baseline of the score belongs to one model.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from camera.synthetic import SyntheticSettings, SyntheticSource
from hmi.station.compose import compose
from hmi.station.demo import demo_model
from hmi.station.order import Order
from inference.chart_plan import ChartBaseline, ChartPlan
from inference.pipeline.baselines import for_recipe
from inference.pipeline.monitor import SpcMonitor
from inference.recipe import BrightnessStep, Calibration, CircleStep, JudgeStep, Recipe, SharpnessStep
from storage.history import History

PARTS, SEED = 2000, 4711
OUT = Path(__file__).resolve().parents[1] / "resources" / "recipes" / "ring_demo.json"
BORE = "bore_diameter"


def recipe(baselines: dict[str, ChartBaseline] | None = None) -> Recipe:
    """The demo's recipe; without baselines every chart is in phase I."""
    # The ranges are shown but not tested: their skew makes false alarms, and what moves them moves the I chart, too.
    plans = (
        ChartPlan(kind="p", characteristic="reject", subgroup=50, phase1=PARTS // 50),
        ChartPlan(kind="i", characteristic=BORE, phase1=PARTS),
        ChartPlan(kind="mr", characteristic=BORE, rules=(), phase1=PARTS - 1),
        ChartPlan(kind="i", characteristic="brightness", rules=(1,), phase1=PARTS),
        ChartPlan(kind="i", characteristic="score", rules=(1,), transform="logit", phase1=PARTS // 2),
        ChartPlan(kind="mr", characteristic="score", rules=(), transform="logit", phase1=PARTS // 2),
    )
    if baselines is not None:
        plans = tuple(plan.model_copy(update={"baseline": baselines[plan.key]}) for plan in plans)
    settings = SyntheticSettings()
    return Recipe(
        name="Ring 25 H7",
        revision=1,
        product="Ring 25 H7",
        steps=(
            JudgeStep(),
            CircleStep(characteristic=BORE, nominal_px=250.0, lower=24.95, upper=25.05),
            BrightnessStep(),
            SharpnessStep(),
        ),
        calibrations=(Calibration(mm_per_px=settings.mm_per_px, made_at="2026-11-23", made_by="simulated line"),),
        charts=plans,
    )


def main() -> None:
    """Run phase I and write the recipe."""
    open_recipe = recipe()
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "phase1.db"
        source = lambda: SyntheticSource(SyntheticSettings(seed=SEED, parts=PARTS))  # noqa: E731
        station = compose(Order(source=source, model=demo_model(), db=db, recipe=open_recipe, station_id="f")).station
        station.start()
        station.wait()
        if station.failure is not None:
            raise station.failure
        with History(db, "f") as history:
            observations = history.observations(open_recipe.digest, PARTS)
    monitor = SpcMonitor(open_recipe.charts)
    monitor.replay(observations)
    note = f"phase I: simulated line, seed {SEED}, {PARTS} parts without drift"
    frozen = {
        key: for_recipe(frozen.baseline, note).model_copy(
            update={"mean": float(f"{frozen.baseline.mean:.6g}"), "sigma": float(f"{frozen.baseline.sigma:.6g}")}
        )
        for key, frozen in monitor.frozen_baselines().items()
    }
    OUT.write_text(recipe(frozen).model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(f"{OUT.name}: " + ", ".join(f"{key} {b.mean:.5g} ± {b.sigma:.3g}" for key, b in frozen.items()))


if __name__ == "__main__":
    main()
