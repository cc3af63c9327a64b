"""A second definition runs: the unit's own leader approves before anything is sent. No state has a name of the first.

What knows a state by name would fall over here: the queues, the month's count, the sweep, both doors.
"""

import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models.base import db
from models.period import Period
from models.submission import Submission
from models.vocabulary import Phase, SeatKind
from tests.cast import SINCE
from workflow import accounts, committees, deadlines, definitions, procedures, submissions
from workflow.engine.unit_of_work import change
from workflow.intake import receiving
from workflow.queries import desk, queue, reports, standings
from workflow.queries import portal as portal_reads

pytestmark = pytest.mark.database


@pytest.fixture
def hung(make, cast):
    """Hưng leads Can Lộc's office and holds its committee's first seat; May follows the second definition."""
    with change():
        leader = accounts.add(
            "hung@example.edu.vn", full_name="Nguyễn Đình Hưng", by=None, password_hash=cast.lan.password
        )
        committees.seat(committees.in_force(cast.can_loc), leader, SeatKind.LEADER, by=None, since=SINCE)
    procedures.follow(may(), "unit-approval", reason="Đơn vị đề nghị.", by=cast.mai)
    return leader


def may() -> Period:
    with change():
        return deadlines.ensure_period(2021, 5)


def again(piece: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, piece.id)


def test_no_state_has_a_name_of_the_first_definition():
    first, second = (definitions.newest(name).definition for name in ("monthly-submission", "unit-approval"))

    assert set(first.states) & set(second.states) == set()
    assert {state.phase for state in second.states.values()} == set(Phase)


def test_the_way_through_the_unit_and_the_department_by_the_doors(make, cast, hung, client, refused, audited):
    piece = make.submission()
    assert (piece.workflow, piece.state) == ("unit-approval", "written")

    assert refused(lambda: submissions.submit(piece.id, by=cast.binh)) == "invalid_transition"
    assert refused(lambda: submissions.perform(piece.id, "endorse", by=cast.binh)) == "not_the_leader"
    leader = client.as_(hung)
    month = leader.get("/don-vi/").text
    assert f'href="/don-vi/bai/{piece.code}"><svg' in month.replace("\n", "")
    assert "Duyệt tại đơn vị<span" in month
    page = leader.get(f"/don-vi/bai/{piece.code}").text
    assert "Duyệt tại đơn vị" in page
    assert "Gửi bài đến Phòng GDMN" not in page
    leader.read_token(f"/don-vi/bai/{piece.code}")
    leader.send(f"/don-vi/bai/{piece.code}/buoc/endorse")
    assert again(piece).state == "endorsed"
    leader.read_token(f"/don-vi/bai/{piece.code}")
    leader.send(f"/don-vi/bai/{piece.code}/gui", statement="1")
    assert (again(piece).state, piece.sent_late) == ("received", False)

    console = client.as_(cast.son)
    assert piece.code in console.get("/quan-tri/bai/?trang-thai=sent").text
    page = console.get(f"/quan-tri/bai/{piece.id}/").text
    assert "Sở đã nhận" in page
    assert 'class="place phase-sent is-here"' in page
    submissions.claim(piece.id, by=cast.son)
    submissions.finish_editing(piece.id, by=cast.son)
    assert refused(lambda: submissions.approve(piece.id, by=cast.son, seen=piece.digest)) == "forbidden"
    submissions.approve(piece.id, by=cast.minh, seen=piece.digest)
    submissions.publish(piece.id, by=cast.phuong, seen=piece.digest)

    assert again(piece).state == "online"
    assert audited(piece) == [
        f"submission:{act}" for act in ("create", "endorse", "submit", "claim", "edit", "approve", "publish")
    ]
    assert f"/bai/{slug_of(piece)}" in client.get("/").text


def slug_of(piece: Submission) -> str:
    query = text("SELECT slug FROM publication WHERE submission_id = :id")
    return str(db.session.scalar(query, {"id": piece.id}))


def endorsed(make, hung, **words) -> Submission:
    piece = make.submission(**words)
    submissions.perform(piece.id, "endorse", by=hung)
    return again(piece)


