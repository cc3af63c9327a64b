"""How long a piece may wait before somebody is told: the department's own clock, in working days. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.vocabulary import Phase
from workflow.rules import workdays
from workflow.rules.workdays import Known

LONGEST: Mapping[Phase, int] = {Phase.SENT: 3, Phase.READY: 2}
"""Working days a piece may wait for an editor to take it, and for an approver."""
ASKED_EVERY = timedelta(days=7)
ASKED_AT_MOST = 4
"""How often a unit is asked for its consents; the editor sees what is still missing, and may send the piece back."""


def has_waited_too_long(since: datetime, phase: Phase, *, now: datetime, zone: str, known: Known) -> bool:
    return workdays.moment_later(since, LONGEST[phase], zone, known) <= now
