"""What has waited too long is said: to the unit about its consents, to the department about its own queues.

The outbox key of each letter is (kind, target, occasion): a restart or a second clock repeats none, and what was
slept over is said once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping

from models.vocabulary import Phase
from workflow import clock, outbox
from workflow.engine.unit_of_work import change
from workflow.outbox import Planned
from workflow.queries import calendar_days, duties, post
from workflow.rules import workdays
from workflow.rules.waiting import ASKED_AT_MOST, ASKED_EVERY, LONGEST, has_waited_too_long


def ask_for_consents(on: date) -> Mapping[str, int]:
    return _put(consents_due(on, clock.now()))


def consents_due(on: date, now: datetime) -> list[Planned]:
    """A letter for each piece under way whose pictures lack an answer: the day after it came, then once a week."""
    if not workdays.is_working_day(on, calendar_days.exceptions()):
        return []
    planned = []
    for piece, sent_at in duties.without_consent(now):
        asked_before = (on - sent_at.astimezone(clock.ZONE).date()) // ASKED_EVERY
        if 0 <= asked_before < ASKED_AT_MOST:
            key = f"missing_consent:{piece}:{asked_before}"
            planned.append(
                Planned("letter:missing_consent", key, {"submission": piece, "on": on.isoformat()})
            )
    return _not_put(planned)


def tell_of_long_waits(on: date) -> Mapping[str, int]:
    return _put(long_waits_due(on, clock.now()))


def long_waits_due(on: date, now: datetime) -> list[Planned]:
    """One letter a week to the editors, and one to the approvers, when a piece waits for them too long."""
    if not workdays.is_working_day(on, calendar_days.exceptions()):
        return []
    monday = on - timedelta(days=on.weekday())
    planned = [
        Planned(
            "letter:waiting_long",
            f"waiting_long:{phase.value}:{monday.isoformat()}",
            {"phase": phase.value, "on": monday.isoformat()},
        )
        for phase in LONGEST
        if waiting(phase, now)
    ]
    return _not_put(planned)


def waiting(phase: Phase, now: datetime) -> Sequence[RowMapping]:
    """The pieces that wait in a phase longer than the department wants, the oldest first."""
    known = calendar_days.exceptions()
    before = now - timedelta(days=LONGEST[phase])
    return [
        piece
        for piece in duties.waiting_since(phase, before)
        if has_waited_too_long(piece["state_since"], phase, now=now, zone=str(clock.ZONE), known=known)
    ]


def write_weekly_digest(on: date) -> Mapping[str, int]:
    return _put(weekly_digest_due(on))


def weekly_digest_due(on: date) -> list[Planned]:
    """One letter to the department about the seven days before `on`, a Monday."""
    return [Planned("letter:weekly_digest", f"weekly_digest:{on.isoformat()}", {"on": on.isoformat()})]


def _not_put(planned: Sequence[Planned]) -> list[Planned]:
    """What is planned anew each day is shown once."""
    known = post.known_keys([letter.key for letter in planned])
    return [letter for letter in planned if letter.key not in known]


def _put(letters: Sequence[Planned]) -> Mapping[str, int]:
    with change():
        return {"sent": outbox.put_all(letters)}
