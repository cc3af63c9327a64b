"""Many pieces in one click against the same approvals one by one: both with guards, chain, outbox and commit.

Rounds are interleaved, the same pieces each time; the ratio of the medians counts.
"""

import time
from collections.abc import Callable, Iterable
from statistics import median

from models.people import Account
from models.vocabulary import Role
from tests.bench import desk
from tests.bench.figures import Figure, Stage
from workflow import accounts, bulk, procedures

ROUNDS = 5
DEFINITIONS = (("monthly-submission", 1), ("unit-approval", 1))


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    rates: dict[str, list[float]] = {"alone": [], "together": []}
    for _ in range(ROUNDS):
        rates["alone"].append(desk.rate(ours.approve))
        ours.send_back()
        rates["together"].append(_rate(lambda: _approve_all(ours)))
        ours.send_back()
    administrator = accounts.add("admin@example.edu.vn", full_name="Đặng Thị Đo", by=None)
    accounts.grant(administrator, Role.ADMIN, by=None, since=desk.SINCE)
    migrated = median(_there_and_back(administrator) for _ in range(ROUNDS))
    alone, together = median(rates["alone"]), median(rates["together"])
    yield Figure(
        "bulk",
        f"{together / alone:.1f}",
        ">= 5.0",
        f"approving {desk.PIECES} pieces in one click against one by one ({together:.0f}/s to {alone:.0f}/s)",
    )
    yield Figure(
        "migrate_per_second",
        f"{migrated:.0f}",
        ">= 2000",
        f"pieces moved to the other definition, {desk.PIECES} in a migration; each with its event, one statement",
    )


def _there_and_back(by: Account) -> float:
    """Pieces a second that `procedures.migrate` moves to the other definition and back."""
    begun, moved = time.perf_counter(), 0
    for source, target in (DEFINITIONS, DEFINITIONS[::-1]):
        moved += procedures.migrate(procedures.plan(source, target), reason="Đo.", by=by)
    return moved / (time.perf_counter() - begun)


def _rate(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return desk.PIECES / (time.perf_counter() - begun)


def _approve_all(ours: desk.Desk) -> None:
    outcomes = bulk.perform_all(ours.digests, "approve", by=ours.approver)
    if not all(one.is_done for one in outcomes):
        raise RuntimeError("not every piece was approved")
