"""The card of a package: what it was taught on, how good it was, its risk, and what it cannot do."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from inference.model.manifest import ImageCounts, InputSpec, Manifest, TrainingNote
from inference.teach.card import card
from inference.teach.evaluate import evaluate


def manifest(classes: tuple[str, ...] = ("good", "dent"), good: str | None = "good") -> Manifest:
    note = TrainingNote(
        program="loupe 1",
        created="2026-11-24T10:00:00+00:00",
        dataset="rings",
        images=ImageCounts(train=220, validation=220),
        head="logistic",
        seed=4,
        backbone="tiny",
        threshold_rule="least cost",
    )
    spec = InputSpec(width=320, height=256)
    return Manifest(
        name="rings", classes=classes, good_class=good, input=spec, threshold=0.4, model_sha256="0" * 64, training=note
    )


def test_the_card_says_what_where_from_how_good_and_what_not() -> None:
    truths = ["good"] * 200 + ["dent"] * 20
    said = ["good"] * 198 + ["dent"] * 2 + ["dent"] * 19 + ["good"]
    text = card(manifest(), evaluate(truths, said, [0.5] * 220, ("good", "dent"), "good"))
    for part in (
        "# rings\n",
        "220 pictures of the set `rings`",
        "Good parts are `good`; what is not good it calls `dent`",
        "at 320 × 256 pixels",
        "200 good, 20 dent",
        "1 bad parts were judged OK (escapes): 5.00%, with 95 % confidence between 0.13% and 24.87%",
        "2 good parts were judged NOT OK (false rejects): 1.00%",
        "NOT OK from score 0.4 on: least cost",
        "Of 1000 bad parts like those shown, reckon with up to 249 that pass as OK",
        "| dent | 20 | 95.00% | 90.48% |",
        "never shown may be judged OK",
        "Few pictures: 20 of `dent`",
        "It measures nothing",
    ):
        assert part in text, part


def test_without_a_good_class_there_is_no_threshold_and_no_escape() -> None:
    truths = ["a"] * 40 + ["b"] * 40
    text = card(manifest(("a", "b"), None), evaluate(truths, truths, [1.0] * 80, ("a", "b"), None))
    assert "whatever it sees is NOT OK" in text
    assert "escape" not in text
    assert "Few pictures" not in text


@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8), min_size=2, max_size=4, unique=True
    ),
    data=st.data(),
)
def test_any_figures_make_a_card_of_whole_tables(names: list[str], data: st.DataObject) -> None:
    classes = tuple(names)
    truths = data.draw(st.lists(st.sampled_from(classes), min_size=1, max_size=30))
    said = data.draw(st.lists(st.sampled_from(classes), min_size=len(truths), max_size=len(truths)))
    scores = [0.5] * len(truths)
    text = card(manifest(classes, classes[0]), evaluate(truths, said, scores, classes, classes[0]))
    assert "nan" not in re.sub(r"`[^`]*`", "", text).lower() or any("nan" in name.lower() for name in names)
    assert len(re.findall(r"(?m)^\| .* \| \d+ \| [\d.]+% \| [\d.]+% \|$", text)) == len(set(truths))
