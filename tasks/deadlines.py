"""The clock's errands around months: lapses, closing, opening, reminders, claims that ran out.

Each takes the slot it runs for (people's clock, UTC) and tells what it did; each may run twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from workflow import clock, deadlines, mishaps, nudges, reminders, submissions, vacancies
from workflow.engine.errors import NotAllowed, Stale
from workflow.engine.unit_of_work import change
from workflow.queries import calendar_days, duties
from workflow.rules import workdays
from workflow.rules.guards import CLAIM_LASTS_WORKING_DAYS
from workflow.rules.zone import local_day

log = structlog.get_logger("tasks.deadlines")

Told = Mapping[str, int]


def sweep(_slot: datetime) -> Told:
    return {"lapsed": deadlines.sweep()}


def close_periods(_slot: datetime) -> Told:
    return {"closed": deadlines.close_due(clock.now())}


def open_periods(slot: datetime) -> Told:
    """The month of the slot and the next one."""
    with change():
        return {"open": len(deadlines.ensure_around(slot))}


def remind(slot: datetime) -> Told:
    return reminders.remind(local_day(slot))


def give_late_notice(slot: datetime) -> Told:
    return reminders.give_late_notice(local_day(slot))


def give_shortfall_notice(slot: datetime) -> Told:
    return reminders.give_shortfall_notice(local_day(slot))


def ask_for_consents(slot: datetime) -> Told:
    return nudges.ask_for_consents(local_day(slot))


def tell_of_long_waits(slot: datetime) -> Told:
    return nudges.tell_of_long_waits(local_day(slot))


def remind_incomplete_committees(slot: datetime) -> Told:
    return vacancies.remind(local_day(slot))


def lapse_claims(_slot: datetime) -> Told:
    """Free what an editor claimed three working days ago and did not finish."""
    told = {"lapsed": 0, "passed_over": 0}
    began, stumbled = mishaps.began(), set[str]()
    for piece in claims_lapsing(clock.now()):
        with mishaps.minding("claims", f"submission:{piece.id}", stumbled):
            try:
                submissions.perform(piece.id, "lapse_claim", by=None, version=piece.version)
                told["lapsed"] += 1
            except (NotAllowed, Stale) as error:
                # The editor was faster.
                log.info("claim_kept", submission=piece.id, code=error.code)
                told["passed_over"] += 1
    mishaps.settle("claims", stumbled, since=began)
    return {**told, "failed": len(stumbled)}


def claims_lapsing(now: datetime) -> list[Row[Any]]:
    """The pieces whose claim has run out at `now`: id, claimed_at, version."""
    known = calendar_days.exceptions()
    return [
        piece
        for piece in duties.claimed_before(now - timedelta(days=CLAIM_LASTS_WORKING_DAYS))
        if workdays.moment_later(piece.claimed_at, CLAIM_LASTS_WORKING_DAYS, str(clock.ZONE), known) <= now
    ]
