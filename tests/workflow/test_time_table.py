"""R5, R6: the time table of what can happen around a deadline, each line by its name."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from models.base import db
from models.period import Period
from models.submission import Submission
from tests.cast import Cast
from tests.factories import Make
from workflow import clock, deadlines, organisation, reminders, submissions, writing
from workflow.engine.errors import Invalid, ToaSoanError
from workflow.engine.unit_of_work import change
from workflow.intake import receiving
from workflow.queries.standings import standings
from workflow.rules import periods

pytestmark = pytest.mark.database


@dataclass
class House:
    """What a line of the table acts on."""

    make: Make
    cast: Cast
    clock_at: Callable[[str], datetime]
    superuser: Engine
    monkeypatch: pytest.MonkeyPatch

    def month(self, year: int, number: int) -> Period:
        with change():
            return deadlines.ensure_period(year, number)

    def drafted(self, local: str = "2021-05-17 08:30", **words: object) -> Submission:
        self.clock_at(local)
        return self.make.submission(**words)

    def sent(self, piece: Submission, received: str, *, now: str | None = None) -> str:
        """Sent with that receipt time while the clock says `now`: the month it counts for, and how."""
        moment = datetime.fromisoformat(received)
        at = moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)
        self.clock_at(now or at.astimezone(clock.ZONE).replace(tzinfo=None).isoformat())
        submissions.submit(piece.id, by=self.make.sender(piece.unit), at=at)
        return self.told(piece)

    def told(self, piece: Submission) -> str:
        db.session.expire_all()
        found = db.session.get_one(Submission, piece.id)
        return f"{found.period.code} {'late' if found.sent_late else 'on time'}"

    def extend(self, until: str, *, month: tuple[int, int] = (2021, 5)) -> None:
        moment = datetime.fromisoformat(until).replace(tzinfo=clock.ZONE)
        deadlines.extend(self.month(*month), unit=None, until=moment, reason="Sự cố mạng.", by=self.cast.mai)

    def status(self, unit: str = "h-can-loc", month: tuple[int, int] = (2021, 5)) -> str:
        rows = standings([self.month(*month).id], now=clock.now())
        return next(row.status.value for row in rows if row.code == unit)


Line = Callable[[House], tuple[object, object]]
"""What is seen, and what the rule says."""
TABLE: dict[str, Line] = {}


def line(name: str) -> Callable[[Line], Line]:
    def add(told: Line) -> Line:
        TABLE[name] = told
        return told

    return add


def received(moment: str, says: str, *, drafted: str = "2021-05-17 08:30", now: str | None = None) -> Line:
    return lambda house: (house.sent(house.drafted(drafted), moment, now=now), says)


MAY, LATE = "KY-2021-05 on time", "KY-2021-05 late"
TABLE |= {
    "19th 23:59:59.999999 is on time": received("2021-05-19T23:59:59.999999", MAY),
    "20th 00:00:00.000000 is late": received("2021-05-20T00:00:00", LATE),
    "19th 16:59:59Z is on time": received("2021-05-19T16:59:59+00:00", MAY),
    "19th 17:00:00Z is late": received("2021-05-19T17:00:00+00:00", LATE),
    "31 December counts for January": received(
        "2021-12-31T23:30:00", "KY-2022-01 on time", drafted="2021-12-31 23:00"
    ),
    "1 January counts for January": received(
        "2022-01-01T00:30:00", "KY-2022-01 on time", drafted="2022-01-01 00:10"
    ),
    "29 February 2024 counts for March": received(
        "2024-02-29T10:00:00", "KY-2024-03 on time", drafted="2024-02-29 09:00"
    ),
    "29 February 2028 counts for March": received(
        "2028-02-29T23:59:59", "KY-2028-03 on time", drafted="2028-02-29 09:00"
    ),
    "28 February 2100, no leap year, counts for March": received(
        "2100-02-28T23:59:59", "KY-2100-03 on time", drafted="2100-02-28 09:00"
    ),
    "the 1st at 00:00 here is the month before in UTC": received(
        "2021-05-31T17:00:00+00:00", "KY-2021-06 on time", drafted="2021-05-31 12:00"
    ),
    "a request begun 23:59:58 and committed 00:00:03 is on time": received(
        "2021-05-19T23:59:58", MAY, now="2021-05-20T00:00:03"
    ),
    "a queue's delay of three hours keeps it on time": received(
        "2021-05-19T23:00:00", MAY, now="2021-05-20T02:00:00"
    ),
    "a 20th on a Sunday stands": received(
        "2021-06-20T00:00:00", "KY-2021-06 late", drafted="2021-06-17 09:00"
    ),
    "a 20th within Tết stands": received(
        "2026-02-20T00:00:00", "KY-2026-02 late", drafted="2026-02-12 09:00"
    ),
    "2038 is a year like any other": received(
        "2038-01-19T23:59:59", "KY-2038-01 on time", drafted="2038-01-19 03:14:08"
    ),
}


def _zone_of_the_server(zone: str) -> Line:
    """Server and database think in another zone; the deadline is Hà Tĩnh's."""

    def told(house: House) -> tuple[object, object]:
        house.monkeypatch.setenv("TZ", zone)
        time.tzset()
        with change() as session:
            session.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
            bounds = deadlines.ensure_period(2021, 11)
            deadline = session.execute(text("SELECT deadline_at FROM period WHERE month = 11")).scalar_one()
        piece = house.drafted("2021-11-17 09:00")
        return (
            (bounds.code, deadline, house.sent(piece, "2021-11-19T23:59:59")),
            ("KY-2021-11", datetime.fromisoformat("2021-11-20T00:00+07:00"), "KY-2021-11 on time"),
        )

    return told


