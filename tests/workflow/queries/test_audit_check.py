"""Somebody with the keys to the database alters the trail; the check says where and how (R11)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, text

from models.base import db
from models.submission import Submission
from tests.factories import Make
from workflow import clock, procedures, submissions
from workflow.engine import moves
from workflow.engine.unit_of_work import change
from workflow.queries import audit_check
from workflow.queries.audit_check import Damage


@pytest.fixture
def piece(make: Make) -> Submission:
    """Four events and more: created, sent, claimed, edited, approved."""
    return make.submission(state="approved")


def tamper(superuser: Engine, statement: str, **values: object) -> None:
    """What no role of the program can do: triggers and rights do not hold the superuser."""
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(statement), values).rowcount == 1


def found() -> set[Damage]:
    return set(audit_check.check().damages)


def test_an_untouched_trail_is_whole(piece: Submission) -> None:
    verdict = audit_check.check()

    assert verdict.is_whole
    assert verdict.streams > 5


def test_a_changed_word_is_found(piece: Submission, superuser: Engine) -> None:
    stream = f"submission:{piece.id}"
    tamper(
        superuser,
        "UPDATE audit_event SET payload = replace(payload, 'submission:claim', 'submission:klaim')"
        " WHERE stream = :stream AND seq = 3",
        stream=stream,
    )

    assert found() == {Damage(stream, 3, "changed")}


def test_a_removed_event_is_found_at_its_successor(piece: Submission, superuser: Engine) -> None:
    stream = f"submission:{piece.id}"
    tamper(superuser, "DELETE FROM audit_event WHERE stream = :stream AND seq = 3", stream=stream)

    assert found() == {Damage(stream, 4, "removed")}


def test_an_end_that_was_cut_off_is_found(piece: Submission, superuser: Engine) -> None:
    stream = f"submission:{piece.id}"
    tamper(superuser, "DELETE FROM audit_event WHERE stream = :stream AND seq = 5", stream=stream)

    assert found() == {Damage(stream, 5, "cut_off"), Damage(stream, 5, "effect_invented")}


def test_an_event_that_was_moved_to_another_place_is_found(piece: Submission, superuser: Engine) -> None:
    stream = f"submission:{piece.id}"
    tamper(superuser, "UPDATE audit_event SET seq = 9 WHERE stream = :stream AND seq = 5", stream=stream)

    assert found() == {
        Damage(stream, 5, "cut_off"),
        Damage(stream, 5, "effect_invented"),
        Damage(stream, 9, "misplaced"),
        Damage(stream, 9, "head_changed"),
        Damage(stream, 9, "effect_lost"),
    }


def test_a_state_that_was_set_by_hand_with_its_version_is_found(piece: Submission, superuser: Engine) -> None:
    stream = f"submission:{piece.id}"
    tamper(superuser, "UPDATE submission SET version = 6 WHERE id = :id", id=piece.id)

    assert found() == {Damage(stream, 6, "cut_off")}


def test_a_forged_event_with_a_right_hash_of_its_own_is_found_by_the_head(
    piece: Submission, superuser: Engine
) -> None:
    stream = f"submission:{piece.id}"
    tamper(
        superuser,
        "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)"
        " SELECT stream, 6, p, gen_random_uuid(), hash, sha256('\\x02'::bytea || hash || convert_to(p, 'UTF8'))"
        " FROM audit_event, LATERAL (SELECT replace(payload, '\"seq\"\\:5', '\"seq\"\\:6') AS p) AS forged"
        " WHERE stream = :stream AND seq = 5",
        stream=stream,
    )

    assert found() == {
        Damage(stream, 6, "head_changed"), Damage(stream, 6, "jumped"), Damage(stream, 6, "effect_lost"),
    }  # fmt: skip


def test_a_stream_whose_head_was_removed_is_found(piece: Submission, superuser: Engine) -> None:
    stream = f"unit:{piece.unit_id}"
    tamper(superuser, "DELETE FROM audit_head WHERE stream = :stream", stream=stream)

    assert found() == {Damage(stream, 1, "without_head")}


# --- a version that the program no longer has -------------------------------------------------------------------

FIRST, SECOND = ("monthly-submission", 1), ("unit-approval", 1)
Vanish = Callable[[tuple[str, int]], None]
Statements = Callable[[], AbstractContextManager[list[str]]]


def forge(piece: Submission, source: str, action: str, target: str) -> None:
    """An event with all its hashes right, as whoever holds the program's own password could write it."""
    db.session.expire_all()
    with change() as session:
        moves.record(
            session.connection(),
            moves.Happening(
                piece.id, source, target, piece.version, piece.head_hash, f"submission:{action}", actor=None,
                at=clock.now(), details={"unit": piece.unit_id},
            ),
        )  # fmt: skip


