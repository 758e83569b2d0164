"""The guided study step by step, and lists of known verdicts as people write them."""

from __future__ import annotations

import pytest

from hmi.window.study import Phase, Study, StudyPlan
from hmi.window.study_list import read_reference
from inference.spc.limits import SpcError


def study(*, passes: int = 2, every_trigger: bool = True) -> Study:
    return Study(StudyPlan(("OK", "NOT_OK"), ("a", "b"), passes, every_trigger))


def judged(made: Study, *verdicts: str) -> Study:
    for seq, verdict in enumerate(verdicts, made.last_seq + 1):
        made = made.arm(seq * 10).judged(seq, seq * 10 + 1, verdict, seq * 10 + 2)
    return made


def test_it_walks_part_by_part_and_pass_by_pass() -> None:
    made = study()
    seen = []
    for _ in range(4):
        seen.append((made.part, made.pass_number, made.phase))
        made = judged(made, "OK")
    assert seen == [(1, 1, Phase.UNARMED), (2, 1, Phase.WAITING), (1, 2, Phase.WAITING), (2, 2, Phase.WAITING)]
    assert (made.phase, made.pass_number) == (Phase.DONE, 2)


def test_a_line_that_runs_freely_needs_a_word_before_each_part() -> None:
    made = judged(study(every_trigger=False), "OK")
    assert made.phase is Phase.UNARMED
    assert made.judged(99, 10**9, "OK", 10**9) is made


def test_a_part_triggered_before_it_was_asked_for_does_not_count() -> None:
    made = study().arm(100)
    assert made.judged(7, 99, "OK", 120) is made
    assert made.judged(8, 100, "OK", 120).taken[0].seq == 8


def test_taking_back_asks_for_the_same_part_again_and_not_for_its_old_result() -> None:
    made = judged(study(), "OK", "OK").back()
    assert (made.part, made.pass_number, made.phase) == (2, 1, Phase.UNARMED)
    made = made.arm(50)
    assert made.judged(2, 60, "NOT_OK", 70) is made
    assert made.judged(3, 60, "NOT_OK", 70).rows() == [
        [made.taken[0]],
        [made.judged(3, 60, "NOT_OK", 70).taken[1]],
    ]


def test_nothing_to_take_back_and_nothing_after_the_end() -> None:
    assert study().back() == study()
    done = judged(study(), "OK", "NOT_OK", "OK", "NOT_OK")
    assert done.back() is done
    assert done.pause() is done
    assert done.resume() is done


def test_while_it_pauses_nothing_counts_and_it_goes_on_where_it_was() -> None:
    made = judged(study(), "OK").pause()
    assert made.judged(9, 10**9, "OK", 10**9) is made
    assert made.back().phase is Phase.PAUSED
    assert made.resume().part == 2
    assert made.resume().phase is Phase.UNARMED


def test_the_result_is_that_of_the_complete_passes() -> None:
    made = judged(study(), "OK", "OK", "OK")
    result = made.result()
    assert (result.passes, result.miss.hits, result.missed) == (1, 1, (2,))
    with pytest.raises(SpcError, match="no pass is complete"):
        judged(study(), "OK").result()


@pytest.mark.parametrize(
    ("reference", "names", "passes", "says"),
    [
        (("OK",), ("a",), 1, "2 to 200 parts, not 1"),
        (("OK", "BAD"), ("a", "b"), 1, "OK or NOT_OK, not BAD"),
        (("OK", "OK"), ("a",), 1, "2 parts and 1 names"),
        (("OK", "OK"), ("a", "b"), 0, "1 to 10 passes, not 0"),
    ],
)
def test_a_study_that_is_none_is_refused(
    reference: tuple[str, ...], names: tuple[str, ...], passes: int, says: str
) -> None:
    with pytest.raises(SpcError, match=says):
        StudyPlan(reference, names, passes, every_trigger=True)


@pytest.mark.parametrize(
    ("text", "verdicts", "names"),
    [
        ("OK, NOK, ok", "++-"[0] + "-+", ("1", "2", "3")),
        ("1 0 1", "+-+", ("1", "2", "3")),
        ("1;OK\n2;not ok\n3;OK", "+-+", ("1", "2", "3")),
        ("A7=gut B2=nicht i.O.", "+-", ("A7", "B2")),
        ("合格 不合格，合格", "+-+", ("1", "2", "3")),
        ("n.i.O.; i.O.", "-+", ("1", "2")),
        ("R25-001\tPASS\nR25-002\tFAIL", "+-", ("R25-001", "R25-002")),
        ("G OK B OK N OK", "+++", ("G", "B", "N")),
        ("OK x9 NG", "+-", ("1", "x9")),
    ],
)
def test_lists_are_read_as_people_write_them(text: str, verdicts: str, names: tuple[str, ...]) -> None:
    assert read_reference(text) == (tuple({"+": "OK", "-": "NOT_OK"}[v] for v in verdicts), names)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "empty"),
        ("OK", "2 to 200 parts, not 1"),
        ("1 " * 201, "not 201"),
        ("A1 A2 OK", "A1 has no verdict: after it stands A2"),
        ("OK maybe", "maybe has no verdict"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises(SpcError, match=says):
        read_reference(text)
