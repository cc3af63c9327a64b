"""How the house is, by its rows: the clock's trace, what is dead, what waits. One cheap statement, for probes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from workflow.queries.work import WAITING_SINCE

_VITALS = text(f"""
SELECT extract(epoch FROM CAST(:here AS timestamptz) - clock_timestamp()) AS ahead,
  (SELECT extract(epoch FROM now() - max(newest.claimed_at))
     FROM unnest(CAST(:jobs AS text[])) AS job (name) CROSS JOIN LATERAL (
       SELECT claimed_at FROM job_run WHERE job_run.job = job.name ORDER BY slot DESC LIMIT 1) AS newest
  ) AS since_run,
  (SELECT count(*) FROM outbox WHERE state = 'dead') AS dead,
  (SELECT extract(epoch FROM now() - min({WAITING_SINCE})) FROM outbox
     WHERE state IN ('new', 'queued', 'running') AND next_at <= now()) AS oldest,
  (SELECT count(*) FROM mishap) AS stumbled,
  (SELECT count(*) FROM job_pause WHERE paused_at < people_now() - interval '1 day') AS paused
""")  # noqa: S608  (a constant)


def vitals(jobs: Sequence[str], *, here: datetime) -> Row[Any]:
    """`ahead`: seconds the machine's clock `here` is before the database's. `since_run`: seconds since any of `jobs`
    was claimed, None when none ever was. `dead`: rows given up. `oldest`: seconds the oldest due row waits.
    `stumbled`: what jobs stumble at while the rest goes on. `paused`: jobs that rest for more than a day."""
    return db.session.execute(_VITALS, {"here": here, "jobs": list(jobs)}).one()
