"""What must hold after any fault: the program's own look at its trail, and what only a test knows beside it.

The numbers are those of docs/faults.md. What is checked here is told by its number when it does not hold.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text

from models.base import db
from tests.mail_peer import MailPeer
from workflow.queries import audit_check
from workflow.queries.months import deadline


@dataclass
class Report:
    """What was counted, and what does not hold."""

    events: int = 0
    letters: int = 0
    raw_doubles: int = 0
    """Letters the server was given again: a crash between its 250 and our commit. Mailboxes show them once."""
    broken: list[str] = field(default_factory=list)


_DRAINED = text("SELECT key, state, error FROM outbox WHERE state NOT IN ('done', 'dismissed')")
_COMMANDS = text("SELECT command_id::text FROM audit_event WHERE command_id = ANY(CAST(:ids AS uuid[]))")
_LETTERS = text("SELECT message_id, state FROM letter WHERE state NOT IN ('held', 'muted')")
_SWEPT = text(f"""
WITH owed AS (
  SELECT s.id, {deadline("s.unit_id")} AS due
  FROM submission s JOIN period p ON p.id = s.period_id
  WHERE s.first_sent_at IS NULL AND s.discarded_at IS NULL AND s.set_aside_reason IS NULL
), lapsed AS (
  SELECT submission_id AS id, count(*) AS times, max(payload::jsonb ->> 'became_at') AS became_at
  FROM audit_event WHERE action = 'submission:lapse' GROUP BY 1
)
SELECT coalesce(owed.id, lapsed.id) AS id, times, became_at, due
FROM owed FULL JOIN lapsed USING (id)
WHERE coalesce(times, 0) <> CASE WHEN due <= :now THEN 1 ELSE 0 END OR became_at::timestamptz <> due
""")
_LATE = text(f"""
SELECT s.id FROM submission s JOIN period p ON p.id = s.period_id
WHERE s.first_sent_at IS NOT NULL AND s.sent_late <> (s.first_sent_at >= {deadline("s.unit_id")})
""")
_SLOTS = text("""
SELECT key FROM outbox WHERE topic LIKE 'job%' AND NOT EXISTS (
  SELECT FROM job_run r WHERE r.job = payload ->> 'job' AND r.slot = (payload ->> 'slot')::timestamptz)
""")


def look(*, acked: Iterable[str] = (), peer: MailPeer | None = None, swept: bool = False) -> Report:
    """Everything at once; `acked` are the ids of the commands whose sender was told that they are done.

    `swept`: the clock had its time, so every draft past its deadline must have lapsed (I9).
    """
    db.session.rollback()
    report = Report()
    _acknowledged(set(acked), report)
    verdict = audit_check.check()
    report.events = verdict.events
    report.broken += [f"I2-I5 {damage.stream}:{damage.seq} {damage.kind}" for damage in verdict.damages]
    report.broken += [f"I6 {row.key} {row.state} {row.error}" for row in db.session.execute(_DRAINED)]
    if peer is not None:
        _posted(peer, report)
    if swept:
        report.broken += [f"I9 {tuple(row)}" for row in db.session.execute(_SWEPT, {"now": _now()})]
    report.broken += [f"I9 {key}" for key in db.session.scalars(_SLOTS)]
    report.broken += [f"I10 submission:{number}" for number in db.session.scalars(_LATE)]
    db.session.rollback()
    return report


def _acknowledged(acked: set[str], report: Report) -> None:
    there = Counter(db.session.scalars(_COMMANDS, {"ids": list(acked)}))
    report.broken += [f"I1 {command} {there[command]} times" for command in acked if there[command] != 1]


def _posted(peer: MailPeer, report: Report) -> None:
    kept = {row.message_id: row.state for row in db.session.execute(_LETTERS)}
    given = Counter(letter["Message-ID"] for letter in peer.letters())
    report.letters = len(kept)
    report.raw_doubles = sum(given.values()) - len(given)
    report.broken += [f"I7 {key} is {state}" for key, state in kept.items() if state != "sent"]
    report.broken += [f"I7 {key} was never given" for key in kept if key not in given]
    report.broken += [f"I7 {key} is nobody's" for key in given if key not in kept]


def _now() -> object:
    from workflow import clock

    return clock.now()


def hold(**what: object) -> Report:
    """The same, and nothing may be broken."""
    report = look(**what)  # type: ignore[arg-type]
    assert not report.broken, report.broken
    return report
