"""What rules remember, as finite automata over the symbols that points may be, and the points until one speaks.

The Markov chain of Champ and Woodall 1987, Technometrics 29, 393-399: its states are the histories that rules can tell
apart. A history says which of the last points counted; the chain starts with none seen. A rule speaks as
`inference.spc.rules` says it, or, as in that paper, as soon as enough points count even where fewer than its window
have been seen. Automata of several rules are joined over the
states that can be reached, and states that will never differ are merged.

Promises: exact; no subtraction, so small probabilities keep their digits.
May import: numpy, inference.spc.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inference.spc.limits import Floats
from inference.spc.rules import OutsideRule, WithinRule, ZoneRule
from inference.spc.run_length.transient import points_of_silence
from inference.spc.run_length.zones import Bools, Symbols

Ints = npt.NDArray[np.int64]
ZonedRule = ZoneRule | WithinRule | OutsideRule

MOST_STATES = 40_000

_State = tuple[int, int, int]
_Step = Callable[[_State, bool, bool], tuple[_State, bool]]


class TooManyStates(Exception):
    """The rules tell more histories apart than can be gone through."""


class Automaton(NamedTuple):
    """State 0 is the empty history. Both arrays have shape [s, k], a row a state, a column a symbol."""

    follows: Ints
    """The next state; 0 where a rule speaks."""
    speaks: Bools


def automaton(rules: Sequence[ZonedRule], symbols: Symbols, *, whole_windows: bool = True) -> Automaton:
    """The automaton of all these rules together. Raises TooManyStates.

    With `whole_windows` a rule waits until as many points as its window has have been seen.
    """
    silent = np.zeros((1, symbols.probability.size), dtype=np.int64)
    steps = [_step_of(rule, whole_windows=whole_windows) for rule in rules]
    alone = [_explore(step, *symbols.flags[2 * n : 2 * n + 2]) for n, step in enumerate(steps)]
    return reduce(_join, alone, Automaton(silent, silent > 0))


def points_until_speaking(machine: Automaton, probability: Floats, longest: int) -> float:
    """Expected number of independent symbols, of `probability` [k] each, until the automaton speaks; math.inf: never.

    `longest` is the longest window of a rule.
    """
    return points_of_silence(_silence(machine, probability), longest)


def _silence(machine: Automaton, probability: Floats) -> Iterator[tuple[float, float]]:
    """After each point: the probability to be silent still, and that of speaking at the next."""
    passing = np.where(machine.speaks, 0.0, probability)
    speaking = machine.speaks @ probability
    silent = np.zeros(speaking.size)
    silent[0] = 1.0
    while True:
        yield float(silent.sum()), float(silent @ speaking)
        silent = np.bincount(machine.follows.ravel(), (silent[:, None] * passing).ravel(), silent.size)


def _explore(step: _Step, above: Bools, below: Bools) -> Automaton:
    """All states that one rule can be in. Raises TooManyStates."""
    seen, column = np.unique(np.stack((above, below)), axis=1, return_inverse=True)
    numbers, follows, speaks = {_EMPTY: 0}, list[list[int]](), list[list[bool]]()
    waiting = [_EMPTY]
    for state in waiting:
        reached = [step(state, up, down) for up, down in seen.T.tolist()]
        for following, says in reached:
            if not says and following not in numbers:
                numbers[following] = len(numbers)
                waiting.append(following)
        if len(waiting) > MOST_STATES:
            raise TooManyStates
        follows.append([0 if says else numbers[following] for following, says in reached])
        speaks.append([says for _, says in reached])
    columns = column.ravel()
    return Automaton(np.array(follows, dtype=np.int64)[:, columns], np.array(speaks, dtype=np.bool_)[:, columns])


def _zone_step(rule: ZoneRule, waits: int) -> _Step:
    """Bits above and below, the newest point lowest, and how many points were seen, up to the `waits` it needs."""
    older = (1 << (rule.window - 1)) - 1

    def kept(bits: int) -> int:
        """The bits that can still be part of a window with enough of them."""
        bits &= older
        while bits and bits.bit_count() + rule.window - bits.bit_length() < rule.needed:
            bits ^= 1 << (bits.bit_length() - 1)
        return bits

    def step(state: _State, is_above: bool, is_below: bool) -> tuple[_State, bool]:
        lanes = (state[0] << 1 | is_above, state[1] << 1 | is_below)
        enough = (
            lane.bit_count() >= rule.needed and (counted or not rule.last_counts)
            for lane, counted in zip(lanes, (is_above, is_below), strict=True)
        )
        says = state[2] >= waits and any(enough)
        return (kept(lanes[0]), kept(lanes[1]), min(state[2] + 1, waits)), says

    return step


def _within_step(rule: WithinRule) -> _Step:
    """How many points in a row were within."""

    def step(state: _State, is_within: bool, _: bool) -> tuple[_State, bool]:
        run = state[0] + 1 if is_within else 0
        return (run, 0, 0), run >= rule.window

    return step


def _outside_step(rule: OutsideRule) -> _Step:
    """How many points in a row were outside, how many of them were on the side of the last, and which side that is."""
    longest = rule.window - 1

    def step(state: _State, is_above: bool, is_below: bool) -> tuple[_State, bool]:
        side = is_above - is_below
        run, same = (state[0] + 1, state[1] + 1 if side == state[2] else 1) if side else (0, 0)
        says = run >= rule.window and (same < rule.window or not rule.both_sides)
        return (min(run, longest), min(same, longest), side), says

    return step


_EMPTY: _State = (0, 0, 0)


def _step_of(rule: ZonedRule, *, whole_windows: bool) -> _Step:
    if isinstance(rule, ZoneRule):
        return _zone_step(rule, rule.window - 1 if whole_windows and rule.needed < rule.window else 0)
    return _within_step(rule) if isinstance(rule, WithinRule) else _outside_step(rule)


def _join(one: Automaton, other: Automaton) -> Automaton:
    """Both automata side by side, over the pairs of states that can be reached. Raises TooManyStates."""
    pairs = frontier = np.zeros(1, dtype=np.int64)
    while frontier.size:
        follows, speaks = _side_by_side(one, other, frontier)
        frontier = np.setdiff1d(np.unique(follows[~speaks]), pairs, assume_unique=True)
        pairs = np.union1d(pairs, frontier)
        if pairs.size > MOST_STATES:
            raise TooManyStates
    follows, speaks = _side_by_side(one, other, pairs)
    return _merged(Automaton(np.where(speaks, 0, np.searchsorted(pairs, follows)), speaks))


def _side_by_side(one: Automaton, other: Automaton, pairs: Ints) -> tuple[Ints, Bools]:
    """Where each pair of states, [m], goes and whether either speaks, both [m, k]; a pair is one number."""
    states = other.speaks.shape[0]
    first, second = np.divmod(pairs, states)
    return one.follows[first] * states + other.follows[second], one.speaks[first] | other.speaks[second]


def _merged(machine: Automaton) -> Automaton:
    """States that never differ as one: classes are split until all of a class go to the same classes (Moore 1956)."""
    classes, count = np.zeros(machine.speaks.shape[0], dtype=np.int64), 0
    while (found := int(classes.max()) + 1) > count:
        count, refined = found, classes
        for follows, speaks in zip(machine.follows.T, machine.speaks.T, strict=True):
            there = np.where(speaks, count, classes[follows])
            _, refined = np.unique(refined * (count + 1) + there, return_inverse=True)
        classes = refined
    _, one_of = np.unique(classes, return_index=True)
    return Automaton(classes[machine.follows[one_of]], machine.speaks[one_of])
