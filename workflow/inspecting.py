"""What an inspector does that leaves a trace of its own: taking the audit trail out of the house (R11)."""

from collections.abc import Mapping

from models.base import db
from models.people import Account
from workflow import accounts, clock
from workflow.engine import audit
from workflow.engine.unit_of_work import change
from workflow.rules.permissions import require


def note_export(asked: Mapping[str, object], *, by: Account) -> None:
    """Put on record that somebody exports the trail, with the filters. Raises NotAllowed; then nothing leaves."""
    require(accounts.roles_of(by), "audit.read")
    with change():
        audit.write(
            db.session.connection(),
            "settings:audit",
            "audit:export",
            actor=by.id,
            at=clock.now(),
            asked={name: value for name, value in asked.items() if value},
        )
