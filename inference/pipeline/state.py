"""`StationState`: what the station is doing, and which change may follow which.

    PREOPERATIONAL → INITIALIZED → READY ⇄ CONTINUOUS_EXECUTION ⇄ HALTED
                                     ⇄ SINGLE_EXECUTION
    any → ERROR → PREOPERATIONAL

Names from OPC 40100-1 (vision state machine). May import: the standard library.
"""

from __future__ import annotations

from enum import StrEnum


class StationState(StrEnum):
    """PREOPERATIONAL: nothing loaded. INITIALIZED: model and record open. READY: waiting for work.
    CONTINUOUS_EXECUTION: judging. HALTED: holding, nothing is released. ERROR: stopped by a fault."""

    PREOPERATIONAL = "PREOPERATIONAL"
    INITIALIZED = "INITIALIZED"
    READY = "READY"
    SINGLE_EXECUTION = "SINGLE_EXECUTION"
    CONTINUOUS_EXECUTION = "CONTINUOUS_EXECUTION"
    HALTED = "HALTED"
    ERROR = "ERROR"


_S = StationState
ALLOWED: dict[StationState, frozenset[StationState]] = {
    _S.PREOPERATIONAL: frozenset({_S.INITIALIZED, _S.ERROR}),
    _S.INITIALIZED: frozenset({_S.READY, _S.PREOPERATIONAL, _S.HALTED, _S.ERROR}),
    _S.READY: frozenset({_S.SINGLE_EXECUTION, _S.CONTINUOUS_EXECUTION, _S.PREOPERATIONAL, _S.HALTED, _S.ERROR}),
    _S.SINGLE_EXECUTION: frozenset({_S.READY, _S.PREOPERATIONAL, _S.HALTED, _S.ERROR}),
    _S.CONTINUOUS_EXECUTION: frozenset({_S.READY, _S.PREOPERATIONAL, _S.HALTED, _S.ERROR}),
    _S.HALTED: frozenset({_S.READY, _S.CONTINUOUS_EXECUTION, _S.PREOPERATIONAL, _S.ERROR}),
    _S.ERROR: frozenset({_S.PREOPERATIONAL}),
}


def may_follow(now: StationState, then: StationState) -> bool:
    """True where the station may go from `now` to `then`; staying is always allowed."""
    return now == then or then in ALLOWED[now]
