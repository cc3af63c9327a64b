"""Letters by which a person comes in, and those that tell her who may."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tasks.occasions.errand import Errand, Payload, link
from workflow import links
from workflow.queries import recipients, sign_ins


def sign_in_link(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To whose address was typed; nothing when nobody has it, or when the link is too old by now to be of use."""
    asked = sign_ins.asked_for(payload["link"])
    if asked is None or asked.link.account_id is None:
        return
    ends_at = now + timedelta(seconds=asked.seconds_left)
    yield Errand(
        kind="sign_in_link",
        to=recipients.account(asked.link.account_id),
        occasion=f"link:{asked.link.id}",
        facts=lambda _: {"link": links.marked(asked.link), "activate_before": ends_at},
    )


def second_step(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """To whom it belongs: a way of her second step was added or taken away, by whoever had her account."""
    yield Errand(
        kind="second_step",
        to=recipients.account(payload["account"]),
        occasion=f"account:{payload['account']}:{payload['event']}",
        facts=lambda _: {
            "act": payload["act"],
            "means": payload["means"],
            "happened_at": payload["at"],
            "link": link("devices"),
        },
    )
