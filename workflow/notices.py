"""What follows from a happening: the effects that definitions may name, and the queue each one waits in.

The workers that carry them out stand in `tasks/`; here is only what is written into the outbox.
"""

from collections.abc import Iterable, Mapping

from workflow.engine.moves import Effect

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
    "post": "mail",
    "public_copy": "media",
    "read_mail": "default",
    "job": "default",
}
"""Topic of an outbox row -> Dramatiq queue."""

EFFECTS = frozenset(topic for topic in QUEUES if topic.startswith("letter:"))
"""What a workflow definition may name as an effect."""


def effects(topics: Iterable[str], **payload: object) -> tuple[Effect, ...]:
    return tuple(Effect(topic, QUEUES[topic], payload) for topic in topics)
