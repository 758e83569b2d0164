"""Fields of the workbench: a list to pick from and toggles, big enough for gloves, reached by the keyboard.

Promises: filling a field anew tells nobody; only a person's choice does.
May import: PySide6, hmi.window.theme.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hmi.window.theme import SMALL, Look

_HEIGHT = 48
"""Design pixels of what a finger finds."""


class _Tall(QStyledItemDelegate):
    """Lines of a list that a finger finds."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """As wide as its text."""
        size = super().sizeHint(option, index)
        return QSize(size.width() + self._look.px(16), self._look.px(_HEIGHT))


class Picker(QComboBox):
    """Value → text; one is always chosen."""

    picked = Signal(str)
    """A person has chosen this value."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setItemDelegate(_Tall(look, self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(9)
        self.setStyleSheet(_picker_style(look))
        self.activated.connect(lambda _index: self.picked.emit(self.value))

    def fill(self, texts: Mapping[str, str], value: str) -> None:
        """Show these lines and choose `value`, or the first where there is no such one."""
        if [self.itemData(k) for k in range(self.count())] != list(texts):
            self.clear()
            for code, text in texts.items():
                self.addItem(text, code)
        for k, text in enumerate(texts.values()):
            self.setItemText(k, text)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.view().setMinimumWidth(self._widest())

    @property
    def value(self) -> str:
        """The chosen value; empty where there is none."""
        return str(self.currentData() or "")

    def pick(self, value: str) -> None:
        """Choose as a person would."""
        self.setCurrentIndex(self.findData(value))
        self.picked.emit(self.value)

    def _widest(self) -> int:
        metrics = self._look.metrics(SMALL)
        texts = [self.itemText(k) for k in range(self.count())]
        return int(max((metrics.horizontalAdvance(text) for text in texts), default=0)) + self._look.px(56)


class Toggle(QPushButton):
    """On or off; its text may have two lines."""

    def __init__(self, text: str = "", *, on: bool = False) -> None:
        super().__init__(text)
        self.setCheckable(True)
        self.setChecked(on)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_on(self, *, on: bool) -> None:
        """Switch without telling anybody."""
        with QSignalBlocker(self):
            self.setChecked(on)


def button(text: str, slot: object, *, stretch: bool = True) -> QPushButton:
    """A button that calls `slot`; it gives way where room is short."""
    made = QPushButton(text)
    made.clicked.connect(lambda _checked=False: slot())
    if stretch:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return made


def _picker_style(look: Look) -> str:
    c, px = look.palette, look.px
    return f"""
QComboBox {{ background: {c.panel}; border: {px(2)}px solid {c.ink2}; padding: 0 {px(8)}px; min-height: {px(44)}px;
  font-weight: bold; color: {c.ink}; combobox-popup: 0; }}
QComboBox:focus {{ border-color: {c.focus}; border-width: {px(3)}px; }}
QComboBox:disabled {{ color: {c.ink2}; border-color: {c.line}; }}
QComboBox::drop-down {{ border: none; width: {px(28)}px; }}
QComboBox QAbstractItemView {{ background: {c.plot}; color: {c.ink}; border: 1px solid {c.ink2};
  selection-background-color: {c.ink}; selection-color: {c.panel}; }}
"""
