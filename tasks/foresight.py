"""What would happen at a moment to come, as a list to read: the same plans the jobs carry out, carried out by nobody.

The picture is that of a clock that sleeps from now until that moment and then wakes: each job is asked for the
slots it would claim, and what it would do with them as things stand today. The database is asked in a transaction
that it keeps from writing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import select, text

from models.base import db
from models.organisation import Unit
from models.outbox import JobPause, OutboxMessage
from models.submission import Submission
from models.vocabulary import OutboxState
from tasks import deadlines as errands
from tasks import letters, timetable
from tasks.occasions.errand import Errand
from tasks.rehearsal import playing
from workflow import (
    clock,
    deadlines,
    mishaps,
    months,
    nudges,
    reminders,
    submissions,
    summaries,
    vacancies,
)
from workflow import letters as kept
from workflow.engine.errors import N_, Invalid, NotFound, ToaSoanError
from workflow.intake import reading
from workflow.mishaps import Bad
from workflow.outbox import Planned
from workflow.queries import duties, post
from workflow.reminders import Due
from workflow.rules.zone import local_day

log = structlog.get_logger("tasks.foresight")


MOST = 1000
"""Rows of the outbox looked through: as many as the letters told that wait to be sent."""


@dataclass(frozen=True)
class Foreseen:
    """One thing that would happen. `what` is a key of `workflow/wording.py`, FORESEEN."""

    what: str
    job: str
    """The job that would do it; empty for what waits in the outbox already."""
    at: datetime
    """When it would become true: a deadline, a set hour, else the moment asked for."""
    about: str = ""
    """Code of the piece or month; of what arrives in a rehearsal its title."""
    unit: str = ""
    letter: str = ""
    """Kind of letter, a key of LETTER_KINDS; of one that cannot be told yet what its topic says."""
    to: tuple[str, ...] = ()
    """Addresses."""
    why: str = ""
    """The code of a refusal, or the reason of a pause."""

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


Plan = Callable[[datetime, datetime], Iterable[Foreseen]]
"""(slot, moment) -> what the job would do with the slot at the moment."""


def foresee(at: datetime) -> list[Foreseen]:
    """All that would happen at `at`, in the order of the timetable. Raises Invalid(`moment_passed`)."""
    if at < clock.now():
        raise Invalid("moment_passed", N_("Chỉ xem trước được từ bây giờ trở đi."), field="at")
    db.session.rollback()
    db.session.execute(text("SET TRANSACTION READ ONLY"))
    try:
        return [*_waiting(at), *_by_the_clock(at)]
    finally:
        db.session.rollback()


def _by_the_clock(at: datetime) -> Iterator[Foreseen]:
    paused = {pause.job: pause.reason for pause in db.session.scalars(select(JobPause))}
    for job in timetable.in_use():
        if job.name in paused:
            yield Foreseen("paused", job.name, at, why=paused[job.name])
            continue
        for slot in timetable.due_slots(job, timetable.last_slot(job), at):
            yield from PLANS[job.name](slot, at)


def _waiting(at: datetime) -> Iterator[Foreseen]:
    """Letters that wait in the outbox to be written, and those that are written and wait to be sent."""
    unfinished = (OutboxState.NEW, OutboxState.QUEUED, OutboxState.RUNNING)
    rows = select(OutboxMessage).where(
        OutboxMessage.state.in_(unfinished), OutboxMessage.topic.in_(letters.LETTERS)
    )
    for row in db.session.scalars(rows.order_by(OutboxMessage.id).limit(MOST)):
        yield from _letter(Planned(row.topic, row.key, row.payload), "", at)
    for letter in post.waiting_letters():
        yield Foreseen("letter", "", at, letter.code, letter.unit or "", letter.kind, (letter.to_address,))


# --- the plans of the jobs ----------------------------------------------------------------------------------------


def _arrivals(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for scene in playing.coming(at):
        if scene.kind == "piece":
            yield Foreseen("arrival", "arrivals", scene.at, scene.what["title"], scene.what["unit"])
        else:
            subject = reading.read(scene.what.read_bytes(), own_mx="").subject
            yield Foreseen("arrival", "arrivals", scene.at, subject)


def _sweep(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for submission_id, deadline_at in deadlines.lapsing(at).items():
        yield _piece("lapse", "sweep", deadline_at, submission_id)


def _publishing(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for piece in duties.scheduled_until(at):
        try:
            known, step = submissions.foretell(piece.id, "publish", at=at, seen=piece.digest)
        except ToaSoanError as refused:
            yield _piece("publication_refused", "publishing", at, piece.id, why=refused.code)
            continue
        yield _piece("publication", "publishing", known.scheduled_at or at, piece.id)
        for topic in step.effects:
            # Whom it goes to depends on the piece only; the event it will tell of is not there yet.
            event = {"submission": piece.id, "event": known.version}
            yield from _letter(Planned(topic, "", event), "publishing", at)


def _close_periods(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for period in deadlines.closing(at):
        yield Foreseen("closing", "close_periods", period.closes_at, period.code)


def _open_periods(slot: datetime, _at: datetime) -> Iterator[Foreseen]:
    for year, month in months.missing_around(slot):
        yield Foreseen("opening", "open_periods", slot, f"KY-{year}-{month:02d}")


def _reminders(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _owing("reminders", reminders.reminders_due, slot, at)


def _late_notices(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _owing("late_notices", reminders.late_notices_due, slot, at)


def _committees(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for letter in vacancies.due(local_day(slot)):
        yield from _letter(letter, "committees", at)


def _claims(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for piece in errands.claims_lapsing(at):
        try:
            submissions.foretell(piece.id, "lapse_claim", at=at)
        except ToaSoanError:
            continue
        yield _piece("release", "claims", at, piece.id)


def _shortfalls(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _owing("shortfalls", reminders.shortfalls_due, slot, at)


def _consents(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _sound("consents", "submission", at, lambda bad: nudges.consents_due(local_day(slot), at, bad))


def _long_waits(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _sound(
        "long_waits", "submission", at, lambda bad: nudges.long_waits_due(local_day(slot), at, bad)
    )


def _summaries(_slot: datetime, at: datetime) -> Iterator[Foreseen]:
    yield from _sound("summaries", "unit", at, lambda bad: summaries.due(at, bad))


def _weekly_digest(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for letter in nudges.weekly_digest_due(local_day(slot)):
        yield from _letter(letter, "weekly_digest", at)


def _digests(slot: datetime, at: datetime) -> Iterator[Foreseen]:
    for letter in kept.digests_due(local_day(slot)):
        yield from _letter(letter, "digests", at)


def _nothing(_slot: datetime, _at: datetime) -> Iterable[Foreseen]:
    return ()


PLANS: Mapping[str, Plan] = {
    "arrivals": _arrivals,
    "sweep": _sweep,
    "publishing": _publishing,
    "close_periods": _close_periods,
    "open_periods": _open_periods,
    "reminders": _reminders,
    "late_notices": _late_notices,
    "committees": _committees,
    "claims": _claims,
    "shortfalls": _shortfalls,
    "consents": _consents,
    "long_waits": _long_waits,
    "summaries": _summaries,
    "weekly_digest": _weekly_digest,
    "digests": _digests,
    "audit_check": _nothing,
    "sign_ins": _nothing,
    "files_check": _nothing,
    "seal": _nothing,
}
"""One plan for every job; what a job only keeps in order is nobody's news."""


