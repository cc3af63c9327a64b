"""Proofs that a stranger checks without us: by the script in docs, in a process of its own, off line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AuditEvent, Checkpoint
from models.base import db
from workflow.proof import notes, proving, sealing

pytestmark = pytest.mark.database

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_proof.py"


@pytest.fixture
def checked(tmp_path):
    """`checked(proof, *more)` is the exit code and what the script says."""

    def run(proof: dict, *more: str) -> tuple[int, str]:
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(proof), "utf-8")
        done = subprocess.run(
            [sys.executable, SCRIPT, file, *more], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def approval(make, monkeypatch) -> int:
    """The number of an approval under the second of three checkpoints."""
    for state in ("drafted", "approved", "edited"):
        make.submission(state=state)
        sealing.seal()
    return db.session.scalars(select(AuditEvent.id).where(AuditEvent.action == "submission:approve")).one()


def test_the_script_is_short_and_needs_one_library():
    lines = SCRIPT.read_text("utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}

    assert len(lines) < 100
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_proof_holds_for_a_stranger_who_has_the_public_key_and_kept_the_note(approval, checked, tmp_path):
    proof = proving.prove(approval)
    kept = tmp_path / "letter.txt"
    kept.write_text(f"Kính gửi\n\n{proof['note']}\nTrân trọng.", "utf-8")

    code, says = checked(proof, "--key", proof["key"], "--note", str(kept))

    assert code == 0, says
    assert says.startswith("HOLDS: the event was sealed")
    assert '"action":"submission:approve"' in says


def test_every_event_has_a_proof_of_at_most_25_hashes(approval):
    for number in db.session.scalars(select(AuditEvent.id)).all():
        assert len(proving.prove(number)["path"]) <= 25


def changed(proof: dict, *way: object, to: object) -> dict:
    """A copy of the proof with one thing in it changed."""
    copy = json.loads(json.dumps(proof))
    place = copy
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = to
    return copy


def test_a_proof_with_anything_changed_does_not_hold(approval, checked):
    proof = proving.prove(approval)
    other = notes.SigningKey.new("forum.example.edu.vn/nhat-ky")
    said = notes.read(proof["note"])
    forged = notes.SigningKey.sign(other, notes.Checkpoint(other.name, said.size, said.root))

    for broken in (
        changed(proof, "event", "payload", to=proof["event"]["payload"].replace("approve", "return")),
        changed(proof, "event", "prev_hash", to="00" * 32),
        changed(proof, "index", to=proof["index"] + 1),
        changed(proof, "path", to=proof["path"][:-1]),
        changed(proof, "path", to=[*proof["path"], proof["path"][0]]),
        changed(proof, "note", to=proof["note"].replace("time 2", "time 1")),
        changed(proof, "note", to=forged),
    ):
        code, says = checked(broken, "--key", proof["key"])

        assert (code, says[:13]) == (1, "DOES NOT HOLD"), broken


def test_a_proof_against_another_note_than_the_one_kept_does_not_hold(approval, checked, tmp_path):
    kept = tmp_path / "letter.txt"
    kept.write_text(db.session.scalars(select(Checkpoint.note).order_by(Checkpoint.size)).first(), "utf-8")

    code, says = checked(proving.prove(approval), "--note", str(kept))

    assert code == 1
    assert "another note" in says


def test_a_later_note_is_shown_to_continue_an_earlier_one(approval, checked, tmp_path):
    kept = tmp_path / "letter.txt"
    sizes = list(db.session.scalars(select(Checkpoint.size).order_by(Checkpoint.size)))
    proof = proving.consistency(sizes[0], sizes[2])

    assert checked(proof, "--key", proof["key"])[0] == 0
    assert checked(proving.consistency(sizes[1]), "--key", proof["key"])[0] == 0
    # It binds to the letter of then as to the one of now, and to no other.
    for note, code in ((proof["old"], 0), (proof["new"], 0), (proving.consistency(sizes[1])["old"], 1)):
        kept.write_text(f"Kính gửi\n\n{note}\nTrân trọng.", "utf-8")
        assert checked(proof, "--key", proof["key"], "--note", str(kept))[0] == code
    swapped = changed(proof, "old", to=proving.consistency(sizes[1])["old"])
    assert checked(swapped, "--key", proof["key"])[0] == 1
    assert checked(changed(proof, "path", to=proof["path"][1:]), "--key", proof["key"])[0] == 1


def test_what_is_not_sealed_or_not_there_has_no_proof(approval, make, refused):
    make.submission()
    newest = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first()

    assert refused(lambda: proving.prove(newest)) == "not_sealed"
    assert refused(lambda: proving.prove(newest + 1)) == "not_found"
    assert refused(lambda: proving.consistency(1)) == "checkpoint_unknown"
