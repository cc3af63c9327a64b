"""Whoever chose English finds no Vietnamese on the screen but what people wrote: names, titles, texts (R14)."""

import html
import re

import pytest
from sqlalchemy import inspect, text

from models.envelope import Envelope
from models.vocabulary import Verdict
from workflow import accounts, clock, founding, storage
from workflow.engine.unit_of_work import bookkeeping
from workflow.intake import reasons

pytestmark = pytest.mark.database

VIETNAMESE = re.compile(
    r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
OURS = ("Tòa Soạn", "Tiếng Việt", "Hà Tĩnh", "[Ảnh 1]", "[Ảnh 2]", "TX Kỳ Anh", "Huyện Can Lộc")
"""Names, and what is typed as it stands."""

PAGES = {
    None: ("/vao/dang-nhap", "/", "/chuyen-muc/ban-tru", "/luu-tru", "/tim?q=bep", "/go-anh", "/khong-co", "{page}"),
    "son": ("/quan-tri/", "/quan-tri/bai/", "/quan-tri/bai/{sent.id}/", "/quan-tri/don-vi/", "/quan-tri/ky/",
            "/quan-tri/don-vi/h-can-loc/", "/quan-tri/ban-truyen-thong/", "/quan-tri/ban-truyen-thong/h-can-loc/",
            "/quan-tri/bao-cao/", "/quan-tri/thu-den/", "/quan-tri/chuyen-muc/", "/quan-tri/ky/lich-lam-viec",
            "/quan-tri/bai/{sent.id}/phan-loai", "/vao/thiet-bi", "/vao/ra"),
    "khang": ("/quan-tri/nhat-ky/", "/quan-tri/nhat-ky/?kiem=1", "/quan-tri/thu-da-gui/"),
    "mai": ("/quan-tri/tai-khoan/", "/quan-tri/tai-khoan/new/", "/quan-tri/don-vi/new/", "/quan-tri/hang-doi/"),
    "minh": ("/quan-tri/bai/{edited.id}/",),
    "binh": ("/don-vi/", "/don-vi/soan", "/don-vi/gui-nhanh", "/don-vi/ban", "/don-vi/thong-bao",
             "/don-vi/bai/{drafted.code}", "/don-vi/bai/{drafted.code}/soan", "/don-vi/bai/{sent.code}"),
}  # fmt: skip


def words_of(page: str) -> list[str]:
    """What is read on a page or read out: text, and the attributes people meet."""
    shown = re.sub(
        r'<(script|style|textarea)\b.*?</\1>|<span class="avatar[^>]*>[^<]*</span>', "", page, flags=re.DOTALL
    )
    spoken = re.findall(r'(?:aria-label|placeholder|title|alt|data-(?:busy|question|label))="([^"]*)"', shown)
    return [
        " ".join(html.unescape(one).split()) for one in (*spoken, *re.split(r"<[^>]*>", shown)) if one.strip()
    ]


def written(superuser) -> re.Pattern[str]:
    """Every text anybody wrote, from every table; the longest first, so that no part of another is cut out of it."""
    found = {*OURS, *(name for _, name, _, _ in founding.DEMO_PEOPLE)}
    with superuser.connect() as connection:
        for table in inspect(connection).get_table_names():
            for (row,) in connection.execute(text(f'SELECT to_jsonb(t) FROM "{table}" t')):
                found.update(part for value in row.values() for part in texts_in(value))
    longest_first = sorted((one for one in found if VIETNAMESE.search(one)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [" ".join(re.sub(r"<[^>]*>", " ", value).split())]
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return [part for one in inner for part in texts_in(one)]
    return []


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_of_english_meets_no_vietnamese_of_ours(make, cast, client, superuser, name):
    pieces = {state: make.submission(state=at, with_picture=True, title=f"Ba {state}") for state, at in {
        "drafted": "drafted", "sent": "submitted", "edited": "edited", "published": "published"}.items()}  # fmt: skip
    if name:
        accounts.set_language(getattr(cast, name), "en")
    visitor = client.as_(getattr(cast, name)) if name else client
    visitor.set_cookie("language", "en")
    page = re.search(r'href="(/bai/[^"]+)"', visitor.get("/").text)[1]
    data = written(superuser)

    left = {}
    for path in PAGES[name]:
        answer = visitor.get(path.format(page=page, **pieces))
        assert answer.status_code == (404 if path == "/khong-co" else 200), path
        found = [words for words in words_of(answer.text) if VIETNAMESE.search(data.sub("", words))]
        if found:
            left[path] = found

    assert left == {}


def test_lists_sections_and_months_have_english_names(make, cast, client, clock_at):
    piece = make.submission(state="published")
    clock_at("2021-05-21 09:00")
    accounts.set_language(cast.son, "en")
    son = client.as_(cast.son)

    front, desk, one = (son.get(f"/quan-tri/{path}").text for path in ("", "bai/", f"bai/{piece.id}/"))

    menu = re.findall(r"<span>([^<]+)</span>", front[front.index("<nav") : front.index("</nav>")])
    assert {"Units", "Communications Committees", "Sections", "Delegations"} <= set(menu)
    assert 'title="tháng' not in front
    assert ">May</abbr>" in front
    # What the section of the stage is called in English.
    assert {"ban-tru"} & set(words_of(front)) and {"ban-tru"} & set(words_of(one))
    assert "Section: ban-tru" in words_of(desk)
    assert "Công tác bán trú" not in front + desk


MARKS = [
    reasons.marked(
        "possible_duplicate", title="Bé đọc sách", piece="GDMN-2021-05-0002", twin="GDMN-2021-05-0001"
    ),
    {"code": "twice_in_mail", "file": "a.jpg", "says": "Ảnh “a.jpg” trùng.", "for": "editor"},
]


def test_ages_and_what_is_wrong_with_a_mail_are_told_in_english(make, cast, client, clock_at):
    make.submission(state="submitted")
    with bookkeeping() as session:
        session.add(Envelope(
            sha256=storage.keep(b"From: la@example.edu.vn\n\nTin"), received_at=clock.now(), verdict=Verdict.TRAY,
            reason="unknown_sender", problems=MARKS,
            from_address="la@example.edu.vn",
        ))  # fmt: skip
    clock_at("2021-05-20 09:00")
    accounts.set_language(cast.son, "en")
    son = client.as_(cast.son)

    assert "Oldest: 3 days, since 17 May" in son.get("/quan-tri/").text.replace("\xa0", " ")
    assert "The sender is not on the list yet" in son.get("/quan-tri/thu-den/").text
    told = son.get(re.search(r"/quan-tri/thu-den/\d+/", son.get("/quan-tri/thu-den/").text)[0]).text
    assert "“Bé đọc sách” may be a duplicate of GDMN-2021-05-0001." in told
    # Written down before its fields were.
    assert "Ảnh “a.jpg” trùng." in told