def sent(make, cast, hung, **words) -> Submission:
    piece = endorsed(make, hung, **words)
    submissions.submit(piece.id, by=cast.binh)
    return again(piece)


def test_queues_counts_and_places_hold_pieces_of_both_definitions(make, cast, hung, clock_at):
    mine = [make.submission(), endorsed(make, hung), sent(make, cast, hung)]
    procedures.follow(may(), "monthly-submission", reason="Trở lại như cũ.", by=cast.mai)
    theirs = [make.submission(state=state) for state in ("drafted", "submitted", "edited", "published")]
    now = deadlines.clock.now()

    waiting = desk.waiting(cast.son.id, now=now)
    counts = queue.Reading(queue.Asked()).counts()
    listed = {row.code for row in queue.Reading(queue.Asked(phase=Phase.SENT)).leaf().rows}
    placed = portal_reads.pieces(
        cast.can_loc.id, me=cast.binh.id, everyone=True, discarded_after=now - timedelta(days=30)
    )
    figures = standings.figures(may().id)["phases"]
    counted = {unit.unit: unit for unit in reports.month(2021, 5)}["h-can-loc"]

    assert (waiting.sent, waiting.unclaimed, waiting.ready) == (2, 2, 1)
    assert (counts[Phase.DRAFT], counts[Phase.SENT], counts[Phase.READY], counts[Phase.PUBLIC]) == (
        3,
        2,
        1,
        1,
    )
    assert listed == {mine[2].code, theirs[1].code}
    assert {row.code for row in placed["pool"]} == {mine[0].code, mine[1].code, theirs[0].code}
    assert [row.code for row in placed["published"]] == [theirs[3].code]
    assert figures == {"draft": 3, "sent": 2, "ready": 1, "public": 1}
    assert (counted.received, counted.published) == (4, 1)


def test_the_sweep_and_an_extension_keep_what_the_unit_had_approved(make, cast, hung, clock_at, audited):
    plain, ready = make.submission(), endorsed(make, hung)
    clock_at("2021-05-20 00:05")

    assert deadlines.sweep() == 2
    assert deadlines.sweep() == 0
    assert (again(plain).state, again(ready).state) == ("overdue", "endorsed_overdue")
    assert plain.state_since == may().deadline_at

    until = may().deadline_at + timedelta(days=2)
    deadlines.extend(may(), unit=cast.can_loc, until=until, reason="Mưa lũ.", by=cast.son)
    assert (again(plain).state, again(ready).state) == ("written", "endorsed")
    submissions.submit(ready.id, by=cast.binh)
    assert (again(ready).state, again(ready).sent_late) == ("received", False)
    assert audited(ready)[-3:] == ["submission:lapse", "submission:extend", "submission:submit"]


def test_what_the_leader_approved_is_not_rewritten_unless_taken_back(make, cast, hung, refused):
    from workflow import writing

    piece = endorsed(make, hung)
    words = make.manuscript("Tít khác")

    assert (
        refused(lambda: writing.write(piece.id, words, by=cast.lan, seen=piece.digest))
        == "invalid_transition"
    )
    submissions.perform(piece.id, "take_back", by=cast.binh)
    writing.write(piece.id, words, by=cast.lan, seen=piece.digest)

    assert again(piece).state == "written"
    assert refused(lambda: submissions.submit(piece.id, by=cast.binh)) == "invalid_transition"


def test_people_choose_it_on_the_months_page(make, cast, client):
    page = f"/quan-tri/ky/{may().id}/"
    son = client.as_(cast.son)
    son.read_token(page)

    son.send(f"{page}quy-trinh", workflow="unit-approval", reason="Đơn vị đề nghị.")

    db.session.expire_all()
    assert may().follows == "unit-approval"
    assert "Lãnh đạo đơn vị duyệt trước khi gửi" in son.get(page).text


ALSO_WORDS = {"approved", "published", "late", "received", "written", "cleared", "online"}
"""Names that are letters, verdicts and columns too."""


