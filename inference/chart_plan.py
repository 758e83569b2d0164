"""`ChartPlan`: one control chart that runs with a recipe: of what, of which kind, by which rules, with which limits.

Promises: nothing here holds a limit; limits follow from mean, sigma and n.
May import: pydantic, inference.document, inference.spc.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from pydantic import Field, field_validator, model_validator

from inference.document import Document
from inference.spc.chart import ControlChart
from inference.spc.design import PLAIN, Settings, rules_for
from inference.spc.limits import Baseline
from inference.spc.presets import Options, Preset, preset
from inference.spc.rules import Rule
from inference.spc.subgroup import SigmaMethod

ChartKind = Literal["p", "np", "laney_p", "c", "u", "laney_u", "i", "mr", "xbar", "r", "s", "ma", "ewma", "cusum", "g"]
COUNTED: frozenset[str] = frozenset({"p", "np", "laney_p", "u", "laney_u"})
"""Kinds whose point is a count in a subgroup of parts."""
SUMMED: frozenset[str] = frozenset({"xbar", "r", "s"})
"""Kinds whose point is a subgroup of measured values summed up."""


class ChartBaseline(Document):
    """Phase I figures frozen for phase II. Limits follow from these and the subgroup size; nobody types a limit."""

    mean: float
    sigma: float = Field(ge=0.0)
    """Standard deviation of one observation; for a p chart it is not used."""
    points: int = Field(ge=0)
    """From how many observations."""
    source: str = ""
    spread: float | None = Field(default=None, ge=0.0)
    """Centre line of a chart of ranges or deviations as phase I had it; None: what sigma predicts."""
    inflation: float = Field(default=1.0, ge=0.0)
    """Laney's sigma z."""
    added_later = frozenset({"spread", "inflation"})

    def figures(self) -> Baseline:
        """As the mathematics takes them. Raises SpcError for figures that cannot be."""
        return Baseline(self.mean, self.sigma, self.points, self.spread, self.inflation)


class RuleChoice(Document):
    """What sources differ on (`inference.spc.presets.Options`); None: as the set of rules itself has it."""

    run: int | None = Field(default=None, ge=2, le=50)
    beyond_limit_counts: bool = True
    last_must_be_beyond: bool = True
    on_line: bool = False
    both_sides: bool | None = None
    all_on_counts: bool = False
    """Rules of zones also on charts of counts, ranges and deviations."""


class ChartSettings(Document):
    """`inference.spc.design.Settings` as a document."""

    width: float = Field(default=PLAIN.width, gt=0.0)
    sigma_method: SigmaMethod | None = None
    weight: float = Field(default=PLAIN.weight, gt=0.0, le=1.0)
    exact: bool = PLAIN.exact
    slack: float = Field(default=PLAIN.slack, ge=0.0)
    decision: float = Field(default=PLAIN.decision, gt=0.0)
    head_start: float = Field(default=PLAIN.head_start, ge=0.0)
    span: int = Field(default=PLAIN.span, ge=2, le=1000)


class ChartPlan(Document):
    """One control chart that runs with the recipe."""

    kind: ChartKind
    characteristic: str = Field(min_length=1)
    """`reject`, `not_decidable`, `borderline`, `defects`, `score`, `duration_ms`, or a measured characteristic."""
    subgroup: int = Field(default=1, ge=1, le=100_000)
    """Parts a subgroup."""
    short: Literal["plot", "gap"] = "plot"
    """A subgroup that ended before it was full: a point with limits of its own size, or a gap."""
    rule_set: Preset = "western_electric"
    rules: tuple[int, ...] = (1, 2, 3, 4)
    """Numbers of the set's rules that are in force."""
    options: RuleChoice = RuleChoice()
    settings: ChartSettings = ChartSettings()
    by: Literal["", "cavity"] = ""
    """One chart for each cavity (or fixture) instead of one for all."""
    transform: Literal["none", "logit"] = "none"
    baseline: ChartBaseline | None = None
    """None: taken from the first `phase1` points and frozen then."""
    phase1: int = Field(default=50, ge=2)
    added_later = frozenset({"short", "rule_set", "options", "settings", "by"})

    @field_validator("rules")
    @classmethod
    def _known(cls, rules: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [number for number in rules if not 1 <= number <= 8]
        if wrong:
            raise ValueError(f"rule {wrong[0]} is not known: the rules of a set are 1 to 8")
        return rules

    @model_validator(mode="after")
    def _subgroups_have_room(self) -> ChartPlan:
        if self.kind in SUMMED and self.subgroup < 2:
            raise ValueError(f"a chart of kind {self.kind} needs subgroups of 2 or more parts")
        return self

    @model_validator(mode="after")
    def _counts_have_no_logit(self) -> ChartPlan:
        if self.transform != "none" and self.kind in COUNTED | {"c", "g"}:
            raise ValueError(f"a chart of kind {self.kind} counts: there is no {self.transform} of a count")
        return self

    @model_validator(mode="after")
    def _can_be_calculated(self) -> ChartPlan:
        """What the mathematics refuses is refused here, in its words, and not while the line runs."""
        self.spc_settings()
        self.spc_rules()
        if self.baseline is not None:
            self.refuse_baseline(self.baseline.figures())
        return self

    def refuse_baseline(self, baseline: Baseline) -> None:
        """Raise SpcError for a baseline that this chart can take no limits from."""
        ControlChart(self.kind, baseline, settings=self.spc_settings()).gap(float(self.subgroup))

    @property
    def key(self) -> str:
        """A name unique in its recipe."""
        return f"{self.kind}:{self.characteristic}"

    @property
    def grouped(self) -> bool:
        """A point stands for a subgroup of parts."""
        return self.kind in COUNTED | SUMMED

    def spc_rules(self) -> tuple[Rule, ...]:
        """The rules in force: those chosen that make sense on this kind of chart."""
        choice = self.options
        options = Options(
            nsigma=self.settings.width,
            run=choice.run,
            beyond_limit_counts=choice.beyond_limit_counts,
            last_must_be_beyond=choice.last_must_be_beyond,
            on_line=choice.on_line,
            both_sides=choice.both_sides,
        )
        chosen = preset(self.rule_set, self.rules, options)
        return rules_for(self.kind, chosen, all_on_counts=choice.all_on_counts)

    def spc_settings(self) -> Settings:
        """The settings as the mathematics takes them."""
        return Settings(**self.settings.model_dump())


class Cavities(Document):
    """Where a part came from: the cavity of a tool, the place of a fixture."""

    names: tuple[str, ...] = ()
    """In the order in which they take turns."""
    serial_pattern: str = ""
    """A regular expression whose first group is the cavity's name in the serial; empty: they take turns."""

    @field_validator("names")
    @classmethod
    def _differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not all(names) or len(set(names)) != len(names):
            raise ValueError("the names of the cavities differ, and none is empty")
        return names

    @field_validator("serial_pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        if pattern and not groups:
            raise ValueError(f"{pattern!r} needs a group in brackets around the cavity's name")
        return pattern

    def of(self, seq: int, serial: str) -> str:
        """The cavity of a part; empty where its serial names none that is known."""
        if not self.names:
            return ""
        if not self.serial_pattern:
            return self.names[(seq - 1) % len(self.names)]
        found = re.search(self.serial_pattern, serial)
        return found[1] if found is not None and found[1] in self.names else ""


KINDS: tuple[str, ...] = get_args(ChartKind)
