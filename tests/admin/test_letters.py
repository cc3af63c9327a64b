"""The letters' screen: what was written, how it looks, what became of it, and an address that works again."""

import json
import re

import pytest
from sqlalchemy import select, text

from models.audit import AuditEvent
from models.base import db
from models.outbox import Bounce, Letter
from models.vocabulary import LetterState
from workflow import bounces, letters, outbox, storage, wishes
from workflow.engine.unit_of_work import change
from workflow.letters import Sheet
from workflow.wording import LETTER_KINDS

pytestmark = pytest.mark.database

SCREEN = "/quan-tri/thu-da-gui"
MAIL = b"Message-ID: <a@example.edu.vn>\r\nSubject: Nhac viec\r\n\r\nXin chao.\r\n"


@pytest.fixture
def kept(cast, clock_at):
    """One letter to Bình, as kept: `kept(kind)`."""

    def keep(kind="reminder_t3", **more):
        sheet = Sheet(
            key=f"{kind}|binh@example.edu.vn|1", kind=kind, to_address="binh@example.edu.vn",
            to_name="Phan Đình Bình", subject="[Nhắc việc] Huyện Can Lộc còn thiếu 01", text="Kính gửi: Bình\n",
            html='<p style="color: red">Kính gửi: Bình</p><script>document.title = "x"</script>',
            written_at=clock_at("2021-05-17 08:30"), account_id=cast.binh.id, unit_id=cast.can_loc.id,
            **more,
        )  # fmt: skip
        letters.keep([sheet])
        return db.session.scalars(select(Letter).where(Letter.kind == kind)).one()

    return keep


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (LetterState.WAITING, "Chờ gửi"),
        (LetterState.HELD, "Chờ gom trong ngày"),
        (LetterState.SENT, "Đã gửi"),
        (LetterState.BOUNCED, "Bị trả lại"),
        (LetterState.FAILED, "Gửi lỗi"),
        (LetterState.MUTED, "Không gửi theo ý người nhận"),
    ],
)
def test_each_letter_says_what_became_of_it(kept, cast, client, clock_at, state, says):
    letter = kept()
    sent_at = clock_at("2021-05-17 08:31") if state == LetterState.SENT else None
    with change():
        letter.state, letter.sent_at = state, sent_at
    son = client.as_(cast.son)

    pages = [son.get(f"{SCREEN}/{letter.id}").text, son.get(f"{SCREEN}/?trang-thai={state}").text]

    assert [f"</svg>{says}</span>" in page for page in pages] == [True, True]


def test_the_text_is_shown_the_short_form_can_be_copied_and_the_looks_are_in_a_frame(kept, cast, client):
    letter = kept(zalo="Còn 3 ngày đến hạn.")
    page = client.as_(cast.son).get(f"{SCREEN}/{letter.id}")

    assert 'data-copy="Còn 3 ngày đến hạn."' in page.text
    assert f'<iframe class="letter-frame" src="{SCREEN}/{letter.id}/trinh-bay" sandbox' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_frame_runs_nothing_and_is_shown_by_our_own_page_only(kept, cast, client):
    answer = client.as_(cast.son).get(f"{SCREEN}/{kept().id}/trinh-bay")

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    )
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_browser_shows_the_letter_and_does_not_run_it(kept, cast, window):
    letter = kept()
    page = window(cast.son, width=390)
    page.goto(f"{SCREEN}/{letter.id}")
    page.get_by_text("Bản trình bày (HTML)").click()

    shown = page.frame_locator("iframe.letter-frame").get_by_text("Kính gửi: Bình")

    shown.wait_for()
    assert shown.evaluate("p => getComputedStyle(p).color") == "rgb(255, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_bytes_that_travelled_can_be_fetched_whole(kept, cast, client):
    letter = kept()
    letters.note_travelling(letter.id, message_id="<a@example.edu.vn>", raw=storage.keep(MAIL))

    answer = client.as_(cast.son).get(f"{SCREEN}/{letter.id}/nguyen-van")

    assert answer.data == MAIL
    assert (answer.mimetype, "attachment" in answer.headers["Content-Disposition"]) == (
        "message/rfc822",
        True,
    )


@pytest.mark.parametrize("kind", ["account_invitation", "sign_in_link"])
def test_a_letter_that_opens_an_account_is_read_by_who_makes_accounts(kept, cast, client, kind):
    letter = kept(kind)
    letters.note_travelling(letter.id, message_id="<a@example.edu.vn>", raw=storage.keep(MAIL))
    son, mai = client.as_(cast.son), client.as_(cast.mai)

    assert "Kính gửi: Bình" not in son.get(f"{SCREEN}/{letter.id}").text
    assert [son.get(f"{SCREEN}/{letter.id}/{part}").status_code for part in ("trinh-bay", "nguyen-van")] == [
        403,
        403,
    ]
    assert [mai.get(f"{SCREEN}/{letter.id}/{part}").status_code for part in ("trinh-bay", "nguyen-van")] == [
        200,
        200,
    ]


