"""The logs: whoever has the id of a click finds what came of it in every process, up to the letter."""

import json
import logging

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.audit import AuditEvent
from models.base import db
from models.mishap import Mishap
from models.outbox import Letter, OutboxMessage
from tasks import delivery
from workflow import logbook, mail_sign_in, mishaps
from workflow.engine import driver

pytestmark = pytest.mark.database

TYPED = "lời của chị Lan"


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


@pytest.mark.parametrize("word", ["an error", 'lỗi\r\n{"event": "forged"}\n\x1b[31m\x00'])
def test_what_a_library_says_is_a_line_like_ours_whatever_it_quotes(logged, word):
    logbook.keep()
    logging.getLogger("dramatiq.worker").warning("Consumer encountered %s.", word)

    [line] = logged()

    assert (line["event"], line["level"], line["logger"]) == (
        f"Consumer encountered {word}.", "warning", "dramatiq.worker",
    )  # fmt: skip


def test_what_breaks_is_told_without_the_link_it_broke_on_and_without_what_was_typed(
    app, client, logged, monkeypatch
):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def broken(_token):
        db.session.execute(text("SELECT 1 / 0 WHERE :typed <> ''"), {"typed": TYPED})

    monkeypatch.setattr(mail_sign_in, "holder", broken)
    logbook.keep()

    assert client.get("/vao/thu/bi-mat-cua-son").status_code == 500

    [line] = [line for line in logged() if line["level"] == "error"]
    assert line["event"] == "broken: GET /vao/thu/<token>"
    assert "division by zero" in line["exception"]
    assert "bi-mat-cua-son" not in str(line) and TYPED not in str(line)


ADDRESS = "chi-lan-o-nha@example.edu.vn"


def as_a_question():
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE account SET email = :typed WHERE id IN (SELECT id FROM account ORDER BY id LIMIT 2)"
            ),
            {"typed": ADDRESS},
        )


def as_a_move():
    with db.engines["moves"].connect() as connection:
        driver.execute(
            connection,
            "UPDATE account SET email = %(typed)s WHERE id IN (SELECT id FROM account ORDER BY id LIMIT 2)"
            " RETURNING id",
            {"typed": ADDRESS},
        )


def as_a_value():
    with db.engine.begin() as connection:
        connection.execute(text("SELECT CAST(CAST(:typed AS text) AS bigint)"), {"typed": f'"{ADDRESS}"\nvà'})


SAYS = {
    as_a_question: 'duplicate key value violates unique constraint "uq_account_email"',
    as_a_move: 'duplicate key value violates unique constraint "uq_account_email"',
    as_a_value: 'invalid input syntax for type bigint: "…"',
}


@pytest.mark.parametrize("breaks", SAYS)
def test_what_the_database_quotes_of_a_row_is_kept_nowhere(
    app, client, cast, make, broker, work, logged, monkeypatch, breaks
):
    make.submission(state="edited")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(mail_sign_in, "holder", lambda _token: breaks())
    monkeypatch.setitem(delivery.HANDLERS, "letter", lambda _rows: breaks())
    logbook.keep()
    with pytest.raises(DBAPIError, match=ADDRESS) as broken:
        breaks()

    client.get("/vao/thu/bi-mat-cua-son")
    mishaps.note("sweep", "submission:1", broken.value)
    work()

    lines, says = logged(), SAYS[breaks]
    traced = [line["event"] for line in lines if says in line.get("exception", "")]
    assert set(traced) == {"broken: GET /vao/thu/<token>", "stumbled", "delivery_failed"}
    kept = [
        *db.session.scalars(select(Mishap.error)),
        *db.session.scalars(select(OutboxMessage.error).where(OutboxMessage.topic.startswith("letter:"))),
    ]
    assert len(kept) > 1 and set(kept) == {f"{type(broken.value).__name__}: {says}"}
    assert ADDRESS not in str(lines)
