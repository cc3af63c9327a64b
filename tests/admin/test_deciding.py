"""From the approver's letter to the decision: exactly that revision, two buttons, and nothing by opening alone."""

import re

import pytest
from sqlalchemy import func, select

from models.attachment import Attachment
from models.audit import AuditEvent
from models.base import db
from models.submission import Submission
from models.vocabulary import Consent, Role
from tasks import letters
from tests.films import film
from workflow import accounts, media, submissions, writing

pytestmark = pytest.mark.database


def address_in_letter(piece):
    """Where the approvers' letter leads, by the letter itself."""
    db.session.expire_all()
    version = db.session.get_one(Submission, piece.id).version
    [sheet, *_] = letters.write("letter:awaiting_approval", {"submission": piece.id, "event": version})
    return re.search(r"https?://[^/]+(/quan-tri/quyet-dinh/\S+)", sheet.text)[1]


def state_of(piece):
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id).state


def events():
    return db.session.scalar(select(func.count()).select_from(AuditEvent))


def edited(make, cast):
    """Waits for approval, after the editor changed a word."""
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)
    mended = make.manuscript("Bếp ăn một chiều mới", summary="Phục vụ 85 trẻ.")
    writing.write(piece.id, mended, by=cast.son, seen=piece.digest)
    submissions.finish_editing(piece.id, by=cast.son)
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_the_letter_leads_to_the_very_revision_and_what_the_editor_changed(make, cast, client):
    piece = edited(make, cast)

    page = client.as_(cast.minh).get(address_in_letter(piece)).text

    assert "Bếp ăn một chiều mới" in page
    assert "Phiên bản 2" in page.replace("\xa0", " ")
    assert "Bếp ăn một chiều <del>số 1</del><ins>mới</ins>" in page
    assert re.findall(r'action="(/quan-tri/quyet-dinh/[^"]+)"', page) == [
        f"{address_in_letter(piece)}/approve", f"{address_in_letter(piece)}/send_back",
    ]  # fmt: skip


def test_the_approver_and_the_editor_are_told_which_file_readers_will_never_see(make, cast, client):
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(64)
    new = [
        writing.NewFile("anh.heic", heic, consent=Consent.NONE),
        writing.NewFile("mua.mp4", film()[:-40].replace(b"moov", b"free"), consent=Consent.NONE),
    ]
    body = "<p>Trước ảnh.</p><figure data-picture='1'></figure>"
    piece = make.submission(state="submitted", new=new, body=body)
    files = db.session.scalars(select(Attachment).order_by(Attachment.id)).all()
    son = client.as_(cast.son)
    for file in files:
        media.make_public_copy(file.id)

    submissions.claim(piece.id, by=cast.son)
    editing = son.get(f"/quan-tri/bai/{piece.id}/sua")
    submissions.finish_editing(piece.id, by=cast.son)
    deciding = client.as_(cast.minh).get(address_in_letter(piece))

    for page in (editing, deciding):
        assert page.status_code == 200
        assert "chỉ đọc được JPEG, PNG và WebP" in page.text
        assert "Video bị hỏng hoặc không đọc được." in page.text
        assert "mua.mp4" in page.text
        assert not re.search(r'src="/tep/|data-place=|trix-attachment', page.text)


def test_opening_the_letters_address_decides_nothing(make, cast, client):
    """Mail scanners open links, with whatever method they like, and sometimes as whoever is signed in."""
    piece = edited(make, cast)
    address = address_in_letter(piece)
    minh = client.as_(cast.minh)
    before = events()

    stranger = [client.get(address), client.head(address)]
    opened = [
        minh.get(address),
        minh.head(address),
        minh.get(f"{address}/approve"),
        minh.head(f"{address}/approve"),
    ]

    assert [answer.status_code for answer in stranger] == [303, 303]
    assert [answer.status_code for answer in opened] == [200, 200, 405, 405]
    assert (state_of(piece), events()) == ("edited", before)


