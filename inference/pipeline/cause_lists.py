"""The lists of assignable causes and corrective actions that people choose from, and whether they must.

Promises: lists are replaced whole by a decision in the record; a station that nobody set up has sensible ones.
May import: inference.pipeline.decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from inference.pipeline.decisions import Content

CAUSES = (
    "tool_wear",
    "tool_broken",
    "material",
    "setting",
    "operator",
    "environment",
    "light",
    "camera",
    "measurement",
)
ACTIONS = (
    "tool_changed",
    "setting_corrected",
    "material_changed",
    "cleaned",
    "maintenance_called",
    "parts_held",
    "none",
)
"""Codes: the screen translates them. What people add themselves stands there as they wrote it."""


@dataclass(frozen=True, slots=True)
class CauseLists:
    """What people choose from."""

    causes: tuple[str, ...] = CAUSES
    actions: tuple[str, ...] = ACTIONS
    mandatory: bool = False
    """A chart stays flagged until a cause is given."""


NO_LISTS = CauseLists()


def content_of(lists: CauseLists) -> Content:
    """What a decision about the lists says."""
    return {"causes": list(lists.causes), "actions": list(lists.actions), "mandatory": lists.mandatory}


def lists_of(content: Content) -> CauseLists:
    """The inverse of `content_of`; what is missing is as nobody had set it. Raises TypeError for what are no lists."""
    causes, actions = _texts(content.get("causes"), CAUSES), _texts(content.get("actions"), ACTIONS)
    return CauseLists(causes, actions, bool(content.get("mandatory", False)))


def _texts(said: object, unsaid: tuple[str, ...]) -> tuple[str, ...]:
    if said is None:
        return unsaid
    texts = cast("list[object]", said) if isinstance(said, list) else [said]
    if texts is not said or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"causes and actions are lists of texts, not {said!r}")
    return tuple(cast("list[str]", texts))
