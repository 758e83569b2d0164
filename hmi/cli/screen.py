"""Is there a screen to show a window on?

May import: the standard library.
"""

from __future__ import annotations

import os
import sys


def has_screen() -> bool:
    """True where a window can be shown: always on Windows and macOS, elsewhere with an X or Wayland display."""
    if sys.platform in {"win32", "darwin"}:
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in {"offscreen", "minimal", "vnc", "linuxfb", "eglfs"}:
        return True  # somebody chose on purpose where Qt paints
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
