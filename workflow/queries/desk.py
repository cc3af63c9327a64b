"""The department's desk: what waits, and the list of pieces with its filters. Reads only, every list bounded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import UNDER_WAY, Phase
from workflow import definitions

PAGE = 25
ASIDE = "aside"
"""A tab beside the phases: pieces that were set aside."""


def people_now() -> datetime:
    """People's time; `workflow/clock.py` without its verbs."""
    moment: datetime = db.session.execute(text("SELECT people_now()")).scalar_one()
    return moment


def local_day(moment: datetime) -> date:
    """The day it is for people at a moment."""
    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def holding(text_sql: str) -> str:
    """A condition: the text holds every word of `:words`, accents and case aside. "bep an" finds "Bếp ăn"."""
    return (
        # `text_sql` is an expression of ours, never what somebody typed.
        "NOT EXISTS (SELECT 1 FROM regexp_split_to_table(unaccent(lower(:words)), ' ') AS word"  # noqa: S608
        f" WHERE strpos(unaccent(lower({text_sql})), word) = 0)"
    )


# --- what waits ---------------------------------------------------------------------------------------------------

_WAITING = text("""
WITH open AS (
  SELECT s.id, s.state, s.state_since, s.claimed_by, s.scheduled_at, s.revision_id, u.short_name, s.code
  FROM submission s JOIN unit u ON u.id = s.unit_id
  WHERE s.state = ANY(:under_way) AND s.set_aside_reason IS NULL
),
held AS (
  SELECT DISTINCT o.id FROM open o
  JOIN revision_attachment ra ON ra.revision_id = o.revision_id
  JOIN attachment a ON a.id = ra.attachment_id AND a.kind IN ('picture', 'video')
  WHERE coalesce((SELECT c.answer FROM consent_answer c WHERE c.attachment_id = a.id ORDER BY c.id DESC LIMIT 1),
    'unknown') IN ('no', 'unknown')
),
seats AS (
  SELECT u.id, u.short_name, c.status, (SELECT count(*) FROM composition x WHERE x.directive_id = c.directive_id)
    - (SELECT count(*) FROM seat s WHERE s.committee_id = c.id AND s.valid_to IS NULL) AS missing
  FROM unit u LEFT JOIN committee c ON c.unit_id = u.id AND c.valid_to IS NULL
  WHERE u.valid_from <= :today AND (u.valid_to IS NULL OR :today < u.valid_to)
)
SELECT
  (SELECT count(*) FROM open WHERE state = ANY(:sent)) AS sent,
  (SELECT count(*) FROM open WHERE state = ANY(:sent) AND claimed_by IS NULL) AS unclaimed,
  (SELECT min(state_since) FROM open WHERE state = ANY(:sent) AND claimed_by IS NULL) AS unclaimed_since,
  (SELECT count(*) FROM open WHERE state = ANY(:sent) AND claimed_by = :me) AS mine,
  (SELECT min(state_since) FROM open WHERE state = ANY(:sent) AND claimed_by = :me) AS mine_since,
  (SELECT count(*) FROM open WHERE state = ANY(:ready)) AS ready,
  (SELECT min(state_since) FROM open WHERE state = ANY(:ready)) AS ready_since,
  (SELECT count(*) FROM open WHERE state = ANY(:approved)) AS approved,
  (SELECT count(*) FROM open WHERE state = ANY(:approved) AND scheduled_at IS NULL) AS to_publish,
  (SELECT min(state_since) FROM open WHERE state = ANY(:approved) AND scheduled_at IS NULL) AS to_publish_since,
  (SELECT count(*) FROM held) AS held,
  (SELECT count(*) FROM envelope WHERE verdict = 'tray') AS tray,
  (SELECT min(received_at) FROM envelope WHERE verdict = 'tray') AS tray_since,
  (SELECT count(*) FROM seats WHERE status IS NULL OR missing > 0) AS incomplete,
  (SELECT string_agg(short_name, ', ' ORDER BY short_name) FROM seats WHERE status IS NULL OR missing > 0)
    AS incomplete_units,
  (SELECT count(*) FROM seats WHERE status = 'draft' AND missing = 0) AS to_confirm,
  (SELECT count(*) FROM outbox WHERE state = 'dead') AS dead,
  (SELECT count(*) FROM letter WHERE state = 'failed') AS failed_letters
""")


def waiting(me: int, *, now: datetime) -> Row[Any]:
    """How many of each kind of work wait, and since when, for the menu and the first page. One statement."""
    states = {
        phase.value: definitions.states_in(phase) for phase in (Phase.SENT, Phase.READY, Phase.APPROVED)
    }
    values = {"me": me, "today": local_day(now), "under_way": definitions.states_in(*UNDER_WAY), **states}
    return db.session.execute(_WAITING, values).one()


# --- the list of pieces -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; empty fields ask for nothing."""

    phase: str = ""
    """A phase, or ASIDE. Set-aside pieces stand under ASIDE and under "all" only."""
    words: str = ""
    unit: str = ""
    period: str = ""
    """`2021-05`"""
    kind: str = ""
    section: str = ""
    late: bool = False
    unclear: bool = False
    """Pieces with a picture or video that is unanswered, unknown or refused."""
    claimed_by: int | None = None
    page: int = 1


