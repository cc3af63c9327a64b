"""R5, R6, R12: one count of a unit's month, now and for any past instant, against a recount that shares nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.period import Period
from models.submission import Submission
from models.vocabulary import Kind, SeatKind
from workflow import clock, committees, deadlines, facts, organisation, submissions, writing
from workflow.engine.unit_of_work import change
from workflow.queries import duties, reports
from workflow.queries import letters as told
from workflow.queries.standings import standings

pytestmark = pytest.mark.database

A_SECOND = timedelta(seconds=1)
QUOTA = 2
COUNTING = {"news", "article"}


def here(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=clock.ZONE)


BASE = {5: here("2021-05-20 00:00"), 6: here("2021-06-20 00:00")}
OPENS = {5: here("2021-04-20 00:00"), 6: here("2021-05-20 00:00")}


@dataclass
class Recount:
    """What was done, as a diary; every number is counted from it anew."""

    diary: list[tuple[datetime, str, dict]] = field(default_factory=list)
    lives: dict[str, tuple[date, date | None]] = field(default_factory=dict)

    def note(self, at: datetime, what: str, **about: object) -> None:
        self.diary.append((at, what, about))

    def until(self, at: datetime, *kinds: str) -> Iterator[tuple[datetime, str, dict]]:
        return (line for line in self.diary if line[0] <= at and line[1] in kinds)

    def deadline(self, unit: str, month: int, at: datetime) -> datetime:
        more = [
            a["until"]
            for _, _, a in self.until(at, "extend")
            if a["month"] == month and a["unit"] in (unit, "")
        ]
        return max([BASE[month], *more])

    def pieces(self, at: datetime) -> list[dict]:
        """What was sent and not withdrawn by `at`: unit, month, kind, when; un-counted, excused."""
        found: dict[int, dict] = {}
        uncounted: set[int] = set()
        for when, what, about in self.until(at, "send", "withdraw", "uncount", "count", "excuse", "move"):
            piece = about["piece"]
            if what == "send":
                found[piece] = {**about, "at": when, "excused": False}
            elif what == "withdraw":
                del found[piece]
            elif what in ("uncount", "count"):
                (uncounted.add if what == "uncount" else uncounted.discard)(piece)
            elif what == "excuse":
                found[piece]["excused"] = True
            else:
                found[piece] |= about
        return [{**piece, "uncounted": number in uncounted} for number, piece in found.items()]

    def cell(self, unit: str, month: int, at: datetime) -> tuple[str, int, int, bool]:
        """(status, on time, late, excused) of a unit in a month at an instant."""
        due = self.deadline(unit, month, at)
        mine = [piece for piece in self.pieces(at) if (piece["unit"], piece["month"]) == (unit, month)]
        counting = [piece for piece in mine if piece["kind"] in COUNTING and not piece["uncounted"]]
        late = [piece for piece in counting if piece["at"] >= due]
        on_time = len(counting) - len(late)
        excused = bool(late) and all(piece["excused"] for piece in late)
        return self._status(unit, month, at, due, on_time, len(late)), on_time, len(late), excused

    def owes(self, unit: str, number: int, at: datetime) -> bool:
        status, on_time, late, _ = self.cell(unit, number, at)
        return status != "exempt" and on_time + late < QUOTA

    def _status(self, unit: str, month: int, at: datetime, due: datetime, on_time: int, late: int) -> str:
        last_day = (due.astimezone(clock.ZONE) - timedelta(seconds=1)).date()
        begins, ends = self.lives[unit]
        freed = any(a["month"] == month and a["unit"] in (unit, "") for _, _, a in self.until(at, "exempt"))
        if freed or last_day < begins or (ends is not None and ends <= last_day):
            return "exempt"
        if on_time >= QUOTA:
            return "on_time"
        if on_time + late >= QUOTA:
            return "late"
        return "short" if on_time + late else "silent"


def month(number: int) -> Period:
    with change():
        return deadlines.ensure_period(2021, number)


def counted(at: datetime | None = None) -> dict[tuple[str, int], tuple[str, int, int, bool]]:
    numbers = {month(number).id: number for number in BASE}
    rows = standings(list(numbers), now=clock.now(), at=at)
    return {
        (row.code, numbers[row.period_id]): (row.status.value, row.on_time, row.late, row.is_excused)
        for row in rows
    }


def assert_all_agree(recount: Recount, *, at: datetime) -> None:
    """The matrix, the report, the duties, the letters and the facts say what the recount says, at present."""
    expected = {(unit, number): recount.cell(unit, number, at) for unit in recount.lives for number in BASE}
    shown = counted()
    assert shown == {cell: expected[cell] for cell in shown}
    assert {unit for unit, _ in shown} == set(recount.lives)

    for row in reports.month(2021, 5):
        assert (row.status.value, row.counted_on_time, row.counted_late) == expected[row.unit, 5][:3]
        assert row.deadline_at == recount.deadline(row.unit, 5, at)

    codes = {unit.id: unit.code for unit in db.session.query(Unit)}
    may = month(5)
    owing = {codes[duty.unit_id] for duty in duties.owing(now=clock.now(), period_id=may.id)}
    short = {unit for unit in recount.lives if recount.owes(unit, 5, at)}
    assert owing == short
    for number, code in codes.items():
        status = expected[code, 5][0]
        assert told.standing(number, may.id)["quota"] == (0 if status == "exempt" else QUOTA)


# --- one story with every exception in it ---------------------------------------------------------------------------


@pytest.fixture
def recount(cast) -> Recount:
    since = date(2021, 4, 1)
    return Recount(lives=dict.fromkeys(("h-can-loc", "tx-ky-anh", "h-ky-anh"), (since, None)))


@dataclass
class Story:
    """Does it and notes it in the diary, at the hour it is done."""

    make: object
    cast: object
    clock_at: object
    recount: Recount

    def at(self, local: str) -> datetime:
        return self.clock_at(local)

    def sender(self, unit: Unit) -> Account:
        return self.cast.lan if unit is self.cast.district_ky_anh else self.make.sender(unit)

    def send(self, unit: Unit, local: str, *, month: int, kind: Kind = Kind.NEWS) -> Submission:
        """A draft of that morning, sent at `local`; `month` is where the story says it belongs."""
        piece = self.make.submission(unit=unit, author=self.sender(unit), kind=kind)
        self.clock_at(local)
        submissions.submit(piece.id, by=self.sender(unit), at=here(local))
        self.recount.note(here(local), "send", piece=piece.id, unit=unit.code, month=month, kind=kind.value)
        db.session.expire_all()
        return piece

    def act(self, piece: Submission, trigger: str, local: str, **answers: object) -> None:
        who = {"withdraw": self.sender(piece.unit)}.get(trigger, self.cast.son)
        self.clock_at(local)
        submissions.perform(piece.id, trigger, by=who, **answers)
        self.recount.note(clock.now(), trigger, piece=piece.id)


@pytest.fixture
def story(make, cast, clock_at, recount) -> Story:
    month(5)
    month(6)
    with change():
        committee = committees.found(cast.district_ky_anh, since=date(2021, 4, 1), by=None)
        committees.seat(committee, cast.lan, SeatKind.LEADER, by=None, since=date(2021, 4, 1))
    return Story(make, cast, clock_at, recount)


def test_r6_r12_every_exception_of_a_month_is_counted_the_same_everywhere_and_at_every_instant(story, cast):
    diary = story.recount
    story.at("2021-05-05 09:00")
    story.send(cast.district_ky_anh, "2021-05-05 10:00", month=5)
    story.at("2021-05-10 08:00")
    story.send(cast.can_loc, "2021-05-10 10:00", month=5)
    story.send(cast.can_loc, "2021-05-10 11:00", month=5, kind=Kind.VIDEO)
    first = story.send(cast.town_ky_anh, "2021-05-11 10:00", month=5)
    taken_back = story.send(cast.town_ky_anh, "2021-05-12 10:00", month=5, kind=Kind.ARTICLE)

    # One of the three is merged into a new unit, which owes the month from then on.
    story.at("2021-05-15 08:00")
    with change():
        cast.district_ky_anh.valid_to = date(2021, 5, 15)
        cast.district_ky_anh.successor_codes = ["px-ky-anh"]
        organisation.save_unit(
            organisation.UnitDescription(
                code="px-ky-anh", name="Phòng Giáo dục và Đào tạo thị xã Kỳ Anh mới", kind="phong_gddt",
                valid_from=date(2021, 5, 15), admin_unit="Thị xã Kỳ Anh mới", admin_kind="Thị xã",
            ), by=None,
        )  # fmt: skip
    diary.lives |= {
        "h-ky-anh": (date(2021, 4, 1), date(2021, 5, 15)),
        "px-ky-anh": (date(2021, 5, 15), None),
    }
    assert_all_agree(diary, at=clock.now())

    later = here("2021-05-24 00:00")
    story.at("2021-05-19 20:00")
    drafts = [story.make.submission(unit=unit, author=story.sender(unit)) for unit in
              (cast.can_loc, cast.town_ky_anh)]  # fmt: skip
    deadlines.extend(month(5), unit=cast.can_loc, until=later, reason="Mưa lũ.", by=cast.son)
    diary.note(clock.now(), "extend", unit="h-can-loc", month=5, until=later)

    # Withdrawn after the deadline: its on-time sending is gone, and the late one that follows fills the gap.
    story.act(taken_back, "withdraw", "2021-05-20 09:00")
    assert_all_agree(diary, at=clock.now())
    for piece, unit, local in (
        (drafts[0], cast.can_loc, "2021-05-22 09:00"),
        (drafts[1], cast.town_ky_anh, "2021-05-22 10:00"),
    ):
        story.at(local)
        deadlines.sweep()
        submissions.submit(piece.id, by=story.sender(unit), at=here(local))
        diary.note(here(local), "send", piece=piece.id, unit=unit.code, month=5, kind="news")
    story.act(drafts[1], "excuse", "2021-05-22 11:00", reason="Mất điện.")
    assert_all_agree(diary, at=clock.now())
    story.act(first, "uncount", "2021-05-22 12:00", kind="duplicate", reason="Trùng bài.")
    assert_all_agree(diary, at=clock.now())

    # Moved to another month by the editor, and the new unit freed of the month.
    story.at("2021-05-22 14:00")
    writing.reclassify(first.id, by=cast.son, reason="Nhầm kỳ.", period=month(6))
    diary.note(clock.now(), "move", piece=first.id, month=6)
    story.act(first, "count", "2021-05-22 15:00", reason="Tính cho kỳ sau.")
    deadlines.exempt(month(5), unit=organisation.by_code("px-ky-anh"), reason="Mới lập.", by=cast.son)
    diary.note(clock.now(), "exempt", unit="px-ky-anh", month=5)
    assert_all_agree(diary, at=clock.now())

    assert counted()["h-can-loc", 5] == ("on_time", 2, 0, False)
    assert counted()["tx-ky-anh", 5] == ("short", 0, 1, True)
    assert counted()["h-ky-anh", 5] == ("exempt", 1, 0, False)
    assert counted()["px-ky-anh", 5] == ("exempt", 0, 0, False)
    moments = [when + shift for when, _, _ in diary.diary for shift in (-A_SECOND, A_SECOND)]
    statuses = set()
    for moment in [*moments, BASE[5], clock.now()]:
        seen = counted(at=moment)
        assert seen == {cell: diary.cell(*cell, moment) for cell in seen}, moment
        statuses |= {verdict for verdict, *_ in seen.values()}
    assert statuses == {"exempt", "on_time", "late", "short", "silent"}


def test_r6_a_unit_that_has_ended_keeps_its_row_while_a_shown_month_bound_it(story, cast, clock_at):
    with change():
        cast.district_ky_anh.valid_to = date(2021, 6, 1)
    clock_at("2021-06-10 08:00")

    shown = counted()

    assert (shown["h-ky-anh", 5][0], shown["h-ky-anh", 6][0]) == ("silent", "exempt")


def test_r5_mail_that_came_in_time_and_was_read_later_stood_in_its_month_from_its_receipt_on(story, cast):
    piece = story.make.submission()
    story.at("2021-05-20 09:00")
    deadlines.sweep()
    submissions.submit(piece.id, by=cast.binh, at=here("2021-05-19 23:59"))

    assert counted(at=here("2021-05-19 23:59"))["h-can-loc", 5] == ("short", 1, 0, False)
    assert counted(at=here("2021-05-19 23:58"))["h-can-loc", 5] == ("silent", 0, 0, False)


def test_r6_the_guards_see_the_same_gap(story, cast, clock_at):
    piece = story.make.submission()
    story.send(cast.can_loc, "2021-05-18 10:00", month=5)
    clock_at("2021-05-21 08:00")

    def is_short() -> bool:
        with db.engine.connect() as connection:
            return facts.gather(connection, piece.id, actor=cast.binh.id).month.is_short

    assert is_short()
    deadlines.exempt(month(5), unit=None, reason="Nghỉ hè.", by=cast.son)
    assert not is_short()
