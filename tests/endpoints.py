"""Every address of the house and who may come in: the table that the walks of tests/gate go by.

Lan and Bình are of Can Lộc, whose things stand on the stage, Nga is of another unit.
"""

import pytest
from sqlalchemy import text

from models.base import db
from models.second_step import Passkey
from models.vocabulary import Role
from workflow import clock, delegations, invitations, letters, wishes
from workflow.engine.unit_of_work import bookkeeping
from workflow.rules.permissions import PERMISSIONS

DEPARTMENT = {
    "son": Role.EDITOR, "minh": Role.APPROVER, "phuong": Role.PUBLISHER, "khang": Role.AUDITOR, "mai": Role.ADMIN,
}  # fmt: skip
OF_UNITS = ("lan", "binh", "nga")
PEOPLE = (None, *OF_UNITS, *DEPARTMENT)

GROUPS = {
    "anyone": set(PEOPLE),
    "inside": set(PEOPLE) - {None},
    "nobody": set(),
    "member": set(OF_UNITS),
    "own unit": {"lan", "binh"},
    "own committee": {"binh"},
    "own unit or department": {"lan", "binh", *DEPARTMENT},
    "herself": {"binh"},
}


def may(endpoint):
    """Who may come in there by the table; what is not in it is shut. A cell is one of GROUPS, or a permission."""
    words = ALLOWED.get(endpoint, "nobody")
    if words in GROUPS:
        return GROUPS[words]
    return {name for name, role in DEPARTMENT.items() if role in PERMISSIONS[words]}


SHUT = "action_view ajax_lookup ajax_update details_view"
"""What Flask-Admin adds to every list, and we do not use."""

# Who may read (GET) and who may press (POST), for each blueprint; a word without a slash is for both.
TABLE = {
    "admin": {"index": "console.enter", "static": "anyone", "travel": "clock.travel"},
    "desk_tray": {"index envelope": "tray.read", "take dismiss retry": "tray.write"},
    "desk_pieces": {
        "index piece compare edit reclassify together": "submissions.read",
        "step press_together answer say keep drop_kept still_open keep_filter drop_filter": "submissions.read",
    },
    "desk_units": {
        "index_view unit export": "units.read", "create_view edit_view delete_view": "units.write", SHUT: "nobody",
    },
    "desk_committees": {
        "index committee history appendix": "committees.read",
        "add correct found dissolve remind settle unseat take_list": "committees.write",
        "confirm reopen": "committees.confirm",
    },
    "desk_deciding": {"index revision decide": "submissions.read"},
    "desk_periods": {
        "index period calendar press": "periods.read",
        "close exempt extend follow reopen mark": "periods.write",
    },
    "desk_unit_months": {
        "index unit_month": "periods.read", "remind_all remind extend exempt excuse": "periods.write",
    },
    "desk_procedures": {"index show": "procedures.read", "migrate": "procedures.write"},
    "desk_sections": {
        "index_view": "submissions.read", "create_view edit_view retire reopen merge": "units.write",
        f"delete_view export {SHUT}": "nobody",
    },
    "desk_directives": {"index": "submissions.read", "propose": "directives.write"},
    "desk_announcements": {"index": "announcements.read", "publish withdraw": "announcements.write"},
    "desk_report": {"index export": "reports.read"},
    "desk_inspection": {"index sheet export": "audit.read"},
    "desk_audit": {"index event newest export proof checked check": "audit.read"},
    "desk_letters": {
        "index_view letter html_form as_sent kinds sample sample_html": "letters.read",
        "clear send_again": "letters.write", "let_go drop": "queues.write",
        f"create_view edit_view delete_view export {SHUT}": "nobody",
    },
    "desk_settings": {"index": "settings.read"},
    "desk_queues": {
        "index preview rows": "queues.read",
        "retry retry_all dismiss dismiss_all pause resume run_now": "queues.write",
    },
    "desk_accounts": {
        "index_view account": "accounts.read",
        "create_view grant revoke shut open unlock end_sessions reset_second_step forget invite": "accounts.write",
        f"edit_view delete_view export {SHUT}": "nobody",
    },
    "desk_delegations": {"index give end": "console.enter"},
    "portal": {
        "static": "anyone",
        "this_month choose compose send_quickly committee letters together press_together": "member",
        "letter": "herself",
        "piece changes rewrite send step answer say": "own unit",
    },
    "files": {"shown original": "own unit or department"},
    "forum": {
        "home piece section unit archive archive_month search": "anyone",
        "feed section_feed picture seal seals takedown": "anyone",
    },
    "gate": {"static": "anyone"},
    "look": {"static": "anyone"},
    "health": {"alive ready": "anyone"},
    "language": {"switch choose": "anyone"},
    "security": {"static login logout": "anyone", "verify": "nobody"},
    "invited": {"choose": "anyone"},
    "by_mail": {"ask look enter": "anyone"},
    "second_step": {"ask take": "inside"},
    "password": {"change": "inside"},
    "wishes": {"ask stop": "anyone", "mine choose": "inside"},
    "arriving": {"leave onward": "inside"},
    "devices": {"mine sign_out sign_out_others": "inside"},
    "means": {
        "mine propose_app confirm_app remove_app propose_passkey add_passkey remove_passkey new_codes": "inside",
    },
}  # fmt: skip
ALLOWED = {
    f"{blueprint}.{name}": words
    for blueprint, rows in TABLE.items()
    for names, words in rows.items()
    for name in names.split()
}

