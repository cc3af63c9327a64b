"""F20 to F22: the disk of the database or of the files is full or read-only; nothing is half kept, and it goes on."""

import gc
import io
import tempfile

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from models.attachment import Attachment
from models.base import db
from models.envelope import Envelope
from models.outbox import OutboxMessage
from models.submission import Submission
from tests.clients import typed
from tests.factories import picture
from tests.faults import disks, invariants
from workflow.engine.errors import NoRoom
from workflow.intake import receiving
from workflow.settings import settings

pytestmark = [pytest.mark.database, pytest.mark.fault]

BROKEN = {"full": disks.full, "read-only": disks.read_only}
PHOTO = picture("red") + bytes(50_000)
TYPED = typed(act="add", command="0b9c7d55-9f5f-4c6b-8f3f-0a4f5c1f7a11")


def counted() -> list[int]:
    db.session.rollback()
    return [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (Submission, Attachment, OutboxMessage)
    ]


def kept() -> list[str]:
    return sorted(path.name for path in (settings().data / "files").rglob("*") if path.is_file())


@pytest.mark.parametrize("disk", BROKEN)
def test_f21_f22_a_picture_for_which_there_is_no_room_is_refused_whole_and_goes_in_afterwards(
    cast, client, place, disk
):
    binh, before = client.as_(cast.binh), counted()

    with BROKEN[disk](place):
        told = binh.send("/don-vi/soan", **TYPED, files=(io.BytesIO(PHOTO), "anh.jpg"))
        left = [name for name in kept() if name != "ballast"]

    assert (told.status_code, left, counted()) == (507, [], before)
    # Her words are still before her, and the sentence says whose fault it is.
    assert "Máy chủ hiện không lưu thêm được tệp" in told.text
    assert TYPED["title"] in told.text
    again = binh.send("/don-vi/soan", **TYPED, files=(io.BytesIO(PHOTO), "anh.jpg"))
    assert again.status_code == 303
    assert [row.blob for row in db.session.scalars(select(Attachment))] == kept()
    assert [line for line in invariants.look().broken if not line.startswith("I6")] == []


# Werkzeug leaves the file that it could not begin to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_f22_an_upload_for_which_there_is_no_room_while_it_comes_in_is_told_too(
    cast, client, place, tmp_path, monkeypatch
):
    binh, before = client.as_(cast.binh), counted()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    large = FileStorage(io.BytesIO(bytes(600_000)), "anh.jpg")
    fields = {"csrf_token": binh.token, **TYPED, "files": large}
    body, _, boundary = stream_encode_multipart(fields, use_tempfile=False)

    with disks.read_only(tmp_path / "temporary"):
        told = binh.post(
            "/don-vi/soan", data=body.read(), content_type=f"multipart/form-data; boundary={boundary}"
        )
    gc.collect()

    assert (told.status_code, counted()) == (507, before)
    assert "Máy chủ hiện không lưu thêm được tệp" in told.text


@pytest.mark.parametrize("disk", BROKEN)
def test_f21_f22_a_mail_for_which_there_is_no_room_is_not_acknowledged_and_is_taken_when_it_comes_again(
    cast, place, disk
):
    raw = b"From: lan@example.edu.vn\r\nTo: gui@example.edu.vn\r\nSubject: Tin\r\n\r\nTin.\r\n" + bytes(
        50_000
    )

    with BROKEN[disk](place), pytest.raises(NoRoom):
        receiving.receive(raw)

    assert db.session.scalars(select(Envelope)).all() == []
    assert receiving.receive(raw).outcome in ("tray", "accepted")
