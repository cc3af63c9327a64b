"""A step that only a newer definition knows is pressed at every door that draws it, and found by the inspector."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.submission import Submission
from workflow import accounts, definitions
from workflow.grammar import step_label

pytestmark = pytest.mark.database

LIST = "/quan-tri/bai/"
RECALL = """
[[move]]
trigger = "recall"
from = ["approved"]
to = "edited"
who = ["approver"]
asks = ["reason"]
vi = "Rút lại phê duyệt"
en = "Recall the approval"
"""


@pytest.fixture
def recalling(make, tmp_path, monkeypatch):
    """(a piece of the version without the step, one of the version that has it), both approved."""
    old = make.submission(state="approved")
    for path in Path(definitions.__file__).parent.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    first = (tmp_path / "monthly_submission.toml").read_text("utf-8")
    newer = first.replace("version = 1", "version = 2") + RECALL
    (tmp_path / "monthly_submission_2.toml").write_text(newer, "utf-8")
    both = definitions.assembled(tmp_path)
    monkeypatch.setattr(definitions, "engines", lambda: both)
    definitions.states.cache_clear()
    yield old, make.submission(state="approved")
    definitions.states.cache_clear()


def states(*pieces: Submission) -> list[str]:
    db.session.expire_all()
    return [db.session.get_one(Submission, piece.id).state for piece in pieces]


def test_it_is_drawn_and_pressed_where_the_definition_has_it_and_is_not_there_elsewhere(
    recalling, cast, client
):
    old, new = recalling
    minh = client.as_(cast.minh)
    drawn = ["Rút lại phê duyệt" in minh.get(f"{LIST}{piece.id}/").text for piece in (old, new)]
    minh.read_token(f"{LIST}{new.id}/")

    answers = [
        minh.send(f"{LIST}{piece.id}/buoc/recall", reason="Còn một ý chưa rõ.").status_code
        for piece in (old, new)
    ]

    assert (drawn, answers, states(old, new)) == ([False, True], [404, 303], ["approved", "edited"])
    assert "Đã thực hiện: Rút lại phê duyệt." in minh.get(f"{LIST}{new.id}/").text


def test_among_many_it_moves_the_pieces_that_know_it(recalling, cast, client):
    old, new = recalling
    minh = client.as_(cast.minh)
    offered = minh.get(f"{LIST}?trang-thai=approved").text
    page = minh.get(f"{LIST}cung-luc?buoc=recall&tat-ca=1&trang-thai=approved").text
    minh.read_token(f"{LIST}cung-luc?buoc=recall&tat-ca=1&trang-thai=approved")

    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("pieces", "command")}
    answer = minh.send(f"{LIST}cung-luc/recall", reason="Rà soát lại.", **sent)

    assert 'value="recall">Rút lại phê duyệt' in offered
    assert "Thực hiện được với 1 trên 2 bài đã chọn." in page
    assert "Đã thực hiện với 1 trên 1 bài." in answer.text
    assert states(old, new) == ["approved", "edited"]


def test_who_took_it_is_found_under_who_approved_what(recalling, cast, client):
    old, new = recalling
    minh = client.as_(cast.minh)
    minh.read_token(f"{LIST}{new.id}/")
    minh.send(f"{LIST}{new.id}/buoc/recall", reason="Còn một ý chưa rõ.")

    page = client.as_(cast.khang).get("/quan-tri/ai-da-duyet-gi/?viec=recall").text

    assert (new.code in page, old.code in page) == (True, False)


@pytest.mark.parametrize(("language", "label"), [("vi", "Rút lại phê duyệt"), ("en", "Recall the approval")])
def test_whoever_reads_the_trail_reads_its_name_not_its_code(recalling, cast, client, language, label):
    """In the list, the filter, the event, both exports, the piece's own log and sheet; refused, too."""
    _, new = recalling
    minh, khang = client.as_(cast.minh), client.as_(cast.khang)
    minh.read_token(f"{LIST}{new.id}/")
    minh.send(f"{LIST}{new.id}/buoc/recall", reason="Còn một ý chưa rõ.")
    minh.send(f"{LIST}{new.id}/buoc/recall", reason="Lần nữa.")
    accounts.set_language(cast.khang, language)
    trail = "/quan-tri/nhat-ky/"
    numbers = db.session.scalars(
        select(AuditEvent.id).where(AuditEvent.payload.contains("recall")).order_by(AuditEvent.id)
    ).all()

    shown = khang.get(f"{trail}?hanh-dong=submission:recall").text
    pages = [
        shown,
        *(khang.get(f"{trail}{number}").text for number in numbers),
        khang.get(f"{trail}xuat.csv").text,
        khang.get(f"{LIST}{new.id}/").text,
        khang.get(f"/quan-tri/ai-da-duyet-gi/{new.id}/").text,
        khang.get("/quan-tri/ai-da-duyet-gi/?viec=recall").text,
        khang.get("/quan-tri/ai-da-duyet-gi/xuat.csv?viec=recall").text,
    ]

    assert len(numbers) == 2
    assert [label in page for page in pages] == [True] * len(pages)
    assert re.search(rf'<option value="submission:recall" selected>[^<]*{label}<', shown)
    assert "Rút lại phê duyệt" in client.as_(cast.binh).get(f"/don-vi/bai/{new.code}").text
    assert [page.count("“recall”") for page in pages] == [0] * len(pages)


def test_a_step_is_called_as_the_piece_s_own_definition_calls_it(recalling, monkeypatch):
    both = definitions.engines()
    label = {key: next(engine.named("recall"), None) for key, engine in both.items()}
    has_it = [key for key, step in label.items() if step]

    assert has_it == [("monthly-submission", 2)]
    assert step_label("submission:recall", of=("monthly-submission", 2)).vi == "Rút lại phê duyệt"
    # Of a piece that was moved to a version without it, or of one whose definition is gone.
    assert step_label("submission:recall", of=("monthly-submission", 1)).en == "Recall the approval"
    assert step_label("submission:refused/in_use", "recall").vi == "Rút lại phê duyệt"
    # What the house itself knows it calls by its own words; what nobody knows has no name.
    assert [step_label(f"submission:{act}") for act in ("approve", "countersign")] == [None, None]
    assert step_label("account:recall") is None
