"""The window's actions: name, keys, and whether a button shows it. One table for shortcuts, buttons and the help page.

Promises: every action has a key; no two share one.
May import: the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can ask for. Its text is `action.<name>`; the window has a method for it."""

    name: str
    key: str
    """As Qt writes it."""
    button: bool = False
    """True for a button in the row at the foot."""
    manual_only: bool = False
    """Only where a person may trigger parts."""
    in_menu: bool = False
    """True for a button in the menu of tools, which shows its key."""


ACTIONS = (
    Action("start", "F5", button=True),
    Action("override", "F6", button=True),
    Action("job", "F7", button=True),
    Action("review", "F9", button=True),
    Action("trigger", "F4", button=True, manual_only=True),
    Action("heat", "F2", button=True),
    Action("tools", "F12", button=True),
    Action("help", "F1", button=True),
    Action("acknowledge", "F8"),
    Action("alarms", "F10"),
    Action("charts", "F3", in_menu=True),
    Action("cause", "Shift+F8", in_menu=True),
    Action("pareto", "Shift+F9", in_menu=True),
    Action("inspector", "Shift+F2", in_menu=True),
    Action("study", "Shift+F4", in_menu=True),
    Action("lists", "Shift+F7", in_menu=True),
    Action("full_screen", "F11"),
    Action("live", "Esc"),
    Action("quit", "Ctrl+Q"),
)

MORE_KEYS = (
    ("action.trigger", "key.Space"),
    ("action.move_focus", "key.Tab"),
    ("action.chart_move", "← →"),
    ("action.chart_show", "key.Enter"),
    ("action.chart_pan", "key.Pages"),
    ("action.chart_zoom", "+ −"),
    ("action.chart_whole", "key.Home"),
    ("action.chart_follow", "key.End"),
    ("action.chart_axis", "T"),
)
"""Keys that are no shortcuts: text, and key (a code, or the key itself)."""
