"""What is said about a piece: who may say it, who reads it, what stays on record."""

import hashlib
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from models.base import db
from models.desk import Comment
from models.vocabulary import Audience, WrittenAs
from workflow import comments, privacy
from workflow.engine.unit_of_work import apart
from workflow.queries import audit_check, private_words
from workflow.queries.comments import said

pytestmark = pytest.mark.database


def say(piece, words, by, side=WrittenAs.DEPARTMENT, audience=Audience.UNIT):
    return comments.add(piece.id, words, side=side, audience=audience, by=by)


def test_the_unit_reads_what_is_meant_for_it_and_answers(make, cast):
    piece = make.submission(state="submitted")

    say(piece, "Ảnh 2 hơi mờ.", cast.son, audience=Audience.INTERNAL)
    say(piece, "  Số liệu  85 trẻ\r\n\r\n lấy từ đâu? ", cast.son)
    say(piece, "Từ sổ bán trú.", cast.binh, side=WrittenAs.UNIT)

    assert [row.text for row in said(piece.id, everything=False)] == [
        "Số liệu 85 trẻ\nlấy từ đâu?",
        "Từ sổ bán trú.",
    ]
    assert len(said(piece.id, everything=True)) == 3


def test_the_record_holds_who_spoke_and_a_digest_but_not_the_words(make, cast):
    piece = make.submission(state="submitted")

    say(piece, "Ảnh 2 hơi mờ.", cast.son, audience=Audience.INTERNAL)

    row = db.session.execute(
        text("SELECT actor_id, submission_id, payload FROM audit_event WHERE action = 'comment:add'")
    ).one()
    assert (row.actor_id, row.submission_id) == (cast.son.id, piece.id)
    assert hashlib.sha256("Ảnh 2 hơi mờ.".encode()).hexdigest() not in row.payload
    seal = json.loads(row.payload)["said"]
    assert private_words.opened([seal]) == {seal: "Ảnh 2 hơi mờ."}
    assert "hơi mờ" not in row.payload


def test_forgetting_a_person_takes_her_remarks_and_leaves_their_events_whole(make, cast):
    piece = make.submission(state="submitted")
    say(piece, "Ảnh 2 hơi mờ.", cast.son)
    say(piece, "Từ sổ bán trú.", cast.binh, side=WrittenAs.UNIT)

    privacy.forget(cast.son, reason="Đề nghị của người viết.", by=None)

    assert [(row.who, row.text) for row in said(piece.id, everything=True)] == [
        (cast.son.full_name, ""),
        (cast.binh.full_name, "Từ sổ bán trú."),
    ]
    assert audit_check.check().is_whole


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE comment SET text = 'Duyệt được.'", {"remark_changed"}),
        ("UPDATE comment SET text = ''", {"remark_changed"}),
        ("DELETE FROM sealed_word WHERE value = 'Ảnh 2 hơi mờ.'", {"remark_changed"}),
        ("UPDATE comment SET side = 'unit', audience = 'unit'", {"remark_changed"}),
        ("UPDATE sealed_word SET value = 'Duyệt được.' WHERE value = 'Ảnh 2 hơi mờ.'", {"word_changed"}),
        ("UPDATE comment SET audience = 'unit'", {"remark_changed"}),
        ("UPDATE comment SET said_at = said_at - interval '1 day'", {"remark_changed"}),
        ("DELETE FROM comment", {"remark_changed"}),
    ],
)
def test_a_remark_that_is_not_what_its_event_sealed_is_told(make, cast, superuser, statement, kinds):
    piece = make.submission(state="submitted")
    say(piece, "Ảnh 2 hơi mờ.", cast.son, audience=Audience.INTERNAL)

    with superuser.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
        found = audit_check.examine(connection, keys=[], anchors=[]).damages

    assert {damage.kind for damage in found} == kinds
    assert f"comments:{piece.id}" in {damage.stream for damage in found}


def test_speaking_makes_nobody_an_author_or_an_editor(make, cast):
    from workflow import submissions

    piece = make.submission(state="edited")

    say(piece, "Tít nên ngắn hơn.", cast.minh, audience=Audience.INTERNAL)

    assert submissions.approve(piece.id, by=cast.minh, seen=piece.digest).state == "approved"


def test_who_may_not_speak_is_told_and_nothing_is_kept(make, cast, refused):
    piece = make.submission(state="submitted")

    for by, side, audience, code in (
        (cast.khang, WrittenAs.DEPARTMENT, Audience.INTERNAL, "forbidden"),
        (cast.mai, WrittenAs.DEPARTMENT, Audience.INTERNAL, "forbidden"),
        (cast.binh, WrittenAs.DEPARTMENT, Audience.INTERNAL, "forbidden"),
        (cast.binh, WrittenAs.UNIT, Audience.INTERNAL, "forbidden"),
        (cast.nga, WrittenAs.UNIT, Audience.UNIT, "not_found"),
    ):
        assert refused(lambda by=by, s=side, a=audience: say(piece, "Câu hỏi.", by, s, a)) == code
    for words, code in ((" \n ", "text_required"), ("a" * (comments.LONGEST + 1), "text_too_long")):
        assert refused(lambda words=words: say(piece, words, cast.son)) == code
    assert db.session.query(Comment).count() == 0


def test_the_program_cannot_change_or_remove_what_was_said(make, cast):
    piece = make.submission(state="submitted")
    say(piece, "Số liệu?", cast.son)

    for statement in ("UPDATE comment SET text = 'Khác.'", "DELETE FROM comment"):
        with pytest.raises(ProgrammingError), apart() as connection:
            connection.execute(text(statement))
