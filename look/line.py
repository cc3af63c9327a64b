"""How every command of `toasoan` speaks: `--json`, exit codes, refusals. Knows none of our nouns or verbs.

    @line.command("sweep")
    @click.option("--at", type=line.INSTANT)
    def sweep(at):
        "Cho quá hạn những bản nháp đã qua hạn gửi."
        return {"swept": 3, "says": "Đã chuyển 3 bản nháp sang quá hạn."}

A command returns one answer (a dict) or yields several; None when it has said all itself with `tell`.
With `--json` each answer is one line of JSON on stdout; else its `says` is printed, or its fields.
Exit code 0: done. 1: refused, with a code. 2: used wrongly.

A refusal is any exception with a `code` and a `sentence()` (or `says`): `{"code": …, "says": …}` on
stdout with `--json`, the sentence on stderr otherwise. Everything else is a bug and keeps its traceback.
"""

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from flask.cli import ScriptInfo, with_appcontext

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REFUSED, USED_WRONGLY = 1, 2

Answer = Mapping[str, Any]


class Refused(Exception):
    """A command's own refusal, when no verb has said it already. `fields` go into the JSON as well."""

    def __init__(self, code: str, says: str, **fields: Any) -> None:
        self.code, self.says, self.fields = code, says, fields
        super().__init__(code)

    def sentence(self) -> str:
        return self.says


class Instant(click.ParamType):
    """`2021-05-20T00:05:00+07:00`; without a zone it is Vietnamese time. Gives an aware datetime."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            moment = value
        else:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                self.fail(f"“{value}” không phải thời điểm ISO, ví dụ 2021-05-20T00:05:00+07:00.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


class NewFile(click.Path):
    """A file to be written: its folder is there and takes it. Found out before anything is done or noted."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        file = Path(super().convert(value, param, ctx))
        folder = file.absolute().parent
        if not folder.is_dir():
            self.fail(f"Không có thư mục “{folder}”.", param, ctx)
        if not os.access(folder, os.W_OK | os.X_OK):
            self.fail(f"Không ghi được vào thư mục “{folder}”.", param, ctx)
        return file


INSTANT = Instant()
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = NewFile()


def command(
    name: str, *, needs_house: bool = True, **attributes: Any
) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command that speaks as this file says. `attributes` go to click.

    It runs inside the application's context (`needs_house`), which is made on first need: a command that only
    stops servers does not start them.
    """

    def decorate(function: Callable[..., Any]) -> click.Command:
        inner = with_appcontext(function) if needs_house else function

        @functools.wraps(function)
        def run(*args: Any, as_json: bool, **kwargs: Any) -> None:
            click.get_current_context().meta["json"] = as_json
            try:
                _print_all(inner(*args, **kwargs))
            except Exception as error:
                refuse(error, as_json=as_json)

        json_option = click.option(
            "--json", "as_json", is_flag=True, help="Trả lời bằng JSON, mỗi kết quả một dòng."
        )
        return click.command(name, **attributes)(json_option(run))

    return decorate


def answers_json() -> bool:
    """Was the running command asked for JSON?"""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get("json"))


def tell(sentence: str) -> None:
    """Progress for people: on stdout; on stderr when stdout belongs to JSON."""
    click.echo(sentence, err=answers_json())


def words_of(error: BaseException) -> tuple[str, str] | None:
    """(code, sentence) of what was refused on purpose; None for any other error."""
    code = getattr(error, "code", None)
    sentence = getattr(error, "sentence", None)
    says = sentence() if callable(sentence) else getattr(error, "says", None)
    return (code, says) if isinstance(code, str) and isinstance(says, str) else None


def refuse(error: BaseException, *, as_json: bool) -> NoReturn:
    """Say a refusal and exit 1; raise again what is no refusal."""
    words = words_of(error)
    if words is None:
        raise error
    code, says = words
    if as_json:
        fields = error.fields if isinstance(error, Refused) else {}
        click.echo(as_line({"code": code, "says": says, **fields}))
    else:
        click.echo(says, err=True)
        click.echo(f"[{code}]", err=True)
    sys.exit(REFUSED)


def as_line(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False, default=_plain)


def main(group: click.Group, create_app: Callable[[], Any], argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line to its exit code; wrong usage with `--json` is told in JSON too."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        group.main(
            words,
            prog_name="toasoan",
            obj=ScriptInfo(create_app=create_app, set_debug_flag=False),
            standalone_mode=False,
        )
    except click.Abort:
        sys.exit(REFUSED)
    except click.ClickException as error:
        if "--json" in words:
            click.echo(as_line({"code": "usage", "says": error.format_message()}))
        else:
            error.show()
        sys.exit(error.exit_code)
    sys.exit(0)


def _print_all(result: Answer | Iterable[Answer] | None) -> None:
    if result is None:
        return
    if isinstance(result, Mapping):
        _print(result)
    elif inspect.isgenerator(result) or isinstance(result, (list, tuple)):
        for answer in result:
            _print(answer)
    else:
        raise TypeError(f"a command answers with dicts, not with {type(result).__name__}")


def _print(answer: Answer) -> None:
    if answers_json():
        click.echo(as_line(answer))
    elif "says" in answer:
        click.echo(answer["says"])
    else:
        click.echo("  ".join(f"{name}: {_plain(value)}" for name, value in answer.items()))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
