"""Whom letters go to, and how many a step will send, told before it is taken. Reads only."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Executable, literal, literal_column, select, text

from models.base import db
from models.people import Account
from models.vocabulary import Role
from workflow.queries import roles
from workflow.queries.heirs import at_work


@dataclass(frozen=True)
class Person:
    """Somebody a letter goes to. `account_id` is None for a stranger who wrote to us."""

    account_id: int | None
    name: str
    address: str
    language: str = "vi"


_LOST = "EXISTS (SELECT 1 FROM bounce b WHERE b.address = lower({account}.email) AND b.cleared_at IS NULL)"
_SELECT = f"SELECT a.id, a.full_name, a.email, a.language, {_LOST.format(account='a')} AS is_lost"

# The unit's committee today, who takes its mail first: specialist, leader, who holds the role by grant, the rest.
# When a unit has ended its main heir's committee is asked.
_MEMBERS = text(f"""
WITH today AS (SELECT (people_now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day),
home AS (
  SELECT coalesce({at_work("u", "today.day")}, u.id) AS id FROM today, unit u WHERE u.id = :unit
), placed AS (
  SELECT seat.account_id, CASE seat.seat_kind WHEN 'specialist' THEN 1 WHEN 'leader' THEN 2 ELSE 4 END AS rank
  FROM today, home JOIN committee c ON c.unit_id = home.id AND c.valid_to IS NULL
  JOIN seat ON seat.committee_id = c.id AND seat.valid_to IS NULL
  WHERE seat.valid_from <= today.day
  UNION ALL
  SELECT g.account_id, 3 FROM today, home JOIN role_grant g ON g.unit_id = home.id AND g.role = 'committee'
  WHERE g.valid_from <= today.day AND (g.valid_to IS NULL OR today.day < g.valid_to)
)
{_SELECT} FROM placed JOIN account a ON a.id = placed.account_id WHERE a.active
GROUP BY a.id ORDER BY min(placed.rank), a.sort_key, a.id
""")  # noqa: S608  (a constant of this file)

_LEADERS = text(f"""
{_SELECT} FROM committee c JOIN seat ON seat.committee_id = c.id AND seat.valid_to IS NULL
JOIN account a ON a.id = seat.account_id
WHERE c.unit_id = :unit AND c.valid_to IS NULL AND seat.seat_kind = 'leader' AND a.active
ORDER BY a.sort_key, a.id
""")

_SENDERS = text(f"""
{_SELECT} FROM account a WHERE a.active AND a.id IN (
  SELECT e.actor_id FROM audit_event e WHERE e.submission_id = :id AND e.action = 'submission:submit')
ORDER BY a.sort_key, a.id
""")  # noqa: S608

_AUTHORS = text(f"""
{_SELECT} FROM account a WHERE a.active AND a.id IN (
  SELECT e.actor_id FROM audit_event e
  WHERE e.submission_id = :id AND e.payload::jsonb ->> 'side' = 'unit')
ORDER BY a.sort_key, a.id
""")  # noqa: S608

_ACCOUNT = text(f"{_SELECT} FROM account a WHERE a.id = :id AND a.active")


def members(unit_id: int) -> list[Person]:
    """The unit's committee, who takes its mail first."""
    return _people(_MEMBERS, unit=unit_id)


def contacts(unit_id: int) -> list[Person]:
    """The two who take what is written to the committee about itself."""
    return members(unit_id)[:2]


def leaders(unit_id: int) -> list[Person]:
    """The leader on the unit's committee today; who takes its mail when that seat is empty."""
    return _people(_LEADERS, unit=unit_id) or members(unit_id)[:1]


def senders(submission_id: int) -> list[Person]:
    """Who ever sent the piece."""
    return _people(_SENDERS, id=submission_id)


def authors(submission_id: int) -> list[Person]:
    """Who created, wrote or sent the piece on the unit's side."""
    return _people(_AUTHORS, id=submission_id)


def approvers() -> list[Person]:
    """Who is an approver today, by a role of her own or a lent one; which piece she may approve the guards say."""
    return _holders(Role.APPROVER)


def editors() -> list[Person]:
    """The department's specialists: whoever is an editor today, by a role of her own or a lent one."""
    return _holders(Role.EDITOR)


def account(account_id: int) -> list[Person]:
    return _people(_ACCOUNT, id=account_id)


def unit_side(submission_id: int, unit_id: int) -> list[Person]:
    """Who wrote and sent the piece; the unit's contact when none of them has an account any more."""
    return authors(submission_id) or members(unit_id)[:1]


def everybody_of_it(submission_id: int, unit_id: int) -> list[Person]:
    """Who wrote and sent the piece, and the unit's contact."""
    return once([*authors(submission_id), *members(unit_id)[:1]])


def once(people: Sequence[Person]) -> list[Person]:
    return list({person.address: person for person in people}.values())


def _holders(role: Role) -> list[Person]:
    """Who holds a role today, by her own or by a loan that counts: what the guards go by."""
    held = roles.held(Account.id, roles.today())
    is_lost: ColumnElement[bool] = literal_column(_LOST.format(account="account")).label("is_lost")
    asked = select(Account.id, Account.full_name, Account.email, Account.language, is_lost)
    return _people(
        asked.where(Account.active, literal(role).in_(held)).order_by(Account.sort_key, Account.id)
    )


def _people(query: Executable, **values: object) -> list[Person]:
    """Those who can be reached; everybody when none of them can, so that no letter is dropped unseen."""
    rows = db.session.execute(query, values).all()
    reached = [row for row in rows if not row.is_lost]
    return [Person(row.id, row.full_name, row.email, row.language) for row in reached or rows]


# --- foretold ---------------------------------------------------------------------------------------------------

Count = Callable[[int, int, int], int]
"""(piece, unit, who takes the step) -> how many letters."""


def _to_unit_side(piece: int, unit: int, _me: int) -> int:
    return len(unit_side(piece, unit))


def _to_everybody(piece: int, unit: int, _me: int) -> int:
    return len(everybody_of_it(piece, unit))


def _to_approvers(_piece: int, _unit: int, me: int) -> int:
    """Whoever finishes the editing cannot approve, so is not called."""
    return sum(person.account_id != me for person in approvers())


COUNTS: Mapping[str, Count] = {
    "letter:returned": _to_unit_side,
    "letter:approved": _to_unit_side,
    "letter:retracted": _to_unit_side,
    "letter:set_aside": _to_unit_side,
    "letter:published": _to_everybody,
    "letter:awaiting_approval": _to_approvers,
}


def foretold(topics: Collection[str], *, piece: int, unit: int, me: int) -> dict[str, int]:
    """Topic -> letters, for those that can be counted before; each way of counting is asked once."""
    known = {
        count: count(piece, unit, me) for count in {COUNTS[topic] for topic in topics if topic in COUNTS}
    }
    return {topic: known[COUNTS[topic]] for topic in topics if topic in COUNTS}
