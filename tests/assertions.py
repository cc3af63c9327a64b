"""What tests ask about the world: rows, not mocks."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.people import Account
from models.submission import Submission
from workflow.engine.errors import ToaSoanError


@pytest.fixture
def refused() -> Callable[..., str]:
    """`refused(lambda: verb(...))` is the stable code of the error the verb raises; fails when it raises none."""

    def code(verb: Callable[[], object]) -> str:
        with pytest.raises(ToaSoanError) as caught:
            verb()
        return caught.value.code

    return code


@pytest.fixture
def audited(app: Flask) -> Callable[[Account | Submission], list[str]]:
    """The actions on record for a piece (oldest first), or the refusals on record for a person."""

    def actions(subject: Account | Submission) -> list[str]:
        kind = "submission" if isinstance(subject, Submission) else "refusal"
        query = select(AuditEvent.action).where(AuditEvent.stream == f"{kind}:{subject.id}")
        return list(db.session.scalars(query.order_by(AuditEvent.seq)))

    return actions


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[str]]:
    """The topics that wait in the outbox, oldest first."""

    def topics() -> list[str]:
        return list(db.session.scalars(text("SELECT topic FROM outbox WHERE state = 'new' ORDER BY id")))

    return topics
