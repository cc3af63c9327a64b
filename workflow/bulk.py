"""One step with many pieces: each keeps its guards, its event and its letters, and says what came of it.

`foresee` tells per piece what would happen, `perform_all` does it. The facts of many are gathered in one statement
and what was decided is written in one; a step that writes more than the piece itself goes one by one.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.people import Account
from workflow import consequences, definitions, facts, submissions
from workflow.engine import batch, moves, repeats
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound, Refusal, Stale, ToaSoanError
from workflow.engine.patience import patiently
from workflow.engine.unit_of_work import statement
from workflow.rules.facts import Facts

BATCH = 250
"""Pieces in one statement: larger gains nothing, and others wait for the rows meanwhile."""
MOST = 5000
"""Pieces in one click."""
NOT_TOGETHER = frozenset({"write", "answer", "reclassify", "extend", "submit"})
"""Steps about one text, one picture, or a unit and its month."""

Seen = Mapping[int, str | None]
"""Piece -> digest of the text that was seen; None where the step names none."""


@dataclass(frozen=True)
class Outcome:
    """What would happen to one piece, or what has."""

    submission_id: int
    code: str
    is_done: bool
    state: str
    """Where it stands then."""
    refusals: tuple[Refusal, ...] = ()
    is_repeat: bool = False
    """This very click had done it before."""


@dataclass
class _Click:
    """What somebody asks for with one press."""

    pieces: Seen
    trigger: str
    actor: int | None
    answers: Mapping[str, Any]
    command: str
    is_repeatable: bool
    tries: int = 0

    @property
    def action(self) -> str:
        return f"submission:{self.trigger}"

    def command_of(self, number: int) -> str:
        """The command id of one piece's event."""
        return str(uuid.uuid5(uuid.UUID(self.command), f"submission:{number}"))

    def answers_of(self, number: int) -> dict[str, Any]:
        seen = self.pieces[number]
        return {**self.answers, **({"seen": seen} if seen else {})}

    def content_of(self, number: int) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "piece": number,
            "at": None,
            "acting_for": None,
            **self.answers_of(number),
        }


def foresee(pieces: Seen, trigger: str, *, by: Account | None, **answers: Any) -> list[Outcome]:
    """What `perform_all` would do now, in the order of `pieces`. Records nothing; raises as it does."""
    _refuse_unfit(pieces, trigger)
    click = _Click(pieces, trigger, by.id if by else None, answers, str(uuid.uuid4()), is_repeatable=False)
    found: dict[int, Outcome] = {}
    with statement() as connection:
        for some in _batches(pieces):
            for known in facts.gather_many(connection, some, actor=click.actor):
                try:
                    happening = _decided(known, click)
                    found[known.submission_id] = _done(known, happening.target)
                except ToaSoanError as refused:
                    found[known.submission_id] = _refused(known, refused)
    return _in_order(pieces, found)


def perform_all(
    pieces: Seen, trigger: str, *, by: Account | None, command: str | None = None, **answers: Any
) -> list[Outcome]:
    """Take one step with each piece that may take it; the others are told with every reason, on record.

    All events share one cause. With a `command` a repeat of the whole click is harmless: what it did before is
    told as done. Raises Invalid (`too_many`, `not_together`), Busy, CommandReused, KeyError for no such trigger.
    """
    _refuse_unfit(pieces, trigger)
    click = _Click(
        pieces, trigger, by.id if by else None, answers, command or str(uuid.uuid4()),
        is_repeatable=command is not None,
    )  # fmt: skip
    found: dict[int, Outcome] = {}
    for some in _batches(pieces):
        if consequences.writes_more(trigger):
            found.update(_one_by_one(some, click, by))
        else:
            found.update(_patiently(some, click))
    return _in_order(pieces, found)


def _patiently(some: Sequence[int], click: _Click) -> dict[int, Outcome]:
    click.tries = 0
    return patiently(lambda: _together(some, click), is_repeatable=True)