NOT_ON_STAGE = {
    "desk_tray.envelope",
    "forum.picture",
    "forum.seal",
    "desk_audit.proof",
    "desk_deciding.revision",
    "desk_letters.as_sent",
    "desk_periods.press",
} | {endpoint for endpoint in ALLOWED if endpoint.endswith(".static")}
"""Reads of things that this scene has not: 404 for who may read them as well."""
EXEMPT = {"wishes.stop"}
"""Pressed by mailboxes, without cookie and form (RFC 8058); its address holds a key of its own."""


def rules(app, method):
    """The addresses that answer to a method; those of the table's last test are all there are."""
    return sorted(
        (one for one in app.url_map.iter_rules() if method in one.methods), key=lambda one: one.rule
    )


@pytest.fixture
def scene(app, make, cast):
    """`scene(rule)` is the address of a real thing, of Can Lộc's wherever it is of a unit's."""
    published = make.submission(state="published")
    sent = make.submission(state="submitted")
    draft = make.submission(with_picture=True)
    today = make.clock_at("2021-05-17 08:30").date()
    lent = delegations.give(
        cast.ly, role=Role.APPROVER, since=today, until=today.replace(day=20), reason="Đi họp.", by=cast.minh
    )
    written = letters.Sheet(
        key="receipt|binh@example.edu.vn|1", kind="receipt", to_address="binh@example.edu.vn",
        to_name="Phan Đình Bình", subject="Đã nhận", text="Đã nhận.", html="", written_at=clock.now(),
        account_id=cast.binh.id, unit_id=cast.can_loc.id,
    )  # fmt: skip
    letters.keep([written])
    with bookkeeping() as session:
        session.add(Passkey(account_id=cast.ly.id, credential=b"k", public_key=b"k", sign_count=0, name=""))
        session.flush()

    def one(query):
        return db.session.execute(text(query)).scalar_one()

    office, section = cast.can_loc.code, "ban-tru"
    values = {
        "piece_id": sent.id, "code": draft.code, "slug": one("SELECT slug FROM publication"), "trigger": "discard",
        "desk_committees:code": office, "desk_units:code": office, "desk_unit_months:code": office,
        "forum.unit:code": office,
        "forum.section:code": section, "forum.section_feed:code": section, "language:code": "vi",
        "attachment_id": one(f"SELECT id FROM attachment WHERE submission_id = {draft.id}"),
        "account_id": cast.ha.id, "grant_id": one(f"SELECT id FROM role_grant WHERE account_id = {cast.ha.id}"),
        "passkey_id": one("SELECT id FROM passkey"), "seat_id": one("SELECT min(id) FROM seat"),
        "period_id": one("SELECT min(id) FROM period"), "delegation_id": lent.id,
        "letter_id": one("SELECT id FROM letter"), "message_id": one("SELECT min(id) FROM outbox"),
        "number": one("SELECT min(id) FROM audit_event"), "form": "csv", "export_type": "csv", "job": "seal",
        "workflow": published.workflow, "version": published.workflow_version, "month": "2021-05",
        "filename": "khong-co.css", "by_mail:token": "khong-co",
        "invited:token": invitations.link(cast.lan).rpartition("/")[2],
        "wishes:token": wishes.address(cast.lan.id, "published").rpartition("/")[2],
        "blob": "0" * 64, "size": "1",
    }  # fmt: skip
    values |= {
        "desk_pieces:trigger": "claim",
        "desk_letters:kind": "receipt",
        "desk_pieces.together?": {"buoc": "claim", "chosen": sent.id},
        "desk_units.edit_view?": {"id": cast.can_loc.id},
        "desk_sections.edit_view?": {"id": one("SELECT min(id) FROM category")},
    }

    def address(rule):
        given = {}
        for name in rule.arguments:
            places = (f"{rule.endpoint}:{name}", f"{rule.endpoint.partition('.')[0]}:{name}", name)
            anything = 1 if "int" in type(rule._converters[name]).__name__.lower() else "khong-co"
            given[name] = next((values[place] for place in places if place in values), anything)
        asked = values.get(f"{rule.endpoint}?", {})
        return app.url_map.bind("localhost").build(
            rule.endpoint, given | asked, method=sorted(rule.methods)[-1]
        )

    return address


@pytest.fixture
def visitors(cast, client, scene):
    return {name: client.as_(getattr(cast, name)) if name else client for name in PEOPLE}


def sent_away(answer):
    """To the sign-in page, to her own door, or told no."""
    if answer.status_code in (302, 303):
        return "/vao/dang-nhap" in answer.location
    return answer.status_code in (401, 403, 404)
