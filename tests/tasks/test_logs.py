"""The logs: whoever has the id of a click finds what came of it in every process, up to the letter."""

import json
import logging

import pytest
import structlog
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.outbox import Letter
from workflow import logbook

pytestmark = pytest.mark.database


@pytest.fixture
def logged(capfd):
    """Logs as a process of the house keeps them; the lines written since it was asked last."""
    handlers, level, others = logging.root.handlers[:], logging.root.level, structlog.get_config()
    logbook.keep()
    yield lambda: [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    structlog.configure(**others)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_one_id_leads_from_the_click_to_the_letter(client, cast, make, broker, work, logged):
    piece = make.submission(state="edited")
    work()
    logged()
    minh = client.as_(cast.minh)
    minh.read_token(f"/quan-tri/bai/{piece.id}/")

    minh.send(f"/quan-tri/bai/{piece.id}/buoc/approve", seen=piece.digest)
    work()

    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "submission:approve").order_by(AuditEvent.id)
    ).one()
    lines = [line for line in logged() if event.cause in (line.get("cause"), *line.get("causes", ()))]
    told = [(line["event"], line.get("topic", line.get("rule", line.get("queue")))) for line in lines]
    assert list(dict.fromkeys(told)) == [
        ("request", "/quan-tri/bai/<int:piece_id>/buoc/<trigger>"),
        ("rung", "mail"),
        ("done", "letter:approved"),
        ("done", "post"),
    ]
    assert {
        letter.state for letter in db.session.scalars(select(Letter).where(Letter.kind == "approved"))
    } == {"sent"}


def test_pages_that_are_only_read_leave_no_line(client, cast, logged):
    visitor = client.as_(cast.minh)
    logged()

    visitor.get("/quan-tri/")
    visitor.get("/")

    assert [line for line in logged() if line["event"] == "request"] == []


def test_what_a_library_says_is_a_line_like_ours(logged):
    logbook.keep()
    logging.getLogger("dramatiq.worker").warning("Consumer encountered %s.", "an error")

    [line] = logged()

    assert (line["event"], line["level"], line["logger"]) == (
        "Consumer encountered an error.", "warning", "dramatiq.worker",
    )  # fmt: skip
