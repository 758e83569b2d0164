"""The page about live charts: its example is a recipe that loads, and it names every key of a chart."""

from __future__ import annotations

import re
from pathlib import Path

from inference.chart_plan import KINDS, ChartPlan
from inference.pipeline.monitor import SpcMonitor
from inference.recipe import Recipe

PAGE = (Path(__file__).resolve().parents[2] / "docs/spc/live.md").read_text("utf-8")


def test_the_example_is_a_recipe_whose_charts_run() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    recipe = Recipe.model_validate_json(example[1])
    keys = [chart.key for chart in SpcMonitor(recipe.charts, cavities=recipe.cavities).snapshot()]
    assert keys[:4] == ["xbar:bore_diameter", "r:bore_diameter", "i:bore_diameter#A", "i:bore_diameter#B"]


def test_the_page_names_every_key_and_every_kind() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE))
    assert set(ChartPlan.model_fields) - {"transform", "phase1"} <= told
    assert set(KINDS) <= told
