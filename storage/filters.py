"""Which records: one set of filters for the window, the export and the report, and their SQL.

Promises: values reach SQL as parameters only. Ranges of time and of sequence numbers are half open.
May import: inference, storage.errors, storage.rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from inference.inspection import Verdict
from storage.errors import ExportRefused
from storage.rows import micros


@dataclass(frozen=True, slots=True)
class Filters:
    """All given conditions must hold. The view they run on is `results`."""

    since: datetime | None = None
    """First moment that counts (with a zone)."""
    until: datetime | None = None
    """First moment that no longer counts."""
    lot: str | None = None
    serial: str | None = None
    verdict: Verdict | None = None
    """Effective verdict: after people's decisions."""
    recipe: str | None = None
    """A recipe's name, or its digest."""
    station_id: str | None = None
    since_seq: int | None = None
    """First sequence number that counts."""
    until_seq: int | None = None
    """First sequence number that no longer counts."""

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ExportRefused(f"the range of time begins ({self.since}) after its end ({self.until}): swap them")
        if self.since_seq is not None and self.until_seq is not None and self.since_seq > self.until_seq:
            raise ExportRefused(f"the parts begin at {self.since_seq}, after their end at {self.until_seq}: swap them")

    def where(self, *, scan: bool = False) -> tuple[str, list[str | int]]:
        """A condition for WHERE on `results` and its parameters.

        `scan`: for a query that walks the records in their order; no index may lead it elsewhere.
        """
        conditions: dict[str, tuple[str | int | None, ...]] = {
            "at_us >= ?": (None if self.since is None else micros(self.since),),
            "at_us < ?": (None if self.until is None else micros(self.until),),
            "lot = ?": (self.lot,),
            "serial = ?": (self.serial,),
            # the partial index on serials is used only where the query says so
            "serial <> ''": (None,) if not self.serial else (),
            "effective_verdict = ?": (None if self.verdict is None else self.verdict.value,),
            "? IN (recipe, recipe_digest)": (self.recipe,),
            "station_id = ?": (self.station_id,),
            "seq >= ?": (self.since_seq,),
            "seq < ?": (self.until_seq,),
        }
        sign = "+" if scan else ""  # a column behind a plus is not looked up in an index
        used = {f"{sign}{condition}": values for condition, values in conditions.items() if None not in values}
        return " AND ".join(used) or "true", [
            value for values in used.values() for value in values if value is not None
        ]


def parse_moment(text: str, zone: tzinfo = UTC) -> datetime:
    """A date or a time in ISO 8601; in `zone` where it names none.

    Raises:
        ExportRefused: it is no such thing.

    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ExportRefused(f"{text!r} is no time: write it as 2026-03-31 or 2026-03-31T14:00+02:00") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
