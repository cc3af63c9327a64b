"""Delegations: one's own role, to a named person, between two days; and no way round four eyes (R10)."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.people import Delegation
from models.vocabulary import Role
from workflow import accounts, delegations, submissions
from workflow.queries import audit_check
from workflow.rules.guards import GUARDS

pytestmark = pytest.mark.database

TODAY, NEXT_WEEK = date(2021, 5, 17), date(2021, 5, 24)


@pytest.fixture
def lend(clock_at):
    """`lend(minh, phuong)`: Minh lends his approving to Phương for a week, on the morning of 17 May 2021."""

    def give(lender, to, role=Role.APPROVER, since=TODAY, until=NEXT_WEEK):
        return delegations.give(to, role=role, since=since, until=until, reason="Đi công tác", by=lender)

    clock_at("2021-05-17 08:30")
    return give


def payload(action):
    query = select(AuditEvent.payload).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
    return json.loads(db.session.scalars(query.limit(1)).one())


def test_a_delegate_approves_in_the_place_of_her_lender_and_the_event_says_so(make, cast, lend):
    piece = make.submission(state="edited")
    lend(cast.minh, cast.phuong)

    submissions.approve(piece.id, by=cast.phuong, seen=piece.digest)

    told = payload("submission:approve")
    assert (told["actor"], told["in_place_of"]) == (cast.phuong.id, cast.minh.id)
    assert payload("delegation:give")["reason"] == "Đi công tác"


def test_by_a_role_of_her_own_she_takes_nobodys_place(make, cast, lend):
    piece = make.submission(state="edited")
    lend(cast.minh, cast.ly)

    submissions.approve(piece.id, by=cast.ly, seen=piece.digest)

    assert "in_place_of" not in payload("submission:approve")


def test_a_lent_role_opens_the_console_and_closes_with_its_last_day(cast, lend, clock_at):
    lend(cast.minh, cast.phuong)

    roles = {}
    for day in ("17", "23", "24"):
        clock_at(f"2021-05-{day} 12:00")
        roles[day] = accounts.roles_of(cast.phuong)

    assert roles == {
        "17": {"publisher", "approver"},
        "23": {"publisher", "approver"},
        "24": {"publisher"},
    }


def test_r10_the_delegate_of_the_editor_cannot_approve_even_after_the_delegation_was_ended(
    make, cast, lend, refused, clock_at
):
    given = lend(cast.son, cast.minh, Role.EDITOR)
    piece = make.submission(state="edited", editor=cast.son)
    delegations.end(given.id, reason="Đã về", by=cast.son)
    assert accounts.roles_of(cast.minh) == {"approver"}
    clock_at("2021-05-19 08:00")

    assert refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=piece.digest)) == (
        "four_eyes_violation"
    )


def test_r10_what_a_delegate_edited_counts_as_edited_by_her_lender_too(make, cast, lend, refused):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    lend(cast.son, cast.phuong, Role.EDITOR)
    piece = make.submission(state="edited", editor=cast.phuong)

    assert refused(lambda: submissions.approve(piece.id, by=cast.son, seen=piece.digest)) == (
        "four_eyes_violation"
    )


def test_r11_an_approval_that_no_guard_saw_is_told_also_of_who_stood_in_for_an_editor_or_was_stood_in_for(
    make, cast, lend, monkeypatch
):
    lend(cast.son, cast.minh, Role.EDITOR)
    accounts.grant(cast.ly, Role.EDITOR, by=None)
    lend(cast.ly, cast.phuong, Role.EDITOR)
    by_delegate = make.submission(state="edited", editor=cast.son)
    of_lender = make.submission(state="edited", editor=cast.phuong)
    fine = make.submission(state="edited", editor=cast.ha)
    assert audit_check.check().is_whole

    monkeypatch.setitem(GUARDS, "four_eyes", lambda _facts: None)
    for piece, by in ((by_delegate, cast.minh), (of_lender, cast.ly), (fine, cast.minh)):
        submissions.approve(piece.id, by=by, seen=piece.digest)

    assert set(audit_check.check().damages) == {
        audit_check.Damage(f"submission:{piece.id}", 5, "own_approval") for piece in (by_delegate, of_lender)
    }


def test_r11_what_was_lent_after_an_approval_of_the_same_day_makes_no_damage_of_it(
    make, cast, lend, clock_at
):
    piece = make.submission(state="edited", editor=cast.son)
    clock_at(f"{TODAY} 09:00")
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)
    clock_at(f"{TODAY} 14:00")
    lend(cast.son, cast.minh, Role.EDITOR)

    assert audit_check.check().is_whole


def test_a_delegation_of_another_time_bars_nobody(make, cast, lend, clock_at):
    lend(cast.son, cast.minh, Role.EDITOR, until=TODAY + timedelta(days=1))
    clock_at("2021-05-19 08:00")
    piece = make.submission()  # the factory's people meet on the 19th too
    clock_at("2021-05-19 09:00")
    submissions.submit(piece.id, by=cast.binh)
    submissions.claim(piece.id, by=cast.son)
    submissions.finish_editing(piece.id, by=cast.son)

    done = submissions.approve(piece.id, by=cast.minh, seen=piece.digest)

    assert done.state == "approved"


def test_a_delegation_ended_before_its_first_day_bars_nobody(make, cast, lend, clock_at):
    given = lend(cast.son, cast.minh, Role.EDITOR, since=date(2021, 5, 20), until=NEXT_WEEK)
    piece = make.submission(state="edited", editor=cast.son)
    clock_at("2021-05-19 16:00")
    delegations.end(given.id, reason="Hoãn công tác", by=cast.son)
    clock_at("2021-05-21 09:00")

    done = submissions.approve(piece.id, by=cast.minh, seen=piece.digest)

    assert done.state == "approved"
    assert audit_check.check().is_whole


def test_r10_one_ended_on_its_first_day_still_bars(make, cast, lend, clock_at, refused):
    given = lend(cast.son, cast.minh, Role.EDITOR)
    piece = make.submission(state="edited", editor=cast.son)
    clock_at("2021-05-17 16:00")
    delegations.end(given.id, reason="Về sớm", by=cast.son)

    assert (
        refused(lambda: submissions.approve(piece.id, by=cast.minh, seen=piece.digest))
        == "four_eyes_violation"
    )


@pytest.mark.parametrize(
    ("lender", "to", "role", "code"),
    [
        ("son", "minh", Role.APPROVER, "not_yours_to_lend"),
        ("mai", "minh", Role.ADMIN, "not_yours_to_lend"),
        ("minh", "minh", Role.APPROVER, "own_delegate"),
        ("minh", "lan", Role.APPROVER, "delegate_outside"),
    ],
)
def test_only_a_role_of_ones_own_and_only_inside_the_department(cast, lend, refused, lender, to, role, code):
    assert refused(lambda: lend(getattr(cast, lender), getattr(cast, to), role)) == code
    assert db.session.scalars(select(Delegation)).all() == []


def test_what_was_lent_is_lent_no_further_and_the_attempt_is_on_record(cast, lend, refused, audited):
    lend(cast.minh, cast.phuong)

    assert refused(lambda: lend(cast.phuong, cast.ha)) == "not_yours_to_lend"
    assert audited(cast.phuong) == ["delegation:refused/not_yours_to_lend"]


def test_days_are_ahead_and_in_order_and_nothing_is_given_twice(cast, lend, refused):
    yesterday = TODAY - timedelta(days=1)
    lend(cast.minh, cast.phuong)

    assert refused(lambda: lend(cast.minh, cast.ha, since=yesterday)) == "date_past"
    assert refused(lambda: lend(cast.minh, cast.ha, until=TODAY)) == "dates_invalid"
    assert refused(lambda: lend(cast.minh, cast.phuong, since=TODAY + timedelta(days=3))) == (
        "delegation_doubled"
    )


def test_whose_role_was_taken_lends_it_no_more(cast, lend):
    lend(cast.minh, cast.phuong)
    [given] = cast.minh.grants

    accounts.revoke(given, by=cast.mai)

    assert accounts.roles_of(cast.phuong) == {"publisher"}


def test_only_the_lender_or_an_administrator_ends_it_and_it_stays_in_the_books(cast, lend, refused):
    given = lend(cast.minh, cast.phuong)

    assert refused(lambda: delegations.end(given.id, reason="x", by=cast.phuong)) == "forbidden"
    delegations.end(given.id, reason="Về sớm", by=cast.mai)
    delegations.end(given.id, reason="Về sớm", by=cast.minh)

    told = payload("delegation:end")
    assert (told["before"], told["after"], told["actor"]) == ("2021-05-24", "2021-05-17", cast.mai.id)
    assert db.session.get_one(Delegation, given.id).valid_to == TODAY
    assert accounts.roles_of(cast.phuong) == {"publisher"}
