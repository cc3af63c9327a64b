"""Is the audit trail whole? Every chain is recomputed from its stored text, in one snapshot (R11). Reads only."""

from dataclasses import dataclass

from sqlalchemy import text

from models.base import db
from workflow.engine.errors import N_


@dataclass(frozen=True)
class Damage:
    """One place where the trail is not what was written. `kind` is a key of KINDS."""

    stream: str
    seq: int
    kind: str


@dataclass(frozen=True)
class Verdict:
    events: int
    streams: int
    damages: tuple[Damage, ...]

    @property
    def is_whole(self) -> bool:
        return not self.damages


KINDS = {
    "changed": N_("nội dung không khớp mã băm đã lưu"),
    "misplaced": N_("sự kiện nằm ở dòng hoặc số thứ tự khác với khi được ghi"),
    "removed": N_("thiếu sự kiện ngay trước sự kiện này"),
    "unchained": N_("không nối với sự kiện ngay trước"),
    "cut_off": N_("các sự kiện cuối dòng đã bị cắt bỏ"),
    "head_changed": N_("đầu dòng không khớp sự kiện cuối"),
    "without_head": N_("dòng sự kiện không có đầu dòng"),
}

MOST = 1000
"""Damages told at most; after a thousand the number says nothing more."""

# What each event says of itself and of the one before it; the strongest reason first.
_EVENTS = text("""
WITH chained AS (
  SELECT stream, seq,
    hash = sha256('\\x02'::bytea || prev_hash || convert_to(payload, 'UTF8')) AS is_sound,
    payload::jsonb ->> 'stream' = stream AND (payload::jsonb ->> 'seq')::bigint = seq AS is_in_place,
    seq - lag(seq, 1, CAST(0 AS bigint)) OVER line AS step,
    prev_hash = lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER line AS is_linked
  FROM audit_event WINDOW line AS (PARTITION BY stream ORDER BY seq)
)
SELECT stream, seq, CASE
    WHEN NOT is_sound THEN 'changed' WHEN NOT is_in_place THEN 'misplaced'
    WHEN step <> 1 THEN 'removed' ELSE 'unchained' END AS kind
FROM chained WHERE NOT is_sound OR NOT is_in_place OR step <> 1 OR NOT is_linked
ORDER BY stream, seq LIMIT :most
""")

# The end of every stream, as the moving rows and the heads remember it.
_HEADS = text("""
WITH last AS (
  SELECT DISTINCT ON (stream) stream, seq, hash FROM audit_event ORDER BY stream, seq DESC
), head AS (
  SELECT stream, seq, hash FROM audit_head
  UNION ALL SELECT 'submission:' || id, version, head_hash FROM submission
)
SELECT coalesce(head.stream, last.stream) AS stream, coalesce(head.seq, last.seq) AS seq, CASE
    WHEN head.stream IS NULL THEN 'without_head'
    WHEN last.stream IS NULL OR last.seq < head.seq THEN 'cut_off'
    ELSE 'head_changed' END AS kind
FROM head FULL JOIN last USING (stream)
WHERE (head.seq, head.hash) IS DISTINCT FROM (last.seq, last.hash)
  AND NOT (last.stream IS NULL AND head.seq = 0)
ORDER BY 1 LIMIT :most
""")

_COUNT = text("SELECT count(*) AS events, count(DISTINCT stream) AS streams FROM audit_event")


def check() -> Verdict:
    """Recompute every chain and compare every head, in one snapshot: what is written meanwhile is not seen."""
    with db.engine.connect() as connection:
        connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True, stream_results=False
        )
        counted = connection.execute(_COUNT).one()
        found = [
            Damage(row.stream, row.seq, row.kind)
            for question in (_EVENTS, _HEADS)
            for row in connection.execute(question, {"most": MOST})
        ]
    return Verdict(counted.events, counted.streams, tuple(found[:MOST]))
