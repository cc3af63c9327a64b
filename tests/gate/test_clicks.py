"""One click, one cause; where it came from stands in the trail as a seal that can be broken for good."""

import hashlib
import json

import pytest
from sqlalchemy import event, select, text

from models.audit import AuditEvent
from models.base import db
from models.privacy import SealedWord
from workflow import deadlines, privacy, submissions
from workflow.queries import audit_check, private_words

pytestmark = pytest.mark.database


def events(*, of=None):
    """(action, actor, payload) of the newest events first, of one person when named."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    rows = db.session.scalars(query if of is None else query.where(AuditEvent.actor_id == of.id))
    return [(row.action, row.actor_id, json.loads(row.payload)) for row in rows]


def test_all_that_one_press_does_shares_one_cause_and_two_presses_do_not(make, cast, client, clock_at):
    pieces = [make.submission() for _ in range(2)]
    clock_at("2021-05-20 08:00")
    deadlines.sweep()
    son = client.as_(cast.son)

    for day in ("22", "23"):
        son.send(
            f"/quan-tri/bai/{pieces[0].id}/buoc/extend", reason="Mưa lũ", last_day=f"2021-05-{day}",
            command="",
        )  # fmt: skip
        if day == "22":
            first = [payload["cause"] for _, _, payload in events(of=cast.son)[:3]]

    causes = {payload["cause"] for action, _, payload in events(of=cast.son) if action == "period:extend"}
    assert len(first) == 3
    assert len(set(first)) == 1
    assert len(causes) == 2


def test_one_verb_that_calls_several_is_one_click_without_any_browser(make, cast):
    from workflow.engine.unit_of_work import change

    piece, other = make.submission(state="submitted"), make.submission(state="submitted")

    with change():
        submissions.claim(piece.id, by=cast.son)
        submissions.claim(other.id, by=cast.son)
    submissions.perform(piece.id, "release", by=cast.son)

    newest = [payload["cause"] for _, _, payload in events(of=cast.son)[:3]]
    assert newest[0] != newest[1] == newest[2]


def test_the_address_is_sealed_once_in_a_session_and_never_written_out(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)

    son.send(f"/quan-tri/bai/{piece.id}/buoc/claim")
    son.send(f"/quan-tri/bai/{piece.id}/buoc/release")

    told = [payload["address"] for _, _, payload in events(of=cast.son) if "address" in payload]
    assert len(told) == 3
    assert len(set(told)) == 1
    word = db.session.scalars(select(SealedWord)).one()
    assert (word.value, word.account_id) == ("127.0.0.1", cast.son.id)
    assert told[0] == "sealed:" + hashlib.sha256(word.salt + word.value.encode()).hexdigest()
    assert "127.0.0.1" not in str(events())


def test_another_network_is_another_seal(make, cast, client):
    son = client.as_(cast.son)
    piece = make.submission(state="submitted")

    son.post(
        f"/quan-tri/bai/{piece.id}/buoc/claim",
        data={"csrf_token": son.token},
        environ_overrides={"REMOTE_ADDR": "10.1.2.3"},
    )

    assert set(db.session.scalars(select(SealedWord.value))) == {"127.0.0.1", "10.1.2.3"}


def test_failing_to_sign_in_is_on_record_and_what_was_typed_is_not(make, cast, client):
    client.read_token("/vao/dang-nhap")

    for email in (cast.son.email, "khong-co@example.edu.vn"):
        assert client.send("/vao/dang-nhap", email=email, password="sai-mat-khau").status_code == 200

    (unknown, _, about_nobody), (known, _, about_son) = events()[:2]
    assert known == unknown == "account:sign_in_failed"
    assert (about_son["stream"], about_nobody["stream"]) == (f"account:{cast.son.id}", "settings:sign_in")
    assert "khong-co" not in str(events())
    assert "sai-mat-khau" not in str(events())


def test_coming_and_going_are_on_record(cast, client):
    son = client.as_(cast.son)

    son.send("/vao/dang-xuat")

    assert [action for action, _, _ in events(of=cast.son)] == ["account:sign_out", "account:sign_in"]


def test_a_page_for_everybody_asks_for_no_session(client):
    assert "Set-Cookie" not in client.get("/").headers


def test_what_a_page_asks_often_stays_prepared_for_the_next_one(cast, client):
    db.engine.dispose()  # So that there is one line, and who asks after it meets the same.
    ha = client.as_(cast.ha)

    for _ in range(8):
        assert ha.get("/quan-tri/").status_code == 200

    with db.engine.connect() as line:
        assert line.scalar(text("SELECT count(*) FROM pg_prepared_statements")) > 3


def test_a_line_that_breaks_while_a_page_reads_is_told_as_a_database_away(cast, client, superuser):
    ha = client.as_(cast.ha)
    asked = []

    def break_before_the_third(line, *_):
        asked.append(line)
        if len(asked) == 3:
            pid = line.connection.driver_connection.info.backend_pid
            with superuser.begin() as admin:
                admin.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    event.listen(db.engine, "before_cursor_execute", break_before_the_third)
    try:
        answer = ha.get("/quan-tri/")
    finally:
        event.remove(db.engine, "before_cursor_execute", break_before_the_third)

    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert ha.get("/quan-tri/").status_code == 200


def test_what_is_forgotten_is_gone_for_good_and_the_chain_is_whole(make, cast, client):
    client.as_(cast.son)
    client.as_(cast.mai)

    assert privacy.forget(cast.son, reason="Đề nghị của đồng chí Sơn", by=cast.mai) == 1

    payloads = [payload for _, _, payload in events() if "address" in payload]
    words = private_words.opened(payloads)
    assert sorted(words.values(), key=str) == ["127.0.0.1", None]
    read = [private_words.readable(payload, words, forgotten="đã xóa")["address"] for payload in payloads]
    assert sorted(read) == ["127.0.0.1", "đã xóa"]
    assert events(of=cast.mai)[0][0] == "account:forget"
    assert events(of=cast.mai)[0][2]["words"] == 1
    assert audit_check.check().is_whole


def test_another_word_behind_a_seal_is_told_with_its_event(cast, client, superuser):
    client.as_(cast.son)

    with superuser.begin() as connection:
        connection.execute(text("UPDATE sealed_word SET value = '10.0.0.1'"))

    told = [(damage.stream, damage.kind) for damage in audit_check.check().damages]
    assert told == [(f"account:{cast.son.id}", "word_changed")]


def test_only_an_administrator_makes_the_house_forget_and_says_why(cast, client, refused):
    client.as_(cast.son)

    assert refused(lambda: privacy.forget(cast.son, reason="x", by=cast.son)) == "forbidden"
    assert refused(lambda: privacy.forget(cast.son, reason=" ", by=cast.mai)) == "reason_required"
    assert db.session.scalars(select(SealedWord.value)).all() == ["127.0.0.1"]


def test_the_program_itself_cannot_put_another_word_in_the_place_of_a_sealed_one(cast, client):
    client.as_(cast.son)

    for statement in ("UPDATE sealed_word SET digest = sha256('x')", "DELETE FROM sealed_word"):
        with pytest.raises(Exception, match="permission denied"), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_corrected_member_is_sealed_before_and_after(make, cast):
    from workflow import committees

    [placed] = committees.standing(committees.in_force(cast.can_loc))

    committees.correct(placed, by=cast.son, phone="0239 3000 000", title="Phó Trưởng phòng")

    _, _, told = events(of=cast.son)[0]
    words = private_words.opened([told])
    assert told["fields"] == ["phone", "title"]
    assert private_words.readable(told["after"], words, forgotten="") == {
        "phone": "0239 3000 000", "title": "Phó Trưởng phòng",
    }  # fmt: skip
    assert told["before"] == {"phone": "", "title": ""}
    assert "0239" not in str(events())


def test_an_answer_about_children_tells_what_it_was_before(make, cast):
    from models.vocabulary import Consent
    from workflow import writing

    piece = make.submission(state="submitted", with_picture=True, consent=None)
    file = piece.revision.pictures[0].attachment_id

    for consent in (Consent.UNKNOWN, Consent.YES):
        writing.answer(piece.id, file, consent, by=cast.son)

    told = [payload for action, _, payload in events(of=cast.son) if action == "submission:answer"]
    assert [(one["before"], one["after"]) for one in told] == [
        ({"answer": "unknown"}, {"answer": "yes"}),
        ({"answer": None}, {"answer": "unknown"}),
    ]
