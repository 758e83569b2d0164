"""Fields of the workbench: a list to pick from and toggles, big enough for gloves, reached by the keyboard.

Promises: filling a field anew tells nobody; only a person's choice does.
May import: PySide6, hmi.window.theme.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QWidget,
)

from hmi.window.theme import SMALL, Look

_HEIGHT, _TEXT = 48, 18
"""Design pixels of what a finger finds, and of a closed field's text."""
_RIGHT = Qt.TextElideMode.ElideRight


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
        self._short: Mapping[str, str] = {}
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setItemDelegate(_Tall(look, self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(3)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(9)
        self.setStyleSheet(_picker_style(look))
        self.activated.connect(lambda _index: self.picked.emit(self.value))

    def fill(self, texts: Mapping[str, str], value: str, short: Mapping[str, str] | None = None) -> None:
        """Show these lines and choose `value`, or the first where there is no such one.

        `short`: what stands in the closed field, where that is another text.
        """
        self._short = short or {}
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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 (Qt's signature)
        """The frame by the style sheet; the text cut with an ellipsis, and a mark that says that there are more."""
        look, painter = self._look, QPainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option, painter, self)
        px = look.px
        room = QRectF(self.rect()).adjusted(px(10), 0, -px(34), 0)
        metrics = look.metrics(_TEXT, bold=True)
        text = metrics.elidedText(self._short.get(self.value, self.currentText()), _RIGHT, room.width())
        colour = look.colour("ink" if self.isEnabled() else "ink2")
        painter.setPen(colour)
        painter.setFont(look.font(_TEXT, bold=True))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        at, step = QPointF(self.width() - px(20), self.height() / 2), px(6)
        painter.setPen(QPen(colour, px(3)))
        painter.drawPolyline([at + QPointF(-step, -step / 2), at + QPointF(0, step / 2), at + QPointF(step, -step / 2)])
        painter.end()

    def _widest(self) -> int:
        metrics = self._look.metrics(SMALL)
        texts = [self.itemText(k) for k in range(self.count())]
        return int(max((metrics.horizontalAdvance(text) for text in texts), default=0)) + self._look.px(56)


class Pages(QStackedWidget):
    """One page at a time, and room for that one only."""

    def sizeHint(self) -> QSize:
        """Of the page that is shown."""
        page = self.currentWidget()
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Of the page that is shown."""
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class Toggle(QPushButton):
    """On or off; its text may have two lines."""

    def __init__(self, text: str = "", *, on: bool = False) -> None:
        super().__init__(text)
        self.setCheckable(True)
        self.setChecked(on)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

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
