"""The clock's errands that count: the summary of a month once it is closed, the department's week."""

from collections.abc import Mapping
from datetime import datetime

from workflow import clock, nudges, summaries
from workflow.rules.zone import local_day


def sum_up(_slot: datetime) -> Mapping[str, int]:
    return summaries.sum_up(clock.now())


def write_weekly_digest(slot: datetime) -> Mapping[str, int]:
    return nudges.write_weekly_digest(local_day(slot))
