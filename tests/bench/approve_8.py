"""The same as approve_1 with eight clients at once, each a process of its own, as web servers are."""

import multiprocessing
import time
from collections.abc import Iterable
from multiprocessing.synchronize import Barrier
from statistics import median

from tests.bench import desk
from tests.bench.figures import Figure, Stage

CLIENTS = 8
ROUNDS = 5
PATIENCE_SECONDS = 120


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    limit = desk.Limit(ours)
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(CLIENTS + 1)
    clients = [context.Process(target=_client, args=(number, gate), daemon=True) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    rates: dict[str, list[float]] = {"ours": [], "limit": []}
    for _ in range(ROUNDS):
        for name, side in (("limit", limit), ("ours", ours)):
            gate.wait(PATIENCE_SECONDS)
            begun = time.perf_counter()
            gate.wait(PATIENCE_SECONDS)
            rates[name].append(desk.PIECES / (time.perf_counter() - begun))
            side.send_back()
    for client in clients:
        client.join(PATIENCE_SECONDS)
    best, reached = median(rates["limit"]), median(rates["ours"])
    yield Figure(
        "approve_8",
        f"{reached / best:.2f}",
        ">= 0.60",
        f"the same, {CLIENTS} clients ({reached:.0f}/s to {best:.0f}/s)",
    )


def _client(number: int, gate: Barrier) -> None:
    """Approve every eighth piece, limit and house in turn, when the gate opens; it opens again when all are done."""
    from wsgi import create_app

    with create_app().app_context():
        ours = desk.sit_down()
        limit = desk.Limit(ours)
        share = range(number, desk.PIECES, CLIENTS)
        for _ in range(ROUNDS):
            for side in (limit, ours):
                gate.wait(PATIENCE_SECONDS)
                if side is limit:
                    limit.look()
                desk.rate(side.approve, share)
                gate.wait(PATIENCE_SECONDS)
