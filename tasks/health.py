"""Is the house well? Each part with its state, for probes and for the console; no names, no addresses, no payloads.

`warning`: the web works, somebody should look. `down`: requests cannot be served rightly.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

import redis
from sqlalchemy.exc import SQLAlchemyError

from models.base import db
from tasks.context import SKEW_REFUSE_SECONDS, SKEW_WARN_SECONDS
from tasks.timetable import TIMETABLE
from workflow.queries import health
from workflow.settings import settings

CLOCK_IS_LATE_SECONDS = 180
"""Some job runs each minute; three minutes without one, and no clock is running."""
PILE_IS_OLD_SECONDS = 300
REDIS_PATIENCE_SECONDS = 0.5


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    DOWN = "down"


@dataclass(frozen=True)
class Part:
    """One part of the house. `value` is in the unit its sentence names; None when it could not be asked."""

    name: str
    """A key of `workflow/wording.py`, HEALTH."""
    state: State
    value: int | None = None


def look() -> list[Part]:
    """Every part of the house, now. Never raises for a server that is away: that is what it tells."""
    try:
        seen = health.vitals(list(TIMETABLE), here=datetime.now(UTC))
    except SQLAlchemyError:
        db.session.rollback()
        return [Part("database", State.DOWN), _redis()]
    db.session.rollback()
    skew = abs(float(seen.ahead))
    since_run = None if seen.since_run is None else int(seen.since_run)
    oldest = int(seen.oldest or 0)
    return [
        Part("database", State.OK),
        _redis(),
        Part("skew", _judged(skew, warn=SKEW_WARN_SECONDS, down=SKEW_REFUSE_SECONDS), round(skew)),
        Part("clock", State.OK if since_run is not None and since_run <= CLOCK_IS_LATE_SECONDS else State.WARNING,
             since_run),
        Part("waiting", State.OK if oldest <= PILE_IS_OLD_SECONDS else State.WARNING, oldest),
        *(
            Part(name, State.WARNING if many else State.OK, many)
            for name, many in (("dead", seen.dead), ("stumbled", seen.stumbled), ("paused", seen.paused))
        ),
    ]  # fmt: skip


def _judged(seconds: float, *, warn: float, down: float) -> State:
    return State.DOWN if seconds > down else State.WARNING if seconds > warn else State.OK


def _redis() -> Part:
    """Redis only rings the bell: without it the web takes work, and letters wait."""
    try:
        _client(settings().redis_url).ping()
    except redis.RedisError:
        return Part("redis", State.WARNING)
    return Part("redis", State.OK)


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    patience = REDIS_PATIENCE_SECONDS
    return redis.Redis.from_url(url, socket_connect_timeout=patience, socket_timeout=patience)
