"""One approval (facts, role, four eyes, consent, state, chained event, outbox, commit) against its limit, one client.

Rounds are interleaved, the same number of approvals each; the ratio of the medians counts.
"""

from collections.abc import Iterable
from statistics import median

from tests.bench import desk
from tests.bench.figures import Figure, Stage

ROUNDS = 5


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    limit = desk.Limit(ours)
    rates: dict[str, list[float]] = {"ours": [], "limit": []}
    for _ in range(ROUNDS):
        for name, side in (("limit", limit), ("ours", ours)):
            rates[name].append(desk.rate(side.approve))
            side.send_back()
    best, reached = median(rates["limit"]), median(rates["ours"])
    yield Figure(
        "approve_1",
        f"{reached / best:.2f}",
        ">= 0.60",
        f"one approval against one CTE by psycopg on the same rows and indexes, 1 client"
        f" ({reached:.0f}/s to {best:.0f}/s)",
    )
