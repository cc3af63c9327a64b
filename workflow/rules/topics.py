"""What may wait in the outbox: each topic and its queue, and which of them a workflow definition may name. Pure."""

from collections.abc import Mapping

QUEUES: Mapping[str, str] = {
    "letter:receipt": "mail",
    "letter:returned": "mail",
    "letter:awaiting_approval": "mail",
    "letter:approved": "mail",
    "letter:published": "mail",
    "letter:retracted": "mail",
    "letter:set_aside": "mail",
    "letter:reminder": "mail",
    "letter:committee_incomplete": "mail",
    "letter:committee_confirmed": "mail",
    "letter:delegation": "mail",
    "letter:receipt_problem": "mail",
    "letter:unknown_sender": "mail",
    "letter:invitation": "mail",
    "letter:sign_in_link": "mail",
    "letter:second_step": "mail",
    "letter:monthly_summary": "mail",
    "letter:missing_consent": "mail",
    "letter:consent_withdrawn": "mail",
    "letter:quota_shortfall": "mail",
    "letter:weekly_digest": "mail",
    "letter:waiting_long": "mail",
    "letter:daily_digest": "mail",
    "letter:unit_succession": "mail",
    "letter:contact_undeliverable": "mail",
    "post": "mail",
    "channel": "mail",
    "public_copy": "media",
    "read_mail": "default",
    "job": "default",
    # Behind no mail to be read and no job that takes long: its hour was promised.
    "job:publishing": "publish",
}
"""Topic of an outbox row -> Dramatiq queue."""


def of_job(name: str) -> str:
    """The topic of a job of the timetable: its own where it has a queue of its own."""
    return f"job:{name}" if f"job:{name}" in QUEUES else "job"


EFFECTS = frozenset(topic for topic in QUEUES if topic.startswith("letter:"))
"""What a workflow definition may name as an effect."""