def test_an_address_that_works_again_is_cleared_on_the_letters_page(kept, cast, client):
    letter = kept()
    with change():
        bounces.note_refused(letter.id, says="550 no such user")
    son, khang = client.as_(cast.son), client.as_(cast.khang)
    page = son.get(f"{SCREEN}/{letter.id}").text
    assert "Địa chỉ này không nhận được thư từ" in page
    assert "Địa chỉ dùng được" not in khang.get(f"{SCREEN}/{letter.id}").text
    [bounce] = db.session.scalars(select(Bounce))
    son.read_token(f"{SCREEN}/{letter.id}")

    answer = son.send(f"{SCREEN}/dia-chi/{bounce.id}", letter=letter.id)

    assert (answer.status_code, answer.location) == (303, f"{SCREEN}/{letter.id}")
    assert "Địa chỉ này không nhận được" not in son.get(f"{SCREEN}/{letter.id}").text


def test_a_letter_that_came_back_is_sent_again_with_a_reason_and_only_then(kept, cast, client):
    letter = kept()
    place, son = f"{SCREEN}/{letter.id}", client.as_(cast.son)
    assert "Gửi lại" not in son.get(place).text
    bounces.note_refused(letter.id, says="550 no such user")
    assert "cùng mã thư (Message-ID)" in son.get(place).text
    assert "cùng mã thư" not in client.as_(cast.khang).get(place).text

    def again(reason):
        assert son.send(f"{place}/gui-lai", reason=reason).location == place
        return son.get(place).text

    son.read_token(place)

    assert "Vui lòng ghi lý do." in again(" ")
    assert "Đã đưa thư vào hàng chờ gửi lại." in again("Hộp thư đã mở lại")
    db.session.refresh(letter)
    assert (letter.state, letter.error, letter.sent_at) == (LetterState.WAITING, "", None)
    assert list(db.session.scalars(text("SELECT key FROM outbox WHERE topic = 'post' ORDER BY id"))) == [
        f"letter:{letter.id}:post", f"letter:{letter.id}:post:1",
    ]  # fmt: skip
    assert "Chỉ gửi lại được thư bị trả lại" in again("Lần nữa")
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "letter:resend"))
    told = json.loads(event.payload)
    assert (event.actor_id, told["was"], told["reason"]) == (cast.son.id, "bounced", "Hộp thư đã mở lại")


def test_a_letter_put_aside_after_a_restore_says_so_until_somebody_settles_it(kept, cast, client):
    letter, other = kept(), kept("reminder_t7")
    outbox.hold_letters()
    mai, son = client.as_(cast.mai), client.as_(cast.son)
    place, beside = f"{SCREEN}/{letter.id}", f"{SCREEN}/{other.id}"
    mai.read_token(place)

    def listed(standing):
        return re.findall(rf'href="{SCREEN}/(\d+)"', mai.get(f"{SCREEN}/?trang-thai={standing}").text)

    assert (listed("put_aside"), listed("waiting")) == ([str(other.id), str(letter.id)], [])
    page = son.get(place).text
    assert ("</svg>Giữ lại sau khi phục hồi</span>" in page, "Cho gửi" in page) == (True, False)
    assert "Giữ lại sau khi phục hồi" in mai.get("/quan-tri/hang-doi/viec?tinh-trang=dead").text
    assert mai.send(f"{place}/cho-gui").location == place
    mai.send(f"{beside}/bo", reason=" ")
    assert "Vui lòng ghi lý do." in mai.get(beside).text
    mai.send(f"{beside}/bo", reason="Đã gửi trước khi phục hồi")

    assert [listed(standing) for standing in ("put_aside", "waiting", "dropped")] == [
        [], [str(letter.id)], [str(other.id)],
    ]  # fmt: skip
    assert "</svg>Đã bỏ, không gửi</span>" in mai.get(beside).text
    mai.send(f"{place}/cho-gui")
    assert "Không tìm thấy nội dung yêu cầu." in mai.get(place).text


