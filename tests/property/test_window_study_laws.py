"""Laws of the guided study: whatever people and the line do, only what was asked for counts, and counts once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hmi.window.study import BAD, GOOD, Phase, Study, StudyPlan
from hmi.window.study_list import read_reference

VERDICTS = st.sampled_from(["OK", "NOT_OK", "NOT_DECIDABLE"])


class Person(RuleBasedStateMachine):
    """A person at the screen, and a line that goes on judging parts of its own."""

    @initialize(
        reference=st.lists(st.sampled_from([GOOD, BAD]), min_size=2, max_size=4),
        passes=st.integers(1, 3),
        every_trigger=st.booleans(),
    )
    def begin(self, reference: list[str], passes: int, every_trigger: bool) -> None:
        names = tuple(map(str, range(len(reference))))
        self.study = Study(StudyPlan(tuple(reference), names, passes, every_trigger))
        self.now, self.seq, self.asked_at = 0, 0, None
        self.counted: list[tuple[int, str]] = []

    def _armed(self) -> None:
        self.asked_at = self.now if self.study.phase is Phase.WAITING else None

    @rule()
    def arm(self) -> None:
        self.now += 1
        before = self.study
        self.study = before.arm(self.now)
        if self.study is not before:
            self._armed()

    @rule(verdict=VERDICTS, late=st.integers(0, 3))
    def the_line_judges(self, verdict: str, late: int) -> None:
        self.now, self.seq = self.now + 1, self.seq + 1
        triggered = self.now - late
        counts = self.study.phase is Phase.WAITING and self.asked_at is not None and triggered >= self.asked_at
        self.study = self.study.judged(self.seq, triggered, verdict, self.now)
        if counts:
            self.counted.append((self.seq, verdict))
            self._armed()

    @rule(verdict=VERDICTS)
    def an_old_result_comes_again(self, verdict: str) -> None:
        before = self.study
        for seq, _ in self.counted:
            assert before.judged(seq, self.now + 5, verdict, self.now) is before

    @rule()
    def back(self) -> None:
        if self.study.phase is not Phase.DONE and self.counted:
            self.counted.pop()
        self.study = self.study.back()
        self._armed() if self.study.phase is not Phase.WAITING else None

    @rule()
    def pause(self) -> None:
        self.study = self.study.pause()

    @rule()
    def resume(self) -> None:
        self.study = self.study.resume()

    @invariant()
    def only_what_was_asked_for_counts(self) -> None:
        if not hasattr(self, "study"):
            return
        study = self.study
        assert [(t.seq, t.verdict) for t in study.taken] == self.counted
        assert len({t.seq for t in study.taken}) == len(study.taken) <= study.plan.total
        assert (study.phase is Phase.DONE) == (len(study.taken) == study.plan.total)
        assert 1 <= study.part <= len(study.plan.reference)
        assert 1 <= study.pass_number <= study.plan.passes

    @invariant()
    def rows_hold_every_complete_pass_in_the_order_of_the_parts(self) -> None:
        if not hasattr(self, "study"):
            return
        study, n = self.study, len(self.study.plan.reference)
        complete = len(study.taken) // n
        flat = [row[k] for k in range(complete) for row in study.rows()]
        assert flat == list(study.taken[: complete * n])
        if complete:
            result = study.result()
            assert (result.parts, result.passes) == (n, complete)


Person.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_a_study_counts_only_what_was_asked_for = Person.TestCase


@given(st.lists(st.sampled_from([GOOD, BAD]), min_size=2, max_size=30), st.sampled_from([" ", ", ", "\n", "; ", "\t"]))
def test_a_list_reads_back_whatever_stands_between(reference: list[str], between: str) -> None:
    assert read_reference(between.join(reference))[0] == tuple(reference)
    named = between.join(f"P{k};{word}" for k, word in enumerate(reference))
    assert read_reference(named) == (tuple(reference), tuple(f"P{k}" for k in range(len(reference))))
