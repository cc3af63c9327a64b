"""What keeps the console to itself: caches, inline scripts, files, spreadsheets. Who may come in: tests/gate."""

import csv
import io
import re

import openpyxl
import pytest
from sqlalchemy import text

from admin.export import RUNS, safe_cell
from models.base import db
from workflow import accounts, submissions
from workflow.inspecting import EXPORTS

pytestmark = pytest.mark.database


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
    # The forum's "for units" is the way in that everybody sees; it promises nobody the portal.
    assert client.get("/don-vi/").headers["Location"] == "/vao/dang-nhap"
    assert "next=" in client.get("/don-vi/ban").headers["Location"]


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
     ("\n=1", "'\n=1"), ("＝1+1", "'＝1+1"), ("Tít", "Tít"), (-5, "-5"), (None, "")],
)  # fmt: skip
def test_no_cell_runs_in_a_spreadsheet(cell, written):
    assert safe_cell(cell) == written


def test_a_nul_is_refused_before_any_door_sees_it(cast, client):
    assert client.as_(cast.son).get("/quan-tri/bai/?q=%00").status_code == 400
    assert client.get("/?q=%00").status_code == 400


def cells_of(answer) -> list[list[object]]:
    """The rows of a downloaded table; of a workbook, no cell may be a formula."""
    if answer.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet.title in ("Units", "Monthly report", "Audit trail", "Who approved what")
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "inlineStr", "n", "d"}
    return [[cell.value for cell in row] for row in sheet]


def test_every_table_that_leaves_has_heads_in_the_readers_language_runs_nothing_and_is_on_record(
    app, make, cast, client, superuser
):
    piece = make.submission(state="edited", title="=1+1")
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)
    with superuser.begin() as connection:
        connection.execute(text("UPDATE unit SET name = '=' || name, short_name = '=' || short_name"))
    accounts.set_language(cast.khang, "en")
    khang = client.as_(cast.khang)
    khang.set_cookie("language", "en")

    answers = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith(".export"):
            for form in ("csv", "xlsx"):
                given = dict.fromkeys(rule.arguments, form)
                answer = khang.get(app.url_map.bind("localhost").build(rule.endpoint, given))
                if answer.status_code != 404:
                    answers[rule.endpoint.partition(".")[0], form] = answer
    tables = {name: cells_of(answer) for name, answer in answers.items()}

    listed = {(screen, "csv") for screen in ("desk_units", "desk_report", "desk_audit", "desk_inspection")}
    assert listed <= set(tables)
    for name, (head, *rows) in tables.items():
        assert [
            cell for cell in head if not cell or not str(cell).isascii() or not cell[0].isupper()
        ] == [], name
        words = [cell for row in rows for cell in row if isinstance(cell, str)]
        assert [cell for cell in words if cell.startswith("'=")], name
        assert [cell for cell in words if cell.startswith(RUNS) and not cell[1:].isdigit()] == [], name
    told = db.session.scalars(
        text("SELECT action FROM audit_event WHERE strpos(action, 'export') > 0 AND actor_id = :khang"),
        {"khang": cast.khang.id},
    ).all()
    assert (len(told), set(told)) == (len(tables), set(EXPORTS))
