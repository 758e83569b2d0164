"""Versioned content (recipes, manifests, settings), kept whole under its digest.

Promises: what stands under a digest has that digest; the same content is kept once.
May import: inference, sqlite3, storage.errors.
"""

from __future__ import annotations

import sqlite3

from inference.document import digest_of
from inference.inspection import Job
from storage.errors import BadEntry


def keep(connection: sqlite3.Connection, job: Job, documents: dict[str, str], created_us: int) -> None:
    """Put a job's documents into the record, inside the open transaction.

    Raises:
        BadEntry: a content does not have its digest, or the job names one whose content is nowhere.

    """
    for digest, content in documents.items():
        if digest_of(content) != digest:
            raise BadEntry(f"document {digest} of job {job.id} has another content: its digest is {digest_of(content)}")
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (digest, _kind(job, digest), content, created_us),
        )
    for digest in filter(None, (job.recipe_digest, job.model_digest)):
        if connection.execute("SELECT 1 FROM documents WHERE digest = ?", (digest,)).fetchone() is None:
            raise BadEntry(f"job {job.id} names document {digest}, which is not in the record and did not come with it")


def _kind(job: Job, digest: str) -> str:
    return {job.recipe_digest: "recipe", job.model_digest: "model"}.get(digest, "document")
