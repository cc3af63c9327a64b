"""What each command answers, and how it refuses. Inside this process: starting Python is not what is tried here."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

import toasoan
from look import line as look_line
from models.audit import AuditEvent, AuditLeaf, Checkpoint
from models.base import db
from tests.factories import Make
from tests.line.conftest import DATA, Said
from workflow.queries import seals

pytestmark = pytest.mark.database

Run = Callable[..., Said]
PROOF_SCRIPT = Path(__file__).parents[2] / "docs" / "verify_proof.py"
SON, MINH, PHUONG, MAI = (f"--as={name}@example.edu.vn" for name in ("son", "minh", "phuong", "mai"))


@pytest.fixture
def run(app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    # The command line notes its data folder in the environment; it is put back afterwards.
    monkeypatch.setenv("TOASOAN_DATA", os.environ["TOASOAN_DATA"])

    def line(*words: object) -> Said:
        capsys.readouterr()  # what the test's own requests logged
        with pytest.raises(SystemExit) as end:
            look_line.main(toasoan.toasoan, lambda: app, [str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(end.value.code or 0), said.out, said.err)

    return line


def test_a_piece_goes_through_the_department_by_commands(run: Run, make: Make) -> None:
    code = make.submission(state="submitted", with_picture=True).code

    claimed = run("do", code, "claim", SON, "--json").row
    run("do", code, "edit", SON, "--checklist", "done")
    approved = run("do", code, "approve", MINH, "--json").row
    published = run("do", code, "publish", PHUONG, "--seen", approved["seen"], "--json").row

    assert [row["state"] for row in (claimed, approved, published)] == ["submitted", "approved", "published"]
    assert approved["seen"] == approved["digest"]


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("approve", MINH), 1, "invalid_transition"),
        (("claim", MINH), 1, "forbidden"),
        (("lapse", MAI), 1, "invalid_transition"),
        (("return", SON), 1, "reason_required"),
        (("claim", "--as=ai@example.edu.vn"), 1, "account_unknown"),
        (("fly", SON), 2, "usage"),
        (("claim",), 2, "usage"),
        (("extend", SON, "--reason", "mưa lũ"), 2, "usage"),
        (("uncount", SON, "--kind", "dull", "--reason", "chán"), 2, "usage"),
        (("reclassify", SON, "--reason", "sai loại", "--kind", "poem"), 2, "usage"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else None,
)
def test_every_refusal_of_a_step_has_an_exit_code_and_a_code(
    run: Run, make: Make, words: tuple[str, ...], exit_code: int, code: str
) -> None:
    piece = make.submission(state="submitted").code

    said = run("do", piece, *words, "--json")

    assert (said.code, said.row["code"]) == (exit_code, code)
    assert said.row["says"]


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("do", "S99", "claim", SON), 1, "not_found"),
        (("do", "h-can-loc", "confirm", SON), 1, "composition_invalid"),
        (("sweep", "--at", "hôm qua"), 2, "usage"),
        (("preview", "--at", "2020-01-01T00:00"), 1, "moment_passed"),
        (("preview",), 2, "usage"),
        (("report", "month", "2019-01"), 1, "period_unknown"),
        (("report", "month", "tháng 5"), 2, "usage"),
        (("account", "add", "x@example.edu.vn", "--role", "committee"), 2, "usage"),
        (("account", "add", "x@example.edu.vn", "--role", "system"), 2, "usage"),
        (("workflow", "draw", "--name", "yearly"), 1, "workflow_unknown"),
        (("import", "units", "/nowhere.csv"), 2, "usage"),
    ],
    ids=lambda words: " ".join(words[:2]) if isinstance(words, tuple) else None,
)
def test_every_other_refusal_has_them_too(
    run: Run, make: Make, words: tuple[str, ...], exit_code: int, code: str
) -> None:
    said = run(*words, "--json")

    assert (said.code, said.row["code"]) == (exit_code, code)


def test_a_wrong_classification_is_corrected_on_record(run: Run, make: Make) -> None:
    piece = make.submission(state="submitted")

    said = run(
        "do", piece.code, "reclassify", SON, "--reason", "Là bài, không phải tin", "--kind", "article",
        "--unit", "tx-ky-anh", "--author", "Lê Thị Nga", "--period", "2021-06", "--json",
    )  # fmt: skip

    assert said.code == 0, said.out
    rows = {row["unit"]: row["received"] for row in run("report", "month", "2021-06", "--json").rows}
    assert rows["tx-ky-anh"] == 1


def test_an_extension_brings_late_drafts_back(
    run: Run, make: Make, clock_at: Callable[[str], object]
) -> None:
    code = make.submission().code
    clock_at("2021-05-20 08:00")
    assert run("sweep", "--json").row["lapsed"] == 1

    said = run("do", code, "extend", SON, "--until", "2021-05-22T17:00", "--reason", "Mưa lũ", "--json")

    assert said.row["state"] == "drafted"


def test_what_a_moment_would_bring_is_told_and_nothing_of_it_done(run: Run, make: Make) -> None:
    piece = make.submission()

    told = [
        row for row in run("preview", "--at", "2021-05-20T00:05", "--json").rows if row["what"] == "lapse"
    ]

    assert [(row["about"], row["unit"], row["at"]) for row in told] == [
        (piece.code, "h-can-loc", "2021-05-19T17:00:00+00:00")
    ]
    assert (
        f"20/05/2021 00:00  Bản nháp quá hạn: {piece.code}, h-can-loc"
        in run("preview", "--at", "2021-05-20T00:05").out
    )
    db.session.refresh(piece)
    assert piece.state == "drafted"


def test_an_answer_about_children_is_given_by_name_or_place(run: Run, make: Make) -> None:
    code = make.submission(state="submitted", with_picture=True, consent=None).code

    by_name = run("consent", code, "anh.jpg", "yes", SON, "--json").row
    by_place = run("consent", code, "1", "no", SON, "--json").row
    unknown = run("consent", code, "anh-9.jpg", "no", SON, "--json")

    assert (by_name["file"], by_place["file"], by_place["answer"]) == ("anh.jpg", "anh.jpg", "no")
    assert unknown.row["code"] == "file_unknown"


def test_a_new_account_gets_its_role_and_can_act(run: Run, make: Make) -> None:
    code = make.submission(state="submitted").code
    run("account", "add", "hanh@example.edu.vn", "--role", "editor", "--name", "Bùi Thị Hạnh")

    assert run("do", code, "claim", "--as", "hanh@example.edu.vn").code == 0


def test_a_bad_row_is_named_and_the_command_exits_with_one(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "units.csv"
    header = "code,name,kind,valid_from,valid_to,gso_code,admin_unit\n"
    table.write_text(f"{header}x,Phòng X,phong_gddt,hôm qua,,1,Huyện X\n", "utf-8")

    said = run("import", "units", table, "--json")

    assert said.code == 1
    assert [row["code"] for row in said.rows] == ["date_invalid", "rows_refused"]


def test_the_same_file_again_changes_nothing(run: Run) -> None:
    first = run("import", "categories", DATA / "categories.csv", "--json").rows[-1]
    second = run("import", "categories", DATA / "categories.csv", "--json").rows[-1]

    assert (first["added"], second["added"], second["unchanged"]) == (8, 0, 8)


def test_a_mail_is_taken_in_once(run: Run) -> None:
    mail = DATA / "mail" / "m05-iphone-personal-address-mp4-gps.eml"

    first = run("intake", mail, "--received-at", "2021-05-14T20:15:09+07:00", "--json").row
    second = run("intake", mail, "--json").row

    assert (first["outcome"], second["outcome"]) == ("tray", "duplicate")


def test_the_trail_is_whole_and_the_workflow_can_be_drawn(run: Run, make: Make) -> None:
    make.submission(state="published")

    drawn = run("workflow", "draw").out

    assert run("audit", "verify", "--json").row["events"] > 20
    assert drawn.startswith("stateDiagram-v2")
    assert "edited --> approved: Phê duyệt (approver)" in drawn
    assert run("queue", "--json").rows


def test_steps_of_a_version_that_is_gone_are_counted_in_both_forms(
    run: Run, make: Make, vanishing: Callable[[tuple[str, int]], None]
) -> None:
    make.submission(state="approved")
    words = ("monthly-submission", "1", "1", "--into", "unit-approval", "--reason", "Thử")
    assert run("workflow", "migrate", *words).code == 0
    vanishing(("unit-approval", 1))

    told, row = run("audit", "verify"), run("audit", "verify", "--json").row

    assert told.code == 0
    assert "Bản quy trình không còn trong chương trình: 1 bước không đối chiếu được." in told.out
    assert [(step["seq"], step["kind"]) for step in row["unmatched"]] == [(6, "version_gone")]


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


def test_pieces_move_to_another_definition_after_it_was_said_what_would_change(
    run: Run, make: Make, tmp_path: Path
) -> None:
    code = make.submission(state="edited").code
    words = ("workflow", "migrate", "monthly-submission", "1", "1", "--into", "unit-approval", "--json")

    *states, told = run(*words, "--dry-run").rows
    assert {row["state"]: (row["to"], row["pieces"]) for row in states}["edited"] == ("corrected", 1)
    assert (told["pieces"], told["blocked"]) == (1, 0)
    assert run(*words).code == 1, "a reason is asked for"
    moved = run(*words, "--map", "drafted=written", "--reason", "Thử hai bước.").rows[-1]
    drawn = run("workflow", "draw", "--piece", code, "--svg", tmp_path / "bai.svg").out

    assert moved["moved"] == 1
    assert "bai.svg" in drawn
    assert 'class="place phase-ready is-here"' in (tmp_path / "bai.svg").read_text("utf-8")


def test_every_step_is_told_with_what_stands_in_its_way(run: Run, make: Make) -> None:
    code = make.submission(state="edited").code

    told = {row["trigger"]: row for row in run("available", code, SON, "--json").rows}

    assert told["return"]["allowed"]
    assert [why["code"] for why in told["approve"]["refusals"]] == ["forbidden"]
    assert run("available", code, MINH, "--json").rows[0]["state"] == "edited"
    assert "được phép: approve (Phê duyệt)" in run("available", code, MINH).out
    assert "không được: write (Biên tập). Đồng chí không có quyền" in run("available", code, MINH).out


def test_personal_words_are_forgotten_by_a_command(run: Run, make: Make, client) -> None:  # type: ignore[no-untyped-def]
    client.as_(make.cast.son)

    assert run("account", "forget", "son@example.edu.vn", "--reason", "Đề nghị", "--json").row["words"] == 1
    assert run("audit", "verify").code == 0


def test_who_runs_the_machine_unlocks_and_signs_out(run: Run, make: Make, client) -> None:  # type: ignore[no-untyped-def]
    from workflow import guessing

    son = client.as_(make.cast.son)
    for _ in range(4):
        guessing.attempt("son@example.edu.vn", address="10.0.0.1")

    assert run("account", "sign-out", "son@example.edu.vn", "--json").row["sessions"] == 1
    assert son.get("/quan-tri/").status_code == 303
    assert run("account", "unlock", "son@example.edu.vn").code == 0
    assert guessing.standing(make.cast.son) is None
    assert run("account", "unlock", "khong-co@example.edu.vn", "--json").row["code"] == "account_unknown"


def commands_of(group: click.Group, before: str = "") -> list[str]:
    """`up`, `report month`, …: every command by its full name."""
    found = []
    for name, command in group.commands.items():
        whole = f"{before}{name}"
        found += commands_of(command, f"{whole} ") if isinstance(command, click.Group) else [whole]
    return found


def test_every_command_takes_json_and_stands_in_the_operations_manual() -> None:
    manual = (DATA.parents[2] / "docs" / "operations.md").read_text("utf-8")
    table = manual.split("## A production server")[0].replace("\\|", " ")

    for name in commands_of(toasoan.toasoan):
        head, _, last = name.partition(" ")
        assert f"`{head}" in table, name
        assert not last or any(head in row and last in row for row in table.splitlines()), name
        command: click.Command = toasoan.toasoan
        for word in name.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert "--json" in {option for parameter in command.params for option in parameter.opts}, name
