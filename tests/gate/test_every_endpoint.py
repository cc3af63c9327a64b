"""Every address of the house, for everybody: what is not in the table is shut, and a new address is not in the table.

Walked with real things of Can Lộc: Lan and Bình are of that unit, Nga of another (T06, T09). A press that is not
one's own is refused and leaves no event but the refusal's.
"""

import pytest
from markupsafe import escape
from sqlalchemy import text

from gate import clicking
from models.base import db
from tests.endpoints import ALLOWED, EXEMPT, NOT_ON_STAGE, PEOPLE, may, rules, sent_away

pytestmark = pytest.mark.database


def test_every_address_is_in_the_table_and_every_line_of_it_is_an_address(house):
    known = {rule.endpoint for rule in house.url_map.iter_rules()}
    methods = set().union(*(rule.methods for rule in house.url_map.iter_rules()))

    forgotten = sorted(known - ALLOWED.keys())
    assert not forgotten, f"say in TABLE who may come in: {forgotten}"
    assert sorted(ALLOWED.keys() - known) == []
    # What changes something is a POST, and the walks below try every one.
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}


MOST_STATEMENTS = 12
PLAYED_AHEAD = {"desk_queues.preview"}
"""What the clock's jobs would do is asked of the jobs themselves: it costs what they cost."""


TYPED = {
    "account": ("full_name", "title"),
    "attachment": ("name",),
    "category": ("name_vi", "name_en", "description_vi"),
    "delegation": ("reason",),
    "letter": ("subject", "to_name", "text"),
    "revision": ("title", "summary", "author_line", "author_title", "school"),
    "revision_attachment": ("caption", "credit"),
    "seat": ("title", "workplace", "role_in_committee", "phone"),
    "unit": ("name", "short_name", "admin_unit"),
}
"""What people type, or mail to us, and pages show."""
MARK = "\"><u onclick='x'>"
PAGES = {"text/html", "application/atom+xml"}


@pytest.fixture
def marked(scene, superuser):
    """The scene, with something of HTML behind all that people type."""
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, columns in TYPED.items():
            changes = ", ".join(f"{column} = {column} || :mark" for column in columns)
            connection.execute(text(f"UPDATE {table} SET {changes}"), {"mark": MARK})
    return scene


def is_kept(rule, answer):
    """Does it stay in a cache what was seen behind the sign-in (T29)? A file is asked about each time."""
    allowed = {"no-store", "private, no-cache" if rule.endpoint == "files.shown" else ""}
    is_inside = rule.rule.startswith(clicking.INSIDE) and not rule.endpoint.endswith("static")
    return is_inside and answer.headers.get("Cache-Control") not in allowed


@pytest.mark.long
def test_who_may_read_reads_text_for_few_statements_and_nobody_else(app, marked, visitors, statements):
    wrong, shown = {}, 0
    for rule in rules(app, "GET"):
        path, readers = marked(rule), may(rule.endpoint)
        for name, visitor in visitors.items():
            with statements() as seen:
                answer = visitor.get(path)
                page = answer.text if answer.mimetype in PAGES else ""
                answer.close()
            cost = len(seen)
            shown += str(escape(MARK)) in page
            if MARK in page or is_kept(rule, answer):
                wrong[f"{rule.endpoint} {name} tells too much"] = (path, answer.headers.get("Cache-Control"))
            is_in = not sent_away(answer) and answer.status_code < 500
            if name in readers and rule.endpoint in NOT_ON_STAGE and answer.status_code == 404:
                continue
            if is_in is not (name in readers) or (
                cost > MOST_STATEMENTS and rule.endpoint not in PLAYED_AHEAD
            ):
                wrong[f"{rule.endpoint} {name}"] = (path, answer.status_code, answer.location, cost)

    assert not wrong, "\n".join(map(str, wrong.items()))
    assert shown > 100


def deeds():
    """What happened, without what was refused and who came in."""
    db.session.rollback()
    return db.session.execute(
        text(
            "SELECT count(*) FROM audit_event WHERE action NOT LIKE '%refused/%'"
            " AND action NOT IN ('account:sign_in_failed')"
        )
    ).scalar_one()


@pytest.mark.long
def test_who_may_not_press_changes_nothing(app, scene, visitors):
    visitors[None].read_token("/vao/dang-nhap")
    before, wrong = deeds(), {}
    for rule in rules(app, "POST"):
        path, pressers = scene(rule), may(rule.endpoint)
        for name in PEOPLE:
            if name in pressers:
                continue
            answer = visitors[name].send(
                path, reason="Thử.", role="admin", until="2021-06-01T08:00", sure="1"
            )
            with visitors[name].session_transaction() as kept:
                is_told_no = any(kind == "refused" for kind, _ in kept.pop("_flashes", []))
            if not (sent_away(answer) or is_told_no or answer.status_code == 405):
                wrong[f"{rule.endpoint} {name}"] = (path, answer.status_code, answer.location)

    assert not wrong, "\n".join(map(str, wrong.items()))
    assert deeds() == before


def test_no_press_counts_without_the_token_of_ones_own_page(app, scene, visitors):
    tries = ((visitors["mai"], {}), (visitors["binh"], {"csrf_token": visitors["lan"].token}))
    before, wrong = deeds(), {}
    for rule in rules(app, "POST"):
        for visitor, token in tries:
            if rule.endpoint not in EXEMPT:
                answer = visitor.post(scene(rule), data=token)
                if answer.status_code != 400:
                    wrong[f"{rule.endpoint} {token}"] = answer.status_code

    assert not wrong, "\n".join(map(str, wrong.items()))
    assert deeds() == before
