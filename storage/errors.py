"""What can go wrong with the record. `str(error)` is one sentence: what happened and what to do.

Promises: the class alone tells whose fault it is (the table of exit codes in `hmi.cli` maps it).
May import: inference.pipeline.ports.
"""

from __future__ import annotations

from inference.pipeline.ports import SinkUnavailable


class NotARecord(SinkUnavailable):
    """The file named is missing, no SQLite file, another program's, or a newer Loupe's: wrong use."""


class RecordUnavailable(SinkUnavailable):
    """The record is there but cannot be used now: no rights, locked, damaged, in use by another station."""


class BadEntry(Exception):
    """An entry that must never reach the record (a gap in the sequence, an unknown job): a bug of ours, not retried."""


class ReadingCancelled(Exception):
    """Whoever asked wants the answer no more: their progress callback said so."""


class ExportRefused(ValueError):
    """The export asked for makes no sense: unknown format, dates in the wrong order, no such folder."""


class ExportFailed(OSError):
    """The export could not be written; no half file is left."""
