"""Deciding one move, role and guards included, against a dictionary look-up that calls the same guards."""

from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter

from models.vocabulary import Role
from tests.bench import desk
from tests.bench.figures import Figure, Stage
from workflow import definitions, facts
from workflow.engine.unit_of_work import statement
from workflow.rules.guards import GUARDS

TIMES = 20_000
ROUNDS = 7


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    with statement() as connection:
        known = facts.gather(connection, ours.numbers[0], actor=ours.approver.id)
    engine = definitions.pinned(known.workflow, known.workflow_version)
    answers = {"seen": known.digest}
    table = {("approve", "edited"): tuple(GUARDS[name] for name in engine.step("approve", "edited").guards)}

    def look_up() -> bool:
        return Role.APPROVER in known.roles and not any(
            guard(known) for guard in table["approve", known.state]
        )

    def decide() -> object:
        return engine.decide("approve", known, answers)

    rounds = [(_seconds(look_up), _seconds(decide)) for _ in range(ROUNDS)]
    least, taken = (median(column) / TIMES * 1e6 for column in zip(*rounds, strict=True))
    yield Figure(
        "plan",
        f"{taken / least:.1f}",
        "<= 3",
        f"deciding one approval against a dict look-up and the same guards ({taken:.2f} us to {least:.2f} us)",
    )


def _seconds(act: Callable[[], object]) -> float:
    begun = perf_counter()
    for _ in range(TIMES):
        act()
    return perf_counter() - begun