# --- what is told of each -----------------------------------------------------------------------------------------


def _owing(
    job: str, plan: Callable[[date, datetime, int | None], Sequence[Due]], slot: datetime, at: datetime
) -> Iterator[Foreseen]:
    def due(bad: Bad) -> list[Planned]:
        owing = mishaps.sound(lambda unit_id: plan(local_day(slot), at, unit_id), duties.units, bad)
        return [each.letter for each in owing if each.letter is not None]

    return _sound(job, "unit", at, due)


def _sound(job: str, kind: str, at: datetime, plan: mishaps.Plan) -> Iterator[Foreseen]:
    """The letters of a plan, and beside them whom the job will stumble at."""
    bad = Bad()
    for letter in plan(bad) or ():
        yield from _letter(letter, job, at)
    for number, error in bad.items():
        about, unit = _named({kind: number})
        yield Foreseen("letter_unclear", job, at, about, unit, why=type(error).__name__)


def _piece(what: str, job: str, at: datetime, submission_id: int, *, why: str = "") -> Foreseen:
    piece = db.session.get_one(Submission, submission_id)
    return Foreseen(what, job, at, piece.code, piece.unit.code, why=why)


def _letter(planned: Planned, job: str, at: datetime) -> Iterator[Foreseen]:
    """The letters one outbox row would become, by the function that will write them."""
    try:
        errands_of_row = list(letters.LETTERS[planned.topic](planned.payload, at))
    except (LookupError, NotFound) as error:
        # Shown, and the others go on: the row itself will say in the queue what ails it.
        log.warning("letter_not_foreseen", topic=planned.topic, key=planned.key, error=str(error))
        about, unit = _named(planned.payload)
        what = planned.topic.removeprefix("letter:")
        yield Foreseen("letter_unclear", job, at, about, unit, what, why=type(error).__name__)
        return
    for errand in errands_of_row:
        yield Foreseen(
            "letter",
            job,
            at,
            _about(errand),
            _unit(errand),
            errand.kind,
            tuple(one.address for one in errand.to),
        )


def _named(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Code of the piece and of the unit that a plan is about, of those that are there."""
    piece = db.session.get(Submission, payload["submission"]) if "submission" in payload else None
    unit = piece.unit if piece else db.session.get(Unit, payload["unit"]) if "unit" in payload else None
    return piece.code if piece else "", unit.code if unit else ""


def _about(errand: Errand) -> str:
    if errand.submission_id is not None:
        return db.session.get_one(Submission, errand.submission_id).code
    return errand.occasion.partition(":")[0] if errand.occasion.startswith("KY-") else ""


def _unit(errand: Errand) -> str:
    return db.session.get_one(Unit, errand.unit_id).code if errand.unit_id is not None else ""
