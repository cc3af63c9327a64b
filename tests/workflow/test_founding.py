"""A rehearsal founds itself, once, whoever comes first."""

import threading

import pytest
from sqlalchemy import select

from models.base import db
from models.house import HouseFact
from models.people import Account
from workflow import founding

pytestmark = pytest.mark.database


def test_processes_that_start_at_once_found_a_rehearsal_together(app):
    assert db.session.scalars(select(Account)).all() == []
    db.session.rollback()
    ready, stumbled = threading.Barrier(4), []

    def start():
        with app.app_context():
            ready.wait(30)
            try:
                founding.take_up(lambda _password: "hash")
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
