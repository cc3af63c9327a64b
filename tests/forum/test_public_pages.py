"""The public's door: what readers find, what they no longer find, and what the door itself cannot do (R7, R8)."""

import io
import re
from urllib.parse import unquote

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from werkzeug.wsgi import FileWrapper

from look import files
from models.attachment import Attachment
from models.base import db
from models.publication import Publication
from models.submission import Submission
from models.vocabulary import Consent
from tests.films import PICTURES, film
from workflow import media, submissions, writing

pytestmark = pytest.mark.database


def slug_of(piece: Submission) -> str:
    page = db.session.scalars(select(Publication).where(Publication.submission_id == piece.id)).one()
    return page.slug


def show_pictures(piece: Submission) -> list[Attachment]:
    """What the media worker does: make the public copies."""
    files = list(db.session.scalars(select(Attachment).where(Attachment.submission_id == piece.id)))
    for file in files:
        media.make_public_copy(file.id)
    return files


def pictures_on(page: str) -> list[str]:
    return re.findall(r'src="(/anh/[0-9a-f]{64})"', page)


def test_a_section_lists_its_published_pieces_and_no_others(make, client):
    make.submission(state="published", title="Bữa phụ ấm bụng")
    make.submission(state="approved", title="Chưa được đăng")

    page = client.get("/chuyen-muc/ban-tru")

    assert page.status_code == 200
    assert "Bữa phụ ấm bụng" in page.text
    assert "Chưa được đăng" not in page.text
    assert client.get("/chuyen-muc/khong-co").status_code == 404


def test_a_piece_has_a_page_under_its_title(make, client):
    piece = make.submission(state="published", title="Đồ chơi từ vỏ hộp sữa")

    page = client.get(f"/bai/{slug_of(piece)}")

    assert slug_of(piece) == "do-choi-tu-vo-hop-sua-2021-05-0001"
    assert page.status_code == 200
    assert "<h1>Đồ chơi từ vỏ hộp sữa</h1>" in page.text
    assert "H. Can Lộc" in page.text
    assert "Trần Thị Lan" in page.text


def test_home_archive_unit_and_section_lead_to_the_piece(make, client):
    piece = make.submission(state="published")
    address = f"/bai/{slug_of(piece)}"

    for page in ("/", "/luu-tru/2021-05", "/tu-don-vi/h-can-loc", "/chuyen-muc/ban-tru"):
        assert address in client.get(page).text, page
    assert "/luu-tru/2021-05" in client.get("/luu-tru").text


def test_an_empty_forum_says_so(app, client):
    page = client.get("/")

    assert page.status_code == 200
    assert "Chưa có bài nào được đăng." in page.text


def test_r7_search_without_accents_finds_words_with_them(make, client):
    make.submission(state="published", title="Con đường đến trường của bé")
    make.submission(state="published", title="Vườn rau xanh")

    for words in ("duong", "đường", "con DUONG", "Đường đến"):
        found = client.get("/tim", query_string={"q": words}).text
        assert "Con đường đến trường của bé" in found, words
        assert "Vườn rau xanh" not in found, words
    assert "Không tìm thấy bài nào" in client.get("/tim?q=khongcotunay").text


@pytest.mark.parametrize("words", ["'", "a & | !", '"', "%", "<script>", "(((", "à" * 5000])
def test_search_takes_whatever_is_typed(make, client, words):
    assert client.get("/tim", query_string={"q": words}).status_code == 200


def test_r7_a_retracted_page_answers_410_with_the_reason(make, cast, client):
    piece = make.submission(state="published")
    slug = slug_of(piece)

    submissions.retract(piece.id, reason="Theo yêu cầu của gia đình trẻ.", by=cast.phuong)

    page = client.get(f"/bai/{slug}")
    assert page.status_code == 410
    assert "Theo yêu cầu của gia đình trẻ." in page.text
    assert slug not in client.get("/chuyen-muc/ban-tru").text
    assert client.get("/bai/khong-co").status_code == 404


def test_r8_a_picture_vanishes_the_moment_consent_is_taken_back(make, cast, client):
    piece = make.submission(state="published", with_picture=True)
    [file] = show_pictures(piece)
    address = f"/bai/{slug_of(piece)}"
    first = client.get(address)
    [picture] = pictures_on(first.text)
    assert client.get(picture).status_code == 200

    writing.answer(piece.id, file.id, Consent.NO, by=cast.binh)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert pictures_on(again.text) == []
    assert client.get(picture).status_code == 404


def test_r8_no_exif_leaves_with_a_public_picture(make, cast, client):
    exif = Image.Exif()
    exif[0x010E] = "Bé Nguyễn Văn A"
    exif[0x8825] = {1: "N", 2: (18.0, 20.0, 30.0)}
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG", exif=exif)
    photo = writing.NewFile("anh.jpg", written.getvalue(), "Góc sách.", consent=Consent.NONE)
    piece = make.submission(state="published", new=[photo])
    show_pictures(piece)

    answer = client.get(pictures_on(client.get(f"/bai/{slug_of(piece)}").text)[0])

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert not Image.open(io.BytesIO(answer.data)).getexif()
    assert b"Nguy" not in answer.data


