"""What the window remembers from one start to the next: place and size, language, theme, opacity of the heat map.

Promises: an ini file in the folder given; with no folder nothing is written. A damaged file counts as none.
May import: PySide6.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

FILE = "window.ini"


class Memory:
    """Reads and writes the ini file."""

    def __init__(self, folder: Path | None) -> None:
        self._settings = None if folder is None else QSettings(str(folder / FILE), QSettings.Format.IniFormat)

    def text(self, key: str, otherwise: str) -> str:
        """A text that was kept."""
        kept = self._settings.value(key) if self._settings is not None else None
        return kept if isinstance(kept, str) and kept else otherwise

    def fraction(self, key: str, otherwise: float) -> float:
        """A number from 0 to 1 that was kept."""
        try:
            return min(1.0, max(0.0, float(self.text(key, str(otherwise)))))
        except ValueError:
            return otherwise

    def keep(self, key: str, value: str | float) -> None:
        """Keep a value."""
        if self._settings is not None:
            self._settings.setValue(key, str(value))

    def restore_place(self, window: QWidget) -> bool:
        """Put the window where it was; False where nothing was kept."""
        kept = self._settings.value("geometry") if self._settings is not None else None
        return isinstance(kept, QByteArray) and window.restoreGeometry(kept)

    def keep_place(self, window: QWidget) -> None:
        """Remember where the window is, and write the file."""
        if self._settings is not None:
            self._settings.setValue("geometry", window.saveGeometry())
            self._settings.sync()
