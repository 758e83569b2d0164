"""Summing up a part: a defect outweighs a doubt, a doubt outweighs an OK, the unknown is never an OK."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera.clock import ManualClock
from inference.inspection import Measurement, Verdict, ViewResult
from inference.judge import sum_up
from inference.message import message

AT = ManualClock().now()
MAIN = frozenset({"main"})


def view(score: float | None = 0.1, threshold: float | None = 0.5, **more: object) -> ViewResult:
    return ViewResult("main", "a.png", AT, score=score, label="dent", threshold=threshold, **more)  # type: ignore[arg-type]


def verdict(*views: ViewResult, judged: frozenset[str] = MAIN) -> Verdict:
    return sum_up(views, judged_views=judged)[0]


def test_a_score_at_the_threshold_is_not_ok() -> None:
    assert verdict(view(0.5)) is Verdict.NOT_OK
    assert verdict(view(0.4999)) is Verdict.OK


@pytest.mark.parametrize("score", [None, math.nan, math.inf * 0])
def test_without_a_score_nothing_is_ok(score: float | None) -> None:
    assert verdict(view(score)) is Verdict.NOT_DECIDABLE


def test_a_part_without_views_is_not_decidable() -> None:
    assert sum_up((), judged_views=frozenset())[0] is Verdict.NOT_DECIDABLE


def test_a_view_the_recipe_wants_and_nobody_took_is_not_decidable() -> None:
    assert verdict(view(), judged=frozenset({"main", "back"})) is Verdict.NOT_DECIDABLE


def test_a_measure_out_of_spec_is_not_ok_and_one_that_failed_is_a_doubt() -> None:
    wide = Measurement("bore", 26.0, "mm", 24.9, 25.1)
    failed = Measurement("bore", None, "mm", 24.9, 25.1, message("measure.failed"))
    free = Measurement("bore", None, "mm", reason=message("measure.failed"))
    assert verdict(view(measurements=(wide,))) is Verdict.NOT_OK
    assert verdict(view(measurements=(failed,))) is Verdict.NOT_DECIDABLE
    assert verdict(view(measurements=(free,))) is Verdict.OK


def test_a_defect_outweighs_a_doubt_and_both_are_told() -> None:
    doubt = ViewResult("back", "b.png", AT, reasons=(message("frame.unreadable"),))
    answer, reasons = sum_up((view(0.9), doubt), judged_views=frozenset({"main", "back"}))
    assert answer is Verdict.NOT_OK
    assert {reason.code for reason in reasons} == {"judge.defect", "frame.unreadable"}


scores = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


@given(st.lists(st.tuples(scores, st.one_of(st.none(), st.floats(0, 1)), st.booleans()), max_size=4))
def test_ok_means_every_view_was_judged_and_lies_below_its_threshold(
    found: list[tuple[float | None, float | None, bool]],
) -> None:
    views = [view(s, t, reasons=(message("doubt"),) if doubt else ()) for s, t, doubt in found]
    if verdict(*views) is Verdict.OK:
        assert found
        assert all(s is not None and t is not None and s < t and not doubt for s, t, doubt in found)
