"""The commands around the audit trail: sealed, proved, held against what was kept, taken out of the house."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from models.audit import AuditEvent, AuditLeaf, Checkpoint
from models.base import db
from tests.factories import Make
from tests.line.conftest import Run
from workflow.queries import seals

pytestmark = pytest.mark.database

PROOF_SCRIPT = Path(__file__).parents[2] / "docs" / "verify_proof.py"


def test_the_trail_says_from_when_on_which_key_seals_it_the_first_one_too(
    run: Run, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "seal.key"
    monkeypatch.setenv("SEAL_KEY_FILE", str(file))
    make.submission()
    for _ in range(2):
        run("audit", "seal")
    file.rename(tmp_path / "stolen.key")
    make.submission()
    new = run("audit", "new-key", "--json").row["key"]
    assert run("audit", "new-key", "--json").row["code"] == "seal_key_there"
    run("audit", "seal")

    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "key:take").order_by(AuditEvent.id)
    ).all()
    told = [json.loads(event.payload) for event in events]
    first, second = seals.keys()
    assert [(said["before"], said["after"]) for said in told] == [(None, first), (first, second)]
    assert second == new
    assert [said["key"] for said in told] == [key.partition("+")[0] for key in (first, second)]
    assert all(said["cause"] for said in told)
    # Each stands under a seal, the first one under that of the key it names.
    sizes = db.session.scalars(select(Checkpoint.size).order_by(Checkpoint.size)).all()
    places = db.session.scalars(
        select(AuditLeaf.tree_index).where(AuditLeaf.stream == "settings:seal").order_by(AuditLeaf.seq)
    ).all()
    assert (len(sizes), places[0] < sizes[0] <= places[1]) == (2, True)
    assert run("audit", "verify").code == 0
    # A stranger is told across the change, by the keys he kept: the later note is not the older key's to sign.
    run("audit", "consistency", *map(str, sizes), tmp_path / "c.json")
    for keys, code in (
        ((), 0),
        (("--key", second, "--old-key", first), 0),
        (("--key", second), 1),
        (("--key", first), 1),
        (("--key", first, "--old-key", first), 1),
    ):
        asked = [sys.executable, PROOF_SCRIPT, tmp_path / "c.json", *keys]
        assert subprocess.run(asked, capture_output=True, check=False).returncode == code, keys


def test_the_trail_is_sealed_proved_and_held_against_a_letter_that_was_kept(
    run: Run, make: Make, tmp_path: Path
) -> None:
    make.submission(state="approved")
    assert run("audit", "seal", "--json").row["sealed"] > 10
    note = run("audit", "seal", "--json").row["note"]
    assert note == "", "nothing is new"
    first = str(db.session.scalars(select(func.min(AuditEvent.id))).one())
    proof = json.loads(run("audit", "prove", first).out)
    (tmp_path / "thu.txt").write_text(f"Kính gửi\n\n{proof['note']}\nTrân trọng.", "utf-8")
    (tmp_path / "trống.txt").write_text("Kính gửi", "utf-8")
    make.submission()
    size = run("audit", "seal") and json.loads(run("audit", "prove", first).out)["note"].split("\n")[1]

    alone = run("audit", "verify", "--json").row
    held = run("audit", "verify", "--anchor", tmp_path / "thu.txt", "--json").row
    other = run("audit", "verify", "--anchor", tmp_path / "trống.txt", "--json")
    written = run("audit", "prove", first, tmp_path / "3.json", "--json").row
    older = proof["note"].split("\n")[1]
    continued = run("audit", "consistency", older, size, tmp_path / "c.json", "--json").row

    assert (alone["anchors"], held["anchors"], held["not_seen"]) == (0, 1, "")
    assert "ký lại bằng khóa bị lấy cắp" in alone["not_seen"]
    assert (other.code, other.row["code"]) == (1, "anchor_empty")
    assert written["hashes"] == len(json.loads((tmp_path / "3.json").read_text("utf-8"))["path"])
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["kind"] == "consistency"
    assert run("audit", "consistency", "1", "--json").row["code"] == "checkpoint_unknown"
    assert continued["hashes"] > 0


def test_the_trail_leaves_the_house_in_three_forms_without_a_formula(
    run: Run, make: Make, tmp_path: Path
) -> None:
    make.submission(state="submitted", title="=1+1", author_line="=cmd|' /C calc'!A0")

    told = {
        form: run("audit", "export", f"--{form}", tmp_path / f"nhat-ky.{form}", "--json").row["events"]
        for form in ("csv", "xlsx", "jsonl")
    }

    table = list(csv.reader(io.StringIO((tmp_path / "nhat-ky.csv").read_text("utf-8-sig"))))
    sheet = openpyxl.load_workbook(tmp_path / "nhat-ky.xlsx").active
    lines = [json.loads(one) for one in (tmp_path / "nhat-ky.jsonl").read_text("utf-8").splitlines()]
    assert told == {"csv": len(table) - 1, "xlsx": sheet.max_row - 1, "jsonl": len(lines)}
    assert (told["xlsx"], told["jsonl"]) == (told["csv"] + 1, told["csv"] + 2), "each export is on record"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"inlineStr", "s", "n", "d"}
    for one in lines:
        whole = b"\x02" + bytes.fromhex(one["prev_hash"]) + one["written"].encode()
        assert hashlib.sha256(whole).hexdigest() == one["hash"]
    assert run("audit", "export", tmp_path / "x", "--json").code == 2
