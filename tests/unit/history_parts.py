"""Recorded parts as the charts of the history take them, made without a database."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hmi.station.history_query import SelectedParts
from inference.pipeline.decisions import ChartDecision
from inference.pipeline.ports import Observation
from inference.pipeline.readings import BORDERLINE_FACTOR
from storage.counts import CharacteristicInfo
from storage.series import Labels, Series

VERDICTS = ("OK", "NOT_OK", "NOT_DECIDABLE")


def labels(texts: Sequence[str]) -> Labels:
    names = tuple(dict.fromkeys(texts))
    return Labels(np.array([names.index(text) for text in texts], np.int32), names)


def _value(seen: Observation, characteristic: str) -> float | None:
    decidable = seen.verdict != "NOT_DECIDABLE"
    known = seen.score is not None and seen.threshold is not None
    computed = {
        "score": lambda: seen.score,
        "reject": lambda: float(seen.verdict == "NOT_OK") if decidable else None,
        "not_decidable": lambda: float(not decidable),
        "duration_ms": lambda: seen.duration_ms,
        "defects": lambda: float(seen.defects) if decidable else None,
        "overridden": lambda: 0.0,
        "borderline": lambda: (
            float(seen.threshold / BORDERLINE_FACTOR < seen.score < seen.threshold * BORDERLINE_FACTOR)
            if known
            else None
        ),
    }
    take = computed.get(characteristic)
    return take() if take else seen.values.get(characteristic)


def series_of(parts: Sequence[Observation], characteristic: str, **given: Sequence[str]) -> Series:
    """As `storage.series.series` would give it of the same parts."""

    def floats(values: list[float | None]) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in values], np.float64)

    codes = np.array([VERDICTS.index(part.verdict) for part in parts], np.int8)
    texts = {name: labels(given.get(name, [""] * len(parts))) for name in ("product", "lot", "recipe", "operator")}
    return Series(
        characteristic,
        np.array([part.seq for part in parts], np.int64),
        np.array([part.utc_s for part in parts], np.float64),
        floats([_value(part, characteristic) for part in parts]),
        codes,
        codes,
        texts["product"],
        texts["lot"],
        labels([part.serial for part in parts]),
        texts["recipe"],
        texts["operator"],
        floats([part.score for part in parts]),
        floats([part.duration_ms for part in parts]),
    )


def selected(
    parts: Sequence[Observation],
    characteristic: str,
    decisions: Sequence[ChartDecision] = (),
    info: CharacteristicInfo | None = None,
    **given: Sequence[str],
) -> SelectedParts:
    """All parts of a record."""
    newest = parts[-1].seq if parts else 0
    series = series_of(parts, characteristic, **given)
    return SelectedParts(series, tuple(decisions), info, cut_before=False, open_after=True, newest_seq=newest)
