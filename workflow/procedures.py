"""Procedures: which workflow definition a month follows, and moving pieces from one version to another.

A piece keeps the definition and version it began with; what is chosen here holds for those that come after. A
migration says first what it would do, keeps every piece in its phase, and is undone by another one back.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update

from models.base import db
from models.people import Account
from models.period import Period
from models.submission import Submission
from workflow import accounts, clock, definitions, trail
from workflow.engine import migration
from workflow.engine.definition import Definition
from workflow.engine.errors import N_, Invalid
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require

BATCH = 5_000


@patient
def follow(period: Period, name: str, *, reason: str, by: Account) -> None:
    """Let new pieces of a month follow this definition; those that were begun keep theirs."""
    require(accounts.roles_of(by), "periods.write")
    if name not in definitions.names():
        raise Invalid("workflow_unknown", N_("Không có quy trình “{name}”."), name=name, field="workflow")
    reason = reason_given(reason)
    with change() as session:
        session.refresh(period, with_for_update=True)
        before = period.follows
        if before == name:
            raise Invalid("workflow_same", N_("Kỳ này đã theo quy trình đó."), field="workflow")
        session.execute(update(Period).where(Period.id == period.id).values(workflow=name))
        trail.write(
            f"period:{period.id}",
            "period:follow",
            by=by,
            period=period.code,
            reason=reason,
            before=before,
            after=name,
        )


@dataclass(frozen=True)
class Line:
    """What a migration would do with the pieces of one state."""

    state: str
    target: str | None
    """None: the new definition has no state for them."""
    pieces: int
    why_not: str = ""
    fields: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Plan:
    """What a migration would do. `blocked` counts the pieces that stop it."""

    source: Definition
    target: Definition
    lines: tuple[Line, ...]

    @property
    def pieces(self) -> int:
        return sum(line.pieces for line in self.lines)

    @property
    def blocked(self) -> int:
        return sum(line.pieces for line in self.lines if line.target is None)

    @property
    def merged(self) -> list[str]:
        """New states that several old ones become: the way back could not tell these apart."""
        targets = [line.target for line in self.lines if line.target is not None]
        return sorted({target for target in targets if targets.count(target) > 1})

    @property
    def map(self) -> Mapping[str, str]:
        return {line.state: line.target for line in self.lines if line.target is not None}


def plan(
    source: tuple[str, int], target: tuple[str, int], *, renamed: Mapping[str, str] | None = None
) -> Plan:
    """What moving all pieces of one version to another would do: counts per state, and what stands in its way.

    A state becomes what `renamed` says, else the one of the same name, else the only one of its phase. Pieces may be
    led out of a version that the program no longer has, from those of their states that it still knows. Raises
    Invalid for a version nobody has, for a renaming of unknown states, and for one that would change a phase:
    pieces never move on by a migration.
    """
    counts = migration.counts(db.session.connection(), *source)
    old, new = (_left_behind(source, counts) if counts else _known(source)), _known(target)
    if old is new:
        raise Invalid("workflow_same", N_("Hai phiên bản quy trình phải khác nhau."))
    renamed = renamed or {}
    for name, to in renamed.items():
        if name not in old.states or to not in new.states:
            raise Invalid(
                "state_unknown",
                N_("Không có trạng thái “{name}” hoặc “{to}”."),
                name=name,
                to=to,
                field="map",
            )
        if old.states[name].phase != new.states[to].phase:
            raise Invalid(
                "phase_changed",
                N_("“{name}” và “{to}” không cùng giai đoạn; chuyển quy trình không làm bài đi tiếp."),
                name=name,
                to=to,
                field="map",
            )
    lines = tuple(
        Line(name, renamed.get(name) or _counterpart(old, new, name), counts.get(name, 0))
        for name in old.states
    )
    return Plan(old, new, lines)


def _counterpart(old: Definition, new: Definition, name: str) -> str | None:
    phase = old.states[name].phase
    if name in new.states and new.states[name].phase == phase:
        return name
    alike = new.states_in(phase)
    return alike[0] if len(alike) == 1 and len(old.states_in(phase)) == 1 else None


def _known(version: tuple[str, int]) -> Definition:
    try:
        return definitions.pinned(*version).definition
    except KeyError:
        name, number = version
        raise Invalid(
            "workflow_unknown",
            N_("Không có quy trình “{name}” phiên bản {number}."),
            name=name,
            number=number,
        ) from None


def _left_behind(version: tuple[str, int], states: Iterable[str]) -> Definition:
    """The version as the program has it, else no more than the states its pieces stand in."""
    return definitions.followed(*version, standing_in=states).definition


def migrate(planned: Plan, *, reason: str, by: Account | None) -> int:
    """Carry out a plan batch by batch; returns how many pieces moved. `by=None`: whoever runs the command line.

    Each batch is one transaction and each piece has its event, all with one cause. Somebody who acts on a piece
    meanwhile is answered Stale; what she did first, the next batch finds. Raises Invalid while a piece has nowhere
    to go.
    """
    if by is not None:
        require(accounts.roles_of(by), "procedures.write")
    reason = reason_given(reason)
    if planned.blocked:
        raise Invalid(
            "states_unmapped",
            N_("Còn {n} bài ở trạng thái chưa có chỗ tương ứng: {states}."),
            n=planned.blocked,
            states=", ".join(line.state for line in planned.lines if line.pieces and line.target is None),
            field="map",
        )
    cause, moved = str(uuid.uuid4()), 0
    while True:
        with change() as session:
            batch = migration.migrate_batch(
                session.connection(),
                migration.Order(
                    source=(planned.source.name, planned.source.version),
                    target=(planned.target.name, planned.target.version),
                    states=planned.map,
                    actor=by.id if by else None,
                    at=clock.now(),
                    reason=reason,
                    cause=cause,
                ),
                size=BATCH,
            )
        moved += batch
        if not batch:
            db.session.expire_all()
            return moved


def in_use() -> list[tuple[Definition, int]]:
    """Every version of every definition, the newest first, with how many pieces follow it.

    One that the program no longer has is among them as long as pieces follow it, with the states they stand in.
    """
    found: dict[tuple[str, int], dict[str, int]] = {version: {} for version in definitions.engines()}
    for name, version, state, count in db.session.execute(_FOLLOWED):
        found.setdefault((name, version), {})[state] = count
    return [
        (_left_behind(version, counts), sum(counts.values()))
        for version, counts in sorted(found.items(), reverse=True)
    ]


_FOLLOWED = select(
    Submission.workflow, Submission.workflow_version, Submission.state, db.func.count()
).group_by(Submission.workflow, Submission.workflow_version, Submission.state)