for _zone in ("UTC", "Asia/Ho_Chi_Minh", "America/New_York"):
    TABLE[f"server in {_zone}"] = _zone_of_the_server(_zone)


@line("a day on which New York turns its clock does not move the deadline")
def _(house: House) -> tuple[object, object]:
    # 7 November 2021, 01:30 happens twice there: 05:30 and 06:30 UTC.
    twice = [datetime(2021, 11, 7, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=fold) for fold in (0, 1)]
    piece = house.drafted("2021-11-05 09:00")
    deadline = deadlines.deadline_for(piece.period, piece.unit_id)
    return [periods.days_left(moment, deadline, str(clock.ZONE)) for moment in twice], [12, 12]


@line("a deadline moved later makes late sendings on time, on record")
def _(house: House) -> tuple[object, object]:
    piece = house.drafted()
    before = house.sent(piece, "2021-05-20T09:00:00")
    house.extend("2021-05-21T00:00")
    events = db.session.scalars(text("SELECT action FROM audit_event ORDER BY id DESC LIMIT 2")).all()
    return (before, house.told(piece), sorted(events)), (
        LATE,
        MAY,
        ["period:extend", "submission:judged_on_time"],
    )


@line("a deadline moved earlier is refused, and nothing becomes late")
def _(house: House) -> tuple[object, object]:
    piece = house.drafted()
    house.sent(piece, "2021-05-18T09:00:00")
    try:
        house.extend("2021-05-18T00:00")
    except ToaSoanError as refused:
        return (refused.code, house.told(piece)), ("deadline_not_later", MAY)
    raise AssertionError("the deadline was moved earlier")


@line("a unit created on the 18th owes the month")
def _(house: House) -> tuple[object, object]:
    house.clock_at("2021-05-18 09:00")
    organisation.save_unit(
        organisation.UnitDescription(
            "h-moi", "Phòng GDĐT huyện Mới", "phong_gddt", date(2021, 5, 18), admin_unit="Huyện Mới"
        ),
        by=None,
    )
    return house.status("h-moi"), "silent"


@line("a unit merged in the middle of the month owes it no more")
def _(house: House) -> tuple[object, object]:
    house.month(2021, 5)
    with change():
        house.cast.district_ky_anh.valid_to = date(2021, 5, 15)
    house.clock_at("2021-05-20 09:00")
    shown = {row.code: row.status.value for row in standings([house.month(2021, 5).id], now=clock.now())}
    return shown.get("h-ky-anh", "exempt"), "exempt"


@line("one on time and one late fill the quota late")
def _(house: House) -> tuple[object, object]:
    first, second = house.drafted(), house.drafted()
    house.sent(first, "2021-05-18T09:00:00")
    before = house.status()
    house.sent(second, "2021-05-21T09:00:00")
    return (before, house.status()), ("short", "late")


