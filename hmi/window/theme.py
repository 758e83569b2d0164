"""The look: colours as tokens, sizes on one scale that follows the window's height, and fonts.

Promises: what an operator must read has a contrast of 7:1 or more, the rest 4.5:1, marks 3:1 (a test computes it).
May import: PySide6, hmi.window.words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF

from hmi.window.words import Words

_DESIGN_HEIGHT = 1080
_DESIGN_WIDTH = 1700
"""A window narrower than 1700 × its scale would cut texts: then the width sets the scale."""
_FACES = ("Inter", "Segoe UI Variable Text", "Segoe UI", "Noto Sans", "Noto Sans CJK JP")
_CHINESE_FACES = ("Noto Sans CJK SC", "Microsoft YaHei UI", "PingFang SC")

GAP, CAPTION, SMALL, TEXT, LARGE, READ, WORD = 8, 16, 20, 24, 32, 42, 96
"""Sizes in design pixels: spacing, then the type scale; `READ` is what is legible from two metres."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colour tokens, `#RRGGBB`."""

    ground: str
    panel: str
    line: str
    ink: str
    ink2: str
    data: str
    plot: str
    zone: str
    not_ok: str
    """Marks and outlines."""
    not_ok_fill: str
    """Behind white text: darker, since the text must be read."""
    attention: str
    attention_tint: str
    """Behind ink."""
    urgent: str
    spec: str
    ok: str
    stopped: str
    """Behind white text: camera lost, stopped, hold."""
    focus: str
    well: str
    """Behind the picture."""
    on_strong: str = "#FFFFFF"


LIGHT = Palette(
    ground="#DDE1E4",
    panel="#F3F4F5",
    line="#C9CED3",
    ink="#1F2933",
    ink2="#46525C",
    data="#52606B",
    plot="#FCFCFD",
    zone="#ECEEF0",
    not_ok="#B3261E",
    not_ok_fill="#A8231B",
    attention="#9A5B00",
    attention_tint="#F8EBD2",
    urgent="#7A0019",
    spec="#6B4500",
    ok="#2F6B4F",
    stopped="#2B343C",
    focus="#1D4E89",
    well="#23282C",
)
DARK = Palette(
    ground="#14181B",
    panel="#1E2428",
    line="#39424A",
    ink="#EEF1F3",
    ink2="#B5BFC7",
    data="#A7B4BE",
    plot="#181D21",
    zone="#20272C",
    not_ok="#FF6B5E",
    not_ok_fill="#9E1F18",
    attention="#E5A33B",
    attention_tint="#3B2C10",
    urgent="#FF7C93",
    spec="#D9A95B",
    ok="#6CC59A",
    stopped="#060809",
    focus="#8AB8F0",
    well="#0D1012",
)
PALETTES = {"light": LIGHT, "dark": DARK}


class Look:
    """Palette, words and the present scale. One is shared by all views of a window."""

    def __init__(self, palette: Palette, words: Words) -> None:
        self.palette = palette
        self.words = words
        self.unit = 1.0
        """Device-independent pixels a design pixel."""
        self._fonts: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}
        self._colours: dict[str, QColor] = {}

    def fit(self, width: int, height: int) -> bool:
        """Follow the window's size; True where the scale changed."""
        unit = max(0.4, min(height / _DESIGN_HEIGHT, width / _DESIGN_WIDTH))
        changed = abs(unit - self.unit) > 1e-3
        if changed:
            self.unit = unit
            self._fonts.clear()
        return changed

    def px(self, design_px: float) -> int:
        """Pixels on this screen."""
        return max(1, round(design_px * self.unit))

    def font(self, design_px: float, *, bold: bool = False) -> QFont:
        """The interface's face with figures of equal width."""
        return self._type(design_px, bold=bold)[0]

    def metrics(self, design_px: float, *, bold: bool = False) -> QFontMetricsF:
        """The measures of that font."""
        return self._type(design_px, bold=bold)[1]

    def _type(self, design_px: float, *, bold: bool) -> tuple[QFont, QFontMetricsF]:
        key = (self.px(design_px), bold)
        if key not in self._fonts:
            font = QFont(face(self.words.language))
            font.setPixelSize(key[0])
            font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = font, QFontMetricsF(font)
        return self._fonts[key]

    def colour(self, token: str) -> QColor:
        """The colour of a token, by its name in `Palette`."""
        if token not in self._colours:
            self._colours[token] = QColor(getattr(self.palette, token))
        return self._colours[token]


@cache
def face(language: str) -> str:
    """The family to use: the platform's interface face, or a better one where the platform's has no equal figures."""
    there = set(QFontDatabase.families())
    wanted = _CHINESE_FACES + _FACES if language == "zh" else _FACES
    return next((name for name in wanted if name in there), QFont().defaultFamily())


def stylesheet(look: Look) -> str:
    """Qt style sheet of buttons, fields, lists and panels, at the present scale."""
    c, px = look.palette, look.px
    return f"""
* {{ font-family: "{face(look.words.language)}"; font-size: {px(SMALL)}px; color: {c.ink}; outline: none; }}
QMainWindow, QWidget#page {{ background: {c.ground}; }}
QFrame#panel {{ background: {c.panel}; border: 1px solid {c.line}; }}
QLabel {{ background: transparent; }}
QLabel#title {{ font-size: {px(LARGE)}px; font-weight: bold; }}
QLabel#caption {{ color: {c.ink2}; }}
QLabel#why {{ font-size: {px(TEXT)}px; }}
QLabel#error {{ color: {c.not_ok}; font-weight: bold; }}
QPushButton {{ background: {c.panel}; border: {px(2)}px solid {c.ink2}; padding: {px(2)}px {px(16)}px;
  min-height: {px(44)}px; font-weight: bold; text-align: center; }}
QPushButton:hover {{ background: {c.plot}; }}
QPushButton:pressed, QPushButton:checked {{ background: {c.ink}; color: {c.panel}; }}
QPushButton:focus {{ border-color: {c.focus}; border-width: {px(3)}px; }}
QPushButton:disabled {{ color: {c.ink2}; border-color: {c.line}; font-weight: normal; }}
QLineEdit {{ background: {c.plot}; border: {px(2)}px solid {c.ink2}; min-height: {px(46)}px; padding: 0 {px(8)}px;
  font-size: {px(TEXT)}px; selection-background-color: {c.focus}; }}
QLineEdit:focus {{ border-color: {c.focus}; }}
QListWidget {{ background: {c.plot}; border: 1px solid {c.line}; font-size: {px(SMALL)}px; }}
QListWidget::item {{ min-height: {px(48)}px; padding: 0 {px(8)}px; border-bottom: 1px solid {c.line}; }}
QListWidget::item:selected {{ background: {c.ink}; color: {c.panel}; }}
QSlider::groove:horizontal {{ height: {px(6)}px; background: #8A949C; }}
QSlider::handle:horizontal {{ width: {px(24)}px; margin: -{px(12)}px 0; background: #FFFFFF;
  border: 1px solid #39424A; }}
QScrollBar:vertical {{ background: {c.panel}; width: {px(24)}px; }}
QScrollBar::handle:vertical {{ background: {c.ink2}; min-height: {px(48)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
"""


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [_linear(int(colour[k : k + 2], 16) / 255) for k in (1, 3, 5)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
