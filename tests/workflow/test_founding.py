"""A rehearsal founds itself, once, whoever comes first."""

import json
import threading
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.house import HouseFact
from models.people import Account
from workflow import clock, definitions, founding
from workflow.engine.machine import Engine
from workflow.rules.guards import GUARDS

pytestmark = pytest.mark.database

BEGINS = datetime(2021, 5, 3, 8, tzinfo=clock.ZONE)


def test_processes_that_start_at_once_found_a_rehearsal_together(app):
    assert db.session.scalars(select(Account)).all() == []
    db.session.rollback()
    ready, stumbled = threading.Barrier(4), []

    def start():
        with app.app_context():
            ready.wait(30)
            try:
                founding.take_up(lambda _password: "hash", begins=BEGINS)
            except Exception as error:
                stumbled.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert stumbled == []
    people = db.session.scalars(select(Account.email)).all()
    assert sorted(people) == sorted(email for email, *_ in founding.DEMO_PEOPLE)
    assert db.session.get_one(HouseFact, "mode").value == "demo"
    # On the rehearsal's clock, not on the machine's: the trail begins before what follows.
    told = db.session.scalars(select(AuditEvent.at).where(AuditEvent.action == "account:add"))
    assert {datetime.fromisoformat(at).astimezone(clock.ZONE).date() for at in told} == {BEGINS.date()}
    assert [(event, name) for event, name, *_ in rules_on_record()] == [
        ("procedure:note", "monthly-submission 1"), ("procedure:note", "unit-approval 1"),
    ]  # fmt: skip


def rules_on_record() -> list[tuple[str, str, str | None, str]]:
    db.session.rollback()
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action.startswith("procedure:")).order_by(AuditEvent.id)
    )
    told = [(event.action, json.loads(event.payload)) for event in events]
    return sorted((action, one["procedure"], one["before"], one["after"]) for action, one in told)


def test_a_version_whose_file_is_another_one_is_put_on_record_once(app, monkeypatch):
    founding.note_rules()
    founding.note_rules()
    before = rules_on_record()
    assert len(before) == len(definitions.engines())

    (version, engine), *others = definitions.engines().items()
    altered = Engine(replace(engine.definition, sha256="0" * 64), GUARDS)
    monkeypatch.setattr(definitions, "engines", lambda: {version: altered, **dict(others)})
    for _ in range(2):
        founding.note_rules()

    [change] = [one for one in rules_on_record() if one not in before]
    assert change == (
        "procedure:change", f"{version[0]} {version[1]}", engine.definition.sha256, "0" * 64,
    )  # fmt: skip