def test_nothing_but_the_definitions_names_a_state():
    """Colours of the sheets are called after states, and are none."""
    house = Path(definitions.__file__).parents[2]
    names = set(definitions.states()) - ALSO_WORDS
    named = re.compile("|".join(rf"""(?<!tone or )["']{name}["']""" for name in sorted(names)))

    found = {
        (file.relative_to(house).as_posix(), word)
        for room in ("models", "workflow", "tasks", "gate", "admin", "portal", "forum", "migrations")
        for kind in ("*.py", "*.html", "*.txt")
        for file in (house / room).rglob(kind)
        for word in named.findall(file.read_text("utf-8"))
    }

    assert found == set()


def test_new_pieces_follow_the_newest_version_and_old_ones_keep_theirs(make, cast, tmp_path, monkeypatch):
    old = make.submission(state="submitted")
    for path in Path(definitions.__file__).parent.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    first = (tmp_path / "monthly_submission.toml").read_text("utf-8")
    newer = (
        first.replace("version = 1", "version = 2")
        .replace("edited", "polished")
        .replace("unclaimed", "in_use")
    )
    (tmp_path / "monthly_submission_2.toml").write_text(newer, "utf-8")
    both = definitions.assembled(tmp_path)
    monkeypatch.setattr(definitions, "engines", lambda: both)
    definitions.states.cache_clear()

    new = make.submission(state="submitted")
    submissions.claim(old.id, by=cast.son)
    submissions.finish_editing(old.id, by=cast.son)
    submissions.claim(new.id, by=cast.son)
    submissions.finish_editing(new.id, by=cast.son)
    states = [again(piece).state for piece in (old, new)]
    moved = procedures.migrate(
        procedures.plan(("monthly-submission", 1), ("monthly-submission", 2)), reason="Tên mới.", by=cast.mai
    )
    now = [(again(piece).state, piece.workflow_version) for piece in (old, new)]
    definitions.states.cache_clear()

    assert states == ["edited", "polished"]
    assert (moved, now) == (1, [("polished", 2), ("polished", 2)])


def test_a_month_follows_what_people_choose_and_says_who_chose(make, cast, refused):
    begun = make.submission()

    assert (
        refused(lambda: procedures.follow(may(), "unit-approval", reason="Thử.", by=cast.khang))
        == "forbidden"
    )
    assert (
        refused(lambda: procedures.follow(may(), "no-such", reason="Thử.", by=cast.mai)) == "workflow_unknown"
    )
    assert (
        refused(lambda: procedures.follow(may(), "unit-approval", reason=" ", by=cast.mai))
        == "reason_required"
    )
    procedures.follow(may(), "unit-approval", reason="Thử hai bước.", by=cast.mai)
    assert (
        refused(lambda: procedures.follow(may(), "unit-approval", reason="Thử.", by=cast.mai))
        == "workflow_same"
    )

    assert again(begun).workflow == "monthly-submission"
    assert make.submission().workflow == "unit-approval"
    told = db.session.execute(
        text(
            "SELECT actor_id, payload::jsonb ->> 'before' AS before, payload::jsonb ->> 'after' AS after"
            " FROM audit_event WHERE action = 'period:follow'"
        )
    ).one()
    assert tuple(told) == (cast.mai.id, "monthly-submission", "unit-approval")


STORY = (
    "Ngày hội đọc sách của bé",
    "Ngày 12/5/2021, Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho 120 trẻ cùng cha mẹ tại sân trường.",
    "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của chính mình.",
)


def test_a_mail_of_the_committee_waits_in_the_pool_for_the_leader(make, cast, hung):
    mail = EmailMessage()
    mail["Received"] = "from mail.example.edu.vn by mx.example.edu.vn; Mon, 17 May 2021 09:00:00 +0700"
    mail["Authentication-Results"] = "mx.example.edu.vn; dmarc=pass header.from=example.edu.vn"
    mail["From"] = cast.binh.email
    mail["Subject"] = "Tin: Ngày hội đọc sách của bé"
    mail.set_content("\n\n".join(STORY))

    receiving.receive(bytes(mail), received_at=deadlines.clock.now())
    piece = db.session.scalars(select(Submission)).one()
    assert (piece.state, piece.first_sent_at) == ("written", None)
    assert tuple(db.session.execute(text("SELECT verdict, reason FROM envelope")).one()) == (
        "accepted",
        "in_pool",
    )
