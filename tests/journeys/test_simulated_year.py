"""A year of 69 units on a set clock: people act at random, clocks sleep, double and die; a reckoning by hand agrees.

`make test` lives through one year; `make simulate YEARS=100` through more, and writes every letter.
"""

import heapq
import itertools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import Role
from tasks import letters, timetable
from tests.reckoning import Life, Month, Reckoning, at, following
from workflow import accounts, clock, deadlines, organisation, submissions, writing
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.queries.standings import standings

pytestmark = [pytest.mark.database, pytest.mark.long]

YEARS = int(os.environ.get("SIMULATED_YEARS", "1"))
SEED = int(os.environ.get("SIMULATED_SEED", "2026"))
FIRST, UNITS = 2026, 69
ACTIVE = 4
"""Units that do anything in a month; the others owe and are reminded."""
JOBS = (
    "sweep", "close_periods", "open_periods", "reminders", "late_notices", "shortfalls", "summaries",
)  # fmt: skip
A_LETTER_IN = 1 if YEARS > 1 else 100
"""Of so many letters that are decided on, one is written out."""

Act = Callable[[datetime], object]


@dataclass
class World:
    """The house and the reckoning of it, side by side; what is to happen next stands in the queue."""

    chance: random.Random
    clock_at: Callable[[str], datetime]
    manuscript: Callable[[], writing.Manuscript]
    reckoned: Reckoning
    sender: int
    editor: int
    queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    count: itertools.count = field(default_factory=itertools.count)
    clocks: list[timetable.Clock] = field(default_factory=lambda: [timetable.Clock()])

    def plan(self, when: datetime, act: Act) -> None:
        heapq.heappush(self.queue, (when, next(self.count), act))

    def live(self, until: datetime) -> None:
        while self.queue and self.queue[0][0] < until:
            now, _, act = heapq.heappop(self.queue)
            self.clock_at(now.replace(tzinfo=None).isoformat())
            act(now)

    def period(self, month: Month) -> Period:
        return db.session.query(Period).filter_by(year=month[0], month=month[1]).one()

    # --- people ---------------------------------------------------------------------------------------------------

    def write(self, unit: str, *, sent: datetime | None, taken_back: bool) -> Act:
        def act(now: datetime) -> None:
            home = organisation.by_code(unit)
            piece = writing.draft(
                self.manuscript(), unit=home, by=db.session.get_one(Account, self.sender)
            ).id
            self.reckoned.draft(piece, unit, now)
            self.compare(piece)
            if sent is not None:
                self.plan(max(sent, now + timedelta(minutes=2)), lambda then: self.submit(piece, then))
            if sent is not None and taken_back:
                self.plan(max(sent, now) + timedelta(hours=2), lambda then: self.withdraw(piece, then))

        return act

    def submit(self, piece: int, now: datetime) -> None:
        submissions.submit(piece, by=db.session.get_one(Account, self.sender), at=now)
        self.reckoned.submit(piece, now)
        self.compare(piece)
        if self.chance.random() < 0.15:
            self.plan(now + timedelta(hours=1), lambda _: self.uncount(piece))

    def withdraw(self, piece: int, now: datetime) -> None:
        reckoned = self.reckoned.pieces[piece]
        if reckoned.sent_at is None or reckoned.uncounted:
            return
        submissions.withdraw(piece, by=db.session.get_one(Account, self.sender))
        self.reckoned.withdraw(piece)
        self.compare(piece)
        self.plan(now + timedelta(hours=30), lambda then: self.submit(piece, then))

    def uncount(self, piece: int) -> None:
        if self.reckoned.pieces[piece].sent_at is not None:
            by = db.session.get_one(Account, self.editor)
            submissions.perform(piece, "uncount", by=by, kind="duplicate", reason="Trùng bài.")
            self.reckoned.pieces[piece].uncounted = True

    def extend(self, month: Month, unit: str, until: datetime) -> None:
        if month in self.reckoned.opened:
            by = db.session.get_one(Account, self.editor)
            deadlines.extend(
                self.period(month), unit=organisation.by_code(unit), until=until, reason="Mưa lũ.", by=by
            )
            self.reckoned.extend(month, unit, until)

    def free(self, month: Month, unit: str) -> None:
        if month in self.reckoned.opened:
            whom = None if unit == "*" else organisation.by_code(unit)
            by = db.session.get_one(Account, self.editor)
            deadlines.exempt(self.period(month), unit=whom, reason="Nghỉ hè.", by=by)
            self.reckoned.freed.add((month, unit))

    def close(self, month: Month, now: datetime) -> None:
        if month in self.reckoned.opened:
            deadlines.close_period(self.period(month), by=db.session.get_one(Account, self.editor))
            self.reckoned.closed[month] = now

    # --- the clock ------------------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        """A look of a clock, perhaps started anew, perhaps one of two; now and then a job is carried out twice."""
        if self.chance.random() < 0.4:
            self.clocks = [timetable.Clock() for _ in range(self.chance.choice((1, 2)))]
        for each in self.clocks:
            for job, slot in each.tick():
                for _ in range(2 if self.chance.random() < 0.1 else 1):
                    timetable.TIMETABLE[job].run(slot)
        self.reckoned.tick(now)

    def plan_month(self, month: Month) -> None:
        """What people do and when the clock looks: most days before and after the deadline, in autumn hardly ever."""
        alive = [
            code
            for code, life in self.reckoned.units.items()
            if life.lasts(date(*month, 1), date(*month, 28))
        ]
        for day in range(1, 29):
            if self.chance.random() < (0.9 if month[1] in (8, 9) or day < 11 else 0.7):
                continue
            self.plan(
                at(*month, day) + timedelta(hours=8, seconds=30 + self.chance.randrange(3000)), self.tick
            )
        if month[1] not in (8, 9):
            self.plan(at(*month, 20) + timedelta(seconds=40), self.tick)
        for unit in self.chance.sample(alive, ACTIVE):
            for _ in range(self.chance.choice((1, 2, 2, 3))):
                sent = self._moment(month) if self.chance.random() < 0.9 else None
                act = self.write(unit, sent=sent, taken_back=self.chance.random() < 0.1)
                self.plan(at(*month, self.chance.randrange(2, 24)) + timedelta(hours=9), act)
        longer, until = (
            self.chance.choice(alive),
            at(*month, 20) + timedelta(days=self.chance.randrange(2, 8)),
        )
        self.plan(at(*month, self.chance.choice((16, 21))) + timedelta(hours=10),
                  lambda _: self.extend(month, longer, until))  # fmt: skip
        freed = "*" if month[1] == 7 else self.chance.choice(alive)
        self.plan(at(*month, 15) + timedelta(hours=11), lambda _: self.free(month, freed))
        if month[1] in (5, 10):
            self.plan(at(*month, 22) + timedelta(hours=15), lambda now: self.close(month, now))

    def _moment(self, month: Month) -> datetime:
        if self.chance.random() < 0.2:
            return at(*month, 20) + self.chance.choice((-1, 1)) * timedelta(
                seconds=self.chance.randrange(60, 900)
            )
        return at(*month, self.chance.randrange(10, 27)) + timedelta(
            hours=self.chance.randrange(9, 23), minutes=7
        )

    # --- side by side ---------------------------------------------------------------------------------------------

    def compare(self, number: int) -> None:
        """The piece's month, and whether it came late for it."""
        db.session.expire_all()
        piece, reckoned = db.session.get_one(Submission, number), self.reckoned.pieces[number]
        assert (piece.period.year, piece.period.month) == reckoned.month, number
        assert piece.sent_late == self.reckoned.is_late(reckoned), number

    def matrix(self, *, moment: datetime | None = None) -> dict[tuple[Month, str], tuple[str, int, int]]:
        """The newest months, all units that the house shows."""
        query = db.session.query(Period).order_by(Period.deadline_at.desc()).limit(14)
        months = {period.id: (period.year, period.month) for period in query}
        rows = standings(list(months), now=clock.now(), at=moment)
        return {(months[row.period_id], row.code): (row.status.value, row.on_time, row.late) for row in rows}

    def reckoned_matrix(self, cells) -> dict[tuple[Month, str], tuple[str, int, int]]:
        return {cell: (self.reckoned.status(*cell), *self.reckoned.counts(*cell)) for cell in cells}

    def assert_both_agree(self) -> None:
        """The matrix, the reminders and letters decided on, the drafts that lapsed, the months summed up."""
        db.session.rollback()
        shown = self.matrix()
        assert shown == self.reckoned_matrix(shown)
        told = db.session.execute(text(_TOLD)).all()
        assert {(row.year, row.month, row.code, row.occasion, row.is_skipped) for row in told} == {
            (*month, unit, occasion, skipped)
            for (month, unit), occasions in self.reckoned.told.items()
            for occasion, skipped in occasions.items()
        }
        decided = sum(not row.is_skipped for row in told)
        assert db.session.scalar(text(_DECIDED)) == decided
        lapsed = {number for number, piece in self.reckoned.pieces.items() if piece.lapsed}
        assert set(db.session.scalars(text("SELECT id FROM submission WHERE state = 'late'"))) == lapsed
        keys = db.session.scalars(text("SELECT key FROM outbox WHERE key LIKE 'summary_%_department'"))
        assert {key.split(":")[1] for key in keys} == {f"{y}-{m:02d}" for y, m in self.reckoned.summed_up}


