"""`Document`: versioned content that records name by its digest: recipes, manifests.

Promises: a document is frozen, refuses keys nobody knows, and has one canonical text; its digest is that text's.
May import: pydantic, the standard library.
"""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel, ConfigDict


def digest_of(content: str) -> str:
    """`sha256:` and the hexadecimal digest of the UTF-8 text."""
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


class Document(BaseModel):
    """Base of documents and of their parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def canonical_json(self) -> str:
        """Sorted, compact JSON: the text the digest is taken from."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        """`digest_of` the canonical JSON."""
        return digest_of(self.canonical_json())
