"""To the department about its own queues: what waits longer than it wants to let anything wait."""

from collections.abc import Iterator
from datetime import datetime

from models.vocabulary import Phase
from tasks.occasions.errand import Errand, Payload, link
from workflow import nudges
from workflow.queries import recipients
from workflow.rules.waiting import LONGEST
from workflow.rules.zone import local_day


def waiting_long(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To the editors about what nobody took, to the approvers about what waits for them; nothing when all is done."""
    phase = Phase(payload["phase"])
    pieces = nudges.waiting(phase, now, {})
    if not pieces:
        return
    for_editors = phase is Phase.SENT
    yield Errand(
        kind="waiting_long",
        to=recipients.editors() if for_editors else recipients.approvers(),
        occasion=f"waiting:{phase.value}:{payload['on']}",
        facts=lambda _: {
            "waits_for": "editing" if for_editors else "approval",
            "longest_days": LONGEST[phase],
            "pieces": [
                {
                    "code": piece["code"],
                    "title": piece["title"],
                    "unit_short": piece["admin_unit"],
                    "days": (local_day(now) - local_day(piece["state_since"])).days,
                }
                for piece in pieces
            ],
            "link": link("desk"),
        },
    )