_TOLD = """
SELECT p.year, p.month, u.code, r.occasion, r.is_skipped
FROM reminder r JOIN period p ON p.id = r.period_id JOIN unit u ON u.id = r.unit_id
"""
_DECIDED = "SELECT count(*) FROM outbox WHERE topic IN ('letter:reminder', 'letter:quota_shortfall')"


@pytest.fixture
def world(app, make, cast, clock_at, monkeypatch) -> World:
    monkeypatch.setattr(timetable, "TIMETABLE", {name: timetable.TIMETABLE[name] for name in JOBS})
    chance = random.Random(SEED)
    clock_at(f"{FIRST}-01-01 00:00:01")
    make.category()
    lives = {f"dv-{number:02d}": _life(number, chance) for number in range(UNITS)}
    with change() as session:
        for unit in session.query(Unit):
            unit.valid_to = date(2025, 7, 1)
        for code, life in lives.items():
            described = organisation.UnitDescription(
                code, f"Phòng Văn hóa - Xã hội xã {code}", "phong_vhxh", life.since, valid_to=life.until,
                admin_unit=f"Xã {code}", admin_kind="Xã",
            )  # fmt: skip
            unit, _ = organisation.save_unit(described, by=None)
            accounts.grant(cast.binh, Role.COMMITTEE, unit=unit, by=None, since=date(2025, 7, 1))
    return World(chance, clock_at, make.manuscript, Reckoning(lives), cast.binh.id, cast.son.id)


