"""What nobody types by mistake, in every field of every address: refused or taken as plain words, never an error.

The fields are those that the doors' code asks for, found by reading it; each address gets some of the values in all
fields at once, and a few fields at a time one, among sane ones (T07, T26, T32).
"""

import ast
import itertools
import random
import re
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

import wsgi
from gate import serving
from models.base import db
from tests.endpoints import may, rules
from workflow import comments, guessing, logbook
from workflow.queries import audit_check, desk

pytestmark = pytest.mark.database

HOUSE = Path(__file__).parents[2]
DOORS = ("gate", "admin", "portal", "forum")
FORBIDDEN = {
    "state": "published",
    "version": "99",
    "phase": "public",
    "digest": f"sha256:{'0' * 64}",
    "approved_by": "1",
    "created_by": "1",
    "unit_id": "2",
    "workflow": "unit-approval",
    "password": "$argon2id$x",
    "fs_uniquifier": "x",
}
"""What no form has and every table, and what somebody would like to stand there: nothing may take it from there."""
DIGITS = "9" * 5000
"""More than Python turns into a number."""
HOSTILE = (
    "", " ", "\x00", "Nga\x00", "-1", "0", "99999999999999999999", DIGITS, "1e309",
    "NaN", "٣", "½", "²", "null", "[]",
    "{}", '{"a": {}}', "' OR 1=1 --", "%s%n%00", "{{7*7}}", "{0.__class__}", "${jndi:ldap://x}",
    "../../../etc/passwd",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\r\nSet-Cookie: b=c", "\u202e\u200b\ufeff", "A" * 100_000,
    "😀" * 1000, "2021-13-45T99:99", "0001-01-01", "9999-12-31", "9999-12-31T23:59", "10000-01-01",
    "2021-05-17T08:30+99:99",
    "\x1b[31m\x7f", "e\u0301" * 60, b"\xff\xfe\xed\xa0\x80", "javascript:alert(1)", "true",
)  # fmt: skip
SANE = {"reason": "Thử.", "until": "2021-06-01T08:00", "since": "2021-05-18", "last": "2021-05-19", "kind": "other",
        "title": "Bếp ăn", "role": "approver", "buoc": "claim"}  # fmt: skip
LEFT_OUT = {"security.logout", "devices.sign_out_others", "devices.sign_out", "desk_audit.check"}
"""They end the visit, or take seconds and no words."""


