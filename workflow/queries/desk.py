"""The department's desk: what waits, what filters offer, and people's time. Reads only, every list bounded."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import UNDER_WAY, Phase
from workflow import definitions
from workflow.queries.consents import shows_unclear
from workflow.queries.planned import written_in
from workflow.rules.zone import local_day


def people_now() -> datetime:
    """People's time; `workflow/clock.py` without its verbs."""
    moment: datetime = db.session.execute(text("SELECT people_now()")).scalar_one()
    return moment


def holding(text_sql: str) -> str:
    """A condition: the text holds every word of `:words`, accents and case aside. "bep an" finds "Bếp ăn"."""
    return (
        # `text_sql` is an expression of ours, never what somebody typed.
        "NOT EXISTS (SELECT 1 FROM regexp_split_to_table(unaccent(lower(:words)), ' ') AS word"  # noqa: S608
        f" WHERE strpos(unaccent(lower({text_sql})), word) = 0)"
    )


# --- what waits ---------------------------------------------------------------------------------------------------

_WAITING = text(f"""
WITH open AS MATERIALIZED (
  SELECT s.state, s.state_since, s.claimed_by, s.scheduled_at, s.revision_id
  FROM submission s WHERE s.state IN :under_way AND s.set_aside_reason IS NULL
),
seats AS (
  SELECT u.short_name, c.status, (SELECT count(*) FROM composition x WHERE x.directive_id = c.directive_id)
    - (SELECT count(*) FROM seat s WHERE s.committee_id = c.id AND s.valid_to IS NULL) AS missing
  FROM unit u LEFT JOIN committee c ON c.unit_id = u.id AND c.valid_to IS NULL
  WHERE u.valid_from <= :today AND (u.valid_to IS NULL OR :today < u.valid_to)
)
SELECT pieces.*, committees.*,
  (SELECT count(*) FROM open o WHERE {shows_unclear("o.revision_id")}) AS held,
  tray.tray, tray.tray_since,
  (SELECT count(*) FROM outbox WHERE state = 'dead') AS dead,
  (SELECT count(*) FROM letter WHERE state = 'failed') AS failed_letters,
  (SELECT min(deadline_at) FROM period WHERE is_active AND opens_at <= :now AND deadline_at > :now) AS next_deadline
FROM (
  SELECT count(*) FILTER (WHERE is_sent) AS sent,
    count(*) FILTER (WHERE is_sent AND claimed_by IS NULL) AS unclaimed,
    min(state_since) FILTER (WHERE is_sent AND claimed_by IS NULL) AS unclaimed_since,
    count(*) FILTER (WHERE is_sent AND claimed_by = :me) AS mine,
    min(state_since) FILTER (WHERE is_sent AND claimed_by = :me) AS mine_since,
    count(*) FILTER (WHERE is_ready) AS ready,
    min(state_since) FILTER (WHERE is_ready) AS ready_since,
    count(*) FILTER (WHERE is_approved) AS approved,
    count(*) FILTER (WHERE is_approved AND scheduled_at IS NULL) AS to_publish,
    min(state_since) FILTER (WHERE is_approved AND scheduled_at IS NULL) AS to_publish_since
  FROM (
    SELECT *, state IN :sent AS is_sent, state IN :ready AS is_ready, state IN :approved AS is_approved
    FROM open
  ) AS told
) AS pieces,
(
  SELECT count(*) FILTER (WHERE status IS NULL OR missing > 0) AS incomplete,
    string_agg(short_name, ', ' ORDER BY short_name) FILTER (WHERE status IS NULL OR missing > 0) AS incomplete_units,
    count(*) FILTER (WHERE status = 'draft' AND missing = 0) AS to_confirm
  FROM seats
) AS committees,
(SELECT count(*) AS tray, min(received_at) AS tray_since FROM envelope WHERE verdict = 'tray') AS tray
""").bindparams(*written_in("under_way", "sent", "ready", "approved"))  # noqa: S608  (a constant of the house)


def waiting(me: int, *, now: datetime) -> Row[Any]:
    """How many of each kind of work wait, and since when, and the next deadline; for the menu and the first page.

    One statement.
    """
    states = {
        phase.value: definitions.states_in(phase) for phase in (Phase.SENT, Phase.READY, Phase.APPROVED)
    }
    values = {
        "me": me,
        "now": now,
        "today": local_day(now),
        "under_way": definitions.states_in(*UNDER_WAY),
        **states,
    }
    return db.session.execute(_WAITING, values).one()


# --- what the filters offer ---------------------------------------------------------------------------------------

# Who has ended stands last; an end that is still to come changes nothing.
_CHOICES = text("""
SELECT * FROM (
  SELECT 'units' AS list, code AS value, short_name AS says, row_number() OVER (ORDER BY
    coalesce(valid_to <= (people_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, false), sort_key) AS place FROM unit
  UNION ALL
  SELECT 'sections', code, CASE :language WHEN 'en' THEN name_en ELSE name_vi END,
    row_number() OVER (ORDER BY sort) FROM category
  UNION ALL
  SELECT 'open_sections', code, CASE :language WHEN 'en' THEN name_en ELSE name_vi END,
    row_number() OVER (ORDER BY sort) FROM category WHERE retired_at IS NULL
  UNION ALL
  SELECT 'periods', year || '-' || lpad(month::text, 2, '0'), month || '/' || year,
    row_number() OVER (ORDER BY year DESC, month DESC) FROM period WHERE is_active
) choice
WHERE list = ANY(:lists) AND place <= CASE list WHEN 'units' THEN 300 WHEN 'periods' THEN 36 ELSE 50 END
ORDER BY list, place LIMIT 400
""")


def choices(*lists: str, language: str = "vi") -> dict[str, list[tuple[str, str]]]:
    """(value, words) of each of LISTS that is asked for, in one statement."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in lists}
    for row in db.session.execute(_CHOICES, {"lists": list(lists), "language": language}):
        found[row.list].append((row.value, row.says))
    return found


def unit_choices() -> list[tuple[str, str]]:
    return choices("units")["units"]


def section_choices(language: str = "vi") -> list[tuple[str, str]]:
    """Those that a text may be put under; filters offer retired ones as well."""
    return choices("open_sections", language=language)["open_sections"]


def period_choices() -> list[tuple[str, str]]:
    return choices("periods")["periods"]
