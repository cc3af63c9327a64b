"""The approver's desk: edited pieces of one unit, our approval of one of them, and the limit of the same database.

The limit is what PostgreSQL gives Python at all: psycopg, one prepared CTE on an autocommit connection that asks
for role, digest and four eyes, moves the row by compare-and-set and adds an audit row and an outbox row. It writes
copies of our own tables with all their columns and indexes; only the hash chain and our triggers are left out.
"""

import json
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from models.base import db
from models.people import Account
from models.submission import Category, Submission
from models.vocabulary import Kind, Role, SeatKind
from tests.bench.figures import Stage
from workflow import accounts, clock, committees, founding, organisation, submissions, writing
from workflow.engine.unit_of_work import change

PIECES = 400
SINCE = date(2021, 4, 1)
APPROVER = "approver@example.edu.vn"

COPIES = ("submission", "audit_event", "outbox", "role_grant")
LIMIT = """
WITH moved AS (
  UPDATE lim.submission SET state = 'approved', state_since = now(), version = version + 1
  WHERE id = %(id)s AND state = 'edited' AND version = %(version)s AND digest = %(seen)s
    AND EXISTS (SELECT FROM lim.role_grant WHERE account_id = %(actor)s AND role = 'approver')
    AND NOT EXISTS (SELECT FROM lim.audit_event e WHERE e.submission_id = lim.submission.id
      AND e.actor_id = %(actor)s AND e.action IN ('submission:submit', 'submission:edit'))
  RETURNING id, version
), event AS (
  INSERT INTO lim.audit_event (stream, seq, payload, command_id, prev_hash, hash)
  SELECT 'submission:' || id, version, %(payload)s, %(command)s::uuid, %(prev)s, %(prev)s FROM moved
), effect AS (
  INSERT INTO lim.outbox (key, topic, queue, payload)
  SELECT 'submission:' || id || ':' || version, 'letter:approved', 'mail', %(effect)s::jsonb FROM moved
)
SELECT version FROM moved
"""


@dataclass
class Desk:
    """`numbers` and `digests` of the pieces, all edited; the approver's id."""

    numbers: list[int]
    digests: dict[int, str]
    approver: Account

    def approve(self, index: int) -> None:
        number = self.numbers[index]
        submissions.approve(number, by=self.approver, seen=self.digests[number])

    def send_back(self) -> None:
        """Put all of them back on the desk; not timed."""
        for number in self.numbers:
            submissions.perform(number, "send_back", by=self.approver, reason="Đo lại.")


class Limit:
    """The limit's connection, and its approval of the piece at `index`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._actor = desk.approver.id
        self._connection = psycopg.connect(
            plain(os.environ["BENCH_LIMIT_URL"]),
            autocommit=True,
            prepare_threshold=0,
            options="-c plan_cache_mode=force_generic_plan",
        )
        self.look()

    def look(self) -> None:
        """Read the versions anew, as a page would have shown them."""
        rows = self._connection.execute("SELECT id, version FROM lim.submission")
        self._versions: dict[int, int] = dict(rows.fetchall())

    def approve(self, index: int) -> None:
        number = self._desk.numbers[index]
        version = self._versions[number]
        event = {
            "action": "submission:approve", "actor": self._actor, "at": datetime.now(UTC).isoformat(),
            "cause": str(uuid.uuid4()), "digest": self._desk.digests[number], "from": "edited", "seq": version + 1,
            "stream": f"submission:{number}", "submission": number, "to": "approved", "unit": 1,
        }  # fmt: skip
        values = {
            "id": number,
            "version": version,
            "seen": self._desk.digests[number],
            "actor": self._actor,
            "payload": json.dumps(event),
            "command": event["cause"],
            "prev": os.urandom(32),
            "effect": json.dumps({"submission": number}),
        }
        if self._connection.execute(LIMIT, values).fetchone() is None:
            raise RuntimeError("the limit's own approval did not go through")

    def send_back(self) -> None:
        self._connection.execute(
            "UPDATE lim.submission SET state = 'edited', version = version + 1 WHERE state = 'approved'"
        )
        self.look()


def rate(act: Callable[[int], None], share: range = range(PIECES)) -> float:
    """Acts a second over the pieces of `share`."""
    begun = time.perf_counter()
    for index in share:
        act(index)
    return len(share) / (time.perf_counter() - begun)


@lru_cache(maxsize=1)
def lay(stage: Stage) -> Desk:
    """The house with its desk, and the copies the limit writes. Inside the application's context from now on."""
    from wsgi import create_app

    create_app().app_context().push()
    _write_pieces(_engage())
    _copy_tables(stage)
    os.environ["BENCH_LIMIT_URL"] = stage.admin_url
    return sit_down()


def sit_down() -> Desk:
    """The desk as it stands in the database."""
    rows = db.session.execute(select(Submission.id, Submission.digest).order_by(Submission.id)).all()
    return Desk([row.id for row in rows], dict(map(tuple, rows)), accounts.by_email(APPROVER))


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _engage() -> dict[str, Account]:
    founding.lay_down_directive()
    clock.travel(datetime(2021, 5, 10, 2, tzinfo=UTC), by=None)
    roles = (Role.EDITOR, Role.APPROVER)
    people = {role.value: accounts.add(f"{role}@example.edu.vn", full_name=role, by=None) for role in roles}
    for role in roles:
        accounts.grant(people[role.value], role, by=None, since=SINCE)
    return people


def _write_pieces(people: dict[str, Account]) -> None:
    described = organisation.UnitDescription(
        "h-do", "Phòng GDĐT huyện Đo", "phong_gddt", SINCE, admin_unit="Huyện Đo"
    )
    unit, _ = organisation.save_unit(described, by=None)
    sender = accounts.add("bench@example.edu.vn", full_name="Lê Thị Đo", by=None)
    committee = committees.found(unit, since=SINCE, by=None)
    committees.seat(committee, sender, SeatKind.SPECIALIST, by=None, since=SINCE)
    with change() as session:
        session.add(Category(code="do", name_vi="Đo", name_en="Bench", description_vi="", sort=1))
    for number in range(PIECES):
        words = writing.Manuscript(Kind.NEWS, f"Bài đo số {number}", f"<p>{'chữ ' * 250}</p>", category="do")
        piece = writing.draft(words, unit=unit, by=sender)
        submissions.submit(piece.id, by=sender)
        submissions.claim(piece.id, by=people["editor"])
        submissions.finish_editing(piece.id, by=people["editor"])


def _copy_tables(stage: Stage) -> None:
    with psycopg.connect(plain(stage.admin_url), autocommit=True) as server:
        server.execute("CREATE SCHEMA lim")
        for table in COPIES:
            stored = server.execute(
                "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
                [table],
            ).fetchone()
            server.execute(f"CREATE TABLE lim.{table} (LIKE {table} INCLUDING ALL)")
            server.execute(
                f"INSERT INTO lim.{table} ({stored[0]}) OVERRIDING SYSTEM VALUE SELECT {stored[0]} FROM {table}"
            )
            server.execute(f"SELECT setval(pg_get_serial_sequence('lim.{table}', 'id'), 1000000)")
        server.execute("ANALYZE")
