"""The zone people live in here, and the day it is for them. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def local_day(moment: datetime) -> date:
    """The day it is for people at a moment."""
    return moment.astimezone(ZONE).date()