def _together(some: Sequence[int], click: _Click) -> dict[int, Outcome]:
    """One batch: a statement that looks, one that writes, and the refusals put on record."""
    click.tries += 1
    found = _before(some, click) if click.is_repeatable or click.tries > 1 else {}
    ready: dict[int, tuple[Facts, moves.Happening]] = {}
    refused: list[tuple[Facts, NotAllowed]] = []
    with statement() as connection:
        left = [number for number in some if number not in found]
        for known in facts.gather_many(connection, left, actor=click.actor):
            try:
                ready[known.submission_id] = (known, _decided(known, click))
            except ToaSoanError as error:
                found[known.submission_id] = _refused(known, error)
                if isinstance(error, NotAllowed):
                    refused.append((known, error))
        written = batch.record_many(connection, [happening for _, happening in ready.values()])
    if refused:
        submissions.put_on_record(click.trigger, refused)
    for number, (known, happening) in ready.items():
        found[number] = _done(known, happening.target) if number in written else _refused(known, Stale())
    # Two copies of one click at the same moment: what the slower one did not move, the faster one did.
    lost = [number for number in ready if number not in written]
    return {**found, **(_before(lost, click) if lost and click.is_repeatable else {})}


def _before(some: Sequence[int], click: _Click) -> dict[int, Outcome]:
    """What an earlier copy of this click did with these pieces."""
    commands = {click.command_of(number): number for number in some}
    wrote = repeats.earlier_of_many(
        {command: click.content_of(number) for command, number in commands.items()}, click.action
    )
    return {
        commands[command]: Outcome(commands[command], "", True, payload["to"], is_repeat=True)
        for command, payload in wrote.items()
    }


def _decided(known: Facts, click: _Click) -> moves.Happening:
    """The same questions as of one piece alone. Raises NotAllowed, Stale, Invalid."""
    number, answers = known.submission_id, click.answers_of(known.submission_id)
    engine = definitions.followed(known.workflow, known.workflow_version)
    if engine.gone is None and not engine.knows(click.trigger):
        # Another piece's definition may know it: among many this one is refused, and no mistake.
        raise engine.not_here(known.state)
    step = engine.decide(click.trigger, known, answers)
    if "seen" in step.asks and answers["seen"] != known.digest:
        raise Stale
    if consequences.writes_more(click.trigger):
        changes: dict[str, Any] = {}
        details: dict[str, Any] = {}
    else:
        changes, details = consequences.of(click.trigger, known, answers)
    command = click.command_of(number)
    if click.is_repeatable:
        details = {**details, "asked": repeats.asked(command, click.content_of(number))}
    return consequences.happening(
        known, step, changes, details, answers, command=command, cause=click.command
    )


def _one_by_one(some: Sequence[int], click: _Click, by: Account | None) -> Iterator[tuple[int, Outcome]]:
    """Each piece in a transaction of its own, with the same cause."""
    for number in some:
        try:
            done = submissions.perform(
                number, click.trigger, by=by, command=click.command_of(number), cause=click.command,
                **click.answers_of(number),
            )  # fmt: skip
            yield number, Outcome(number, "", True, done.state)
        except ToaSoanError as refused:
            yield number, Outcome(number, "", False, "", tuple(refused.refusals))


def _done(known: Facts, state: str) -> Outcome:
    return Outcome(known.submission_id, known.code, True, state)


def _refused(known: Facts, error: ToaSoanError) -> Outcome:
    return Outcome(known.submission_id, known.code, False, known.state, tuple(error.refusals))


def _in_order(pieces: Seen, found: Mapping[int, Outcome]) -> list[Outcome]:
    missing = tuple(NotFound().refusals)
    return [found.get(number, Outcome(number, "", False, "", missing)) for number in pieces]


def _batches(pieces: Seen) -> Iterator[list[int]]:
    """Ids rise within a batch and from batch to batch: two clicks over the same pieces meet in one order."""
    numbers = sorted(pieces)
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def _refuse_unfit(pieces: Seen, trigger: str) -> None:
    if not any(definitions.steps(trigger)):
        raise KeyError(trigger)
    if trigger in NOT_TOGETHER:
        raise Invalid("not_together", N_("Thao tác này làm với từng bài, không làm cùng lúc nhiều bài."))
    if len(pieces) > MOST:
        raise Invalid("too_many", N_("Mỗi lần xử lý không quá {most} bài."), most=MOST)
