"""One approval (facts, role, four eyes, consent, state, chained audit event, outbox, commit) against its limit.

The limit is what PostgreSQL gives Python at all: one prepared CTE on an autocommit connection that checks role and
four eyes, moves the row by compare-and-set and adds an audit row and an outbox row. Rounds are interleaved, the
same number of approvals each; the ratio of the medians counts.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from statistics import median

import psycopg
from sqlalchemy.engine import make_url

from models.people import Account
from models.submission import Category
from models.vocabulary import Kind, Role, SeatKind
from tests.bench.figures import Figure, Stage
from workflow import accounts, clock, committees, founding, organisation, submissions, writing
from workflow.engine.unit_of_work import change

PIECES = 200
ROUNDS = 5
ROLES = (Role.EDITOR, Role.APPROVER)
SINCE = date(2021, 4, 1)

LIMIT_TABLES = """
DROP TABLE IF EXISTS lim_piece, lim_audit, lim_outbox, lim_role;
CREATE TABLE lim_piece (id bigint PRIMARY KEY, state text, version bigint, author bigint, editor bigint, body text);
CREATE INDEX ON lim_piece (state, id);
CREATE TABLE lim_audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, piece bigint, seq bigint, payload text,
  UNIQUE (piece, seq));
CREATE TABLE lim_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, payload text);
CREATE TABLE lim_role (account bigint, role text, PRIMARY KEY (account, role));
INSERT INTO lim_role VALUES (7, 'approver');
INSERT INTO lim_piece SELECT n, 'edited', 1, 1, 2, repeat('x', 1000) FROM generate_series(1, 200) n;
"""
LIMIT = """
WITH moved AS (
  UPDATE lim_piece SET state = 'approved', version = version + 1
  WHERE id = %(id)s AND state = 'edited' AND version = %(version)s AND author <> 7 AND editor <> 7
    AND EXISTS (SELECT 1 FROM lim_role WHERE account = 7 AND role = 'approver')
  RETURNING id, version
), event AS (INSERT INTO lim_audit (piece, seq, payload) SELECT id, version, %(payload)s FROM moved),
effect AS (INSERT INTO lim_outbox (key, payload) SELECT id || ':' || version, %(payload)s FROM moved)
SELECT version FROM moved
"""


def measure(stage: Stage) -> Iterable[Figure]:
    from wsgi import create_app

    app = create_app()
    with app.app_context():
        approve, send_back = _house()
        limit, reset = _limit(stage)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(_rate(limit))
            reset()
            ours.append(_rate(approve))
            send_back()
    ratio = median(ours) / median(theirs)
    return [
        Figure(
            "approve_ratio",
            f"{ratio:.2f}",
            ">= 0.60",
            f"one approval, 1 client, against one CTE by psycopg ({median(ours):.0f}/s to {median(theirs):.0f}/s)",
        )
    ]


def _rate(act: Callable[[int], None]) -> float:
    begun = time.perf_counter()
    for index in range(PIECES):
        act(index)
    return PIECES / (time.perf_counter() - begun)


def _limit(stage: Stage) -> tuple[Callable[[int], None], Callable[[], None]]:
    url = make_url(stage.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
    for statement in filter(str.strip, LIMIT_TABLES.split(";")):
        connection.execute(statement)
    version = [1]

    def approve(index: int) -> None:
        values = {"id": index + 1, "version": version[0], "payload": "x" * 400}
        if connection.execute(LIMIT, values).fetchone() is None:
            raise RuntimeError("the limit's own approval did not go through")

    def reset() -> None:
        connection.execute("UPDATE lim_piece SET state = 'edited', version = version + 1")
        version[0] += 2

    return approve, reset


def _house() -> tuple[Callable[[int], None], Callable[[], None]]:
    """The same verbs and people as in life; sending back between the rounds is not timed."""
    people = _people()
    digests = _pieces(people)
    numbers = list(digests)

    def approve(index: int) -> None:
        number = numbers[index]
        submissions.approve(number, by=people["approver"], seen=digests[number])

    def send_back() -> None:
        for number in numbers:
            submissions.perform(number, "send_back", by=people["approver"], reason="Đo lại.")

    return approve, send_back


def _people() -> dict[str, Account]:
    founding.lay_down_directive()
    clock.travel(datetime(2021, 5, 10, 2, tzinfo=UTC), by=None)
    people = {role.value: accounts.add(f"{role}@example.edu.vn", full_name=role, by=None) for role in ROLES}
    for role in ROLES:
        accounts.grant(people[role.value], role, by=None, since=SINCE)
    return people


def _pieces(people: dict[str, Account]) -> dict[int, str]:
    """PIECES edited pieces of one unit: id -> digest."""
    described = organisation.UnitDescription(
        "h-do", "Phòng GDĐT huyện Đo", "phong_gddt", SINCE, admin_unit="Huyện Đo"
    )
    unit, _ = organisation.save_unit(described, by=None)
    sender = accounts.add("bench@example.edu.vn", full_name="Lê Thị Đo", by=None)
    committee = committees.found(unit, since=SINCE, by=None)
    committees.seat(committee, sender, SeatKind.SPECIALIST, by=None, since=SINCE)
    with change() as session:
        session.add(Category(code="do", name_vi="Đo", name_en="Bench", description_vi="", sort=1))
    digests = {}
    for number in range(PIECES):
        manuscript = writing.Manuscript(
            Kind.NEWS, f"Bài đo số {number}", f"<p>{'chữ ' * 250}</p>", category="do"
        )
        piece = writing.draft(manuscript, unit=unit, by=sender)
        digests[piece.id] = piece.digest
    for number in digests:
        submissions.submit(number, by=sender)
        submissions.claim(number, by=people["editor"])
        submissions.finish_editing(number, by=people["editor"])
    return digests
