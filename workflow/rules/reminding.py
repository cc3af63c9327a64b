"""On which day who still owes is reminded, and what is passed over (R5). Pure.

"T" is the last day, the 19th, or a later one that the unit was given: the reminders of such a day are named with it,
so that who was reminded of the old one hears of the new. A reminder due on a day off moves to the working day before;
two on one day become the stronger one; of several slept over only the strongest goes out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflow.rules import workdays
from workflow.rules.periods import days_left, last_day
from workflow.rules.workdays import Known

LATE = "late"
SHORT = "short"


@dataclass(frozen=True)
class Plan:
    """What is written down today for one unit and month: `sent` goes out, `skipped` never will."""

    sent: str | None
    skipped: tuple[str, ...] = ()


def occasion(days_before: int, moved_to: date | None = None) -> str:
    """7 -> `t7`; 0 is the last day, `t0`; of a deadline that was moved `t7/2021-06-09`."""
    return _named(f"t{days_before}", moved_to)


def _named(name: str, moved_to: date | None) -> str:
    return f"{name}/{moved_to.isoformat()}" if moved_to else name


@dataclass(frozen=True)
class Said:
    """What the name of an occasion says."""

    days_before: int | None
    """None for the late notice."""
    moved_to: date | None
    by_hand_on: date | None


def read(name: str) -> Said:
    """`t3`, `late`, `t3/2021-06-09` or `t3@2021-05-16`, as `occasion` and `by_hand` name them."""
    rest, _, by_hand_on = name.partition("@")
    when, _, moved_to = rest.partition("/")
    return Said(
        None if when == LATE else int(when.removeprefix("t")),
        date.fromisoformat(moved_to) if moved_to else None,
        date.fromisoformat(by_hand_on) if by_hand_on else None,
    )


def reminder_day(last: date, days_before: int, known: Known) -> date:
    """The day the reminder goes out: T minus `days_before`, or the working day before that."""
    return workdays.on_or_before(last - timedelta(days=days_before), known)


def notice_day(deadline_at: datetime, zone: str, known: Known) -> date:
    """The day the late notice goes out: the first working day from the 20th on."""
    return workdays.on_or_after(last_day(deadline_at, zone) + timedelta(days=1), known)


def due_reminder(
    deadline_at: datetime,
    *,
    days_before: Sequence[int],
    is_moved: bool,
    recorded: Collection[str],
    on: date,
    zone: str,
    known: Known,
) -> Plan:
    """What is due on the day `on`, given the occasions already on record for the unit and month.

    `is_moved`: the deadline is later than the month's own. Once the last day is over nothing is sent any more:
    whatever was slept over is skipped.
    """
    last = last_day(deadline_at, zone)
    weakest_first = sorted(days_before, reverse=True)
    moved_to = last if is_moved else None
    due = [
        occasion(days, moved_to)
        for days in weakest_first
        if occasion(days, moved_to) not in recorded and reminder_day(last, days, known) <= on
    ]
    if not due or on > last:
        return Plan(None, tuple(due))
    return Plan(due[-1], tuple(due[:-1]))


def by_hand(deadline_at: datetime, *, now: datetime, zone: str) -> str:
    """The occasion of a reminder that somebody sends: `t3@2021-05-16`, after the deadline `late@2021-05-21`."""
    days = days_left(now, deadline_at, zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    return f"{occasion(days) if days >= 0 else LATE}@{today.isoformat()}"


def due_late_notice(
    deadline_at: datetime,
    closes_at: datetime,
    *,
    is_moved: bool,
    recorded: Collection[str],
    on: date,
    now: datetime,
    zone: str,
    known: Known,
) -> Plan:
    """The late notice, from its day until the month closes; slept over till then, it is skipped."""
    late = _named(LATE, last_day(deadline_at, zone) if is_moved else None)
    if late in recorded or now < deadline_at or on < notice_day(deadline_at, zone, known):
        return Plan(None)
    return Plan(late) if now < closes_at else Plan(None, (late,))


def due_shortfall(
    deadline_at: datetime,
    closed_at: datetime | None,
    *,
    recorded: Collection[str],
    on: date,
    now: datetime,
    zone: str,
    known: Known,
) -> bool:
    """The notice of a shortfall, on the first working day after nothing can be sent for the month any more."""
    if SHORT in recorded or closed_at is None:
        return False
    over = max(closed_at, deadline_at)
    return now >= over and on >= workdays.on_or_after(over.astimezone(ZoneInfo(zone)).date(), known)
