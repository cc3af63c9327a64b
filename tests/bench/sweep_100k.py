"""The deadline sweep of ten and of a hundred thousand drafts against one statement written by hand; three at once."""

from collections.abc import Iterable
from statistics import median

from tests.bench.figures import Figure, Stage
from tests.bench.pool import Pool, pool, rate, together

SWEEPERS = 3


def measure(stage: Stage) -> Iterable[Figure]:
    with pool(stage) as ready:
        yield against_by_hand(ready, "sweep_10k", 10_000, rounds=5)
        yield against_by_hand(ready, "sweep_100k", 100_000, rounds=3)
        ready.fill("public", 100_000)
        moved = together(ready, SWEEPERS)
        events, pieces = ready.events()
    yield Figure(
        "sweep_doubles",
        str(events - pieces + abs(moved - pieces)),
        "0",
        f"events too many after {SWEEPERS} sweepers at once on 100,000 drafts ({events} events, {pieces} pieces)",
    )


def against_by_hand(ready: Pool, name: str, count: int, *, rounds: int) -> Figure:
    """Interleaved rounds, each on tables filled anew; the ratio of the medians counts."""
    rates: dict[str, list[float]] = {"hand": [], "ours": []}
    ready.longest = 0.0
    for _ in range(rounds):
        ready.fill("lim", count)
        rates["hand"].append(rate(ready.by_hand, count))
        ready.fill("public", count)
        rates["ours"].append(rate(ready.ours, count))
    limit, reached = median(rates["hand"]), median(rates["ours"])
    return Figure(
        name,
        f"{reached / limit:.2f}",
        ">= 0.60",
        f"{count:,} drafts lapse, with audit hash and outbox, against one SQL statement written by hand"
        f" ({reached:,.0f}/s to {limit:,.0f}/s; longest transaction {ready.longest:.2f} s)",
    )
