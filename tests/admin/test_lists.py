"""The list of pieces: one search box, the usual queues, named filters, pages by keyset."""

import re

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.desk import SavedFilter
from models.envelope import Envelope
from models.submission import Submission
from models.vocabulary import Audience, WrittenAs
from workflow import comments, filters, privacy, submissions
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import audit_check, piece_words, piles, queue

pytestmark = pytest.mark.database

LIST = "/quan-tri/bai/"


def codes(page: str) -> list[str]:
    return re.findall(r'<span class="code">(GDMN-[\d-]+)</span>', page)


def mailed(piece: Submission, address: str, name: str) -> None:
    with bookkeeping() as session:
        envelope = Envelope(
            sha256="a" * 64,
            received_at=piece.created_at,
            from_address=address,
            from_name=name,
            verdict="accepted",
        )
        envelope.submissions.append(session.get(Submission, piece.id))
        session.add(envelope)


@pytest.mark.parametrize(
    "typed",
    [
        "bep an",
        "Bếp ăn",
        "hoa mai",
        "tran thi lan",
        "can loc bep",
        "0001",
        "lan.gv",
        "tran bep 0001",
        "… bep",
    ],
)
def test_one_box_finds_by_title_author_school_unit_code_and_sender_without_accents(
    make, cast, client, monkeypatch, typed
):
    piece = make.submission(title="Bếp ăn một chiều", state="submitted")
    other = make.submission(
        title="Ngày hội thể thao", author_line="Lê Thị Nga", school="Trường Mầm non Sao Sáng",
        unit=cast.town_ky_anh, author=cast.nga, state="submitted",
    )  # fmt: skip
    mailed(piece, "lan.gv@example.edu.vn", "Cô Lan")

    son = client.as_(cast.son)
    assert codes(son.get(LIST, query_string={"q": typed}).text) == [piece.code]
    assert other.code not in codes(son.get(f"{LIST}?q=bep").text)
    # The same when no word is a seldom one, and the tabs stop counting.
    monkeypatch.setattr(queue, "MOST_COUNTED", 0)
    for constant, value in (("SOON", 1), ("SELDOM", 0)):
        monkeypatch.setattr(piece_words, constant, value)
        page = son.get(LIST, query_string={"q": typed}).text
        assert codes(page) == [piece.code]
    assert re.search(r"Đã gửi\s*<span>0\+</span>", page)


def test_what_holds_no_letter_is_passed_over_and_hostile_words_break_nothing(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)

    assert codes(son.get(LIST, query_string={"q": "… !"}).text) == [piece.code]
    for typed in ("'", "a:*&|!", "\\", "%", "x" * 500, "a' OR 1=1 --", "<b>bep</b>"):
        assert son.get(LIST, query_string={"q": typed}).status_code == 200


def test_the_usual_queues_hold_what_they_say(make, cast, client, clock_at):
    old, mine, fresh = (make.submission(state="submitted") for _ in range(3))
    submissions.claim(mine.id, by=cast.son)
    submissions.perform(old.id, "set_aside", by=cast.son, reason="Trùng.")
    for side, who in ((WrittenAs.DEPARTMENT, cast.son), (WrittenAs.UNIT, cast.binh)):
        comments.add(fresh.id, "Số liệu bao nhiêu trẻ?", side=side, audience=Audience.UNIT, by=who)
    clock_at("2021-05-20 09:00")
    draft = make.submission()
    son = client.as_(cast.son)
    shown = {
        address: set(codes(son.get(LIST + address).text))
        for address in (
            "?toi=1",
            "?chua-nhan=1",
            "?trang-thai=aside",
            "?tra-loi=1",
            "?cho-lau=1",
            "?trang-thai=draft",
        )
    }

    assert shown == {
        "?toi=1": {mine.code},
        "?chua-nhan=1": {fresh.code},
        "?trang-thai=aside": {old.code},
        "?tra-loi=1": {fresh.code},
        "?cho-lau=1": {mine.code, fresh.code},
        "?trang-thai=draft": {draft.code},
    }


def test_what_waited_less_than_three_working_days_does_not_wait_long(make, cast, client, clock_at):
    make.submission(state="submitted")
    clock_at("2021-05-20 08:29")

    assert codes(client.as_(cast.son).get(f"{LIST}?cho-lau=1").text) == []


@pytest.mark.parametrize("order", ["", "&cu-truoc=1"])
def test_pages_by_keyset_show_each_piece_once_forward_and_back(make, cast, client, monkeypatch, order):
    monkeypatch.setattr(queue, "PAGE", 2)
    pieces = [
        make.submission(state=state) for state in ("submitted", "drafted", "edited", "submitted", "drafted")
    ]
    son = client.as_(cast.son)

    def follow(page: str, rel: str) -> str | None:
        found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
        return found[1].replace("&amp;", "&") if found else None

    pages = [son.get(f"{LIST}?don-vi=h-can-loc{order}").text]
    while further := follow(pages[-1], "next"):
        pages.append(son.get(further).text)
    back = [son.get(follow(pages[-1], "prev")).text]
    back.append(son.get(follow(back[-1], "prev")).text)

    assert sorted(code for page in pages for code in codes(page)) == sorted(piece.code for piece in pieces)
    assert [codes(page) for page in pages] == [codes(back[1]), codes(back[0]), codes(pages[2])]
    in_order = codes("".join(pages))
    assert in_order == sorted(in_order, reverse=not order)
    assert (follow(back[1], "prev"), len(pages)) == (None, 3)


