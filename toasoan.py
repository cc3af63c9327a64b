"""The command `toasoan`: opens the house of `wsgi.py`, keeps it running, shuts it; and carries every room's commands.

The servers are those of DATABASE_URL and REDIS_URL, else our own in the data folder.
"""

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

# All that is read here stays to the end: a collector that looks through it again and again is a sixth of a start.
gc.disable()

import click
from flask import Flask
from flask_security import hash_password

import admin.commands
import gate.commands
import tasks.commands
import wsgi
from embedded import backup, health, servers, supervisor
from embedded.errors import CellarError
from gate import serving
from look import line
from tasks import broker, clockwork, mailing, working
from tasks.context import told_to_stop
from tasks.rehearsal import loading, score
from workflow import backups, clock, founding, links, outbox, production, schema, sessions
from workflow.proof import notes
from workflow.queries import audit_check
from workflow.rules import workdays
from workflow.settings import Mode, settings

gc.freeze()
gc.enable()

Say = Callable[[str], object]


def stand_up(say: Say, *, migrating: bool = True) -> None:
    """Find the two servers, start our own where none is named, and note their addresses in the environment.

    The tables of an embedded database are always brought up to date. Raises CellarError, UnsafeSettings.
    """
    settings().refuse_unsafe()
    is_ours = not os.environ.get("DATABASE_URL")
    addresses = servers.ensure(settings().data, say=say)
    os.environ["REDIS_URL"] = addresses.redis_url
    if is_ours:
        os.environ.update(
            DATABASE_OWNER_URL=addresses.admin_url,
            DATABASE_URL=schema.url_for(addresses.admin_url, schema.APP),
            DATABASE_FORUM_URL=schema.url_for(addresses.admin_url, schema.FORUM),
            DATABASE_SEALER_URL=schema.url_for(addresses.admin_url, schema.SEALER),
        )
        if migrating:
            schema.migrate(addresses.admin_url)
    settings.cache_clear()


def open_house() -> Flask:
    """For commands: the house with its doors shut, on servers that run."""
    stand_up(_only_news)
    return wsgi.founded(wsgi.create_house)


def _only_news(sentence: str) -> None:
    """For commands: that a server was started is news, that one runs already is not."""
    if "đã khởi động" in sentence:
        click.echo(sentence, err=True)


# --- the commands -----------------------------------------------------------------------------------------------


@click.group("toasoan", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Thư mục dữ liệu (TOASOAN_DATA)."
)
def toasoan(data: Path | None) -> None:
    """Tòa Soạn: tin, bài hằng tháng của các đơn vị, từ bản nháp đến trang công khai."""
    try:
        folder = data or settings().data
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    os.environ["TOASOAN_DATA"] = str(folder.expanduser().resolve())
    settings.cache_clear()


