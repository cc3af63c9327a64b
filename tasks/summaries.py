"""The clock's errand on the first of a month: the summary of the month that has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from workflow import clock, summaries


def sum_up(slot: datetime) -> Mapping[str, int]:
    return summaries.sum_up(*month_before(slot))


def month_before(slot: datetime) -> tuple[int, int]:
    """(year, month) of the month that has ended at the slot."""
    ended = slot.astimezone(clock.ZONE).replace(day=1) - timedelta(days=1)
    return ended.year, ended.month
