"""The one place that imports cv2: it undoes what opencv-python does to a Qt program's environment.

Promises: after `from camera.vision import cv2` the variables below are as they were. Never use cv2's own windows:
their Qt plug-in aborts a process that has a window of ours.
May import: cv2.
"""

from __future__ import annotations

import os

# opencv-python points these at the Qt plug-ins in its own wheel; PySide6 would then load the wrong ones.
_SPOILED = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

# FFmpeg inside cv2 writes on stderr too; it reads this when it is first used (-8: nothing at all).
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

_before = {name: os.environ.get(name) for name in _SPOILED}
import cv2  # noqa: E402 (the environment must be read before cv2 changes it)

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# What goes wrong is told by our own errors, in one sentence each; cv2 would write beside them on stderr.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["cv2"]
