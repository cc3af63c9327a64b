"""Units that end: who works on their pieces then, and who does not before (R12)."""

from datetime import date

import pytest

from models.base import db
from models.organisation import Unit
from models.submission import Submission
from workflow import organisation, submissions
from workflow.queries import portal, recipients

pytestmark = pytest.mark.database


def end(unit: Unit, on: date, *heirs: Unit) -> None:
    organisation.save_unit(
        organisation.UnitDescription(
            code=unit.code, name=unit.name, kind=unit.kind, valid_from=unit.valid_from, valid_to=on,
            admin_unit=unit.admin_unit, admin_kind=unit.admin_kind, successor_codes=[heir.code for heir in heirs],
        ),
        by=None,
    )  # fmt: skip
    db.session.rollback()


def seen_by(person, piece: Submission, day: date) -> bool:
    return portal.find(piece.code, me=person.id, today=day) is not None


def test_r12_the_heirs_committee_has_no_hand_in_a_unit_that_still_lives(make, cast, refused):
    piece = make.submission()
    end(cast.can_loc, date(2021, 7, 1), cast.town_ky_anh)

    assert refused(lambda: submissions.submit(piece.id, by=cast.nga)) == "forbidden"
    assert not seen_by(cast.nga, piece, date(2021, 5, 17))
    found = portal.pieces(
        cast.town_ky_anh.id, me=cast.nga.id, everyone=True, discarded_after=piece.created_at
    )  # fmt: skip
    assert found["pool"] == []


def test_r12_what_comes_back_to_an_ended_unit_is_sent_again_by_its_main_heirs_committee(make, cast, clock_at):
    piece = make.submission(state="submitted")
    end(cast.can_loc, date(2021, 5, 18), cast.town_ky_anh, cast.district_ky_anh)
    clock_at("2021-05-18 08:00")
    submissions.give_back(piece.id, reason="Thiếu chú thích ảnh.", by=cast.son)

    assert seen_by(cast.nga, piece, date(2021, 5, 18))
    assert submissions.submit(piece.id, by=cast.nga).state == "submitted"
    db.session.expire_all()
    assert db.session.get_one(Submission, piece.id).unit.code == "h-can-loc"


def test_r12_an_heir_that_has_ended_too_passes_the_work_on(make, cast, clock_at, refused):
    piece = make.submission(state="submitted")
    end(cast.can_loc, date(2021, 5, 18), cast.district_ky_anh)
    end(cast.district_ky_anh, date(2021, 5, 19), cast.town_ky_anh)
    clock_at("2021-05-18 08:00")
    submissions.give_back(piece.id, reason="Thiếu chú thích ảnh.", by=cast.son)

    assert refused(lambda: submissions.submit(piece.id, by=cast.nga)) == "forbidden"
    clock_at("2021-05-19 08:00")
    assert submissions.submit(piece.id, by=cast.nga).state == "submitted"
    assert seen_by(cast.nga, piece, date(2021, 5, 19))


def test_r12_letters_about_an_ended_unit_go_to_the_heir_that_still_lives(make, cast, clock_at):
    make.submission()
    end(cast.can_loc, date(2021, 5, 18), cast.district_ky_anh)
    end(cast.district_ky_anh, date(2021, 5, 19), cast.town_ky_anh)
    clock_at("2021-05-19 08:00")

    assert [person.address for person in recipients.members(cast.can_loc.id)] == ["nga@example.edu.vn"]
