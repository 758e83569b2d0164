"""`Words`: message codes become sentences in the operator's language, with its decimal sign and the station's zone.

Promises: a code nobody knows is shown as it is, never hidden; an argument that is missing is a dash, never an error.
May import: inference.message, camera.clock, resources, the standard library. Knows no Qt.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from camera.clock import Stamp
from inference.message import Message

LANGUAGES = ("en", "de", "zh")
DASH = "–"
_GROUP = "\u2009"  # thin space (ISO 80000-1, 7.3.1), the same in all languages


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """All texts of one language, code → sentence. Raises FileNotFoundError for a language that is not shipped."""
    return json.loads((files("resources.i18n") / f"{language}.json").read_text("utf-8"))


def zone_of(name: str) -> tzinfo:
    """The zone called `name`; UTC where this machine does not know it (Windows without tzdata)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.utc  # noqa: UP017 (a tzinfo either way)


class Words(string.Formatter):
    """One language and one zone. Texts take `{name}`, `{name:.2f}`, and `{name:name}` for a word that is translated."""

    def __init__(self, language: str = "en", zone: str = "UTC") -> None:
        self.language = language if language in LANGUAGES else "en"
        self._texts = texts_of(self.language)
        self._zone = zone_of(zone)
        self._decimal = self._texts["format.decimal"]

    def say(self, code: str, **args: Any) -> str:
        """The sentence of `code`."""
        text = self._texts.get(code)
        return self.vformat(text, (), args).strip() if text is not None else _unknown(code, args)

    def knows(self, code: str) -> bool:
        """True where there is a sentence for `code`."""
        return code in self._texts

    def of(self, message: Message, suffix: str = "") -> str:
        """The sentence of a message; one written for its characteristic comes before the general one."""
        special = f"{message.code}.{message.args.get('characteristic', '')}{suffix}"
        code = special if self.knows(special) else message.code + suffix
        return self.say(code, **message.args)

    def name(self, word: str) -> str:
        """A characteristic, a defect class or a stage as people call it; a word of the user's own stays as it is."""
        return self._texts.get(f"name.{word}", word.replace("_", " "))

    def number(self, value: float, digits: int) -> str:
        """Fixed digits, the user's decimal sign, thousands apart from five digits on."""
        whole, _, fraction = f"{value:.{digits}f}".partition(".")
        sign, bare = ("\u2212", whole[1:]) if whole.startswith("-") else ("", whole)
        grouped = f"{int(bare):,}".replace(",", _GROUP) if len(bare) > 4 else bare
        return sign + grouped + (self._decimal + fraction if fraction else "")

    def count(self, value: int) -> str:
        """A whole number."""
        return self.number(value, 0)

    def time(self, moment: Stamp | datetime, tenths: bool = False) -> str:
        """Time of day with seconds in the station's zone."""
        local = (moment.utc if isinstance(moment, Stamp) else moment).astimezone(self._zone)
        tail = f"{self._decimal}{local.microsecond // 100_000}" if tenths else ""
        return f"{local:%H:%M:%S}{tail}"

    def time_of(self, utc_s: float) -> str:
        """Time of day of seconds since 1970."""
        return self.time(self.local(utc_s))

    def local(self, utc_s: float) -> datetime:
        """The moment of seconds since 1970 in the station's zone."""
        return datetime.fromtimestamp(utc_s, self._zone)

    def age(self, seconds: float) -> str:
        """How long ago, in seconds, from two minutes on in minutes."""
        if seconds < 120:
            return self.say("age.seconds", seconds=max(0.0, seconds))
        return self.say("age.minutes", minutes=int(seconds // 60))

    # --- string.Formatter: localise what stands in the braces

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        """An argument, None where it was not given."""
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        """Numbers and names as this language writes them."""
        if value is None:
            return DASH
        if format_spec == "name":
            return self.name(str(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._figure(value, format_spec)
        return str(value)

    def _figure(self, value: float, format_spec: str) -> str:
        if format_spec.endswith("f"):
            return self.number(float(value), int(format_spec[1:-1]))
        if isinstance(value, int):
            return self.count(value)
        return f"{value:.4g}".replace(".", self._decimal)


def _unknown(code: str, args: Mapping[str, Any]) -> str:
    return " ".join([code, *(f"{name}={value}" for name, value in args.items())])
