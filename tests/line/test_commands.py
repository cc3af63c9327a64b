"""What each command answers, and how it refuses. Inside this process: starting Python is not what is tried here."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest

import toasoan
from models.base import db
from tests.factories import Make
from tests.line.conftest import DATA, MAI, MINH, PHUONG, SON, Run

pytestmark = pytest.mark.database


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
