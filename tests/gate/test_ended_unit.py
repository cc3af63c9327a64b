"""People of a unit that has ended: they see what was theirs, and change nothing any more (R12)."""

import pytest

from models.base import db
from models.submission import Submission
from models.vocabulary import Role
from workflow import accounts, submissions, writing
from workflow.engine.unit_of_work import change

pytestmark = pytest.mark.database


@pytest.fixture
def ended(cast, make):
    """Can Lộc ends on 18 May, Kỳ Anh town takes over; Bình sits in it, Lan writes for it."""
    draft = make.submission()
    sent = make.submission(state="submitted")

    def end():
        with change() as session:
            unit = session.get_one(type(cast.can_loc), cast.can_loc.id)
            unit.valid_to = make.clock_at("2021-05-18 08:00").date()
            unit.successor_codes = [cast.town_ky_anh.code]
        db.session.expire_all()
        make.clock_at("2021-05-18 08:00")

    return draft, sent, end


def test_they_read_and_write_nothing_new(cast, client, ended, refused, make):
    draft, sent, end = ended
    before = db.session.query(Submission).count()
    end()
    binh = client.as_(cast.binh)

    month = binh.get("/don-vi/").text.replace("\xa0", " ")
    assert "Đơn vị đã kết thúc hoạt động từ 18/05/2021" in month
    assert "Phòng Giáo dục và Đào tạo thị xã Kỳ Anh tiếp nhận và làm tiếp." in month
    # Nothing invites to write what would not be taken; the address says why.
    assert not any(words in month for words in ("Soạn bài", "Soạn tin, bài", "Gửi nhanh"))
    asked = binh.get("/don-vi/soan", follow_redirects=True)
    assert (asked.request.path, "đã kết thúc hoạt động" in asked.text) == ("/don-vi/", True)
    pressed = binh.post(
        f"/don-vi/bai/{draft.code}/gui",
        data={"csrf_token": binh.token, "statement": "1"}, follow_redirects=True,
    ).text  # fmt: skip
    assert "Đồng chí không có quyền" not in pressed
    assert pressed.count("Đơn vị đã kết thúc hoạt động từ") == 2
    assert binh.get(f"/don-vi/bai/{draft.code}").status_code == 200
    assert binh.get(f"/don-vi/bai/{sent.code}").status_code == 200
    assert refused(lambda: make.submission(author=cast.binh)) == "unit_ended"
    assert refused(make.submission) == "unit_ended"
    assert db.session.query(Submission).count() == before


def test_what_they_had_is_the_heirs_to_send_or_withdraw(cast, ended, refused, make):
    draft, sent, end = ended
    end()

    for person in (cast.binh, cast.lan):

        def write(person=person):
            return writing.write(draft.id, make.manuscript(), by=person, seen=draft.digest)

        assert refused(write) == "forbidden"
    assert refused(lambda: submissions.withdraw(sent.id, by=cast.binh)) == "forbidden"
    submissions.withdraw(sent.id, by=cast.nga)

    db.session.expire_all()
    assert sent.state == "drafted"


def test_a_new_role_for_the_unit_that_took_over_makes_them_write_again(cast, ended, make):
    _, _, end = ended
    end()
    accounts.grant(cast.lan, Role.CONTRIBUTOR, unit=cast.town_ky_anh, by=cast.mai)

    assert make.submission(unit=cast.town_ky_anh).unit_id == cast.town_ky_anh.id