def test_r8_a_published_film_plays_without_its_place_until_consent_is_taken_back(
    make, cast, client, monkeypatch
):
    filmed = writing.NewFile("mua.mp4", film(), "Điệu múa của lớp lá.", consent=Consent.NONE)
    piece = make.submission(state="published", new=[filmed])
    [file] = show_pictures(piece)
    page = client.get(f"/bai/{slug_of(piece)}").text
    [address] = re.findall(r'<video src="(/anh/\w{64})" controls', page)
    assert f"/go-anh?bai={slug_of(piece)}&amp;video=1" in page

    monkeypatch.setattr(files, "PART_BYTES", 16)
    read, reading = [], FileWrapper.__next__
    monkeypatch.setattr(FileWrapper, "__next__", lambda file: read.append(1) or reading(file))
    whole = client.get(address)
    size, in_parts = len(whole.data), len(read)
    ranges = ("bytes=24-31", "bytes=-8", f"bytes={size}-")
    part, last, none = (client.get(address, headers={"Range": asked}) for asked in ranges)
    assert (part.status_code, part.data, last.data) == (206, whole.data[24:32], whole.data[-8:])
    again = client.get(address, headers={"If-None-Match": whole.headers["ETag"]})

    assert in_parts > 50 and len(read) == in_parts + 2, "a part of the film costs that part"
    assert (last.status_code, none.status_code) == (206, 416)
    assert (again.status_code, again.data, client.head(address).content_length) == (304, b"", size)
    assert (whole.status_code, whole.mimetype) == (200, "video/mp4")
    assert b"+18.3420" not in whole.data and PICTURES in whole.data
    seen = client.as_(cast.son).get(f"/tep/{file.id}")
    assert seen.data == whole.data
    writing.answer(piece.id, file.id, Consent.NO, by=cast.binh)
    assert client.get(address).status_code == 404


def test_the_original_of_a_picture_is_never_public(make, client):
    piece = make.submission(state="published", with_picture=True)
    [file] = show_pictures(piece)

    assert client.get(f"/anh/{file.blob}").status_code == 404
    assert client.get("/anh/../../etc/passwd").status_code == 404


def test_a_picture_stands_in_its_place_and_the_others_around_the_text(make, client):
    from tests.factories import picture

    new = [
        writing.NewFile(f"{colour}.jpg", picture(colour), f"Ảnh 9. Chú thích {colour}.", consent=Consent.NONE)
        for colour in ("red", "blue", "green")
    ]
    piece = make.submission(
        state="published",
        new=new,
        body="<p>Trước ảnh.</p><figure data-picture='2'></figure><p>Sau ảnh.</p>",
    )
    show_pictures(piece)

    page = client.get(f"/bai/{slug_of(piece)}").text

    assert "Ảnh 9" not in page + client.get("/").text
    order = [page.index(words) for words in ("Chú thích red", "Trước ảnh", "Chú thích blue", "Sau ảnh")]
    assert order == sorted(order)
    assert page.index("Sau ảnh") < page.index("Chú thích green")


def test_public_pages_set_no_cookie_and_may_be_asked_about(make, client):
    piece = make.submission(state="published")

    for path in ("/", f"/bai/{slug_of(piece)}", "/tim?q=bếp", "/luu-tru", "/feed.atom", "/go-anh"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert "Set-Cookie" not in first.headers, path
        assert (again.status_code, again.data) == (304, b""), path
        assert first.headers["X-Content-Type-Options"] == "nosniff"
        assert "nonce" not in first.headers.get("Content-Security-Policy", "")


def test_how_to_have_a_picture_taken_down_names_the_piece(make, client):
    piece = make.submission(state="published", title="Góc sách của bé")

    page = client.get(f"/go-anh?bai={slug_of(piece)}&anh=2").text
    of_film = unquote(client.get(f"/go-anh?bai={slug_of(piece)}&video=3").text)

    assert "Góc sách của bé" in page
    assert "mailto:tinbai.gdmn@example.edu.vn" in page
    assert "Ảnh số: 2" in unquote(page) and "Video số: 3" in of_film
    assert "gỡ ảnh" not in of_film.split('<article class="article-main')[1].split("</article>")[0]


def test_the_public_role_reads_views_and_no_table(app):
    with db.engines["forum"].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM public_piece")).scalar() == 0
        for table in ("submission", "account", "attachment", "audit_event"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"SELECT 1 FROM {table}"))
            connection.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("UPDATE publication SET slug = 'x'"))


def test_the_page_of_a_published_piece_costs_few_statements(make, client, statements):
    piece = make.submission(state="published", with_picture=True)
    address = f"/bai/{slug_of(piece)}"
    client.get(address)

    with statements("forum") as seen:
        client.get(address)

    assert len(seen) <= 6
