"""The macros with real values and with hostile ones; the pages of the gallery hold every one of them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from look import signs
from tests.look import gallery
from tests.look.november import NOW, STEPS, band
from tests.look.november_people import DETAIL, GROUPS

HOSTILE = '<b onclick="x">"\''


@pytest.fixture(scope="module")
def app() -> Flask:
    return gallery.dressed()


@pytest.fixture
def draw(app: Flask) -> Iterator[Callable[..., str]]:
    """draw("signs.html", "state_badge", "lapsed") -> the HTML of one macro."""

    def draw_one(part: str, macro: str, *values: object, **named: object) -> str:
        return str(getattr(app.jinja_env.get_template(f"look/parts/{part}").module, macro)(*values, **named))

    with app.test_request_context():
        yield draw_one


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace("\u00a0", " ")


@pytest.mark.parametrize("page", gallery.PAGES)
def test_every_page_of_the_gallery_can_be_drawn(app, page):
    answer = app.test_client().get(f"/{page}")

    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert answer.text.count("<main") == 1


@pytest.mark.parametrize("page", gallery.PAGES)
def test_no_id_stands_twice_on_a_page(app, page):
    ids = re.findall(r'\sid="([^"]+)"', app.test_client().get(f"/{page}").text)

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("state", "sign"), signs.PHASES.items())
def test_a_state_is_told_by_icon_shape_and_word(draw, state, sign):
    badge = draw("signs.html", "state_badge", state)

    assert words_of(badge) == sign.says
    assert f"state-{sign.tone}" in badge
    assert f"#{sign.icon}" in badge


def test_an_unknown_state_shows_its_code_rather_than_nothing(draw):
    assert words_of(draw("signs.html", "state_badge", "melted")) == "melted"


@pytest.mark.parametrize(("done", "filled"), [(0, 0), (1, 1), (2, 2), (5, 2)])
def test_pips_never_stand_without_their_figures(draw, done, filled):
    html = draw("signs.html", "pips", done, 2)

    assert html.count('class="done"') == filled
    assert words_of(html) == f"{done}/2 {done} trên 2"


def test_a_refused_move_stays_a_form_and_brings_the_person_to_its_reasons(draw):
    html = draw("moves.html", "move_button", STEPS[0])

    assert 'action="/act#reasons-approve"' in html
    assert 'aria-disabled="true"' in html
    assert " disabled" not in html
    assert 'aria-describedby="reasons-approve"' in html
    assert 'id="reasons-approve" tabindex="-1"' in html
    assert html.count("<li>") == 2
    assert "Chưa thể phê duyệt, vì:" in words_of(html)


def test_a_move_carries_the_token_what_was_seen_and_its_fields(draw):
    step = {
        "name": "publish",
        "label": "Đăng",
        "allowed": True,
        "action_url": "/p",
        "seen": "d1",
        "fields": {"at": "9"},
    }

    html = draw("moves.html", "move_button", step)

    assert re.findall(r'name="(\w+)" value="([^"]+)"', html) == [
        ("csrf_token", "token-of-the-gallery"),
        ("seen", "d1"),
        ("at", "9"),
    ]


def test_a_move_that_needs_a_reason_opens_its_box_in_place(draw):
    html = draw("moves.html", "move_button", STEPS[3])

    assert html.strip().startswith("<details")
    assert 'name="reason" rows="3" required' in html
    assert "Cần bổ sung ảnh." in html


def test_no_answer_about_children_is_chosen_for_the_person(draw):
    html = draw("consent.html", "consent_choices", "consent-1")

    assert html.count('type="radio"') == 4
    assert "checked" not in html
    assert re.findall(r'value="(\w+)"', html) == ["none", "yes", "no", "unknown"]


@pytest.mark.parametrize(
    ("before_deadline", "tone", "says"),
    [
        (timedelta(days=9, hours=1), "far", "9 ngày nữa hết hạn gửi"),
        (timedelta(days=2, hours=15), "near", "2 ngày nữa hết hạn gửi"),
        (timedelta(hours=9, minutes=12), "near", "Hôm nay là ngày cuối, còn 9 giờ 12 phút"),
        (timedelta(days=-2, hours=-1), "over", "Đã quá hạn 2 ngày Kỳ chốt lúc 00:00 ngày 25/11"),
        (timedelta(days=-6), "over", "Kỳ đã chốt Kỳ đã chốt lúc 00:00 ngày 25/11"),
    ],
)
def test_the_band_says_how_long_there_is(draw, before_deadline, tone, says):
    now = band()["deadline_at"] - before_deadline

    html = draw("deadline.html", "deadline_band", band(now))

    assert f"band-{tone} " in html
    assert says in words_of(html)


def test_the_band_names_the_last_day_that_counts_and_the_extensions(draw):
    extended = band(extensions=[{"unit": "H. Vũ Quang", "until": band()["deadline_at"] + timedelta(days=2)}])

    says = words_of(draw("deadline.html", "deadline_band", extended))

    assert "tức là hết thứ Sáu 19/11" in says
    assert "H. Vũ Quang được gia hạn đến hết Chủ nhật 21/11" in says


def test_a_cell_of_the_matrix_is_a_sentence_for_readers(app):
    page = app.test_client().get("/dashboard").text.replace("\u00a0", " ")

    for sentence in (
        "Huyện Hương Khê, tháng 9/2021, gửi muộn, 2 trên 2, được miễn ghi nhận muộn",
        "Huyện Vũ Quang, tháng 11/2021, đang nhận, 0 trên 2",
        "Thành phố Hà Tĩnh, tháng 6/2021, được miễn chỉ tiêu",
    ):
        assert f'<span class="visually-hidden">{sentence}</span>' in page


def test_work_of_which_there_is_none_disappears(draw):
    row = {"icon": "mail", "name": "Thư", "fact": "", "count": 0, "button": "Xem", "url": "#"}

    assert words_of(draw("waits.html", "what_waits", [row])) == "Không còn việc chờ."


def test_a_missing_seat_says_who_may_sit_there(draw):
    html = draw("committee.html", "committee_seats", GROUPS)

    assert html.count("seat-missing") == 1
    assert "2 trên 3" in words_of(html)


def test_the_diagram_says_the_same_in_words(draw):
    picture = {"wide": "", "upright": "", "states": [("draft", "past"), ("ready", "here")]}

    html = draw("diagram.html", "state_diagram", picture, "16/11, 14:20")

    assert 'aria-current="step">Đã biên tập: đang ở đây từ 16/11, 14:20' in html
    assert words_of(html).startswith("Bản nháp: đã qua Đã biên tập: đang ở đây")


@pytest.mark.parametrize(
    ("part", "macro", "values"),
    [
        ("signs.html", "state_badge", [HOSTILE]),
        ("signs.html", "mark", ["claimed", HOSTILE]),
        ("signs.html", "consent_badge", [{"answer": "yes", "by": HOSTILE}]),
        ("notes.html", "notice", ["bad", HOSTILE, HOSTILE]),
        ("notes.html", "empty", ["inbox", HOSTILE, {"url": HOSTILE, "label": HOSTILE, "hint": HOSTILE}]),
        (
            "lists.html",
            "piece_title",
            [{"url": HOSTILE, "title": HOSTILE, "kind": HOSTILE, "author": HOSTILE}],
        ),
        ("lists.html", "piece_card", [{"url": HOSTILE, "title": HOSTILE, "state": "lapsed", "by": HOSTILE}]),
        (
            "timeline.html",
            "timeline",
            [[{"act": HOSTILE, "who": HOSTILE, "at": NOW, "note": HOSTILE}]],
        ),
        ("audit.html", "audit_drawer", [DETAIL | {"headline": HOSTILE, "subject": HOSTILE}]),
        ("moves.html", "move_button", [STEPS[0] | {"label": HOSTILE, "action_url": HOSTILE}]),
        ("reading.html", "teaser", [{"url": HOSTILE, "title": HOSTILE, "author": HOSTILE}]),
        (
            "consent.html",
            "picture",
            [{"url": HOSTILE, "alt": HOSTILE, "caption": HOSTILE, "number": 1, "consent": {}}],
        ),
    ],
)
def test_what_people_write_is_never_markup(draw, part, macro, values):
    html = draw(part, macro, *values)

    assert "<b onclick" not in html
    assert "&lt;b onclick=" in html