@line.command("up", needs_house=False)
@click.option("--demo", is_flag=True, help="Nạp dữ liệu diễn tập tháng 5/2021.")
@click.option("--foreground", is_flag=True, help="Chạy ngay tại đây; ctrl-C để dừng.")
@click.option("--host", help="Địa chỉ lắng nghe (HOST).")
@click.option("--port", type=int, help="Cổng (PORT).")
def up(demo: bool, foreground: bool, host: str | None, port: int | None) -> dict[str, Any] | None:
    """Khởi động máy chủ, trang web, bộ xử lý và đồng hồ; trả lời khi tất cả đã sẵn sàng."""
    for name, value in (("HOST", host), ("PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    settings.cache_clear()
    house = settings()
    if house.is_demo and "PUBLIC_URL" not in os.environ:
        os.environ["PUBLIC_URL"] = f"http://{house.host}:{house.port}"
        settings.cache_clear()
    if running := supervisor.status(house.data):
        raise CellarError("already_running", folder=house.data, pid=running.pid)
    supervisor.require_free_port(house.host, house.port)
    if foreground:
        _run(demo=demo)
        return None
    pid = supervisor.detach(lambda: _run(demo=demo), data=house.data, say=line.tell)
    return {"pid": pid, "url": settings().public_url, "says": "Dừng lại bằng: toasoan down"}


@line.command("down", needs_house=False)
def down() -> dict[str, Any]:
    """Dừng mọi tiến trình của thư mục dữ liệu này."""
    house = settings()
    was_up = supervisor.stop(house.data, say=line.tell)
    stopped = [*(["toasoan"] if was_up else []), *servers.stop(house.data, say=line.tell)]
    return {"stopped": stopped, "says": "Đã dừng." if stopped else "Không có gì đang chạy."}


@line.command("migrate", needs_house=False)
@click.option("--to", default="head", show_default=True, help="Phiên bản, head hoặc base.")
def migrate(to: str) -> dict[str, Any]:
    """Đưa cơ sở dữ liệu lên phiên bản của chương trình."""
    stand_up(_only_news, migrating=False)
    revision = schema.migrate(settings().owner_url, to=to)
    return {"revision": revision, "says": f"Cơ sở dữ liệu ở phiên bản {revision or 'trống'}."}


@line.command("database-url", needs_house=False)
@click.option("--owner", is_flag=True, help="Địa chỉ để nâng cấp, không phải của chương trình.")
def database_url(owner: bool) -> dict[str, Any]:
    """In địa chỉ cơ sở dữ liệu."""
    stand_up(_only_news)
    url = settings().owner_url if owner else settings().database_url
    return {"url": url, "says": url}


@line.command("init", needs_house=False)
@click.option("--admin", "email", required=True, metavar="EMAIL", help="Quản trị viên đầu tiên.")
@click.option("--name", required=True, help="Họ và tên quản trị viên.")
@click.option("--without-mail", is_flag=True, help="Chưa kiểm tra máy chủ thư.")
def init(email: str, name: str, without_mail: bool) -> dict[str, Any]:
    """Khởi tạo cơ sở dữ liệu vận hành thật: trống, có vai trò, danh mục và một quản trị viên.

    Cần TOASOAN_MODE=production và DATABASE_OWNER_URL (tài khoản PostgreSQL được tạo vai trò).
    """
    house = settings()
    if not without_mail:
        line.tell(f"Thư đi qua: {mailing.checked_server()}")
    missing, environment = production.to_fill_in(), production.prepare()
    os.environ.update(environment)
    settings.cache_clear()
    app = wsgi.create_house()
    with app.app_context():
        founding.lay_down_directive()
        for sentence in loading.reference_data():
            line.tell(sentence)
        link = gate.commands.first_administrator(email, name)
        # Last: until then an interrupted init may be run again.
        founding.set_mode(Mode.PRODUCTION)
    lines = [f"{key}={value}" for key, value in environment.items()]
    if missing:
        lines += ["# Còn phải điền địa chỉ của đơn vị mình:", *(f"# {key}={missing[key]}" for key in missing)]
    return {
        "environment": environment,
        "to_fill_in": list(missing),
        "link": link,
        "says": "\n".join(
            ["", *lines, "", f"Đường dẫn một lần cho {email} (địa chỉ web: {house.public_url}):", link]
        ),
    }


@line.command("backup", needs_house=False)
@click.argument("file", type=line.NEW_FILE)
def save(file: Path) -> dict[str, Any]:
    """Sao lưu cơ sở dữ liệu và tệp vào một tệp."""
    stand_up(_only_news)
    made = backup.save(settings().owner_url, settings().data / "files", file, mark=schema.UNFINISHED)
    return {
        "file": str(file),
        "files": len(made.files),
        "damaged": list(made.damaged),
        "says": f"Đã sao lưu vào {file}: {len(made.files)} tệp."
        + (f" Không sao lưu tệp đã hỏng: {', '.join(made.damaged)}." if made.damaged else ""),
    }


@line.command("restore", needs_house=False)
@click.argument("file", type=line.FILE)
def restore(file: Path) -> dict[str, Any]:
    """Phục hồi vào một cơ sở dữ liệu trống, rồi kiểm tra nhật ký và tệp; dừng giữa chừng thì chạy lại."""
    stand_up(_only_news, migrating=False)
    schema.ensure_roles(settings().owner_url)
    with backup.alone(settings().owner_url):
        return _restored(file, settings().owner_url)


def _restored(file: Path, owner_url: str) -> dict[str, Any]:
    made = backup.load(file, owner_url, settings().data / "files", mark=schema.UNFINISHED)
    schema.migrate(owner_url, restoring=True)
    with wsgi.create_house().app_context():
        sessions.end_everybodys()
        links.spend_everybodys()
        verdict = audit_check.check()
        held = outbox.hold_letters()
        if verdict.is_whole:
            backups.note_return(made_at=made.made_at, events=verdict.events, files=len(made.files))
    # Last: until then nobody works, and an interrupted restore may be run again.
    backup.take_away(owner_url, schema.UNFINISHED)
    if not verdict.is_whole:
        raise line.Refused("audit_damaged", "Đã phục hồi, nhưng nhật ký trong bản sao lưu không nguyên vẹn.")
    wsgi.founded(wsgi.create_house)
    return {
        "made_at": made.made_at,
        "files": len(made.files),
        "events": verdict.events,
        "held": held,
        "says": f"Đã phục hồi: {len(made.files)} tệp, {verdict.events} sự kiện, nhật ký nguyên vẹn;"
        f" {held} thư đang chờ được giữ lại để xem.",
    }


@line.command("prove-backup")
@click.argument("file", type=line.FILE)
def prove(file: Path) -> dict[str, Any]:
    """Phục hồi thử một bản sao lưu ở chỗ riêng, kiểm tra nhật ký và tệp, rồi bỏ; ghi vào nhật ký."""
    try:
        with backup.brought_back(file, prepared=schema.ensure_roles) as (made, url):
            schema.migrate(url)
            verdict = audit_check.check_elsewhere(schema.driven(url))
        if not verdict.is_whole:
            raise line.Refused("audit_damaged", "Nhật ký trong bản sao lưu không nguyên vẹn.")
    except Exception as error:
        why, _ = line.words_of(error) or (type(error).__name__, "")
        backups.note_failure(file=file.name, why=why)
        raise
    backups.note_proof(made_at=made.made_at, events=verdict.events, files=len(made.files))
    return {
        "made_at": made.made_at,
        "files": len(made.files),
        "events": verdict.events,
        "says": f"Bản sao lưu phục hồi được: {len(made.files)} tệp, {verdict.events} sự kiện, nhật ký nguyên vẹn.",
    }


# --- running ----------------------------------------------------------------------------------------------------

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _run(*, demo: bool) -> None:
    """All of the house in this process's care, until a signal; leaves no process behind, whatever happens."""
    house = settings()
    for number in STOPPING:
        signal.signal(number, signal.default_int_handler)
    try:
        stand_up(line.tell)
        app = wsgi.founded(wsgi.create_app, begins=score.local(score.BEGINS) if demo else None)
        with app.app_context():
            for sentence in loading.load(hash_password) if demo else ():
                line.tell(sentence)
            # What a first page reads, words and templates, and what a first seal and a first deadline need, ten
            # megabytes, is then in memory once for every process.
            app.test_client().get("/")
            notes.warm_up()
            workdays.holidays_of(clock.now().year)
        wsgi.let_go(app)
        supervisor.run(_children(app), data=house.data, say=line.tell, when_ready=lambda: _greet(demo=demo))
    except KeyboardInterrupt:
        line.tell("Dừng trước khi sẵn sàng.")
    finally:
        # Somebody impatient presses again; what is left is seconds, and must not be left half done.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        # Two that start at once: the one that came second must not stop what the first one uses.
        if supervisor.status(house.data) is None:
            servers.stop(house.data, say=line.tell)


def _children(app: Flask) -> list[supervisor.Child]:
    """Web, worker and clock: forked from here, so that all they have in common is in memory once."""
    house = settings()
    return [
        supervisor.Child(
            "web", lambda: serving.serve(app, host=house.host, port=house.port),
            ready=lambda: health.answers(house.host, house.port), stop_seconds=15,
        ),
        supervisor.Child("worker", lambda: working.run(app, broker.for_worker(app), told_to_stop()), stop_seconds=30),
        supervisor.Child("clock", lambda: clockwork.run(app, broker.setup(app), told_to_stop()), stop_seconds=15),
    ]  # fmt: skip


def _greet(*, demo: bool) -> None:
    house = settings()
    line.tell(f"\nTòa Soạn đã sẵn sàng: {house.public_url}")
    if house.is_demo:
        line.tell(f"Tài khoản diễn tập (mật khẩu chung: {founding.DEMO_PASSWORD}):")
        for email, name, title, _role in founding.DEMO_PEOPLE:
            line.tell(f"  {email:<28} {name}, {title}")
    if demo:
        line.tell(f"  {'pgd.canloc@example.edu.vn':<28} Ban Truyền thông; còn nữa ở trang đăng nhập")


for _command in (up, down, migrate, database_url, init, save, restore, prove):
    toasoan.add_command(_command)
for _commands in (admin.commands, gate.commands, tasks.commands):
    for _command in _commands.COMMANDS:
        toasoan.add_command(_command)


def main(argv: list[str] | None = None) -> NoReturn:
    """The console script."""
    line.main(toasoan, open_house, argv)


if __name__ == "__main__":
    main()
