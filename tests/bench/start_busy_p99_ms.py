"""From the commit of a row to the start of what it asks for, a row every 20 ms; beside it Dramatiq's defaults."""

from collections.abc import Iterable
from statistics import median

from tests.bench import starts
from tests.bench.figures import Figure, Stage

ROUNDS, EACH, PAUSE_SECONDS = 3, 200, 0.02


def measure(stage: Stage) -> Iterable[Figure]:
    ours, theirs = starts.measured(stage, rounds=ROUNDS, each=EACH, pause_seconds=PAUSE_SECONDS)
    yield Figure(
        "start_busy_p99_ms",
        f"{median(ours):.1f}",
        "<= 25.0",
        "a row of the outbox every 20 ms: from its commit through bell, relay, Redis and claim to the start of its"
        f" work, p99; Dramatiq's defaults from enqueue to actor, nothing stored: {median(theirs):.1f} ms",
    )
