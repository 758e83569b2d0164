"""A list of known verdicts as people type, paste or scan it: `OK NOK OK`, `A1;OK` a line, `1 0 1`, 合格 不合格.

Promises: a word that cannot be read is told, never guessed; 1 and 0 are verdicts only where nothing else is there.
May import: the standard library, inference.spc.limits, hmi.window.study.
"""

from __future__ import annotations

import re

from hmi.window.study import BAD, GOOD
from inference.spc.limits import SpcError

_GOOD = {"ok", "io", "i.o.", "i.o", "good", "gut", "pass", "g", "合格", "良", "好"}
_BAD = {
    "not_ok",
    "notok",
    "nok",
    "nio",
    "n.i.o.",
    "n.i.o",
    "ng",
    "bad",
    "schlecht",
    "fail",
    "b",
    "不合格",
    "不良",
    "坏",
}
_DIGITS = {"1": GOOD, "0": BAD}
_TWO_WORDS = re.compile(r"\b(?:not|nicht|n)[\s_.-]+(ok|i\.?o\.?)(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;=:\t，；：]+")


def read_reference(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Known verdicts (OK or NOT_OK) and names of the parts, both [n]; parts without a name are numbered from 1.

    Raises SpcError for what cannot be read.
    """
    words = [word for word in _BETWEEN.split(_TWO_WORDS.sub("NOT_OK", text)) if word]
    if not words:
        raise SpcError("the list is empty")
    if set(words) <= set(_DIGITS):
        return tuple(_DIGITS[word] for word in words), _numbers(len(words))
    return _named(words)


def _named(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    verdicts, names, name = list[str](), list[str](), ""
    for word in words:
        verdict = _verdict(word)
        if verdict is None:
            if name:
                raise SpcError(f"{name} has no verdict: after it stands {word}")
            name = word
            continue
        verdicts.append(verdict)
        names.append(name or str(len(verdicts)))
        name = ""
    if name:
        raise SpcError(f"{name} has no verdict")
    return tuple(verdicts), tuple(names)


def _verdict(word: str) -> str | None:
    small = word.casefold()
    if small in _GOOD:
        return GOOD
    return BAD if small in _BAD else None


def _numbers(n: int) -> tuple[str, ...]:
    return tuple(str(k) for k in range(1, n + 1))
