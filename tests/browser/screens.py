"""Every screen of the house, read from its own addresses, and a month in which each has something to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import func
from werkzeug.routing import Rule

from admin.deciding import short
from models.audit import AuditEvent
from models.base import db
from models.envelope import Envelope
from models.outbox import Letter, OutboxMessage
from models.period import Period
from models.submission import Submission
from models.vocabulary import Consent, LetterState, OutboxState, Role, Verdict
from tests.cast import Cast
from tests.factories import Make
from workflow import clock, delegations, storage, submissions
from workflow.engine.unit_of_work import bookkeeping
from workflow.intake import reasons

PUBLIC, MEMBER, EDITOR, ADMIN = "", "binh", "son", "mai"

MAIL = b"From: la@example.edu.vn\r\nSubject: Tin bai thang 5\r\n\r\nKinh gui Phong GDMN.\r\n"

NO_PAGES = frozenset({
    # Files, feeds, parts of a page, machines.
    "files.shown", "files.original", "forum.picture", "forum.feed", "forum.section_feed", "forum.seal",
    "desk_audit.proof", "desk_audit.newest", "desk_audit.checked", "health.alive", "health.ready",
    "desk_periods.press", "desk_letters.html_form", "desk_letters.as_sent", "desk_letters.sample_html",
    # Addresses that lead elsewhere.
    "language.switch", "arriving.leave", "arriving.onward", "desk_unit_months.index", "desk_deciding.index",
    "security.verify",
    # Empty without what was chosen in the list; MORE opens it with something.
    "desk_pieces.together",
    # Opened by a letter only; each has a story of its own.
    "invited.choose", "by_mail.look", "wishes.ask", "second_step.ask",
})  # fmt: skip
NO_SCREENS = ("static", "export", "ajax_lookup", "details_view", "edit_view")
"""What Flask-Admin has addresses for and we no page, or no page without a query; MORE has those with one."""
NEW = frozenset({"desk_units.create_view", "desk_accounts.create_view", "desk_sections.create_view"})

SAMPLES: Mapping[str, str] = {
    "code": "h-can-loc", "kind": "awaiting_approval", "workflow": "monthly-submission", "version": "1",
    "account_id": "1",
}  # fmt: skip
OF_PAGE: Mapping[str, Mapping[str, str]] = {
    "forum.section": {"code": "ban-tru"},
    "forum.archive_month": {"month": "2021-05"},
}
BY_EDITOR = ("desk_tray.", "desk_pieces.", "means.", "devices.", "wishes.", "desk_delegations.")


@dataclass(frozen=True)
class Month:
    """What was laid out, by the name of the argument that leads to it."""

    pieces: Mapping[str, Submission]
    numbers: Mapping[str, str]


def lay(make: Make, cast: Cast) -> Month:
    """A piece in every state, a mail in the tray, a letter, work that was given up, a role that was lent."""
    long = (
        "Trẻ mầm non vùng núi làm quen với việc trồng rau sạch trong vườn trường cùng ông bà và cha mẹ,"
        " từ vỡ đất, gieo hạt đến bữa cơm"
    )
    pieces = {
        state: make.submission(state=state, with_picture=True, title=f"{long}, phần {number}")
        for number, state in enumerate(("published", "approved", "submitted"))
    }
    pieces["edited"] = make.submission(state="edited", with_picture=True, consent=Consent.UNKNOWN)
    pieces["drafted"] = make.submission(author=cast.binh, with_picture=True)
    submissions.claim(pieces["submitted"].id, by=cast.son)
    delegations.give(
        cast.phuong, role=Role.APPROVER, by=cast.minh, since=date(2021, 5, 17), until=date(2021, 5, 19),
        reason="Đi công tác.",
    )  # fmt: skip
    with bookkeeping() as session:
        mail = Envelope(
            sha256=storage.keep(MAIL), received_at=clock.now(), verdict=Verdict.TRAY,
            from_address="la@example.edu.vn", from_name="Người lạ", subject="Tin bài tháng 5",
            problems=[reasons.marked("unknown_sender")],
        )  # fmt: skip
        letter = Letter(
            key="bai|binh@example.edu.vn|1", kind="receipt", to_address="binh@example.edu.vn", to_name="Bình",
            subject="[Tiếp nhận] Đã nhận tin, bài", text="Kính gửi đồng chí.", html="<p>Kính gửi đồng chí.</p>",
            unit_id=cast.can_loc.id, state=LetterState.FAILED, written_at=clock.now(),
        )  # fmt: skip
        dead = OutboxMessage(
            key="hong", topic="letter:receipt", queue="mail", payload={"submission": 1}, state=OutboxState.DEAD,
            error="Máy chủ thư không trả lời.",
        )  # fmt: skip
        session.add_all([mail, letter, dead])
        session.flush()
        numbers = {"envelope_id": str(mail.id), "letter_id": str(letter.id), "message_id": str(dead.id)}
    numbers |= {
        "period_id": str(db.session.query(Period.id).filter_by(month=5).scalar()),
        "piece_id": str(pieces["edited"].id),
        "seen": short(pieces["edited"].digest),
        "account_id": str(cast.binh.id),
        "unit_id": str(cast.can_loc.id),
        "category_id": str(make.category().id),
        "number": str(db.session.query(func.max(AuditEvent.id)).scalar()),
    }
    # Read now and kept as they are: a page in the same process ends the session they were read in.
    for piece in pieces.values():
        db.session.refresh(piece)
        db.session.expunge(piece)
    return Month(pieces, numbers)


def addresses(app: Flask, month: Month) -> dict[str, list[str]]:
    """Visitor -> every address she opens. Raises LookupError for a new screen nobody has a sample for."""
    found: dict[str, list[str]] = {PUBLIC: [], MEMBER: [], EDITOR: [], ADMIN: []}
    for rule in app.url_map.iter_rules():
        if _is_screen(rule):
            found[visitor(rule.endpoint)].append(_address(app, rule, month))
    for who, more in MORE.items():
        found[who] += [address.format(**month.numbers, **_ids(month)) for address in more]
    return {who: sorted(set(them)) for who, them in found.items()}


MORE: Mapping[str, tuple[str, ...]] = {
    PUBLIC: ("/tim?q=trong+rau", "/bai/{slug}", "/tim?q=khong-co-gi"),
    MEMBER: ("/don-vi/bai/{drafted_code}", "/don-vi/bai/{drafted_code}/soan"),
    EDITOR: (
        "/quan-tri/", "/quan-tri/bai/?trang-thai=sent", "/quan-tri/bai/{submitted}/", "/quan-tri/bai/{submitted}/sua",
        "/quan-tri/bai/{published}/", "/quan-tri/bai/?q=khong-co-gi",
        "/quan-tri/bai/cung-luc?buoc=set_aside&tat-ca=1",
    ),
    ADMIN: (
        "/quan-tri/don-vi/edit/?id={unit_id}", "/quan-tri/chuyen-muc/edit/?id={category_id}",
        "/quan-tri/nhat-ky/?kiem=1",
    ),
}  # fmt: skip


def _ids(month: Month) -> dict[str, str]:
    ids = {state: str(piece.id) for state, piece in month.pieces.items()}
    slug = db.session.execute(db.text("SELECT slug FROM publication")).scalar_one()
    return {**ids, "drafted_code": month.pieces["drafted"].code, "slug": str(slug)}


def _is_screen(rule: Rule) -> bool:
    page = rule.endpoint.rpartition(".")[2]
    if "GET" not in (rule.methods or ()) or rule.endpoint in NO_PAGES or page in NO_SCREENS:
        return False
    return page != "create_view" or rule.endpoint in NEW


def visitor(endpoint: str) -> str:
    if endpoint.startswith("portal."):
        return MEMBER
    if endpoint.startswith(BY_EDITOR):
        return EDITOR
    return ADMIN if endpoint.startswith(("desk_", "admin.")) else PUBLIC


def _address(app: Flask, rule: Rule, month: Month) -> str:
    known = {**SAMPLES, **month.numbers, **OF_PAGE.get(rule.endpoint, {})}
    if rule.endpoint.startswith("portal."):
        known["code"] = month.pieces["submitted"].code
    if rule.endpoint == "portal.rewrite":
        known["code"] = month.pieces["drafted"].code
    if rule.endpoint == "forum.piece":
        known["slug"] = _ids(month)["slug"]
    if rule.endpoint == "desk_committees.correct":
        known["seat_id"] = str(db.session.execute(db.text("SELECT min(id) FROM seat")).scalar_one())
    missing = rule.arguments - known.keys()
    if missing:
        raise LookupError(
            f"{rule} is a screen without a sample for {sorted(missing)}: tests/browser/screens.py"
        )
    with app.test_request_context():
        return app.url_map.bind("x").build(rule.endpoint, {name: known[name] for name in rule.arguments})
