"""What follows from a happening, as rows for the outbox. The workers that carry them out stand in `tasks/`."""

from collections.abc import Iterable

from workflow.engine.moves import Effect
from workflow.rules.topics import QUEUES


def effects(topics: Iterable[str], **payload: object) -> tuple[Effect, ...]:
    return tuple(Effect(topic, QUEUES[topic], payload) for topic in topics)
