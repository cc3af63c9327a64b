"""F23: a file on the disk is cut short or altered; nobody is handed it as what was kept, and somebody is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from embedded import backup
from models.attachment import Attachment
from models.base import db
from models.envelope import Envelope
from models.mishap import Mishap
from tasks import health, timetable
from tests.tasks.test_mail_letters import mail_from
from workflow import clock, media, schema, storage
from workflow.engine.errors import Damaged
from workflow.intake import receiving

pytestmark = [pytest.mark.database, pytest.mark.fault]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def alter(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


BROKEN: dict[str, Callable[[Path], None]] = {"cut short": cut, "altered": alter}


@pytest.fixture
def photo(make, place) -> Attachment:
    make.submission(state="submitted", with_picture=True)
    return db.session.scalars(select(Attachment)).one()


def looked_through() -> None:
    """A day of the clock's looks at the files, one an hour."""
    for hour in range(24):
        timetable.TIMETABLE["files_check"].run(clock.now().replace(hour=hour))


def noted() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(one.job, one.target) for one in db.session.scalars(select(Mishap))]


def told() -> tuple[str, int | None]:
    part = next(part for part in health.look() if part.name == "stumbled")
    return part.state.value, part.value


@pytest.mark.parametrize("how", BROKEN)
def test_f23_a_damaged_file_is_handed_to_nobody_and_is_whole_again_once_it_is_sent_again(
    how, cast, client, photo
):
    son, path = client.as_(cast.son), storage.path_of(photo.blob)
    kept = path.read_bytes()
    before = son.get(f"/tep/{photo.id}/goc")
    BROKEN[how](path)

    with capture_logs() as lines:
        refused = son.get(f"/tep/{photo.id}/goc")
        with pytest.raises(Damaged) as at_once:
            storage.load(photo.blob)

    assert before.data == kept
    assert (refused.status_code, "file_damaged" in refused.text, at_once.value.code) == (
        500,
        True,
        "file_damaged",
    )
    assert "Tệp này trên máy chủ đã bị hỏng" in refused.text
    assert [(line["event"], line["blob"]) for line in lines if line["event"] == "file_damaged"] == [
        ("file_damaged", photo.blob)
    ] * 2
    assert storage.keep(kept) == photo.blob
    assert son.get(f"/tep/{photo.id}/goc").data == kept


def test_f23_a_picture_that_is_damaged_is_not_taken_for_one_that_can_never_be_public(photo):
    cut(storage.path_of(photo.blob))

    with pytest.raises(Damaged):
        media.make_public_copy(photo.id)

    assert (photo.public_blob, photo.public_refused) == (None, None)


def test_f23_a_damaged_mail_does_not_keep_one_that_bears_its_message_id_from_being_read(cast, place):
    raw = mail_from("binh@example.edu.vn")
    receiving.receive(raw)
    cut(storage.path_of(db.session.scalars(select(Envelope.sha256)).one()))

    again = receiving.receive(raw + b"\n")

    assert again.outcome == "accepted"


@pytest.mark.parametrize("how", [*BROKEN, "gone"])
def test_f23_the_clock_finds_a_damaged_file_shows_it_and_forgets_it_once_it_is_whole(how, photo):
    path = storage.path_of(photo.blob)
    kept, before = path.read_bytes(), told()
    # What a crash left of a file, and what somebody else put there, is no file of ours.
    for stray in (".half", "README"):
        (path.parent / stray).write_bytes(b"a ma")
    {**BROKEN, "gone": Path.unlink}[how](path)

    looked_through()
    damaged, shown = noted(), told()
    path.write_bytes(kept)
    # Any look goes by what was found before: nobody waits a day for the hour of this file.
    timetable.TIMETABLE["files_check"].run(clock.now())

    assert before == ("ok", 0)
    assert damaged == [("files_check", f"file:{photo.blob}")]
    assert shown == ("warning", 1)
    assert (noted(), told()) == ([], ("ok", 0))


def test_f23_a_backup_names_a_damaged_file_and_does_not_take_it_for_what_was_kept(
    photo, place, tmp_path, superuser
):
    sound = storage.keep(b"a mail that is whole")
    # What a crash leaves of a file has a name that begins with a dot.
    (storage.path_of(sound).parent / ".half").write_bytes(b"a ma")
    cut(storage.path_of(photo.blob))

    made = backup.save(
        superuser.url.render_as_string(hide_password=False), place, tmp_path / "b.tar", mark=schema.UNFINISHED
    )

    assert made.damaged == (f"{photo.blob[:2]}/{photo.blob}",)
    assert made.files == {f"{sound[:2]}/{sound}": sound}
