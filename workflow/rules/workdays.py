"""Working days in Vietnam: Monday to Friday without public holidays, and the exceptions that people wrote down. Pure.

Public holidays and the swaps the government has announced come from the `holidays` library. What it does not know yet
(the year's Tết swap, a day off after a storm) is an exception in the house's own table: `Known`, asked before it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Known = Mapping[date, bool]
"""The exceptions: day -> whether it is a working day. `workflow/queries/calendar_days.py` reads them."""


@cache
def _vietnam() -> Any:
    """The library's Vietnam, read from its file alone.

    Asked for by its name it comes with 250 countries: eight megabytes in every process, for each by itself.
    """
    # Read here: commands and servers that ask for no working day start without it.
    import holidays  # noqa: PLC0415

    file = Path(holidays.__file__).with_name("countries") / "vietnam.py"
    spec = spec_from_file_location("holidays_of_vietnam", file)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module := module_from_spec(spec))
    return module.Vietnam


@lru_cache(maxsize=32)
def _year(year: int, language: str = "vi") -> tuple[Mapping[date, str], frozenset[date]]:
    """(holidays with their names, week-ends on which work is done instead of another day)."""
    found = _vietnam()(years=year, language="en_US" if language == "en" else "vi")
    return dict(found), frozenset(found.weekend_workdays)


def holidays_of(year: int, language: str = "vi") -> Mapping[date, str]:
    """The public holidays of a year as the library knows them, with their names in Vietnamese or English."""
    return _year(year, language)[0]


def usually(day: date) -> bool:
    """Whether a day is a working day when nobody wrote down anything else."""
    free, swapped = _year(day.year)
    return (day.weekday() < 5 or day in swapped) and day not in free


def is_working_day(day: date, known: Known) -> bool:
    return known[day] if day in known else usually(day)


def on_or_before(day: date, known: Known) -> date:
    """The day itself when it is a working day, else the last working day before it."""
    while not is_working_day(day, known):
        day -= timedelta(days=1)
    return day


def on_or_after(day: date, known: Known) -> date:
    """The day itself when it is a working day, else the first working day after it."""
    while not is_working_day(day, known):
        day += timedelta(days=1)
    return day


def monday_of(day: date) -> date:
    """The Monday of the week, a working day or not: what is said once a week is named after it."""
    return day - timedelta(days=day.weekday())


def untold_since(monday: date, known: Known) -> date:
    """Where a letter of the week of `monday` begins to tell: a week before, and earlier by each week before that
    which had no working day, and so no letter."""
    since = monday - timedelta(days=7)
    while not any(is_working_day(since + timedelta(days=day), known) for day in range(7)):
        since -= timedelta(days=7)
    return since


def later(day: date, count: int, known: Known) -> date:
    """The working day `count` working days after `day`: Friday 14/5/2021 and 3 is Wednesday 19/5."""
    for _ in range(count):
        day = on_or_after(day + timedelta(days=1), known)
    return day


def earlier(day: date, count: int, known: Known) -> date:
    """The working day `count` working days before `day`: Monday 17/5/2021 and 3 is Wednesday 12/5."""
    for _ in range(count):
        day = on_or_before(day - timedelta(days=1), known)
    return day


def moment_later(moment: datetime, count: int, zone: str, known: Known) -> datetime:
    """The same hour of the day in `zone`, `count` working days later."""
    local = moment.astimezone(ZoneInfo(zone))
    return local + (later(local.date(), count, known) - local.date())
