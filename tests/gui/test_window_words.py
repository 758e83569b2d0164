"""Every code has its sentence in every language, contrast holds, numbers are written as the user writes them."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.window.theme import PALETTES, contrast
from hmi.window.words import LANGUAGES, Words, texts_of
from inference.message import message

ROOT = Path(__file__).resolve().parents[2]
_OTHER_CODES = {"camera.frozen"}
"""Codes that reach `message()` through a constant."""


def codes_in_use() -> set[str]:
    """Every literal code that the engine gives to `message` or `Message`."""
    found = set(_OTHER_CODES)
    for room in ("camera", "inference", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                    continue
                first = node.args[0]
                if node.func.id in {"message", "Message"} and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_engine_has_a_sentence(language: str) -> None:
    assert {code for code in codes_in_use() if code not in texts_of(language)} == set()


def test_all_languages_have_the_same_texts_with_the_same_arguments() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = texts_of("en")
    for language in LANGUAGES:
        texts = texts_of(language)
        assert texts.keys() == english.keys()
        assert [code for code in english if fields(texts[code]) != fields(english[code])] == []


def test_every_alarm_says_what_to_do() -> None:
    """Alarms are reported by `alarms.report(key, priority, message(code…))` or `.lose(message(code…))`."""
    alarms = {
        "camera.lost", "camera.silent", "camera.frozen", "camera.unavailable", "record.fault", "record.queue",
        "provider.fallback", "chart.violation",
    }  # fmt: skip
    for language in LANGUAGES:
        assert [code for code in alarms if f"{code}.do" not in texts_of(language)] == []


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert Words("en").of(message("laser.hot", celsius=81)) == "laser.hot celsius=81"


def test_a_missing_argument_is_a_dash() -> None:
    assert Words("en").of(message("judge.defect", label="scratch", score=0.9, threshold=None)).endswith("over –")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "scratch · 0.97 over 0.60"), ("de", "Kratzer · 0,97 über 0,60"), ("zh", "划痕 · 0.97 超过 0.60")],
)
def test_numbers_and_names_follow_the_language(language: str, text: str) -> None:
    assert Words(language).of(message("judge.defect", label="scratch", score=0.97, threshold=0.6)) == text


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_a_number_in_words_is_the_number(value: float, digits: int) -> None:
    text = Words("de").number(value, digits)
    back = text.replace("\u2009", "").replace("\u2212", "-").replace(",", ".")
    assert float(back) == float(f"{value:.{digits}f}")


def test_times_are_in_the_stations_zone() -> None:
    from tests.gui.fake_station import stamp

    assert Words("en", "Asia/Shanghai").time(stamp()) == "21:10:00"
    assert Words("en", "no/such").time(stamp()) == "13:10:00"


@pytest.mark.parametrize("name", PALETTES)
def test_contrast_of_what_an_operator_must_read_is_seven_to_one(name: str) -> None:
    c = PALETTES[name]
    pairs = [
        (c.ink, c.panel), (c.ink, c.plot), (c.ink, c.attention_tint), (c.ink, c.ground),
        (c.on_strong, c.not_ok_fill), (c.on_strong, c.stopped), (c.ink2, c.panel),
    ]  # fmt: skip
    assert [(pair, contrast(*pair)) for pair in pairs if contrast(*pair) < 7] == []


@pytest.mark.parametrize("name", PALETTES)
def test_contrast_of_the_rest_is_enough(name: str) -> None:
    c = PALETTES[name]
    texts = [(c.spec, c.panel), (c.not_ok, c.panel), (c.ink2, c.plot)]
    texts += [(c.panel, tone) for tone in (c.urgent, c.not_ok, c.attention, c.ink2)]
    assert [(pair, contrast(*pair)) for pair in texts if contrast(*pair) < 4.5] == []
    marks = [(c.data, c.plot), (c.not_ok, c.plot), (c.ok, c.panel), (c.attention, c.attention_tint), (c.focus, c.panel)]
    assert [(pair, contrast(*pair)) for pair in marks if contrast(*pair) < 3] == []


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=1e-3)
