"""The daily digest: what somebody wished to get once a day, in one letter."""

import re
from collections.abc import Iterator
from datetime import datetime

from models.outbox import Letter
from tasks.occasions.errand import Errand, Payload, link
from workflow.queries import recipients, wishes
from workflow.settings import settings

SAYS = 1
"""The paragraph of a letter that says what it is about: the first greets."""

CLOSING = "\n\n--\n"
"""Where a letter ends and the footer, with an address of its own, begins."""


def daily(payload: Payload, now: datetime) -> Iterator[Errand]:
    """`payload`: account, on (the day), until (the newest letter it may take). Nothing when none is held any more."""
    held = wishes.held(payload["account"], until=payload["until"])
    if not held:
        return
    yield Errand(
        kind="daily_digest",
        to=recipients.account(payload["account"]),
        occasion=f"digest:{payload['on']}",
        gathers=tuple(letter.id for letter in held),
        facts=lambda _: {
            "written_at": now,
            "letters": [gist(letter) for letter in held],
            "link": link("wishes"),
        },
    )


def gist(letter: Letter) -> dict[str, str]:
    """What a kept letter comes to: its subject, what it says first, where it leads."""
    text = letter.text.partition(CLOSING)[0]
    ours = re.search(rf"{re.escape(settings().public_url.rstrip('/'))}/[^\s<>\"]+", text)
    address = ours[0].rstrip(".,;:)") if ours else link("wishes")
    says = text.split("\n\n")[SAYS].replace(address, "").rstrip()
    return {"subject": letter.subject, "says": says.rstrip(":") or letter.subject, "link": address}
