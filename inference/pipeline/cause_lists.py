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
    """The inverse of `content_of`; what is missing is as nobody had set it."""
    causes, actions = (cast("list[str] | None", content.get(name)) for name in ("causes", "actions"))
    return CauseLists(
        CAUSES if causes is None else tuple(causes),
        ACTIONS if actions is None else tuple(actions),
        bool(content.get("mandatory", False)),
    )