def discarded(make: Make) -> Submission:
    piece = make.submission()
    submissions.perform(piece.id, "discard", by=make.cast.lan)
    return piece


def test_steps_of_a_version_that_is_gone_are_told_apart_and_crowd_out_no_damage(
    make: Make, superuser: Engine, vanishing: Vanish, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One piece went over to the second definition and came back, one was begun in it; then its file was lost."""
    back = make.submission(state="submitted")
    stream = f"submission:{back.id}"
    procedures.migrate(procedures.plan(FIRST, SECOND), reason="Thử.", by=make.cast.mai)
    submissions.claim(back.id, by=make.cast.son)
    submissions.finish_editing(back.id, by=make.cast.son)
    procedures.migrate(procedures.plan(SECOND, FIRST), reason="Trở lại.", by=make.cast.mai)
    submissions.approve(back.id, by=make.cast.minh, seen=back.digest)
    procedures.follow(back.period, SECOND[0], reason="Đơn vị đề nghị.", by=make.cast.mai)
    begun = discarded(make)
    assert not audit_check.check().unmatched
    tamper(superuser, "DELETE FROM outbox WHERE key LIKE :key", key=f"{stream}:5:%")
    assert found() == {Damage(stream, 5, "effect_lost")}

    vanishing(SECOND)
    with statements() as seen:
        verdict = audit_check.check()

    assert verdict.is_whole
    assert sum("AS came_from" in sql for sql in seen) == 1
    gone = [(stream, seq) for seq in (3, 4, 5, 6)] + [(f"submission:{begun.id}", 2)]
    assert {*verdict.unmatched} == {Damage(*step, "version_gone") for step in gone}
    forge(back, "approved", "send_back", "submitted")
    monkeypatch.setattr(audit_check, "MOST", 1)
    # A list filled by what nobody can judge is asked for once more, without it.
    with statements() as seen:
        assert found() == {Damage(stream, 8, "not_in_table")}
    assert sum("AS came_from" in sql for sql in seen) == 2


def test_a_forged_step_is_not_excused_by_saying_that_its_piece_follows_a_version_nobody_has(
    make: Make, superuser: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, untold = make.submission(state="submitted"), old(make, monkeypatch)
    for piece in (told, untold):
        forge(piece, "submitted", "send_back", "drafted")
    streams = {piece: f"submission:{piece.id}" for piece in (told, untold)}
    forged = {piece: Damage(stream, 3, "not_in_table") for piece, stream in streams.items()}
    assert found() == set(forged.values())

    for piece in (told, untold):
        tamper(superuser, "UPDATE submission SET workflow_version = 7 WHERE id = :id", id=piece.id)
    verdict = audit_check.check()

    assert set(verdict.damages) == {forged[told], Damage(streams[told], 1, "version_changed")}
    # Begun before events told the version, a piece is believed in what its row says: nobody can judge the step.
    assert verdict.unmatched == (Damage(streams[untold], 3, "version_gone"),)


def old(make: Make, monkeypatch: pytest.MonkeyPatch) -> Submission:
    """A piece whose first event does not tell what it follows, as all were once begun."""
    record = moves.record

    def without(connection: Connection, one: moves.Happening) -> int:
        details = {name: said for name, said in one.details.items() if name != "follows"}
        return record(connection, replace(one, details=details))

    with monkeypatch.context() as patched:
        patched.setattr(moves, "record", without)
        return make.submission(state="submitted")
