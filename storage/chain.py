"""The chain that ties each record of a station to the one before it.

    chain(0)   = SHA-256("loupe:" + the record's uid + ":" + station id)
    chain(n)   = SHA-256(chain(n-1) + canonical(n))

`canonical` is compact ASCII JSON of [table, row, children], columns in the order of `rows.COLUMNS`. Whoever edits,
deletes or swaps records breaks it; cutting off the end shows in the station's head.

Promises: the same rows give the same bytes before and after the disk.
May import: the standard library, storage.rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from storage.rows import Row, to_json


def genesis(uid: str, station_id: str) -> bytes:
    """What the first record of a station is chained to."""
    return hashlib.sha256(f"loupe:{uid}:{station_id}".encode("utf-8", "backslashreplace")).digest()


def link(before: bytes, table: str, row: Row, children: Sequence[Sequence[Row]] = ()) -> bytes:
    """The 32 bytes that stand in the record's `chain`; `children` in the order of `migrations.CHILDREN`."""
    return hashlib.sha256(before + to_json((table, row, children)).encode("ascii")).digest()
