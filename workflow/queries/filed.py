"""Which files the house has rows for: their bytes must lie in the storage."""

from collections.abc import Collection

from sqlalchemy import text

from models.base import db

_NAMED = text("""
SELECT DISTINCT digest FROM (
  SELECT blob FROM attachment UNION ALL SELECT public_blob FROM attachment UNION ALL SELECT sha256 FROM envelope
  UNION ALL SELECT blob FROM committee_proposal UNION ALL SELECT raw FROM letter
) AS named (digest)
WHERE left(digest, 2) = ANY(:shelves) ORDER BY digest
""")


def named(shelves: Collection[str]) -> list[str]:
    """The digests that some row names and that begin with one of `shelves`, two hex digits each."""
    return list(db.session.scalars(_NAMED, {"shelves": list(shelves)}))
