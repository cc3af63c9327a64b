"""The mail tray, the queues and the timetable's last runs, as the console shows them. Reads only."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries.desk import holding
from workflow.queries.work import WAITING_SINCE

PAGE = 25

_ENVELOPES = text(f"""
SELECT e.id, e.received_at, e.from_address, e.from_name, e.subject, e.verdict, e.reason, e.problems,
  sender.full_name AS sender, who.full_name AS handled_by, e.handled_at,
  ARRAY(SELECT s.code FROM envelope_submission es JOIN submission s ON s.id = es.submission_id
        WHERE es.envelope_id = e.id ORDER BY s.id) AS codes
FROM envelope e
LEFT JOIN account sender ON sender.id = e.sender_id
LEFT JOIN account who ON who.id = e.handled_by
WHERE (:verdict = '' OR e.verdict = :verdict)
  AND {holding("e.subject || ' ' || e.from_name || ' ' || e.from_address")}
ORDER BY e.received_at DESC, e.id DESC LIMIT :size OFFSET :skip
""")  # noqa: S608  (own words)

_VERDICTS = text("SELECT verdict, count(*) AS n FROM envelope GROUP BY verdict")


def envelopes(*, verdict: str, words: str, page: int) -> Sequence[Row[Any]]:
    """One page of mail, newest first."""
    asked = {"verdict": verdict, "words": words, "size": PAGE, "skip": (page - 1) * PAGE}
    return db.session.execute(_ENVELOPES, asked).all()


def verdict_counts() -> Mapping[str, int]:
    found = {row.verdict: row.n for row in db.session.execute(_VERDICTS)}
    return {**found, "": sum(found.values())}


_ENVELOPE = text("""
SELECT e.*, sender.full_name AS sender, who.full_name AS handler
FROM envelope e
LEFT JOIN account sender ON sender.id = e.sender_id
LEFT JOIN account who ON who.id = e.handled_by
WHERE e.id = :id
""")

_BECAME = text("""
SELECT s.id, s.code, s.state, r.title, s.kind, u.short_name AS unit
FROM envelope_submission es
JOIN submission s ON s.id = es.submission_id JOIN revision r ON r.id = s.revision_id JOIN unit u ON u.id = s.unit_id
WHERE es.envelope_id = :id ORDER BY s.id LIMIT 20
""")

_PROPOSALS = text("""
SELECT p.id, p.file_name, p.members, p.settled_at, u.short_name AS unit, u.code AS unit_code
FROM committee_proposal p JOIN unit u ON u.id = p.unit_id WHERE p.envelope_id = :id ORDER BY p.id LIMIT 20
""")


def envelope(envelope_id: int) -> Row[Any] | None:
    return db.session.execute(_ENVELOPE, {"id": envelope_id}).one_or_none()


def became(envelope_id: int) -> Sequence[Row[Any]]:
    """The pieces a mail became."""
    return db.session.execute(_BECAME, {"id": envelope_id}).all()


def proposals(envelope_id: int) -> Sequence[Row[Any]]:
    """The member lists that came with a mail."""
    return db.session.execute(_PROPOSALS, {"id": envelope_id}).all()


# --- queues -------------------------------------------------------------------------------------------------------

_QUEUES = text(f"""
SELECT queue, state, next_at > now() AS is_put_off, count(*) AS n, now() - min({WAITING_SINCE}) AS age
FROM outbox WHERE state IN ('new', 'queued', 'running') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")  # noqa: S608  (a constant)

_DEAD = text("""
SELECT o.id, o.key, o.topic, o.queue, o.payload, o.attempts, o.error, o.created_at, o.queued_at, l.id AS letter_id,
  l.subject, l.to_name, l.to_address
FROM outbox o LEFT JOIN letter l ON o.topic = 'post' AND l.id = (o.payload ->> 'letter')::bigint
WHERE o.state = 'dead' ORDER BY o.id DESC LIMIT 50
""")

_DONE_TODAY = text("SELECT count(*) FROM outbox WHERE state = 'done' AND done_at > now() - interval '1 day'")

_RUNS = text("""
SELECT newest.*, by.full_name AS asked_by
FROM unnest(CAST(:jobs AS text[])) AS known (job) CROSS JOIN LATERAL (
  SELECT job, slot, claimed_at, done_at, took_ms, outcome, r.asked_by AS asker FROM job_run r
  WHERE r.job = known.job ORDER BY slot DESC LIMIT 1
) AS newest
LEFT JOIN account by ON by.id = newest.asker
""")

_PAUSES = text("""
SELECT p.job, p.reason, p.paused_at, by.full_name AS paused_by FROM job_pause p JOIN account by ON by.id = p.paused_by
""")


def queues() -> Sequence[Row[Any]]:
    """Rows that wait or are being done, per queue and state; apart those that another try is put off for. What was
    given up waits for nobody but a person: `dead`."""
    return db.session.execute(_QUEUES).all()


def dead() -> Sequence[Row[Any]]:
    """The newest rows the workers gave up; of the post, with the letter it is about."""
    return db.session.execute(_DEAD).all()


def done_in_a_day() -> int:
    return int(db.session.execute(_DONE_TODAY).scalar_one())


def last_runs(jobs: Sequence[str]) -> Sequence[Row[Any]]:
    """The newest run of each of these jobs that ever ran."""
    return db.session.execute(_RUNS, {"jobs": list(jobs)}).all()


def pauses() -> Sequence[Row[Any]]:
    """The jobs that claim no slots, and why."""
    return db.session.execute(_PAUSES).all()


_MISHAPS = text("""
SELECT m.job, m.target, m.error, m.times, m.first_at, m.last_at, s.id AS submission_id,
  coalesce(s.code, u.code, m.target) AS about
FROM mishap m
LEFT JOIN submission s ON m.target = 'submission:' || s.id
LEFT JOIN unit u ON m.target = 'unit:' || u.id
ORDER BY m.first_at, m.job, m.target LIMIT 100
""")


def mishaps() -> Sequence[Row[Any]]:
    """What the clock's jobs stumble at while the others go on; the oldest first."""
    return db.session.execute(_MISHAPS).all()


def known_keys(keys: Sequence[str]) -> set[str]:
    """Those of the keys that were put into the outbox, done or not."""
    return set(db.session.scalars(text("SELECT key FROM outbox WHERE key = ANY(:keys)"), {"keys": keys}))


def days_of(keys: Sequence[str]) -> set[str]:
    """The days, as `2021-05-17`, on which those of the letters were written that name theirs."""
    return set(
        db.session.scalars(
            text("SELECT payload ->> 'day' FROM outbox WHERE key = ANY(:keys) AND payload ? 'day'"),
            {"keys": keys},
        )
    )


_WAITING_LETTERS = text("""
SELECT l.kind, l.code, l.to_address, u.code AS unit FROM letter l LEFT JOIN unit u ON u.id = l.unit_id
WHERE l.state = 'waiting' ORDER BY l.id LIMIT 1000
""")


def waiting_letters() -> Sequence[Row[Any]]:
    """Letters that are written and not sent yet."""
    return db.session.execute(_WAITING_LETTERS).all()
