"""The deadline sweep: every draft whose deadline passed becomes late, dated at the true moment (R5).

Set-based, in batches of one short transaction each; any number of sweeps may run at once. What one row cannot bear
is found by halving its batch, noted as a mishap and left alone for an hour; the others go on.
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from models.base import db
from workflow import clock, definitions, mishaps
from workflow.engine import crashing, driver, moves
from workflow.engine.definition import Definition, Step
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.notices import effects
from workflow.queries.months import deadline

JOB = "sweep"


_LAPSING = f"""
SELECT {moves.CHOSEN}, due.became_at
FROM submission s JOIN period p ON p.id = s.period_id
CROSS JOIN LATERAL (SELECT {deadline("s.unit_id")} AS became_at OFFSET 0) AS due
WHERE s.state = %(state)s AND s.workflow = %(workflow)s AND s.workflow_version = %(version)s
  AND s.first_sent_at IS NULL AND s.discarded_at IS NULL AND s.set_aside_reason IS NULL
  AND p.deadline_at <= %(now)s AND due.became_at <= %(now)s
  AND s.id > %(after)s AND s.id <= %(upto)s AND s.id <> ALL(%(resting)s)
ORDER BY s.id LIMIT %(size)s
"""  # noqa: S608  (constants of the house)
_CHOICE = f"{_LAPSING} FOR UPDATE OF s SKIP LOCKED"

# Held while a batch is looked at and written: an extension waits for it and then finds the pieces late.
_HOLD = text("SELECT id FROM period WHERE is_active AND deadline_at <= :now FOR KEY SHARE")

BATCH, FIRST_BATCH, FEWEST = 5_000, 2_000, 100
"""Pieces of one transaction at most, at first, and at least; how many follows from how long the last one took."""
AIM_SECONDS = 0.25
"""Of one transaction: whoever waits for a piece in it waits no longer, on a slow or busy machine too."""
LAST = 2**63 - 1
TOO_MANY = 50
"""Pieces of one batch that cannot be moved, beyond which it is the house that is broken and not the pieces."""


@dataclass
class Run:
    """One run of the sweep: its moment (None is now), its cause on record, its pace, and what it leaves alone."""

    at: datetime | None
    resting: Sequence[int]
    """Pieces at which an earlier run stumbled less than an hour ago."""
    cause: str = field(default_factory=lambda: str(uuid.uuid4()))
    stumbled: set[str] = field(default_factory=set)
    size: int = field(default_factory=lambda: min(BATCH, FIRST_BATCH))
    """Pieces of the next transaction."""

    def took(self, seconds: float) -> None:
        """A full batch took so long: the next one is sized after it, at most twice as large."""
        fitting = int(self.size * AIM_SECONDS / max(seconds, AIM_SECONDS / 2))
        self.size = min(BATCH, max(FEWEST, fitting))


def sweep(*, at: datetime | None = None) -> int:
    """Let every draft lapse whose unit's deadline has passed and that was never sent; returns how many.

    Dated at the true moment, the deadline, however late the sweep runs.
    """
    resting = db.session.scalars(_RESTING, {"job": JOB}).all()
    run, began = Run(at, resting), mishaps.began()
    swept = sum(_sweep(definition, step, run) for definition, step in _lapses())
    _note_those_without_definition(run)
    mishaps.settle(JOB, {*run.stumbled, *map(_target, resting)}, since=began)
    return swept


_RESTING = text(
    "SELECT split_part(target, ':', 2)::bigint FROM mishap"
    " WHERE job = :job AND last_at > now() - interval '1 hour'"
)


# Only drafts, and after the sweep: those past their deadline that are left are few.
_WITHOUT_DEFINITION = text(f"""
SELECT s.id, s.workflow, s.workflow_version
FROM submission s JOIN period p ON p.id = s.period_id
WHERE s.state = ANY(:states) AND s.first_sent_at IS NULL AND s.discarded_at IS NULL AND s.set_aside_reason IS NULL
  AND NOT (s.workflow || ' ' || s.workflow_version = ANY(:known)) AND s.id <> ALL(:resting)
  AND p.deadline_at <= :now AND {deadline("s.unit_id")} <= :now
