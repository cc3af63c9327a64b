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


def test_who_began_to_write_before_the_end_keeps_what_she_typed(cast, client, ended):
    _, _, end = ended
    lan = client.as_(cast.lan)
    lan.read_token("/don-vi/soan")
    end()

    answer = lan.send(
        "/don-vi/soan", kind="news", title="Mở từ chiều hôm trước", body="<div>Ba trang giấy.</div>", category="",
        author_line="Trần Thị Diệu Linh", school="", act="save",
    )  # fmt: skip

    assert "Đơn vị đã kết thúc hoạt động từ 18/05/2021" in answer.text.replace("\xa0", " ")
    assert "Mở từ chiều hôm trước" in answer.text
    assert "Ba trang giấy." in answer.text


@pytest.mark.parametrize("next_one", ["h-ky-anh", "chua-nap"])
def test_the_line_of_heirs_is_walked_to_whoever_lives_and_may_break_off(cast, client, ended, next_one):
    _, _, end = ended
    end()
    with change() as session:
        town = session.get_one(type(cast.can_loc), cast.town_ky_anh.id)
        town.valid_to, town.successor_codes = cast.can_loc.valid_to, [next_one]

    month = client.as_(cast.binh).get("/don-vi/")

    assert month.status_code == 200
    assert ("Huyện Kỳ Anh" in month.text or "huyện Kỳ Anh" in month.text) is (next_one == "h-ky-anh")
    assert "thị xã Kỳ Anh" not in month.text


def test_a_piece_says_of_its_own_unit_whether_it_ended(make, cast, client, ended):
    """Bình sits in both committees and has chosen the one that goes on."""
    draft, _, end = ended
    accounts.grant(cast.binh, Role.COMMITTEE, unit=cast.town_ky_anh, by=cast.mai)
    other = make.submission(unit=cast.town_ky_anh, author=cast.nga)
    end()
    binh = client.as_(cast.binh)
    binh.get("/don-vi/")
    binh.send("/don-vi/chon", unit="h-can-loc")

    assert "đã kết thúc hoạt động" in binh.get(f"/don-vi/bai/{draft.code}").text
    assert "đã kết thúc hoạt động" not in binh.get(f"/don-vi/bai/{other.code}").text