@line("one withdrawn after the deadline counts no more, and lapses")
def _(house: House) -> tuple[object, object]:
    piece = house.drafted()
    house.sent(piece, "2021-05-18T09:00:00")
    house.clock_at("2021-05-20 09:00")
    submissions.withdraw(piece.id, by=house.cast.binh)
    deadlines.sweep()
    db.session.expire_all()
    return (house.status(), db.session.get_one(Submission, piece.id).state), ("silent", "late")


@line("the same article sent twice counts once it is un-counted as a duplicate")
def _(house: House) -> tuple[object, object]:
    first, second = (house.drafted(title="Bếp ăn một chiều") for _ in range(2))
    house.sent(first, "2021-05-18T09:00:00")
    house.sent(second, "2021-05-18T10:00:00")
    before = house.status()
    submissions.perform(second.id, "uncount", by=house.cast.son, kind="duplicate", reason="Trùng bài.")
    return (before, house.status()), ("on_time", "short")


@line("returned and edited after the deadline keeps its first acceptance")
def _(house: House) -> tuple[object, object]:
    piece = house.drafted()
    house.sent(piece, "2021-05-18T09:00:00")
    submissions.give_back(piece.id, reason="Thiếu chú thích ảnh.", by=house.cast.son)
    house.clock_at("2021-05-22 09:00")
    deadlines.sweep()
    db.session.expire_all()
    digest = db.session.get_one(Submission, piece.id).digest
    writing.write(piece.id, house.make.manuscript("Tít mới"), by=house.cast.lan, seen=digest)
    return house.sent(piece, "2021-05-22T10:00:00"), MAY


@line("a sweeper that slept over T-7 and T-3 reminds once, on the last day")
def _(house: House) -> tuple[object, object]:
    house.month(2021, 5)
    house.clock_at("2021-05-19 08:00")
    told = reminders.remind(date(2021, 5, 19))
    query = "SELECT DISTINCT occasion, is_skipped FROM reminder ORDER BY 1"
    rows = [tuple(row) for row in db.session.execute(text(query))]
    return (told, rows), ({"sent": 3, "skipped": 6}, [("t0", False), ("t3", True), ("t7", True)])


@line("without the system's zone data the house reads its own")
def _(house: House) -> tuple[object, object]:
    import zoneinfo

    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    try:
        bounds = periods.bounds(2021, 5, deadline_day=20, closing_day=25, zone="Asia/Ho_Chi_Minh")
    finally:
        zoneinfo.reset_tzpath()
    return bounds.deadline_at, datetime.fromisoformat("2021-05-19T17:00+00:00")


@line("a Date header with 23:59:60, or of another century, decides nothing")
def _(house: House) -> tuple[object, object]:
    house.clock_at("2021-05-20 00:00:07")
    came = []
    for number, day in enumerate(("Wed, 19 May 2021 23:59:60 +0700", "Thu, 1 Jan 1970 00:00:00 +0000")):
        raw = f"From: la@example.edu.vn\nDate: {day}\nSubject: {number}\n\nXin chao\n".encode()
        envelope, _ = receiving.keep(raw)
        query = text("SELECT received_at FROM envelope WHERE id = :id")
        came.append(db.session.execute(query, {"id": envelope}).scalar_one().astimezone(clock.ZONE))
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in came], ["2021-05-20 00:00"] * 2


@line("the year 9999 in a form is no moment, 2038 is")
def _(_house: House) -> tuple[object, object]:
    from admin.acts import typed_moment

    moments = []
    for typed in ("2038-01-19T03:14:08", "9999-12-31T23:59"):
        try:
            moments.append(typed_moment(typed).year)
        except Invalid as refused:
            moments.append(refused.code)
    return moments, [2038, "time_invalid"]


@line("reminders of a Tết month go out before the holidays begin")
def _(_house: House) -> tuple[object, object]:
    from workflow.rules.reminding import reminder_day

    days = [reminder_day(date(2026, 2, 19), days_before, {}) for days_before in (7, 3, 0)]
    return days, [date(2026, 2, 12), date(2026, 2, 13), date(2026, 2, 13)]


@pytest.fixture
def house_of(make, cast, clock_at, superuser, monkeypatch) -> Iterator[House]:
    yield House(make, cast, clock_at, superuser, monkeypatch)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("name", TABLE)
def test_r5_r6_the_time_table(house_of, name):
    seen, says = TABLE[name](house_of)

    assert seen == says
