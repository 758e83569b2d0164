"""Laws of the simulated line: what is drawn depends on seed and number alone, and the truth lies in the picture."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.process import DEFECT_LABELS, Drift, DriftKind, make_part, parse_drift
from camera.source import Pacing
from camera.synthetic import SyntheticSettings, SyntheticSource, render, render_part

seeds = st.integers(0, 2**31)
numbers = st.integers(1, 10_000)
drifts = st.builds(Drift, st.sampled_from(DriftKind), st.integers(1, 500))
SMALL = SyntheticSettings(width=160, height=128)


@given(seeds, st.integers(1, 4), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_a_picture_is_the_same_whatever_was_asked_before(seed, number, others):
    wanted = replace(SMALL, seed=seed)
    source = SyntheticSource(wanted)
    pictures = [source.grab(1.0) for _ in range(number)]
    for other in range(others):
        render(wanted, 100 + other)
    again = render(wanted, number)
    assert np.array_equal(pictures[-1].image, again.image)
    assert pictures[-1].truth == again.truth


@given(
    seeds, numbers, st.sampled_from(DEFECT_LABELS), st.sampled_from([(160, 128), (300, 128), (128, 200), (640, 512)])
)
@settings(max_examples=60, deadline=None)
def test_a_true_box_lies_in_the_picture_and_on_the_ring(seed, number, label, size):
    wanted = SyntheticSettings(seed=seed, width=size[0], height=size[1])
    truth = render_part(wanted, replace(make_part(seed, number, 0, None), defect=label)).truth
    assert truth is not None
    assert truth.label == label
    (defect,) = truth.defects
    box, ring = defect.region, truth.geometry_px
    assert box.w > 0
    assert box.h > 0
    assert -0.5 <= box.x <= box.x + box.w <= size[0] - 0.5
    assert -0.5 <= box.y <= box.y + box.h <= size[1] - 0.5
    from_middle = np.hypot(box.x + box.w / 2 - ring["center_x"], box.y + box.h / 2 - ring["center_y"])
    reach = max(box.w, box.h)
    assert ring["bore_radius"] - reach < from_middle < ring["outer_radius"] + reach


@given(seeds, numbers, drifts)
def test_before_its_part_a_drift_changes_nothing(seed, number, drift):
    late = replace(drift, part=number + 1)
    assert make_part(seed, number, 0.04, late) == make_part(seed, number, 0.04, None)


@given(seeds, numbers, drifts)
def test_a_drift_changes_only_what_it_is_about(seed, number, drift):
    touched = {DriftKind.SHIFT: "bore_mm", DriftKind.TREND: "bore_mm", DriftKind.LAMP: "light"}
    changed = touched.get(drift.kind, "defect")
    drifted, plain = make_part(seed, number, 0.04, drift), make_part(seed, number, 0.04, None)
    assert replace(drifted, **{changed: getattr(plain, changed)}) == plain


@given(drifts)
def test_a_drift_reads_back_from_its_text(drift):
    assert parse_drift(f"{drift.kind}@{drift.part}") == drift


@given(seeds, st.sampled_from([Pacing.ON_DEMAND, Pacing.TRIGGERED]))
@settings(max_examples=10, deadline=None)
def test_a_camera_in_the_simulation_never_repeats_a_picture(seed, pacing):
    source = SyntheticSource(replace(SMALL, seed=seed, pacing=pacing))
    first, second = source.grab(1.0), source.grab(1.0)
    assert not np.array_equal(first.image, second.image)
