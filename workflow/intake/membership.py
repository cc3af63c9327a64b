"""A member list that came by mail: kept as a proposal for the registry, its gaps told to the unit (R1)."""

from collections import Counter
from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from models.base import db
from models.directive import Composition
from models.envelope import CommitteeProposal
from models.organisation import Unit
from workflow import deadlines, outbox, storage
from workflow.intake import committee_lists
from workflow.intake.problems import Problem, Unreadable
from workflow.intake.reading import Part


def propose(part: Part, *, unit: Unit, envelope_id: int, on: date) -> list[Problem]:
    """Keep the list for the department to look at; the unit gets a letter when seats are empty. In a change().

    Returns what could not be read; the file is kept all the same.
    """
    problems = []
    try:
        members = committee_lists.members_of(part)
    except Unreadable as why:
        members, problems = (), [Problem(why.code, part.name)]
    proposal = CommitteeProposal(
        envelope_id=envelope_id,
        unit_id=unit.id,
        blob=storage.keep(part.data),
        file_name=part.name,
        members=[{**asdict(member), "seat_kind": member.seat_kind.value} for member in members],
    )
    db.session.add(proposal)
    db.session.flush()
    if members and gaps(proposal, on=on):
        outbox.put(
            "letter:committee_incomplete",
            f"committee_proposal:{proposal.id}:letter:committee_incomplete",
            {"unit": unit.id, "proposal": proposal.id, "on": on.isoformat()},
        )
    return problems


def gaps(proposal: CommitteeProposal, *, on: date) -> dict[str, int]:
    """How many seats of each kind the list leaves empty, by the directive in force on a day; empty when complete."""
    directive = deadlines.directive_on(on)
    missing = Counter(
        kind.value
        for kind in db.session.scalars(
            select(Composition.seat_kind).where(Composition.directive_id == directive.id)
        )
    )
    missing.subtract(Counter(member["seat_kind"] for member in proposal.members))
    return {kind: n for kind, n in missing.items() if n > 0}
