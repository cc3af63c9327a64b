"""Every command speaks alike: JSON on demand, 0 done, 1 refused with a code, 2 used wrongly."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask, current_app

from look import line


class Late(Exception):
    code = "deadline_passed"

    def sentence(self) -> str:
        return "Đã quá hạn."


@line.command("name")
def name() -> dict[str, Any]:
    return {"name": current_app.name, "says": f"Tên: {current_app.name}"}


@line.command("count", needs_house=False)
def count() -> Iterator[dict[str, Any]]:
    line.tell("Đang đếm…")
    yield {"n": 1}
    yield {"n": 2}


@line.command("send", needs_house=False)
def send() -> None:
    raise Late


@line.command("crash", needs_house=False)
def crash() -> None:
    raise ZeroDivisionError


@line.command("set", needs_house=False)
@click.option("--at", type=line.INSTANT, required=True)
def set_clock(at: datetime) -> dict[str, Any]:
    return {"at": at.astimezone(UTC)}


@line.command("write", needs_house=False)
@click.argument("file", type=line.NEW_FILE)
def write(file: Path) -> dict[str, Any]:
    file.write_text("…", "utf-8")
    return {"file": str(file)}


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self) -> list[Any]:
        return [json.loads(row) for row in self.out.splitlines()]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    group = click.Group("toasoan", commands=[name, count, send, crash, set_clock, write])

    def run(*words: str) -> Said:
        with pytest.raises(SystemExit) as exit:
            line.main(group, lambda: Flask("nhà"), words)
        said = capsys.readouterr()
        return Said(exit.value.code or 0, said.out, said.err)  # type: ignore[arg-type]

    return run


def test_an_answer_is_a_sentence_for_people_and_a_line_of_json_for_machines(say: Any) -> None:
    assert (said := say("name")).out == "Tên: nhà\n" and said.code == 0
    assert say("name", "--json").rows == [{"name": "nhà", "says": "Tên: nhà"}]


def test_several_answers_are_several_lines_and_progress_never_mixes_with_json(say: Any) -> None:
    said = say("count", "--json")

    assert said.rows == [{"n": 1}, {"n": 2}]
    assert said.err == "Đang đếm…\n"


def test_a_refusal_exits_with_one_and_says_its_code_either_way(say: Any) -> None:
    for_people, for_machines = say("send"), say("send", "--json")

    assert (for_people.code, for_people.out, for_people.err) == (1, "", "Đã quá hạn.\n[deadline_passed]\n")
    assert (for_machines.code, for_machines.rows) == (1, [{"code": "deadline_passed", "says": "Đã quá hạn."}])


def test_wrong_usage_exits_with_two_in_json_as_well(say: Any) -> None:
    assert say("set").code == 2
    said = say("set", "--at", "ngày mai", "--json")

    assert (said.code, said.rows[0]["code"]) == (2, "usage")


def test_an_instant_without_a_zone_is_vietnamese_time(say: Any) -> None:
    assert say("set", "--at", "2021-05-20T00:05", "--json").rows == [{"at": "2021-05-19T17:05:00+00:00"}]


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(say: Any, tmp_path: Path) -> None:
    (tmp_path / "tệp").touch()
    nowhere = say("write", str(tmp_path / "không có" / "x.json"))
    below_a_file = say("write", str(tmp_path / "tệp" / "x.json"), "--json")
    written = say("write", str(tmp_path / "x.json"), "--json")

    assert (nowhere.code, f"Không có thư mục “{tmp_path}/không có”." in nowhere.err) == (2, True)
    assert (below_a_file.code, below_a_file.rows[0]["code"]) == (2, "usage")
    assert (written.code, (tmp_path / "x.json").exists()) == (0, True)


def test_a_bug_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        line.main(click.Group("toasoan", commands=[crash]), lambda: Flask("nhà"), ["crash"])
