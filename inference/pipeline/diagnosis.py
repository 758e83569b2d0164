"""A plain reading of several charts at once: did the process move, the light or camera, or the model?

Charts of the parts, of the pictures and of the judging stand on different ground. A lens that loosens makes pictures
unsharp and scores worse while the measured parts stay; a worn tool moves the measured parts while the pictures stay.
So which groups of charts signal together says where to look first.

| parts | pictures | judging | reading |
|---|---|---|---|
| – | – | – | nothing moved |
| moved | – | any | the process moved |
| – | moved | any | the light or the camera moved |
| – | – | moved | the model moved |
| moved | moved | any | the pictures moved first: mend them before the process is believed |

Promises: says where to look, never that nothing else is wrong. No threshold of its own: what signals is what the charts
signal.
May import: the standard library, inference.pipeline.snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inference.pipeline.snapshot import ChartSnapshot


class Subject(StrEnum):
    """What a chart is about."""

    PROCESS = "process"
    """Measured values and the verdicts: the parts themselves."""
    PICTURE = "picture"
    """Brightness and sharpness: light, lens, camera."""
    MODEL = "model"
    """Scores, borderline cases and overrides: the judging."""
    MACHINE = "machine"
    """How long judging takes: says nothing about the parts."""


class Finding(StrEnum):
    """What the charts say together; message codes of the screen are `diagnosis.<value>`."""

    QUIET = "quiet"
    PROCESS = "process"
    PICTURE = "picture"
    MODEL = "model"
    PICTURE_FIRST = "picture_first"
    MACHINE = "machine"
    UNKNOWN = "unknown"
    """There is no chart with limits yet."""


_SUBJECTS = {
    "brightness": Subject.PICTURE,
    "sharpness": Subject.PICTURE,
    "score": Subject.MODEL,
    "borderline": Subject.MODEL,
    "overridden": Subject.MODEL,
    "not_decidable": Subject.MODEL,
    "duration_ms": Subject.MACHINE,
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The reading with the charts that it rests on."""

    finding: Finding
    signalling: tuple[str, ...]
    """Keys of the charts that signal now."""
    quiet: tuple[str, ...]
    """Keys of those that do not."""


def subject_of(characteristic: str) -> Subject:
    """What a chart of this characteristic is about; anything measured is about the process."""
    return _SUBJECTS.get(characteristic, Subject.PROCESS)


def diagnose(charts: Iterable[ChartSnapshot], newest: int = 25) -> Diagnosis:
    """Read all charts that have limits; a chart signals where one of its `newest` points breaks a rule."""
    signalling, quiet, moved = list[str](), list[str](), set[Subject]()
    for chart in charts:
        if chart.baseline_version is None:
            continue
        if any(violation.at >= len(chart.values) - newest for violation in chart.violations):
            signalling.append(chart.key)
            moved.add(subject_of(chart.characteristic))
        else:
            quiet.append(chart.key)
    finding = _finding(moved) if signalling or quiet else Finding.UNKNOWN
    return Diagnosis(finding, tuple(signalling), tuple(quiet))


def _finding(moved: set[Subject]) -> Finding:
    if Subject.PICTURE in moved:
        return Finding.PICTURE_FIRST if Subject.PROCESS in moved else Finding.PICTURE
    if Subject.PROCESS in moved:
        return Finding.PROCESS
    if Subject.MODEL in moved:
        return Finding.MODEL
    return Finding.MACHINE if moved else Finding.QUIET
