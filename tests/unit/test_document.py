"""Documents keep their digest: a newer program names an old recipe by the digest that old records have."""

from __future__ import annotations

import json
from importlib.resources import files

from inference.chart_plan import ChartPlan
from inference.document import digest_of
from inference.model.manifest import Manifest
from inference.recipe import Recipe

FIRST = """{"calibrations":[],"charts":[{"baseline":{"mean":1.0,"points":3,"sigma":0.5,"source":""},
"characteristic":"bore","kind":"i","phase1":50,"rules":[1,2,3,4],"subgroup":1,"transform":"none"}],"name":"r",
"product":"","revision":1,"steps":[{"kind":"judge","threshold":null,"view":"main"}],"views":["main"]}""".replace(
    "\n", ""
)
"""Canonical text as version 0.1.0 wrote it."""


def test_a_recipe_of_the_first_version_keeps_its_digest() -> None:
    assert Recipe.model_validate_json(FIRST).digest == digest_of(FIRST)
    shipped = (files("resources") / "recipes" / "ring_demo.json").read_text("utf-8")
    canonical = json.dumps(json.loads(shipped), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert Recipe.model_validate_json(shipped).digest == digest_of(canonical)


def test_a_newer_key_that_is_used_stands_in_the_digest() -> None:
    plain = ChartPlan(kind="i", characteristic="bore")
    nelson = ChartPlan(kind="i", characteristic="bore", rule_set="nelson")
    assert "rule_set" not in plain.model_dump()
    assert nelson.model_dump()["rule_set"] == "nelson"
    assert plain.digest != nelson.digest
    assert ChartPlan.model_validate(nelson.model_dump()) == nelson


def test_a_manifest_of_the_first_version_keeps_its_digest() -> None:
    shipped = (files("resources") / "models" / "ring_demo" / "manifest.json").read_text("utf-8")
    canonical = json.dumps(json.loads(shipped), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert Manifest.model_validate_json(shipped).digest == digest_of(canonical)
