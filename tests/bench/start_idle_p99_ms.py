"""The same after a silence: a row every second and a half."""

from collections.abc import Iterable
from statistics import median

from tests.bench import starts
from tests.bench.figures import Figure, Stage

ROUNDS, EACH, PAUSE_SECONDS = 3, 8, 1.5


def measure(stage: Stage) -> Iterable[Figure]:
    ours, theirs = starts.measured(stage, rounds=ROUNDS, each=EACH, pause_seconds=PAUSE_SECONDS)
    yield Figure(
        "start_idle_p99_ms",
        f"{median(ours):.1f}",
        "<= 25.0",
        f"the same after 1.5 s of silence; Dramatiq's defaults: {median(theirs):.1f} ms",
    )
