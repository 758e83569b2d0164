"""What a person said on the command line about a study, and how it becomes `params`.

Promises: an option that a kind of study does not know is refused, never dropped.
May import: inference.spc.study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inference.spc.limits import SpcError
from inference.spc.study.ask import FieldError, sentence
from inference.spc.study.catalogue import kind_of

ALIASES: Mapping[str, str] = {
    "i": "i_mr",
    "imr": "i_mr",
    "mr": "i_mr",
    "r": "xbar_r",
    "s": "xbar_s",
    "gage_rr": "gage_rr_anova",
    "gauge_rr": "gage_rr_anova",
    "agreement": "attribute_agreement",
    "t2": "t2_individuals",
    "z_mr": "short_run",
    "dnom": "short_run",
}
"""Short names that people type."""
OPTIONS: Mapping[str, str] = {
    "phase1": "--phase1",
    "lsl": "--lsl",
    "usl": "--usl",
    "target": "--target",
    "rules": "--rules",
    "nsigma": "--nsigma",
    "sigma_method": "--sigma-method",
    "sigma_within": "--sigma-method",
    "lambda": "--lambda",
    "L": "--L",
    "k": "--k",
    "h": "--h",
    "head_start": "--head-start",
    "span": "--span",
    "center": "--center",
    "sigma": "--sigma",
    "confidence": "--confidence",
    "nominal": "--nominal",
    "tolerance": "--tolerance",
    "arl0": "--arl0",
    "distribution": "--distribution",
    "reference": "--reference",
}
"""Key of `params` to the option that sets it."""
_COLUMNS = ("--value", "--size", "--subgroup", "--part", "--operator", "--category")
_EVERYWHERE = frozenset({"lsl", "usl", "target"})
"""Every chart may show specification limits."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of `loupe spc` that make a study."""

    chart: str | None = None
    value: tuple[str, ...] = ()
    size: str | None = None
    subgroup: str | None = None
    """A column of labels, or a number of readings."""
    short: str = "plot"
    part: str | None = None
    operator: str | None = None
    category: str | None = None
    reference: str | None = None
    """A column of masters' values or of true verdicts; of a bias study the master's value."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Key of `params` to the value given, without those not given."""

    def columns(self) -> list[str]:
        """The options given that name columns of a table."""
        names = (self.value, self.size, self.subgroup, self.part, self.operator, self.category)
        return [option for option, name in zip(_COLUMNS, names, strict=True) if name]

    def kind(self) -> str | None:
        """The kind of study asked for, its full name; None where nobody said. Raises SpcError for an unknown one."""
        if self.chart is None:
            return None
        name = ALIASES.get(self.chart, self.chart)
        try:
            kind_of(name)
        except FieldError as error:
            raise SpcError(f"--chart: {error.wrong}") from error
        return name

    def params(self, chart: str) -> dict[str, Any]:
        """The settings as `params` of this kind. Raises SpcError for one that it does not know."""
        known = kind_of(chart).params
        found: dict[str, Any] = {}
        if self.reference is not None and "reference" in known:
            found["reference"] = _as_number(self.reference)
        for key, value in self.settings.items():
            own = "sigma_within" if key == "sigma_method" and "sigma_within" in known else key
            if own not in known and own not in _EVERYWHERE:
                raise SpcError(f"{OPTIONS[key]} has no meaning for {chart}")
            found[own] = value
        return found

    def of_study(self, chart: str) -> dict[str, Any]:
        """As `params`, for a STUDY.json. Raises SpcError for a `reference` that would be a column, too."""
        found = self.params(chart)
        if self.reference is not None and "reference" not in found:
            raise SpcError(f"--reference has no meaning for {chart} here: a STUDY.json has no columns")
        return found


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def in_options(error: FieldError) -> SpcError:
    """The same error with the option's name where an option may have set the field."""
    section, _, key = error.field.partition(".")
    return SpcError(sentence(OPTIONS[key], error.wrong)) if section == "params" and key in OPTIONS else error
