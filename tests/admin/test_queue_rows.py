"""The rows of the queues at the console: narrowed, read, settled one by one or all at once, on record."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from look.words import KEEP
from models.audit import AuditEvent
from models.base import db
from workflow import outbox
from workflow.engine.errors import NotAllowed
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import health, measures

pytestmark = pytest.mark.database

PAGE = "/quan-tri/hang-doi/viec"
DAY = 24 * 3600


@pytest.fixture
def rows(app):
    """Four rows that died, three of them letters, one of a picture; and one of each other state."""
    with bookkeeping() as session:
        for number in range(3):
            outbox.put("post", f"thu-{number}", {"letter": number})
        outbox.put("public_copy", "anh", {"attachment": 7})
        session.execute(
            text("UPDATE outbox SET state = 'dead', attempts = 8, error = 'SMTPServerDisconnected'")
        )
        for state in ("new", "queued", "running", "done", "dismissed"):
            outbox.put("read_mail", f"den-{state}", {"envelope": 1})
            session.execute(
                text("UPDATE outbox SET state = :state WHERE key = :key"),
                {"state": state, "key": f"den-{state}"},
            )


@pytest.fixture
def mai(client, cast, rows):
    visitor = client.as_(cast.mai)
    visitor.read_token(PAGE)
    return visitor


def states(where: str) -> list[tuple[str, str]]:
    db.session.rollback()
    return [
        tuple(row)
        for row in db.session.execute(text(f"SELECT key, state FROM outbox WHERE {where} ORDER BY id"))
    ]


def newest() -> int:
    return int(db.session.execute(text("SELECT max(id) FROM outbox WHERE state = 'dead'")).scalar_one())


def acts() -> list[dict[str, object]]:
    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.stream == "settings:outbox").order_by(AuditEvent.id)
    told = ("action", "many", "queue", "topic", "reason")
    return [
        {name: data[name] for name in told if name in data}
        for data in (json.loads(event.payload) for event in db.session.scalars(query))
    ]


@pytest.mark.parametrize("state", ["new", "queued", "running", "done", "dismissed"])
def test_every_state_has_its_rows(mai, state):
    page = mai.get(f"{PAGE}?tinh-trang={state}").text

    assert [
        key for key in ("den-new", "den-queued", "den-running", "den-done", "den-dismissed") if key in page
    ] == [f"den-{state}"]
    assert "SMTPServerDisconnected" not in page


def test_what_died_is_shown_with_its_error_and_what_it_was_about(mai):
    page = mai.get(f"{PAGE}?tinh-trang=dead&hang=media").text

    assert "SMTPServerDisconnected" in page
    assert "&#34;attachment&#34;: 7" in page
    assert "thu-0" not in page


def test_a_filter_that_nobody_offers_narrows_nothing(mai):
    page = mai.get(f"{PAGE}?tinh-trang=%27%3B&hang=x&loai=y&truoc=-1").text

    assert "den-done" in page
    assert "thu-0" in page


def test_a_long_list_goes_on_where_the_page_ended(mai):
    with bookkeeping():
        for number in range(30):
            outbox.put("read_mail", f"lau-{number:02d}", {"envelope": 1})

    first = mai.get(f"{PAGE}?hang=default")
    older = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = mai.get(older).text

    assert [f"lau-{n:02d}" in first.text for n in (29, 5, 4)] == [True, True, False]
    assert [f"lau-{n:02d}" in second for n in (5, 4, 0)] == [False, True, True]


def test_all_that_the_filter_shows_is_run_again_and_nothing_else(mai):
    mai.send(f"{PAGE}/chay-lai", **{"tinh-trang": "dead", "hang": "mail", "until": str(newest())})

    assert states("queue = 'mail'") == [("thu-0", "new"), ("thu-1", "new"), ("thu-2", "new")]
    assert states("queue = 'media'") == [("anh", "dead")]
    assert acts() == [{"action": "outbox:retry_all", "many": 3, "queue": "mail", "topic": ""}]


def test_what_is_run_again_waits_since_then_and_not_since_it_was_first_written(mai):
    with bookkeeping() as session:
        session.execute(text("UPDATE outbox SET created_at = now() - interval '9 days' WHERE state = 'dead'"))
        session.execute(
            text("UPDATE outbox SET created_at = now() - interval '2 days' WHERE key = 'den-new'")
        )
        picture = session.scalar(text("SELECT id FROM outbox WHERE key = 'anh'"))

    mai.send(f"/quan-tri/hang-doi/{picture}/chay-lai")
    mai.send(f"{PAGE}/chay-lai", **{"tinh-trang": "dead", "hang": "mail", "until": str(newest())})

    # The mail that nobody gave up waits for two days; the page, the metrics and the probe say so of nothing else.
    page = mai.get("/quan-tri/hang-doi/").text
    assert (f"2{KEEP}ngày" in page, f"9{KEEP}ngày" in page) == (True, False)
    waits = {row.queue: int(row.oldest_seconds) // DAY for row in measures.queues() if row.state == "new"}
    assert waits == {"mail": 0, "media": 0, "default": 2}
    assert health.vitals(["sweep"], here=datetime.now(UTC)).oldest // DAY == 2


def test_all_is_dropped_with_a_reason_only(mai):
    asked = {"tinh-trang": "dead", "until": str(newest())}

    mai.send(f"{PAGE}/bo-qua", reason=" ", **asked)
    assert {state for _, state in states("queue IN ('mail', 'media')")} == {"dead"}
    mai.send(f"{PAGE}/bo-qua", reason="Máy chủ thư cũ đã tắt.", **asked)

    assert {state for _, state in states("queue IN ('mail', 'media')")} == {"dismissed"}
    assert acts() == [
        {
            "action": "outbox:dismiss_all",
            "many": 4,
            "queue": "",
            "topic": "",
            "reason": "Máy chủ thư cũ đã tắt.",
        }
    ]


def test_what_died_after_the_page_was_shown_is_not_settled_with_it(mai):
    seen = newest()
    with bookkeeping() as session:
        outbox.put("post", "vua-hong", {"letter": 9})
        session.execute(text("UPDATE outbox SET state = 'dead', error = 'x' WHERE key = 'vua-hong'"))

    mai.send(f"{PAGE}/chay-lai", **{"tinh-trang": "dead", "hang": "mail", "until": str(seen)})

    assert states("key = 'vua-hong'") == [("vua-hong", "dead")]


@pytest.mark.parametrize("name", ["son", "minh", "phuong", "khang"])
def test_nobody_but_an_administrator_settles_them(cast, rows, name):
    with pytest.raises(NotAllowed):
        outbox.retry_all(queue="", topic="", until=newest(), by=getattr(cast, name))

    assert {state for _, state in states("queue IN ('mail', 'media')")} == {"dead"}
