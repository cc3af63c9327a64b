"""What has waited too long is said: to the unit about its consents, to the department about its own queues.

The outbox key of each letter is (kind, target, occasion): a restart or a second clock repeats none, and what was
slept over is said once.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping

from models.vocabulary import Phase
from workflow import clock, mishaps, outbox
from workflow.engine.unit_of_work import change
from workflow.mishaps import Bad
from workflow.outbox import Planned
from workflow.queries import calendar_days, duties
from workflow.rules import workdays
from workflow.rules.waiting import ASKED_AT_MOST, ASKED_EVERY, LONGEST, has_waited_too_long
from workflow.rules.zone import local_day


def ask_for_consents(on: date) -> Mapping[str, int]:
    return mishaps.put_sound("consents", "submission", lambda bad: consents_due(on, clock.now(), bad))


def consents_due(on: date, now: datetime, bad: Bad) -> list[Planned] | None:
    """A letter for each piece under way whose pictures lack an answer: the day after it came, then once a week."""
    if _is_day_off(on):
        return None
    planned = []
    unanswered = mishaps.sound(
        lambda piece: duties.without_consent(now, piece), lambda: duties.ids_without_consent(now), bad
    )
    for piece, sent_at in unanswered:
        asked_before = (on - local_day(sent_at)) // ASKED_EVERY
        if 0 <= asked_before < ASKED_AT_MOST:
            key = f"missing_consent:{piece}:{asked_before}"
            planned.append(
                Planned("letter:missing_consent", key, {"submission": piece, "on": on.isoformat()})
            )
    return outbox.not_put(planned)


def tell_of_long_waits(on: date) -> Mapping[str, int]:
    return mishaps.put_sound("long_waits", "submission", lambda bad: long_waits_due(on, clock.now(), bad))


def long_waits_due(on: date, now: datetime, bad: Bad) -> list[Planned] | None:
    """One letter a week to the editors, and one to the approvers, when a piece waits for them too long."""
    if _is_day_off(on):
        return None
    monday = workdays.monday_of(on)
    planned = [
        Planned(
            "letter:waiting_long",
            f"waiting_long:{phase.value}:{monday.isoformat()}",
            {"phase": phase.value, "on": monday.isoformat()},
        )
        for phase in LONGEST
        if waiting(phase, now, bad)
    ]
    return outbox.not_put(planned)


def waiting(phase: Phase, now: datetime, bad: Bad) -> Sequence[RowMapping]:
    """The pieces that wait in a phase longer than the department wants, the oldest first."""
    known = calendar_days.exceptions()
    before = now - timedelta(days=LONGEST[phase])
    pieces = mishaps.sound(
        lambda piece: duties.waiting_since(phase, before, piece),
        lambda: duties.ids_waiting_since(phase, before),
        bad,
    )
    return [
        piece
        for piece in pieces
        if has_waited_too_long(piece["state_since"], phase, now=now, zone=str(clock.ZONE), known=known)
    ]


def write_weekly_digest(on: date) -> Mapping[str, int]:
    with change():
        return {"sent": outbox.put_all(weekly_digest_due(on))}


def weekly_digest_due(on: date) -> list[Planned]:
    """One letter a week to the department, on a working day, about the days before Monday that no letter told."""
    if _is_day_off(on):
        return []
    monday = workdays.monday_of(on).isoformat()
    return outbox.not_put([Planned("letter:weekly_digest", f"weekly_digest:{monday}", {"on": monday})])


def _is_day_off(on: date) -> bool:
    return not workdays.is_working_day(on, calendar_days.exceptions())
