"""A year reckoned by hand: who sent what when, and what follows by R5 and R6. Shares nothing with the house.

Plain dictionaries, no SQL, no import of ours. The simulated year is held against it after every act.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
QUOTA = 2
FIVE_PAST = timedelta(minutes=5)
Month = tuple[int, int]


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=HERE)


def following(month: Month, by: int = 1) -> Month:
    number = month[0] * 12 + month[1] - 1 + by
    return number // 12, number % 12 + 1


@cache
def is_free(day: date) -> bool:
    known = holidays.country_holidays("VN", years=day.year)
    return (day.weekday() > 4 and day not in known.weekend_workdays) or day in known


def shifted(day: date, step: int) -> date:
    while is_free(day):
        day += timedelta(days=step)
    return day


@dataclass
class Life:
    """The days of a unit; `until` is the first on which it is no more."""

    since: date
    until: date | None = None

    def lasts(self, first: date, last: date) -> bool:
        return self.since <= first and (self.until is None or last < self.until)


@dataclass
class Piece:
    unit: str
    month: Month
    sent_at: datetime | None = None
    uncounted: bool = False
    lapsed: bool = False


@dataclass
class Reckoning:
    units: dict[str, Life]
    pieces: dict[int, Piece] = field(default_factory=dict)
    opened: set[Month] = field(default_factory=set)
    closed: dict[Month, datetime] = field(default_factory=dict)
    more_time: dict[tuple[Month, str], datetime] = field(default_factory=dict)
    freed: set[tuple[Month, str]] = field(default_factory=set)
    told: dict[tuple[Month, str], dict[str, bool]] = field(default_factory=dict)
    """(month, unit) -> occasion -> whether it was skipped."""
    summed_up: set[Month] = field(default_factory=set)
    opened_on: Month | None = None
    looked_at: datetime | None = None
    """The newest eight o'clock whose work was done."""

    # --- what holds -----------------------------------------------------------------------------------------------

    def deadline(self, month: Month, unit: str) -> datetime:
        return max(at(*month, 20), self.more_time.get((month, unit), at(*month, 20)))

    def opens(self, month: Month) -> datetime:
        return at(*following(month, -1), 20)

    def last_day(self, month: Month, unit: str) -> date:
        return (self.deadline(month, unit) - timedelta(microseconds=1)).date()

    def is_bound(self, month: Month, unit: str) -> bool:
        day = self.last_day(month, unit)
        return (
            self.units[unit].lasts(day, day)
            and (month, unit) not in self.freed
            and (month, "*") not in self.freed
        )

    def sent(self, month: Month, unit: str) -> list[Piece]:
        return [
            piece
            for piece in self.pieces.values()
            if piece.sent_at and piece.month == month and piece.unit == unit
        ]

    def is_late(self, piece: Piece) -> bool:
        return piece.sent_at is not None and piece.sent_at >= self.deadline(piece.month, piece.unit)

    def counts(self, month: Month, unit: str) -> tuple[int, int]:
        """(on time, late) of what counts."""
        counting = [piece for piece in self.sent(month, unit) if not piece.uncounted]
        late = sum(map(self.is_late, counting))
        return len(counting) - late, late

    def owes(self, month: Month, unit: str) -> bool:
        return self.is_bound(month, unit) and sum(self.counts(month, unit)) < QUOTA

    def status(self, month: Month, unit: str) -> str:
        on_time, late = self.counts(month, unit)
        if not self.is_bound(month, unit):
            return "exempt"
        if on_time >= QUOTA:
            return "on_time"
        if on_time + late >= QUOTA:
            return "late"
        return "short" if on_time + late else "silent"

    def takes_late(self, month: Month, now: datetime) -> bool:
        return month in self.opened and month not in self.closed and now < at(*month, 25)

    # --- what people do -------------------------------------------------------------------------------------------

    def draft(self, number: int, unit: str, now: datetime) -> None:
        this = (now.year, now.month)
        self.opened |= {this, following(this)}
        for month in (this, following(this)):
            own = self.deadline(month, unit)
            if now < own and (month not in self.closed or own > at(*month, 20)):
                self.pieces[number] = Piece(unit, month)
                return
        raise AssertionError("no month for a draft")

    def submit(self, number: int, now: datetime) -> None:
        """For its own month while there is time, or late while the unit is short; else for the one that runs."""
        piece = self.pieces[number]
        own, until = piece.month, self.deadline(piece.month, piece.unit)
        has_time = now < until and (own not in self.closed or until > at(*own, 20))
        if not has_time and not (self.takes_late(own, now) and self.owes(own, piece.unit)):
            running = [month for month in self.opened if self.opens(month) <= now < at(*month, 20)]
            piece.month = next(month for month in running if month != own and month not in self.closed)
        piece.sent_at, piece.lapsed = now, False

    def withdraw(self, number: int) -> None:
        self.pieces[number].sent_at = None

    def extend(self, month: Month, unit: str, until: datetime) -> None:
        self.more_time[month, unit] = until
        for piece in self.pieces.values():
            if piece.unit == unit and piece.month == month and piece.lapsed:
                piece.lapsed = False

    # --- what the clock does --------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """One look of a clock that was away or not; its jobs in their order."""
        self.sweep(now)
        for month in sorted(self.opened - set(self.closed)):
            if at(*month, 25) <= now:
                self.closed[month] = now
        self.open_months(now)
        slot = self.daily_slot(now)
        if slot is not None:
            self.remind(max(slot.date(), now.date()), now)
            self.give_late_notice(slot.date(), now)
            self.give_shortfall(slot.date(), now)
            self.summed_up |= {month for month, when in self.closed.items() if when <= now}

    def sweep(self, now: datetime) -> None:
        for piece in self.pieces.values():
            if piece.sent_at is None and self.deadline(piece.month, piece.unit) <= now:
                piece.lapsed = True

    def open_months(self, now: datetime) -> None:
        """On each first of a month, also those slept over, that month and the next; at the beginning the newest."""
        month = (now.year, now.month)
        if at(*month, 1) + FIVE_PAST > now:
            month = following(month, -1)
        since = following(self.opened_on) if self.opened_on else month
        while since <= month:
            self.opened |= {since, following(since)}
            self.opened_on, since = since, following(since)

    def daily_slot(self, now: datetime) -> datetime | None:
        eight = datetime.combine(now.date(), time(8), HERE)
        newest = eight if eight <= now else eight - timedelta(days=1)
        if self.looked_at is not None and self.looked_at >= newest:
            return None
        self.looked_at = newest
        return newest

    def owing(self, now: datetime) -> list[tuple[Month, str]]:
        return [
            (month, unit)
            for month in sorted(self.opened)
            if self.opens(month) <= now and at(*month, 25) > now - timedelta(days=40)
            for unit in self.units
            if self.owes(month, unit)
        ]

    def note(self, cell: tuple[Month, str], occasion: str, *, skipped: bool) -> None:
        self.told.setdefault(cell, {}).setdefault(occasion, skipped)

    def named(self, cell: tuple[Month, str], occasion: str) -> str:
        """What is said of a deadline that was moved is another occasion for each new day."""
        moved = self.deadline(*cell) > at(*cell[0], 20)
        return f"{occasion}/{self.last_day(*cell)}" if moved else occasion

    def remind(self, today: date, now: datetime) -> None:
        for cell in self.owing(now):
            last = self.last_day(*cell)
            due = [
                self.named(cell, f"t{days}")
                for days in (7, 3, 0)
                if self.named(cell, f"t{days}") not in self.told.get(cell, {})
                and shifted(last - timedelta(days=days), -1) <= today
            ]
            for occasion in due:
                self.note(cell, occasion, skipped=today > last or occasion != due[-1])

    def give_late_notice(self, on: date, now: datetime) -> None:
        for cell in self.owing(now):
            first = shifted(self.last_day(*cell) + timedelta(days=1), 1)
            if now < self.deadline(*cell) or on < first:
                continue
            self.note(
                cell, self.named(cell, "late"), skipped=cell[0] in self.closed or now >= at(*cell[0], 25)
            )

    def give_shortfall(self, on: date, now: datetime) -> None:
        due = []
        for month, unit in self.owing(now):
            if month not in self.closed or "short" in self.told.get((month, unit), {}):
                continue
            over = max(self.closed[month], self.deadline(month, unit))
            if now >= over and on >= shifted(over.date(), 1):
                due.append((month, unit))
        for month, unit in due:
            newest = max(each for each, whose in due if whose == unit)
            self.note((month, unit), "short", skipped=month != newest)
