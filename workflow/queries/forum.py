"""What the public may read: published pieces, their pictures, sections, months. As `toasoan_forum`, views only.

Every function takes the connection of `reading()`, so that a page is one transaction of a role that cannot write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from models.base import db
from workflow.queries.consents import ASKED_ABOUT

PER_PAGE = 20


@dataclass(frozen=True)
class Section:
    code: str
    name_vi: str
    name_en: str
    description_vi: str


@dataclass(frozen=True)
class Card:
    """A published piece as a list shows it. `cover` is the blob of its first public picture, "" when it has none."""

    slug: str
    code: str
    title: str
    summary: str
    kind: str
    author_line: str
    author_title: str
    school: str
    section_code: str | None
    section_vi: str | None
    section_en: str | None
    unit_code: str
    unit_short: str
    unit_name: str
    first_published_at: datetime
    published_at: datetime
    cover: str
    cover_caption: str


@dataclass(frozen=True)
class Page(Card):
    """A published piece as its own page shows it. `body` is clean HTML."""

    body: str
    correction_note: str
    revision_id: int


@dataclass(frozen=True)
class Picture:
    """A picture or video of the published revision that may be seen now; `position` is its place in the revision."""

    position: int
    blob: str
    media_type: str
    caption: str
    credit: str
    name: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Seal:
    """A signed note over the first `size` events of the audit trail."""

    size: int
    note: str
    at: datetime


@dataclass(frozen=True)
class Retraction:
    slug: str
    retracted_at: datetime
    retraction_reason: str


@dataclass(frozen=True)
class MonthCount:
    year: int
    month: int
    pieces: int


@dataclass(frozen=True)
class Moment:
    """People's time, and whether it is a rehearsal's."""

    now: datetime
    is_rehearsal: bool


@contextmanager
def reading() -> Iterator[Connection]:
    """One connection as the public role for one page; ended by COMMIT, so that what it prepared stays prepared."""
    with db.engines["forum"].begin() as connection:
        yield connection


_CARD = """
SELECT p.slug, p.code, p.title, p.summary, p.kind, p.author_line, p.author_title, p.school, p.section_code,
  p.section_vi, p.section_en, p.unit_code, p.unit_short, p.unit_name, p.first_published_at, p.published_at,
  coalesce(cover.blob, '') AS cover, coalesce(cover.caption, '') AS cover_caption"""
_FROM = """
FROM public_piece p
LEFT JOIN LATERAL (
  SELECT f.blob, f.caption FROM public_file f
  WHERE f.revision_id = p.revision_id AND f.kind = 'picture' ORDER BY f.position LIMIT 1
) cover ON true
"""
_NEWEST = text(f"""{_CARD}{_FROM}
WHERE (CAST(:section AS text) IS NULL OR p.section_code = :section)
  AND (CAST(:unit AS text) IS NULL OR p.unit_code = :unit)
  AND (CAST(:kinds AS text[]) IS NULL OR p.kind = ANY(:kinds))
  AND (CAST(:month AS text) IS NULL
       OR to_char(p.first_published_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM') = :month)
  AND (CAST(:except_slug AS text) IS NULL OR p.slug <> :except_slug)
ORDER BY p.first_published_at DESC, p.id DESC LIMIT :limit OFFSET :offset
""")
_SEARCH = text(f"""{_CARD}{_FROM}, websearch_to_tsquery('public.vi_plain', :words) AS asked
WHERE p.words @@ asked
ORDER BY ts_rank(p.words, asked) DESC, p.first_published_at DESC LIMIT :limit OFFSET :offset
""")
_PAGE = text(f"{_CARD}, p.body, p.correction_note, p.revision_id{_FROM} WHERE p.slug = :slug")
_MONTHS = text("""
SELECT date_part('year', local)::int AS year, date_part('month', local)::int AS month, count(*)::int AS pieces
FROM (SELECT first_published_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS local FROM public_piece) published
GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC LIMIT 240
""")


def moment(connection: Connection) -> Moment:
    row = connection.execute(
        text("SELECT people_now() AS now, EXISTS (SELECT 1 FROM rehearsal_clock) AS is_rehearsal")
    ).one()
    return Moment(**row._mapping)


def merged_into(connection: Connection, code: str) -> str | None:
    """The section that shows the pieces of one that was merged."""
    asked = text("SELECT into_code FROM public_merged_section WHERE code = :code")
    return connection.execute(asked, {"code": code}).scalar()


def sections(connection: Connection) -> list[Section]:
    rows = connection.execute(
        text("SELECT code, name_vi, name_en, description_vi FROM public_section ORDER BY sort, code")
    )
    return [Section(**row._mapping) for row in rows]


def newest(
    connection: Connection,
    *,
    limit: int = PER_PAGE,
    offset: int = 0,
    section: str | None = None,
    unit: str | None = None,
    kinds: list[str] | None = None,
    month: str | None = None,
    except_slug: str | None = None,
) -> list[Card]:
    """Published pieces, newest first. `month` is `2021-05`, on the calendar of Hà Tĩnh."""
    values = {"section": section, "unit": unit, "kinds": kinds, "month": month, "except_slug": except_slug}
    rows = connection.execute(_NEWEST, {**values, "limit": limit, "offset": offset})
    return [Card(**row._mapping) for row in rows]


def search(connection: Connection, words: str, *, limit: int = PER_PAGE, offset: int = 0) -> list[Card]:
    """Pieces with all the words, best first. Accents do not matter: `duong` finds `đường` (R7)."""
    rows = connection.execute(_SEARCH, {"words": words, "limit": limit, "offset": offset})
    return [Card(**row._mapping) for row in rows]


def page(connection: Connection, slug: str) -> Page | None:
    row = connection.execute(_PAGE, {"slug": slug}).one_or_none()
    return None if row is None else Page(**row._mapping)


def retraction(connection: Connection, slug: str) -> Retraction | None:
    row = connection.execute(
        text("SELECT slug, retracted_at, retraction_reason FROM public_retraction WHERE slug = :slug"),
        {"slug": slug},
    ).one_or_none()
    return None if row is None else Retraction(**row._mapping)


def last_retraction(connection: Connection) -> datetime | None:
    """When a page was last taken down; a list that lost a piece has changed too."""
    found: datetime | None = connection.execute(
        text("SELECT max(retracted_at) FROM public_retraction")
    ).scalar()
    return found


_PICTURES = text(f"""
SELECT position, blob, media_type, caption, credit, name, width, height FROM public_file
WHERE revision_id = :revision AND kind IN {ASKED_ABOUT} ORDER BY position
""")  # noqa: S608  (a constant)


def pictures(connection: Connection, revision_id: int) -> list[Picture]:
    """Those that may be seen now, in the revision's order; an answer taken back hides a picture at once (R8)."""
    rows = connection.execute(_PICTURES, {"revision": revision_id})
    return [Picture(**row._mapping) for row in rows]


def media_type(connection: Connection, blob: str) -> str | None:
    """Of a public copy that stands on some page now; None for every other file of the house."""
    found: str | None = connection.execute(
        text("SELECT media_type FROM public_file WHERE blob = :blob LIMIT 1"), {"blob": blob}
    ).scalar()
    return found


def months(connection: Connection) -> list[MonthCount]:
    """How much was published in each month, newest first."""
    return [MonthCount(**row._mapping) for row in connection.execute(_MONTHS)]


def published_by(connection: Connection, unit_code: str) -> int:
    """How many pieces of a unit stand on the forum."""
    return int(
        connection.execute(
            text("SELECT count(*) FROM public_piece WHERE unit_code = :unit"), {"unit": unit_code}
        ).scalar_one()
    )


_SEALS = text("""
SELECT size, note, at FROM public_checkpoint
WHERE (:before = 0 OR size < :before) AND (CAST(:size AS bigint) IS NULL OR size = :size)
ORDER BY size DESC LIMIT :limit
""")
# Hops from key to key instead of reading every note.
_SEAL_KEYS = text("""
WITH RECURSIVE newest AS (
  (SELECT key, size FROM public_checkpoint ORDER BY size DESC LIMIT 1)
  UNION ALL
  SELECT older.key, older.size FROM newest, LATERAL (
    SELECT key, size FROM public_checkpoint c WHERE c.size < newest.size AND c.key <> newest.key
    ORDER BY size DESC LIMIT 1) AS older
)
SELECT DISTINCT key FROM (SELECT key FROM newest LIMIT 20) AS named ORDER BY key
""")


def seals(connection: Connection, *, limit: int, before: int = 0, size: int | None = None) -> list[Seal]:
    """Checkpoints, newest first; below the size `before` when it is not 0, or the one of `size`."""
    values = {"before": before, "size": size, "limit": limit}
    return [Seal(*row) for row in connection.execute(_SEALS, values)]


def seal_keys(connection: Connection) -> list[str]:
    """The public keys that the seals were made with, the last few."""
    return list(connection.scalars(_SEAL_KEYS))
