"""A list of known verdicts as people type, paste or scan it: `OK NOK OK`, `A1;OK` a line, `1 0 1`, 合格 不合格.

Promises: a word that cannot be read is told, never guessed; 1 and 0 are verdicts only where nothing else is there.
May import: the standard library, inference.message, inference.spc.limits, hmi.window.study.
"""

from __future__ import annotations

import re

from hmi.window.study import BAD, FEWEST_PARTS, GOOD, MOST_PARTS
from inference.message import Message, message
from inference.spc.limits import SpcError

_GOOD = frozenset({"ok", "io", "i.o.", "i.o", "good", "gut", "pass", "合格", "良", "好"})
_BAD = frozenset(
    {"not_ok", "notok", "nok", "nio", "n.i.o.", "n.i.o", "ng", "bad", "schlecht", "fail", "不合格", "不良", "坏"}
)
"""Single letters are no verdicts: parts bear them as names."""
_DIGITS = {"1": GOOD, "0": BAD}
_TWO_WORDS = re.compile(r"\b(?:not|nicht)[\s_.-]+(ok|i\.?o\.?)(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;=:\t，；：]+")


class ListRefused(SpcError):
    """A list that cannot be read; `message` is for the screen's words."""

    def __init__(self, told: Message, sentence: str) -> None:
        super().__init__(sentence)
        self.message = told


def read_reference(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Known verdicts (OK or NOT_OK) and names of the parts, both [n]; parts without a name are numbered from 1.

    Raises ListRefused for what cannot be read, and for too few or too many parts.
    """
    words = [word for word in _BETWEEN.split(_TWO_WORDS.sub("NOT_OK", text)) if word]
    if not words:
        raise ListRefused(message("study.list.empty"), "the list is empty")
    digits = set(words) <= set(_DIGITS)
    verdicts, names = (tuple(_DIGITS[word] for word in words), _numbers(len(words))) if digits else _named(words)
    if not FEWEST_PARTS <= len(names) <= MOST_PARTS:
        told = message("study.list.range", count=len(names), least=FEWEST_PARTS, most=MOST_PARTS)
        raise ListRefused(told, f"a study has {FEWEST_PARTS} to {MOST_PARTS} parts, not {len(names)}")
    return verdicts, names


def _named(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    verdicts, names, name = list[str](), list[str](), ""
    for word in words:
        verdict = _verdict(word)
        if verdict is None:
            if name:
                raise _without_verdict(name, f": after it stands {word}")
            name = word
            continue
        verdicts.append(verdict)
        names.append(name or str(len(verdicts)))
        name = ""
    if name:
        raise _without_verdict(name, "")
    return tuple(verdicts), tuple(names)


def _without_verdict(name: str, more: str) -> ListRefused:
    return ListRefused(message("study.list.no_verdict", name=name), f"{name} has no verdict{more}")


def _verdict(word: str) -> str | None:
    small = word.casefold()
    if small in _GOOD:
        return GOOD
    return BAD if small in _BAD else None


def _numbers(n: int) -> tuple[str, ...]:
    return tuple(str(k) for k in range(1, n + 1))