def asked_for():
    """Every name that the doors ask a form or an address for, and every field of a form class."""
    found = set()
    for file in (file for door in DOORS for file in (HOUSE / door).rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            source = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
            if source.startswith(("request.form", "request.args")):
                found |= {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
            if isinstance(node, ast.ClassDef) and any("Form" in ast.unparse(base) for base in node.bases):
                found |= {
                    target.id
                    for line in node.body
                    if isinstance(line, ast.Assign) and "Field(" in ast.unparse(line)
                    for target in line.targets
                    if isinstance(target, ast.Name)
                }
    return sorted(one for one in found if one.isidentifier() or "-" in one)


NAMES = (*asked_for(), *FORBIDDEN)
STEP = 40


def some(endpoint, many):
    """Always the same ones for an address, and over all addresses every one."""
    return random.Random(zlib.crc32(endpoint.encode())).sample(HOSTILE, many)


def visitor_for(rule, visitors):
    """Whoever may do most there."""
    return next(
        (visitors[name] for name in ("mai", "son", "binh", "khang") if name in may(rule.endpoint)),
        None,
    )


def fills(rule):
    """The forms to send to an address: sane with columns put in, all fields hostile, then a few at a time."""
    yield {**SANE, **FORBIDDEN}, "a column"
    for value in some(rule.endpoint, 1):
        yield dict.fromkeys(NAMES, value), value
    values = itertools.cycle(some(rule.endpoint, len(HOSTILE)))
    for at in range(0, len(NAMES), STEP):
        value = next(values)
        yield {**SANE, **dict.fromkeys(NAMES[at : at + STEP], value)}, value


def answered(send, wrong, where, value):
    """Note what is worse than a refusal."""
    try:
        answer = send()
        answer.close()
        if answer.status_code >= 500:
            wrong.append((where, answer.status_code, value))
        if any("\n" in told for _, told in answer.headers):
            wrong.append((where, "header", value))
    except Exception as error:  # whatever it is, it is one too many
        wrong.append((where, repr(error)[:200], value if len(value) < 60 else value[:60]))


def test_the_doors_ask_for_many_names():
    assert len(NAMES) > 60
    assert {"reason", "full_name", "email", "title", "q", "seen", "consent"} <= set(NAMES) | {"consent"}


@pytest.mark.long
def test_no_field_of_any_form_is_an_error(app, scene, visitors):
    wrong = []
    columns = columns_now()
    for rule in rules(app, "POST"):
        visitor = visitor_for(rule, visitors)
        if visitor is None or rule.endpoint in LEFT_OUT:
            continue
        path = scene(rule)
        for fields, value in fills(rule):
            form = {
                "csrf_token": visitor.token,
                **{name: word for name, word in fields.items() if name != "csrf_token"},
            }
            answered(lambda path=path, form=form: visitor.post(path, data=form), wrong, rule.endpoint, value)  # noqa: B023

    assert not wrong, "\n".join(map(str, wrong))
    db.session.rollback()
    now = columns_now()
    assert {key: now[key] for key in columns} == columns
    assert [key for key, (state, *_) in now.items() if key not in columns and state in MOVED] == []
    assert audit_check.check().is_whole


MOVED = ("approved", "published")


def columns_now():
    """What a form would have to change to pass by the verbs: of each piece, and of each account, which has verbs that
    do change it to something else."""
    pieces = text(
        "SELECT 'piece ' || id, CASE WHEN state IN ('approved', 'published') THEN state ELSE '' END, unit_id,"
        " created_by, workflow FROM submission"
    )
    accounts = text(
        "SELECT 'account ' || id, password = :password, fs_uniquifier = :fs_uniquifier FROM account"
    )
    return {
        row[0]: tuple(row[1:])
        for query in (pieces, accounts)
        for row in db.session.execute(query, FORBIDDEN if query is accounts else {})
    }


@pytest.mark.long
def test_no_address_is_an_error(app, scene, visitors):
    wrong = []
    for rule in rules(app, "GET"):
        visitor = visitor_for(rule, visitors)
        if visitor is None or rule.endpoint.endswith("static"):
            continue
        path = scene(rule).partition("?")[0]
        for value in (DIGITS, *some(rule.endpoint, 1)):
            asked = dict.fromkeys(NAMES, value if len(value) < 10_000 else value[:10_000])
            answered(lambda path=path, asked=asked: visitor.get(path, query_string=asked), wrong, path, value)  # noqa: B023
        texts = [name for name in rule.arguments if "Unicode" in type(rule._converters[name]).__name__]
        for value in some(rule.endpoint, 3) if texts else ():
            given = {name: quote(value) for name in texts}
            hostile = rule.rule
            for name in rule.arguments:
                plain = given.get(name, "1")
                hostile = re.sub(rf"<[^<>]*\b{name}>", lambda _, plain=plain: plain, hostile)
            answered(lambda path=hostile: visitor.get(path), wrong, rule.rule, value)  # noqa: B023

    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("way", ["gunicorn wsgi:app", "toasoan up"])
def test_the_web_alone_is_in_a_hurry_and_each_role_has_an_end(app, monkeypatch, way):
    monkeypatch.setattr(logbook, "keep", lambda: None)
    monkeypatch.setattr(wsgi, "founded", lambda _create: wsgi.create_house())
    monkeypatch.setattr(serving._Gunicorn, "run", lambda _self: None)
    web = wsgi.app if way == "gunicorn wsgi:app" else wsgi.create_house()
    if way == "toasoan up":
        serving.serve(web, host="127.0.0.1", port=5000)
    asked = text("SHOW statement_timeout")

    with web.app_context():
        found = {}
        for bind in (None, "moves", "forum"):
            with db.engines[bind].connect() as connection:
                found[bind] = connection.execute(asked).scalar_one()
            db.engines[bind].dispose()

    assert found == {None: "10s", "moves": "10s", "forum": "5s"}
    assert db.session.execute(asked).scalar_one() == "15min"


def slow(*_args, **_kwargs):
    db.session.execute(text("SET LOCAL statement_timeout = '20ms'"))
    db.session.execute(text("SELECT pg_sleep(20)"))


def test_what_takes_too_long_is_ended_and_told_though_it_be_the_menu(cast, client, monkeypatch):
    khang = client.as_(cast.khang)
    monkeypatch.setattr(desk, "waiting", slow)

    answer = khang.get("/quan-tri/nhat-ky/")

    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "thu hẹp bộ lọc" in answer.text and "too_slow" in answer.text


def test_a_form_that_takes_too_long_is_kept_and_no_password_is(make, cast, client, monkeypatch):
    piece, son = make.submission(state="submitted"), client.as_(cast.son)
    stranger = son.application.test_client()
    stranger.read_token("/vao/dang-nhap")
    monkeypatch.setattr(desk, "waiting", slow)
    monkeypatch.setattr(comments, "add", slow)
    monkeypatch.setattr(guessing, "attempt", slow)

    kept = son.send(f"/quan-tri/bai/{piece.id}/trao-doi", text="Xin ảnh rõ hơn.", audience="unit")
    refused = stranger.send("/vao/dang-nhap", email=cast.son.email, password="bi-mat-cua-son")

    assert (kept.status_code, kept.mimetype) == (503, "text/html")
    assert "Xin ảnh rõ hơn." in kept.text and "too_slow" in kept.text
    assert refused.status_code == 503 and "bi-mat-cua-son" not in refused.text