def test_deciding_needs_a_session_and_the_forms_own_token(make, cast, client):
    piece = edited(make, cast)
    address = address_in_letter(piece)

    outside = client.post(f"{address}/approve", data={"seen": piece.digest})
    forged = client.as_(cast.minh).post(f"{address}/approve", data={"seen": piece.digest})

    assert (outside.status_code, forged.status_code) == (400, 400)
    assert state_of(piece) == "edited"


def test_approving_from_the_page_approves_what_was_shown(make, cast, client, audited):
    piece = edited(make, cast)
    address = address_in_letter(piece)
    minh = client.as_(cast.minh)
    minh.read_token(address)

    answer = minh.send(f"{address}/approve")

    assert (answer.status_code, answer.location) == (303, address)
    assert state_of(piece) == "approved"
    assert audited(piece)[-1] == "submission:approve"
    page = minh.get(address).text
    assert "Bài không còn chờ phê duyệt." in page
    assert "Phê duyệt, Trần Quang Minh" in page
    assert "/approve" not in page


def test_sending_back_needs_a_reason(make, cast, client):
    piece = edited(make, cast)
    address = address_in_letter(piece)
    minh = client.as_(cast.minh)
    minh.read_token(address)

    assert minh.send(f"{address}/send_back", reason=" ").status_code == 303
    assert state_of(piece) == "edited"
    assert minh.send(f"{address}/send_back", reason="Kiểm tra lại số trẻ.").status_code == 303
    assert state_of(piece) == "submitted"


def test_a_later_revision_is_said_plainly_with_the_difference_and_cannot_be_decided_here(make, cast, client):
    piece = edited(make, cast)
    address = address_in_letter(piece)
    minh = client.as_(cast.minh)
    minh.read_token(address)
    mended = make.manuscript("Bếp ăn một chiều mới", summary="Phục vụ 96 trẻ.")
    writing.write(piece.id, mended, by=cast.son, seen=piece.digest, checklist=True)
    before = events()

    pages = [
        minh.get(address).text,
        minh.send(f"{address}/approve"),
        minh.send(f"{address}/send_back", reason="X"),
    ]

    assert [pages[1].status_code, pages[2].status_code] == [409, 409]
    assert (state_of(piece), events()) == ("edited", before)
    for page in (pages[0], pages[1].text):
        assert "Thư nói về phiên bản 2; bài đã có phiên bản 3." in page
        assert "<ins>96" in page
        assert 'action="/quan-tri/quyet-dinh/' not in page
    newest = re.search(r'href="(/quan-tri/quyet-dinh/[^"]+)"', pages[0])[1]
    minh.read_token(newest)
    assert minh.send(f"{newest}/approve").status_code == 303
    assert state_of(piece) == "approved"


def test_r10_who_may_not_approve_sees_why_and_a_press_is_on_record(make, cast, client, audited):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    piece = edited(make, cast)
    address = address_in_letter(piece)
    son = client.as_(cast.son)
    son.read_token(address)

    assert "Đồng chí đã biên tập bài này nên không thể tự phê duyệt." in son.get(address).text
    son.send(f"{address}/approve")

    assert state_of(piece) == "edited"
    assert audited(cast.son) == ["submission:refused/four_eyes_violation"]


@pytest.mark.parametrize(
    "seen", ["0" * 16, "9f2c", "%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25", "x' OR 1=1 --aaaaa"]
)
def test_an_address_that_names_no_revision_is_not_there(make, cast, client, seen):
    piece = edited(make, cast)

    assert client.as_(cast.minh).get(f"/quan-tri/quyet-dinh/{piece.id}/{seen}").status_code == 404


def test_the_same_press_twice_is_one_decision(make, cast, client, audited):
    piece = edited(make, cast)
    address = address_in_letter(piece)
    minh = client.as_(cast.minh)
    command = re.search(r'name="command" value="([^"]+)"', minh.get(address).text)[1]
    minh.read_token(address)

    for _ in range(2):
        assert minh.send(f"{address}/approve", command=command).status_code == 303

    assert audited(piece).count("submission:approve") == 1
