"""The deadline sweep of a million drafts against one hand-written SQL statement, and its longest transaction."""

from collections.abc import Iterable

from tests.bench.figures import Figure, Stage
from tests.bench.pool import pool
from tests.bench.sweep_100k import against_by_hand

COUNT = 1_000_000


def measure(stage: Stage) -> Iterable[Figure]:
    with pool(stage) as ready:
        yield against_by_hand(ready, "sweep_1m", COUNT, rounds=3)
        longest = ready.longest
    yield Figure(
        "sweep_longest_s",
        f"{longest:.2f}",
        "< 1.00",
        f"longest transaction of the sweeps of {COUNT:,} drafts",
    )
