"""What the database itself refuses, whatever a form, a race or a bug tries."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.base import db
from models.vocabulary import SeatKind
from workflow import accounts, committees, deadlines
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


def insert(engine: Engine, sql: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), values)


def test_r1_a_seat_that_the_directive_does_not_know_cannot_be_taken(cast):
    committee = committees.in_force(cast.can_loc)

    with pytest.raises(IntegrityError, match="fk_seat_directive_id_seat_kind_slot"):
        insert(
            db.engine,
            "INSERT INTO seat (committee_id, directive_id, seat_kind, slot, account_id, title, workplace,"
            " role_in_committee, valid_from) VALUES (:c, :d, 'teacher', 4, :a, '', '', '', now())",
            c=committee.id,
            d=committee.directive_id,
            a=cast.lan.id,
        )


def test_r1_two_people_cannot_sit_on_one_seat(cast):
    committee = committees.in_force(cast.can_loc)

    with pytest.raises(IntegrityError, match="uq_seat_slot"):
        insert(
            db.engine,
            "INSERT INTO seat (committee_id, directive_id, seat_kind, slot, account_id, title, workplace,"
            " role_in_committee, valid_from) VALUES (:c, :d, 'specialist', 1, :a, '', '', '', now())",
            c=committee.id,
            d=committee.directive_id,
            a=cast.lan.id,
        )


def test_r1_a_unit_has_one_committee_in_force(cast):
    committee = committees.in_force(cast.can_loc)

    with pytest.raises(IntegrityError, match="uq_committee_in_force"):
        insert(
            db.engine,
            "INSERT INTO committee (unit_id, directive_id, valid_from) VALUES (:u, :d, now())",
            u=cast.can_loc.id,
            d=committee.directive_id,
        )


def test_r1_a_full_kind_of_seat_is_refused_with_the_rule(cast, refused):
    committee = committees.in_force(cast.can_loc)

    code = refused(
        lambda: committees.seat(committee, cast.lan, SeatKind.SPECIALIST, by=None, since=date(2021, 5, 1))
    )

    assert code == "composition_invalid"


def test_r1_nobody_sits_twice_in_one_committee(cast, refused):
    committee = committees.in_force(cast.can_loc)

    code = refused(
        lambda: committees.seat(committee, cast.binh, SeatKind.LEADER, by=None, since=date(2021, 5, 1))
    )

    assert code == "duplicate_member"


def test_r1_an_incomplete_committee_cannot_be_confirmed_and_a_complete_one_can(cast, refused):
    committee = committees.in_force(cast.can_loc)
    assert refused(lambda: committees.confirm(committee, by=cast.son)) == "composition_invalid"

    newcomers = [
        accounts.add(f"moi{n}@example.edu.vn", full_name=f"Nguyễn Thị Số {n}", by=None) for n in range(4)
    ]
    kinds = (SeatKind.LEADER, SeatKind.TEACHER, SeatKind.TEACHER, SeatKind.TEACHER)
    for person, kind in zip(newcomers, kinds, strict=True):
        committees.seat(committee, person, kind, by=cast.son, since=date(2021, 5, 1))
    committees.confirm(committee, by=cast.son)

    assert committee.status == "confirmed"
    assert committees.missing(committee) == {}


def test_r6_one_active_period_a_month(app):
    with change():
        deadlines.ensure_period(2021, 5)

    with pytest.raises(IntegrityError, match="uq_period_month"):
        insert(
            db.engine,
            "INSERT INTO period (year, month, directive_id, quota, opens_at, deadline_at, closes_at)"
            " SELECT 2021, 5, id, 2, now(), now() + interval '1 day', now() + interval '2 days' FROM directive",
        )


def test_two_directives_cannot_be_in_force_on_one_day(app):
    with pytest.raises(IntegrityError, match="one_directive_at_a_time"):
        insert(
            db.engine,
            "INSERT INTO directive (code, title, valid_from, deadline_day, closing_day, quota, counting_kinds,"
            " bound_unit_kinds, reminder_days) VALUES ('x', 'x', '2022-01-01', 20, 25, 2, '{}', '{}', '{}')",
        )


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("outbox", "(key, topic, queue, payload) VALUES ('k', 'post', 'mail', '{}')"),
        ("job_run", "(job, slot) VALUES ('sweep', '2021-05-20T00:00:00+07')"),
        (
            "letter",
            "(key, kind, to_address, to_name, subject, text, html, written_at)"
            " VALUES ('k', 'receipt', 'a@example.edu.vn', '', '', '', '', now())",
        ),
        ("envelope", f"(sha256, received_at) VALUES ('{'0' * 64}', now())"),
    ],
)
def test_what_must_happen_once_has_a_key(app, table, row):
    insert(db.engine, f"INSERT INTO {table} {row}")

    with pytest.raises(IntegrityError):
        insert(db.engine, f"INSERT INTO {table} {row}")


@pytest.mark.parametrize("table", ["audit_event", "revision", "revision_attachment", "consent_answer"])
def test_r11_not_even_the_owner_changes_what_is_append_only(make, superuser, table):
    from models.vocabulary import Consent

    make.submission(with_picture=True, consent=Consent.YES)
    db.session.rollback()  # a TRUNCATE waits for every reader of the table

    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with superuser.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


def test_the_public_door_reads_views_and_nothing_else(make, app):
    make.submission(state="published")

    with db.engines["forum"].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM public_piece")).scalar() == 1
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("SELECT * FROM submission"))


def test_people_and_database_keep_two_clocks(clock_at):
    from workflow import clock

    clock_at("2021-05-19 23:59")
    people, database = db.session.execute(text("SELECT people_now(), now()")).one()

    assert (people.year, database.year >= 2026) == (2021, True)
    assert clock.now() >= datetime(2021, 5, 19, 16, 59, tzinfo=UTC)
