"""What keeps the console shut: sign-in, tokens, caches, addresses that Flask-Admin would open by itself."""

import re

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from admin.export import safe_cell

pytestmark = pytest.mark.database

SAMPLES = {
    "piece_id": 1, "file_id": 1, "trigger": "claim", "code": "h-can-loc", "seat_id": 1, "period_id": 1, "number": 1,
    "letter_id": 1, "message_id": 1, "envelope_id": 1, "account_id": 1, "grant_id": 1, "proposal_id": 1,
    "delegation_id": 1, "workflow": "unit-approval", "version": 1, "job": "sweep",
    "export_type": "csv", "form": "csv", "announcement_id": 1,
}  # fmt: skip


def addresses(app, method: str) -> list[str]:
    """Every address of the console that takes a method, files aside."""
    adapter = app.url_map.bind("localhost")
    return sorted(
        adapter.build(rule.endpoint, {name: SAMPLES[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/quan-tri")
        and method in rule.methods
        and not rule.rule.endswith("<path:filename>")
    )


def test_nobody_gets_in_without_signing_in_and_is_sent_to_the_form(app, make, client):
    make.submission(state="submitted")

    answers = {address: client.get(address) for address in addresses(app, "GET")}

    assert {answer.status_code for answer in answers.values()} == {303}
    assert all("/vao/dang-nhap" in answer.headers["Location"] for answer in answers.values())


def test_a_member_of_a_unit_is_refused_everywhere(app, make, cast, client):
    make.submission(state="submitted")
    binh = client.as_(cast.binh)

    assert {binh.get(address).status_code for address in addresses(app, "GET")} == {403}


def test_every_post_of_the_house_needs_its_token(app, make, cast, client):
    make.submission(state="submitted")
    mai = client.as_(cast.mai)
    posts = addresses(app, "POST")
    assert len(posts) > 30

    answers = {address: mai.post(address, data={"csrf_token": "none"}).status_code for address in posts}

    assert set(answers.values()) == {400}, answers


def test_what_flask_admin_could_do_and_we_do_not_is_not_there(app, cast, client):
    mai = client.as_(cast.mai)
    mai.read_token("/quan-tri/tai-khoan/")
    shut = ("/quan-tri/thu-da-gui/new/", "/quan-tri/thu-da-gui/edit/?id=1", "/quan-tri/thu-da-gui/export/csv/",
            "/quan-tri/thu-da-gui/details/?id=1", "/quan-tri/tai-khoan/edit/?id=1", "/quan-tri/tai-khoan/export/csv/",
            "/quan-tri/don-vi/ajax/lookup/")  # fmt: skip
    shut_posts = ("/quan-tri/thu-da-gui/delete/", "/quan-tri/tai-khoan/delete/", "/quan-tri/thu-da-gui/action/",
                  "/quan-tri/don-vi/action/", "/quan-tri/don-vi/ajax/update/")  # fmt: skip

    assert {mai.get(address).status_code for address in shut} == {404}
    assert {mai.send(address).status_code for address in shut_posts} == {404}


def test_nothing_of_the_console_stays_in_a_cache(make, cast, client):
    piece = make.submission(state="submitted")
    son = client.as_(cast.son)

    for address in (
        "/quan-tri/",
        f"/quan-tri/bai/{piece.id}/",
        "/quan-tri/hang-doi/",
        "/quan-tri/bao-cao/thang.csv",
    ):
        assert son.get(address).headers["Cache-Control"] == "no-store", address


def test_pages_hold_no_inline_handler_or_style(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    mai, son = client.as_(cast.mai), client.as_(cast.son)

    for page in (son.get(f"/quan-tri/bai/{piece.id}/"), son.get(f"/quan-tri/bai/{piece.id}/sua"),
                 mai.get("/quan-tri/tai-khoan/"), mai.get("/quan-tri/")):  # fmt: skip
        assert re.search(r"\son[a-z]+=|\sstyle=|javascript:", page.text) is None
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_after_signing_in_each_goes_to_their_own_door(cast, client):
    assert client.as_(cast.son).get("/vao/tiep").headers["Location"] == "/quan-tri/"
    assert client.as_(cast.binh).get("/vao/tiep").headers["Location"] == "/don-vi/"


def test_a_wrong_password_tells_nothing_and_a_rehearsal_shows_who_may_be_tried(cast, client):
    page = client.get("/vao/dang-nhap").text
    client.read_token("/vao/dang-nhap")

    wrong = client.send("/vao/dang-nhap", email=cast.son.email, password="sai-mat-khau-roi")
    unknown = client.send("/vao/dang-nhap", email="khong-co@example.edu.vn", password="sai-mat-khau-roi")

    assert "editor@example.edu.vn" in page
    assert "dien-tap-2021" in page
    assert all("Địa chỉ thư hoặc mật khẩu không đúng." in answer.text for answer in (wrong, unknown))


def test_files_are_for_the_unit_and_the_department_only(make, cast, client):
    piece = make.submission(state="submitted", with_picture=True)
    address = f"/tep/{piece.revision.pictures[0].attachment_id}"

    seen = {
        name: client.as_(getattr(cast, name)).get(address).status_code
        for name in ("son", "binh", "lan", "nga")
    }

    assert seen == {"son": 200, "binh": 200, "lan": 200, "nga": 404}
    assert client.get(address).status_code in (302, 401)
    answer = client.as_(cast.son).get(address)
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
        "image/jpeg",
        "nosniff",
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"), ("+84", "'+84"), ("-cmd", "'-cmd"), ("@SUM", "'@SUM"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
     ("Tít", "Tít"), (-5, "-5"), (None, "")],
)  # fmt: skip
def test_no_cell_runs_in_a_spreadsheet(cell, written):
    assert safe_cell(cell) == written


def test_a_nul_is_refused_before_any_door_sees_it(cast, client):
    assert client.as_(cast.son).get("/quan-tri/bai/?q=%00").status_code == 400
    assert client.get("/?q=%00").status_code == 400


def test_the_sample_values_build_every_address(app):
    adapter = app.url_map.bind("localhost")
    for address in addresses(app, "GET"):
        try:
            adapter.match(address, method="GET")
        except (NotFound, MethodNotAllowed) as error:
            pytest.fail(f"{address}: {error}")
