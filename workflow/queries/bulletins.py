"""What the weekly digest and the monthly summary count beside the month's report. Reads only, one statement each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text

from models.base import db
from models.vocabulary import UNDER_WAY, Phase
from workflow import definitions
from workflow.queries.consents import ASKED_ABOUT, is_unclear, shows_unclear
from workflow.rules.zone import local_day

_WEEK = text(f"""
WITH sent AS (
  SELECT kind FROM submission WHERE first_sent_at >= :since AND first_sent_at < :until
), open AS (
  SELECT s.state, s.state_since, s.revision_id FROM submission s
  WHERE s.state = ANY(:under_way) AND s.set_aside_reason IS NULL
)
SELECT
  (SELECT count(*) FROM sent) AS received_count,
  (SELECT count(*) FROM sent WHERE kind = 'news') AS news_count,
  (SELECT count(*) FROM sent WHERE kind = 'article') AS article_count,
  (SELECT count(*) FROM sent WHERE kind = 'video') AS video_count,
  (SELECT count(*) FROM publication WHERE first_published_at >= :since AND first_published_at < :until)
    AS published_count,
  (SELECT count(*) FROM open WHERE state = ANY(:sent)) AS editing_count,
  (SELECT max(:today - (state_since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) FROM open WHERE state = ANY(:sent))
    AS oldest_days,
  (SELECT count(*) FROM open WHERE state = ANY(:ready)) AS approval_count,
  (SELECT count(*) FROM open o WHERE {shows_unclear("o.revision_id")}) AS consent_count,
  (SELECT count(*) FROM envelope WHERE verdict = 'tray') AS mail_count,
  (SELECT string_agg(address, ', ' ORDER BY address) FROM bounce WHERE cleared_at IS NULL) AS broken_addresses
""")  # noqa: S608  (a constant of the house)


def week(*, since: datetime, until: datetime) -> RowMapping:
    """What came and went in a week, and what waits at its end."""
    asked = {
        "since": since,
        "until": until,
        "today": local_day(until),
        "under_way": definitions.states_in(*UNDER_WAY),
        "sent": definitions.states_in(Phase.SENT),
        "ready": definitions.states_in(Phase.READY),
    }
    return db.session.execute(_WEEK, asked).mappings().one()


_MONTH = text("""
SELECT count(*) FILTER (WHERE s.set_aside_reason IS NOT NULL) AS set_aside_count,
  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM audit_event e
    WHERE e.submission_id = s.id AND e.action = 'submission:return')) AS returned_count
FROM submission s JOIN period p ON p.id = s.period_id
WHERE p.is_active AND p.year = :year AND p.month = :month AND s.first_sent_at IS NOT NULL
""")


def month(year: int, number: int) -> RowMapping:
    """Of what was sent for the month: how much was ever returned, how much is set aside."""
    return db.session.execute(_MONTH, {"year": year, "month": number}).mappings().one()


_UNCLEAR = text(f"""
SELECT a.kind, ra.position, ra.caption, a.name
FROM submission s JOIN revision_attachment ra ON ra.revision_id = s.revision_id
JOIN attachment a ON a.id = ra.attachment_id AND a.kind IN {ASKED_ABOUT}
WHERE s.id = :piece AND {is_unclear("a")}
ORDER BY ra.position
""")  # noqa: S608  (a constant of the house)


def without_consent(submission_id: int) -> Sequence[RowMapping]:
    """The pictures and videos of a piece that nobody may publish yet: kind, position, caption, name."""
    return db.session.execute(_UNCLEAR, {"piece": submission_id}).mappings().all()


_HEIRS = text("""
SELECT h.id, h.name, sc.legal_basis FROM unit u
CROSS JOIN unnest(u.successor_codes) WITH ORDINALITY AS code (code, place)
JOIN unit h ON h.code = code.code
LEFT JOIN succession sc ON sc.from_code = u.code AND sc.to_code = h.code AND sc.effective_on = u.valid_to
WHERE u.id = :unit ORDER BY code.place
""")


def heirs(unit_id: int) -> Sequence[RowMapping]:
    """The units that take over from one that ends, the main heir first: id, name, legal_basis (or None)."""
    return db.session.execute(_HEIRS, {"unit": unit_id}).mappings().all()
