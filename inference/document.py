"""`Document`: versioned content that records name by its digest: recipes, manifests.

Promises: a document is frozen, refuses keys nobody knows, and has one canonical text; its digest is that text's.
May import: pydantic, the standard library.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


def digest_of(content: str) -> str:
    """`sha256:` and the hexadecimal digest of the UTF-8 text."""
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


class Document(BaseModel):
    """Base of documents and of their parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    added_later: ClassVar[frozenset[str]] = frozenset()
    """Keys that a newer program brought: left out while they say what was always so, so that a document that uses none
    of them keeps the digest that older records name."""

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = write(self)
        for key in self.added_later:
            if getattr(self, key) == type(self).model_fields[key].default:
                content.pop(key, None)
        return content

    def canonical_json(self) -> str:
        """Sorted, compact JSON: the text the digest is taken from."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        """`digest_of` the canonical JSON."""
        return digest_of(self.canonical_json())