_FROM = """
FROM submission s
JOIN revision r ON r.id = s.revision_id
JOIN unit u ON u.id = s.unit_id
JOIN period p ON p.id = s.period_id
LEFT JOIN category c ON c.id = r.category_id
LEFT JOIN account editor ON editor.id = s.claimed_by
CROSS JOIN LATERAL (
  SELECT count(*) AS files, count(*) FILTER (WHERE answer IN ('yes', 'none')) AS cleared,
    count(*) FILTER (WHERE answer = 'no') AS forbidden
  FROM (
    SELECT (SELECT ca.answer FROM consent_answer ca WHERE ca.attachment_id = a.id
            ORDER BY ca.id DESC LIMIT 1) AS answer
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = s.revision_id AND a.kind IN ('picture', 'video')
  ) answers
) media
"""

_CONDITIONS: Mapping[str, str] = {
    "words": holding(
        "r.title || ' ' || s.code || ' ' || r.author_line || ' ' || r.school || ' ' || u.short_name || ' '"
        " || u.name || ' ' || r.summary"
    ),
    "unit": "u.code = :unit",
    "period": "p.year || '-' || lpad(p.month::text, 2, '0') = :period",
    "kind": "s.kind = :kind",
    "section": "c.code = :section",
    "late": "s.sent_late",
    "unclear": "media.cleared < media.files",
    "claimed_by": "s.claimed_by = :claimed_by",
}


def _where(asked: Asked) -> str:
    conditions = [
        "s.discarded_at IS NULL",
        *(sql for name, sql in _CONDITIONS.items() if getattr(asked, name)),
    ]
    if asked.phase == ASIDE:
        conditions.append("s.set_aside_reason IS NOT NULL")
    elif asked.phase:
        conditions += ["s.state = ANY(:states)", "s.set_aside_reason IS NULL"]
    return " WHERE " + " AND ".join(conditions)


def _values(asked: Asked) -> dict[str, Any]:
    states = definitions.states_in(*(phase for phase in Phase if phase == asked.phase))
    return {**{name: getattr(asked, name) for name in _CONDITIONS}, "states": states}


def pieces(asked: Asked) -> Sequence[Row[Any]]:
    """One page of pieces, newest arrival first; PAGE of them at most."""
    query = text(
        """
        SELECT s.id, s.code, s.state, s.state_since, s.first_sent_at, s.sent_late, s.excused_reason, s.uncounted,
          s.set_aside_reason, s.returned_reason, s.scheduled_at, s.extended_until, s.claimed_by, s.kind, s.channel,
          r.title, r.author_line, r.school, u.short_name AS unit, p.year, p.month, c.name_vi AS section,
          editor.full_name AS claimant, media.files, media.cleared, media.forbidden,
          coalesce(s.first_sent_at, s.state_since) AS came_at
        """
        + _FROM
        + _where(asked)
        + " ORDER BY came_at DESC, s.id DESC LIMIT :size OFFSET :skip"
    )
    return db.session.execute(query, {**_values(asked), "size": PAGE, "skip": (asked.page - 1) * PAGE}).all()


def numbers(asked: Asked, *, size: int) -> Sequence[int]:
    """The first `size` pieces that the filters find, in the list's order, whatever page is open."""
    query = text(
        "SELECT s.id, coalesce(s.first_sent_at, s.state_since) AS came_at"
        + _FROM
        + _where(asked)
        + " ORDER BY came_at DESC, s.id DESC LIMIT :size"
    )
    return db.session.scalars(query, {**_values(asked), "size": size}).all()


def counts(asked: Asked) -> Mapping[str, int]:
    """How many pieces each tab holds under the other filters: per phase, ASIDE, and "" for all."""
    everything = replace(asked, phase="")
    query = text(
        "SELECT CASE WHEN s.set_aside_reason IS NULL THEN s.state ELSE 'aside' END AS tab, count(*) AS n"
        + _FROM
        + _where(everything)
        + " GROUP BY 1"
    )
    found: Counter[str] = Counter()
    for row in db.session.execute(query, _values(everything)):
        found[ASIDE if row.tab == ASIDE else definitions.phase_of(row.tab)] += row.n
    return {**found, "": found.total()}


# --- what the filters offer ---------------------------------------------------------------------------------------

# Who has ended stands last; an end that is still to come changes nothing.
_UNITS = text(
    "SELECT code, short_name FROM unit"
    " ORDER BY coalesce(valid_to <= (people_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, false), sort_key LIMIT 300"
)
_SECTIONS = text("SELECT code, name_vi FROM category ORDER BY sort LIMIT 50")
_PERIODS = text("SELECT year, month FROM period WHERE is_active ORDER BY year DESC, month DESC LIMIT 36")


def unit_choices() -> list[tuple[str, str]]:
    return [(row.code, row.short_name) for row in db.session.execute(_UNITS)]


def section_choices() -> list[tuple[str, str]]:
    return [(row.code, row.name_vi) for row in db.session.execute(_SECTIONS)]


def period_choices() -> list[tuple[str, str]]:
    return [
        (f"{row.year}-{row.month:02d}", f"{row.month}/{row.year}") for row in db.session.execute(_PERIODS)
    ]