def test_oldest_first_stays_in_every_link_and_in_what_is_named_but_is_no_filter(make, cast, client):
    pieces = [make.submission(state="submitted") for _ in range(3)]
    son = client.as_(cast.son)
    son.read_token(LIST)

    page = son.get(f"{LIST}?trang-thai=sent&cu-truoc=1").text

    assert codes(page) == [piece.code for piece in pieces]
    assert codes(son.get(f"{LIST}?trang-thai=sent").text) == [piece.code for piece in pieces[::-1]]
    links = re.findall(r'href="/quan-tri/bai/\?([^"]*)"', page[page.index("<main") :])
    assert [one for one in links if "cu-truoc=1" not in one] == ["trang-thai=sent"]
    assert re.search(r'aria-current="true">(?:<svg.*?</svg>)?Cũ nhất trước<', page, re.S)
    assert page.count('type="hidden" name="cu-truoc" value="1"') == 2
    nothing = son.get(f"{LIST}?trang-thai=public&cu-truoc=1&loai=video").text
    assert 'href="/quan-tri/bai/?trang-thai=public&amp;cu-truoc=1">Xóa bộ lọc' in nothing
    assert "Xóa bộ lọc" not in page

    son.send(f"{LIST}bo-loc?trang-thai=sent&cu-truoc=1", name="Chờ lâu")
    assert db.session.scalars(select(SavedFilter.asked)).all() == [{"trang-thai": "sent", "cu-truoc": "1"}]


def test_of_more_than_can_go_together_the_first_in_the_order_are_taken(make, cast, client, monkeypatch):
    pieces = [make.submission(state="submitted") for _ in range(3)]
    monkeypatch.setattr(piles, "MOST", 2)
    son = client.as_(cast.son)

    def taken(order: str) -> set[str]:
        return set(re.findall(r"GDMN-[\d-]+", son.get(f"{LIST}cung-luc?buoc=claim&tat-ca=1{order}").text))

    assert taken("") == {piece.code for piece in pieces[1:]}
    assert taken("&cu-truoc=1") == {piece.code for piece in pieces[:2]}


@pytest.mark.parametrize(
    "place", ["x", "1", "1.", ".1", "-1.1", "1.1.1", "٣.1", "9" * 30 + ".1", "1." + "9" * 30]
)
def test_a_place_that_is_none_begins_at_the_beginning(make, cast, client, place):
    piece = make.submission()
    son = client.as_(cast.son)

    assert codes(son.get(LIST, query_string={"truoc": place}).text) == [piece.code]
    assert codes(son.get(LIST, query_string={"sau": place}).text) == [piece.code]


def test_a_shared_filter_is_offered_to_everybody_and_its_own_to_its_owner(make, cast, client):
    son, ha = client.as_(cast.son), client.as_(cast.ha)
    son.read_token(f"{LIST}?don-vi=h-can-loc")

    son.send(f"{LIST}bo-loc?don-vi=h-can-loc&muon=1", name="Can Lộc muộn", shared="1")
    son.send(f"{LIST}bo-loc?q=Lan", name="Bài cô Lan")

    assert re.search(
        r'href="/quan-tri/bai/\?muon=1&amp;don-vi=h-can-loc"[^>]*>.*?Can Lộc muộn', ha.get(LIST).text
    )
    assert "Bài cô Lan" not in ha.get(LIST).text
    assert "Bài cô Lan" in son.get(LIST).text


def test_the_trail_knows_of_a_filter_what_was_typed_until_its_owner_is_forgotten(make, cast, client):
    son, khang = client.as_(cast.son), client.as_(cast.khang)
    son.read_token(f"{LIST}?q=Lan")
    son.send(f"{LIST}bo-loc?q=Lan&muon=1", name="Bài cô Lan")
    son.send(f"{LIST}bo-loc?muon=1", name="Gửi muộn", shared="1")
    mine, _shared = db.session.scalars(select(SavedFilter).order_by(SavedFilter.id))
    filters.remove(mine.id, by=cast.son)
    son.send(f"{LIST}bo-loc?q=Lan", name="Lan, tháng này")
    query = select(AuditEvent).where(AuditEvent.stream == "settings:filters").order_by(AuditEvent.id)
    events = list(db.session.scalars(query))

    assert [event.action for event in events] == [
        "filter:save",
        "filter:save",
        "filter:remove",
        "filter:save",
    ]
    assert [word for event in events for word in ("Lan", "Gửi muộn") if word in event.payload] == []
    assert '"muon":"1"' in events[0].payload
    sheet = f"/quan-tri/nhat-ky/{events[0].id}"
    assert "Bài cô Lan" in khang.get(sheet).text

    privacy.forget(cast.son, reason="Đề nghị của đồng chí Sơn", by=None)

    assert "Bài cô Lan" not in khang.get(sheet).text
    assert [kept.name for kept in db.session.scalars(select(SavedFilter))] == ["Gửi muộn"]
    assert audit_check.check().is_whole


def test_the_same_name_again_replaces_and_only_its_owner_removes(make, cast, client, refused):
    filters.save("Của tôi", {"toi": "1"}, is_shared=True, by=cast.son)
    kept = filters.save(" Của  tôi ", {"anh": "1"}, is_shared=True, by=cast.son)
    ha = client.as_(cast.ha)
    ha.read_token(f"{LIST}?q=x")

    ha.send(f"{LIST}bo-loc/{kept.id}/bo")

    assert [row.asked for row in db.session.query(SavedFilter)] == [{"anh": "1"}]
    assert refused(lambda: filters.save("  ", {"q": "x"}, is_shared=False, by=cast.son)) == "name_required"
    assert refused(lambda: filters.save("x", {}, is_shared=False, by=cast.son)) == "nothing_to_keep"
    assert refused(lambda: filters.save("x", {"q": "x"}, is_shared=False, by=cast.lan)) == "forbidden"
    filters.remove(kept.id, by=cast.son)
    assert db.session.query(SavedFilter).count() == 0
