"""New ids: UUIDv7, so that they sort by the time they were made (RFC 9562, section 5.7).

Promises: unique without asking anybody.
May import: uuid_utils.
"""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A new UUIDv7 as text."""
    return str(uuid_utils.uuid7())
