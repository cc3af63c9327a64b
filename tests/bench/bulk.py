"""Many pieces in one click against the same approvals one by one: both with guards, chain, outbox and commit.

Rounds are interleaved, the same pieces each time; the ratio of the medians counts.
"""

import time
from collections.abc import Callable, Iterable
from statistics import median

from tests.bench import desk
from tests.bench.figures import Figure, Stage
from workflow import bulk

ROUNDS = 5


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    rates: dict[str, list[float]] = {"alone": [], "together": []}
    for _ in range(ROUNDS):
        rates["alone"].append(desk.rate(ours.approve))
        ours.send_back()
        rates["together"].append(_rate(lambda: _approve_all(ours)))
        ours.send_back()
    alone, together = median(rates["alone"]), median(rates["together"])
    yield Figure(
        "bulk",
        f"{together / alone:.1f}",
        ">= 5.0",
        f"approving {desk.PIECES} pieces in one click against one by one ({together:.0f}/s to {alone:.0f}/s)",
    )


def _rate(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return desk.PIECES / (time.perf_counter() - begun)


def _approve_all(ours: desk.Desk) -> None:
    outcomes = bulk.perform_all(ours.digests, "approve", by=ours.approver)
    if not all(one.is_done for one in outcomes):
        raise RuntimeError("not every piece was approved")
