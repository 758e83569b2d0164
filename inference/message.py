"""`Message`: what happened, as a code and arguments. Records keep this; the screen puts it into words.

Promises: a message can be written as JSON and read back equal.
May import: the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Argument = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Message:
    """A code such as `frame.unreadable` with named arguments. Never rendered text."""

    code: str
    args: Mapping[str, Argument] = field(default_factory=dict[str, Argument])


def message(code: str, **args: Argument) -> Message:
    """Shorthand: `message("camera.silent", seconds=2.5)`."""
    return Message(code, args)
