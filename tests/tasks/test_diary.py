"""The deadline in the reader's calendar: a file that calendars read, with the first reminder and when it moves."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from models.base import db
from models.outbox import Letter
from tasks.diary import LINE_BYTES, Deadline, entry
from tests.mail_peer import mail_peer
from workflow import deadlines, reminders
from workflow.engine.unit_of_work import change

MAY = Deadline(
    uid="KY-2021-05.3@example.edu.vn",
    month=datetime(2021, 5, 1, tzinfo=UTC),
    unit="Phòng Giáo dục và Đào tạo thị xã Kỳ Anh; xã, phường",
    quota=2,
    deadline_at=datetime(2021, 5, 19, 17, tzinfo=UTC),
    link="https://gdmn.example.edu.vn/don-vi/",
    written_at=datetime(2021, 5, 12, 1, tzinfo=UTC),
)


def event_in(file):
    calendar = icalendar.Calendar.from_ical(file)
    [event] = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize(
    ("language", "summary", "says"),
    [
        (
            "vi", "Hạn gửi tin, bài tháng 5/2021",
            "Phòng Giáo dục và Đào tạo thị xã Kỳ Anh; xã, phường: gửi 02 tin, bài, chậm nhất 23 giờ 59 phút ngày"
            " 19/5/2021. Gửi bài tại: https://gdmn.example.edu.vn/don-vi/",
        ),
        (
            "en", "Items for May 2021 are due",
            "Phòng Giáo dục và Đào tạo thị xã Kỳ Anh; xã, phường: send 2 items, at the latest 23:59 on 19 May 2021."
            " Send at: https://gdmn.example.edu.vn/don-vi/",
        ),
    ],
)  # fmt: skip
def test_a_calendar_reads_the_last_day_and_rings_at_eight(language, summary, says):
    calendar, event = event_in(entry(MAY, language))

    assert calendar["METHOD"] == "PUBLISH"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2021, 5, 19), date(2021, 5, 20))
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == (summary, says)
    assert event.decoded("DTSTAMP") == MAY.written_at
    assert calendar.walk("VALARM")[0].decoded("TRIGGER") == timedelta(hours=8)
    assert event.errors == []


def test_every_line_is_short_and_whole():
    rows = entry(MAY, "vi").encode().split(b"\r\n")

    assert max(map(len, rows)) <= LINE_BYTES
    assert [row.decode() for row in rows][-1] == ""


@pytest.fixture
def peer(set_to):
    with mail_peer() as running:
        set_to(SMTP_URL=running.url)
        yield running


@pytest.fixture
def reminded(cast, clock_at, work, broker):
    """Remind on a morning; the calendar files Bình's letters carry since."""

    def on(moment, peer):
        seen = len(peer.taken)
        reminders.remind(clock_at(moment).date())
        work()
        mine = [letter for letter in peer.letters()[seen:] if "binh@" in letter["To"]]
        return [part for letter in mine for part in letter.iter_attachments()]

    return on


@pytest.mark.database
def test_the_first_reminder_carries_it_the_second_does_not(cast, clock_at, reminded, peer):
    clock_at("2021-05-12 08:00")
    with change():
        deadlines.ensure_period(2021, 5)

    [file], later = reminded("2021-05-12 08:00", peer), reminded("2021-05-16 08:00", peer)

    assert (file.get_content_type(), file.get_filename(), file.get_param("method")) == (
        "text/calendar", "han-gui.ics", "PUBLISH",
    )  # fmt: skip
    _, event = event_in(file.get_payload(decode=True))
    assert event.decoded("DTSTART") == date(2021, 5, 19)
    assert str(event["UID"]) == f"KY-2021-05.{cast.can_loc.id}@example.edu.vn"
    assert later == []
    kept = db.session.scalars(select(Letter.calendar).where(Letter.kind == "reminder_t7"))
    assert {bool(calendar) for calendar in kept} == {True}


@pytest.mark.database
def test_a_moved_deadline_moves_the_entry(cast, clock_at, reminded, peer):
    clock_at("2021-05-12 08:00")
    with change():
        may = deadlines.ensure_period(2021, 5)
    [first] = reminded("2021-05-12 08:00", peer)
    until = datetime(2021, 5, 22, 17, tzinfo=UTC)
    deadlines.extend(may, unit=cast.can_loc, until=until, reason="Mưa lũ.", by=cast.son)

    files = reminded("2021-05-19 08:00", peer) + reminded("2021-05-21 08:00", peer)

    events = [event_in(file.get_payload(decode=True))[1] for file in (first, *files)]
    assert {str(event["UID"]) for event in events} == {f"KY-2021-05.{cast.can_loc.id}@example.edu.vn"}
    assert [event.decoded("DTSTART") for event in events][-1] == date(2021, 5, 22)
    assert len(events) == 3
    assert [int(event["SEQUENCE"]) for event in events] == sorted(int(event["SEQUENCE"]) for event in events)
