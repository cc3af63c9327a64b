"""Somebody with the keys to the database alters the trail; the check says where and how (R11)."""

import pytest
from sqlalchemy import Engine, text

from models.submission import Submission
from tests.factories import Make
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