def test_a_letter_inside_a_digest_stands_as_its_digest_does_and_is_settled_there(kept, cast, client):
    wishes.choose("results", "daily", by=cast.binh)
    inner = kept("receipt")
    digest = kept("daily_digest", gathers=(inner.id,))
    mai = client.as_(cast.mai)
    place, beside = f"{SCREEN}/{digest.id}", f"{SCREEN}/{inner.id}"
    mai.read_token(place)

    def both():
        pages = (mai.get(place).text, mai.get(beside).text)
        said = [re.search(r"<dd><span class=\"sign.*?</svg>([^<]+)</span>", page)[1] for page in pages]
        return said, ["Cho gửi" in page for page in pages]

    letters.note_failed(digest.id, error="550 no such user")
    mai.send(f"{place}/gui-lai", reason="Hộp thư đã mở lại")
    assert both() == (["Chờ gửi", "Chờ gửi"], [False, False])
    outbox.hold_letters()
    assert both() == (["Giữ lại sau khi phục hồi"] * 2, [True, False])
    assert mai.get(f"{SCREEN}/?trang-thai=put_aside").text.count('class="row-title"') == 2
    mai.send(f"{beside}/bo", reason="Nhầm chỗ")
    assert "Không tìm thấy nội dung yêu cầu." in mai.get(beside).text
    mai.send(f"{place}/bo", reason="Đã gửi trước khi phục hồi")
    assert both() == (["Đã bỏ, không gửi"] * 2, [False, False])


def test_every_kind_of_letter_is_read_before_it_is_ever_sent(cast, client):
    khang = client.as_(cast.khang)
    page = khang.get("/quan-tri/thu-da-gui/mau").text

    for kind, name in LETTER_KINDS.items():
        assert f'href="/quan-tri/thu-da-gui/mau/{kind}">{name}</a>' in page
        samples = [khang.get(f"/quan-tri/thu-da-gui/mau/{kind}?tieng={code}") for code in ("vi", "en")]
        assert [sample.status_code for sample in samples] == [200, 200], kind
        assert "\n--\n" in samples[0].text and samples[0].text != samples[1].text
    form = khang.get("/quan-tri/thu-da-gui/mau/receipt/trinh-bay")
    assert "Kính gửi: Trương Thị Bảo Ngọc" in form.text
    assert form.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert khang.get("/quan-tri/thu-da-gui/mau/khong-co").status_code == 404


def test_where_a_letter_is_foretold_it_is_a_link_to_what_it_says(make, cast, client):
    piece = make.submission(state="edited")

    page = client.as_(cast.minh).get(f"/quan-tri/bai/{piece.id}/").text

    assert '<a href="/quan-tri/thu-da-gui/mau/approved">Báo đã phê duyệt</a>' in page


@pytest.mark.parametrize("many", [27, 31])
def test_the_list_goes_to_its_end_and_back_by_keyset_and_counts_nothing(
    cast, clock_at, client, statements, many
):
    at = clock_at("2021-05-17 08:30")
    letters.keep(
        [
            Sheet(
                key=f"receipt|{number}|1",
                kind="receipt",
                to_address="binh@example.edu.vn",
                to_name="Phan Đình Bình",
                subject=f"Đã nhận {number}",
                text="",
                html="",
                written_at=at,
            )
            # The words of thirty are common, and read in the order of the list; those of few lead to them.
            for number in range(many)
        ]
    )
    numbers = db.session.scalars(select(Letter.id).order_by(Letter.id.desc())).all()
    son = client.as_(cast.son)

    def shown(address):
        page = son.get(address).text
        ways = {
            way: url.replace("&amp;", "&") for url, way in re.findall(r'href="([^"]+)" rel="(\w+)"', page)
        }
        return [int(n) for n in re.findall(rf'"{SCREEN}/(\d+)"', page)], ways

    with statements() as seen:
        first, ways = shown(f"{SCREEN}/?search=da+nhan&loai=receipt&_external=1&endpoint=x")
    second, back = shown(ways["next"])

    assert first + second == numbers
    assert len(second) == many - 25 and "loai=receipt" in back["prev"]
    assert shown(back["prev"])[0] == first
    assert [sql for sql in seen if "count(" in sql and "FROM letter" in sql and "outbox" not in sql] == []


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("binh@example.edu.vn", True), ("BINH@exam", True), ("phan binh", True), ("Đinh", True), ("2021-05", True),
        ("ky 05", True), ("da nhan tin", True), ("… & !", True), ("inh", False), ("binh@example.com", False),
        ("da nhan bai", False), ("a:* & (b", False), ("\\", True), ("' OR 1=1 --", False),
    ],
)  # fmt: skip
def test_a_letter_is_found_by_the_beginnings_of_its_words(cast, clock_at, client, typed, is_found):
    letter = Sheet(
        key="receipt|1|1", kind="receipt", to_address="binh@example.edu.vn", to_name="Phan Đình Bình",
        subject="Đã nhận tin", code="KY-2021-05", text="", html="", written_at=clock_at("2021-05-17 08:30"),
    )  # fmt: skip
    letters.keep([letter])
    number = db.session.scalars(select(Letter.id)).one()

    page = client.as_(cast.son).get(f"{SCREEN}/", query_string={"search": typed})

    assert page.status_code == 200
    assert (f'"{SCREEN}/{number}"' in page.text) is is_found