ORDER BY s.id LIMIT :most
""")  # noqa: S608  (constants of the house)


def _note_those_without_definition(run: Run) -> None:
    """Drafts of a version that the program no longer has: nobody can move them, so they are shown."""
    asked = {
        "states": sorted({step.source for _, step in _lapses()}),
        "known": [f"{name} {version}" for name, version in definitions.engines()],
        "resting": list(run.resting),
        "now": run.at or clock.now(),
        "most": TOO_MANY,
    }
    left = db.session.execute(_WITHOUT_DEFINITION, asked).all()
    db.session.rollback()
    for row in left:
        if gone := definitions.followed(row.workflow, row.workflow_version).gone:
            mishaps.note(JOB, _target(row.id), gone)
        run.stumbled.add(_target(row.id))


def lapsing(at: datetime) -> dict[int, datetime]:
    """The pieces a sweep at `at` would let lapse, each with its deadline; changes and locks nothing."""
    run, found = Run(at, resting=()), dict[int, datetime]()
    for definition, step in _lapses():
        after = 0
        while part := _due(run, definition, step, after=after, now=at):
            found |= {row.id: row.became_at for row in part}
            after = part[-1].id
    return found


def _lapses() -> Iterator[tuple[Definition, Step]]:
    for engine in definitions.engines().values():
        yield from ((engine.definition, step) for step in engine.definition.moves if step.trigger == "lapse")


def _due(run: Run, definition: Definition, lapse: Step, *, after: int, now: datetime) -> Sequence[Any]:
    """The pieces of one batch: id, became_at."""
    asked = _asked(run, definition, lapse, now=now, after=after, upto=LAST)
    rows: Sequence[Any] = driver.execute(db.session.connection(), _LAPSING, asked)
    return rows


def _asked(
    run: Run, definition: Definition, lapse: Step, *, now: datetime, after: int, upto: int
) -> dict[str, Any]:
    return {
        "state": lapse.source,
        "workflow": definition.name,
        "version": definition.version,
        "now": now,
        "after": after,
        "upto": upto,
        "size": run.size,
        "resting": list(run.resting),
    }


def _sweep(definition: Definition, lapse: Step, run: Run) -> int:
    """Every piece of one definition that lapses out of one state, batch by batch."""
    swept, after = 0, 0
    while True:
        begun = time.monotonic()
        try:
            many, last = _sweep_batch(definition, lapse, run, after, LAST)
        except DBAPIError as error:
            _raise_unless_of_a_row(error)
            many, last = _sweep_apart(definition, lapse, run, after)
        swept += many
        crashing.point("between_batches")
        if last is None:
            return swept
        run.took(time.monotonic() - begun)
        after = last


def _raise_unless_of_a_row(error: DBAPIError) -> None:
    """A database that is away or overloaded is no row's fault."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        raise error
    db.session.rollback()


def _sweep_apart(definition: Definition, lapse: Step, run: Run, after: int) -> tuple[int, int | None]:
    """A batch in which a piece cannot be moved. As `_sweep_batch`; raises when it is no single row's fault."""
    due = [row.id for row in _due(run, definition, lapse, after=after, now=run.at or clock.now())]
    db.session.rollback()
    bad: dict[int, DBAPIError] = {}
    moved = _sweep_halves(definition, lapse, run, due, bad)
    if len(bad) == len(due) > 1:
        raise bad[due[0]]
    for number, error in bad.items():
        mishaps.note(JOB, _target(number), error)
        run.stumbled.add(_target(number))
    return moved, due[-1] if len(due) == run.size else None


def _sweep_halves(
    definition: Definition, lapse: Step, run: Run, due: Sequence[int], bad: dict[int, DBAPIError]
) -> int:
    """Each half by itself, and again, until what cannot be moved stands alone in `bad`."""
    if not due:
        return 0
    try:
        return _sweep_batch(definition, lapse, run, due[0] - 1, due[-1])[0]
    except DBAPIError as error:
        _raise_unless_of_a_row(error)
        if len(due) == 1:
            bad[due[0]] = error
            if len(bad) > TOO_MANY:
                raise
            return 0
    middle = len(due) // 2
    return sum(_sweep_halves(definition, lapse, run, half, bad) for half in (due[:middle], due[middle:]))


def _target(number: int) -> str:
    return f"submission:{number}"


@patient
def _sweep_batch(
    definition: Definition, lapse: Step, run: Run, after: int, upto: int
) -> tuple[int, int | None]:
    """(how many lapsed, the last one's id; None when nothing is left behind it)."""
    with change() as session:
        now = run.at or clock.now()
        session.execute(_HOLD, {"now": now})
        many, last = moves.record_all(
            session.connection(),
            _CHOICE,
            _asked(run, definition, lapse, now=now, after=after, upto=upto),
            target=str(lapse.target),
            action="submission:lapse",
            at=now,
            cause=run.cause,
            effects=effects(lapse.effects),
        )
    return many, last if many == run.size else None