def _life(number: int, chance: random.Random) -> Life:
    """A few units begin in the year, a few end in it."""
    since = date(FIRST, chance.randrange(2, 12), 18) if number % 23 == 5 else date(2025, 7, 1)
    until = date(FIRST, chance.randrange(3, 12), chance.choice((19, 20))) if number % 23 == 9 else None
    return Life(since, until)


@pytest.mark.timeout(900 * YEARS)
def test_a_year_of_69_units_is_what_a_reckoning_by_hand_says(world):
    month, past = (FIRST, 1), {}
    for _ in range(12 * YEARS):
        world.plan_month(month)
        month = following(month)
        world.live(at(*month, 1))
        now = world.clock_at(at(*month, 1).replace(tzinfo=None).isoformat())
        world.assert_both_agree()
        past[now] = world.matrix()

    assert {verdict for seen in past.values() for verdict, *_ in seen.values()} == {
        "exempt", "on_time", "late", "short", "silent",
    }  # fmt: skip
    _look_back(world, past)
    _write_letters(world)


def _look_back(world: World, past: dict[datetime, dict]) -> None:
    """What was shown then is what is shown of then now."""
    for moment in sorted(past)[-12::3]:
        seen = world.matrix(moment=moment)
        assert {cell: seen[cell] for cell in past[moment] if cell in seen} == {
            cell: past[moment][cell] for cell in past[moment] if cell in seen
        }
        assert len(set(seen) & set(past[moment])) > UNITS


def _write_letters(world: World) -> None:
    """What was decided on can be written: to the unit's committee, or to nobody when it has sent enough meanwhile."""
    rows = db.session.execute(
        text(
            "SELECT topic, payload FROM (SELECT *, row_number() OVER (PARTITION BY topic ORDER BY id) AS n"
            " FROM outbox WHERE topic LIKE 'letter:%') AS sent WHERE (n - 1) % :one = 0 ORDER BY id"
        ),
        {"one": A_LETTER_IN},
    ).all()
    with bookkeeping():
        written = [sheet for row in rows for sheet in letters.write(row.topic, row.payload)]
    assert {sheet.kind for sheet in written} > {"receipt"}
    assert len({sheet.key for sheet in written}) == len(written)
