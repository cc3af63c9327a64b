"""One bad row never stops the others: what a job of the clock stumbles at is noted here, tried again, and shown."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from models.base import db
from models.mishap import Mishap
from workflow import outbox
from workflow.engine.errors import ToaSoanError
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.logbook import said
from workflow.outbox import Planned

log = structlog.get_logger("workflow.mishaps")

Done = TypeVar("Done")
Bad = dict[int, Exception]
"""Who cannot be reckoned with, a unit's or a piece's id -> why: set aside and shown, and the others go on."""
Plan = Callable[[Bad], Sequence[Planned] | None]
"""What is due, without those that it puts among the bad; None where nobody looked, as on a day off."""

LONGEST = 500
"""Characters of an error that are kept."""


class Stumbled(Exception):
    """A job did what it could; at these it stumbled and must be tried again, once they are noted."""

    def __init__(self, targets: Collection[str]) -> None:
        super().__init__(f"chưa làm được: {', '.join(sorted(targets))}")


@contextmanager
def minding(job: str, target: str, stumbled: set[str]) -> Iterator[None]:
    """What goes wrong with `target` is noted and goes no further."""
    try:
        yield
    except Exception as error:
        db.session.rollback()
        note(job, target, error)
        stumbled.add(target)


def all_or_apart(do: Callable[[int | None], Done], ids: Callable[[], Sequence[int]], bad: Bad) -> list[Done]:
    """What `do` does for all at once (None); where that cannot be, what it does for each by itself: who cannot be
    reckoned with goes into `bad`. `do` rolls back what it began.

    Raises where most cannot: then it is the house that is broken and not they.
    """
    try:
        return [do(None)]
    except OperationalError:
        raise
    except Exception as error:
        log.warning("each_apart", error=type(error).__name__)
    known, done, fallen = ids(), [], Bad()
    for one in known:
        try:
            done.append(do(one))
        except OperationalError:
            raise
        except Exception as error:
            fallen[one] = error
    if len(fallen) > 1 and 2 * len(fallen) > len(known):
        raise next(iter(fallen.values()))
    bad |= fallen
    return done


def sound(
    read: Callable[[int | None], Sequence[Done]],
    ids: Callable[[], Sequence[int]],
    bad: Bad,
) -> list[Done]:
    """What `read` finds, without the rows that cannot be read: those go into `bad`. As `all_or_apart`, and the
    transaction it is in stays as it is."""

    def reading(one: int | None) -> Sequence[Done]:
        with db.session.begin_nested():
            return read(one)

    return [row for part in all_or_apart(reading, ids, bad) for row in part]


def put_sound(job: str, kind: str, plan: Plan) -> Mapping[str, int]:
    """Put into the outbox what is due, and show the bad ones, of a kind (`unit`, `submission`)."""
    since, bad = began(), Bad()
    planned = plan(bad)
    if planned is None:
        # What nobody tried, nobody got over.
        return {"sent": 0}
    with change():
        sent = outbox.put_all(planned)
    stumbled = show(job, kind, bad, since=since)
    return {"sent": sent, **({"failed": len(stumbled)} if stumbled else {})}


def show(job: str, kind: str, bad: Bad, *, since: datetime) -> set[str]:
    """After a run that began at `since`: note these of a kind (`unit`, `submission`), and forget who is over it."""
    stumbled = {f"{kind}:{number}": error for number, error in bad.items()}
    for target, error in stumbled.items():
        note(job, target, error)
    settle(job, stumbled.keys(), since=since)
    return set(stumbled)


def note(job: str, target: str, error: Exception) -> None:
    """Write down that a job stumbled at something, the first time or again."""
    log.error("stumbled", job=job, target=target, exc_info=error)
    told = error.sentence() if isinstance(error, ToaSoanError) else f"{type(error).__name__}: {said(error)}"
    row = insert(Mishap).values(job=job, target=target, error=told[:LONGEST])
    again = {"error": told[:LONGEST], "times": Mishap.times + 1, "last_at": func.now()}
    with bookkeeping() as session:
        session.execute(row.on_conflict_do_update(index_elements=["job", "target"], set_=again))


def noted(job: str) -> set[str]:
    """At what a job stumbled and still does, as far as is known."""
    return set(db.session.scalars(select(Mishap.target).where(Mishap.job == job)))


def began() -> datetime:
    """The database's own time at which a run begins, for `settle`."""
    moment: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def settle(job: str, still: Collection[str], *, since: datetime) -> None:
    """After a run: the job got over whatever is not among `still`, or it is due no more.

    What another run noted after this one began is left to that one.
    """
    with bookkeeping() as session:
        past = delete(Mishap).where(Mishap.job == job, Mishap.target.not_in(still), Mishap.last_at < since)
        session.execute(past)
