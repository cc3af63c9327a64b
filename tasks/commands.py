"""The clock's and the post's commands: `sweep`, `preview`, `queue`, `intake`, `worker`, `clock`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app

from look import line
from tasks import broker, clockwork, foresight, working
from tasks.context import told_to_stop
from workflow import deadlines, outbox
from workflow.engine.errors import NotRehearsing
from workflow.intake import reasons, receiving
from workflow.queries import post
from workflow.settings import settings
from workflow.wording import FORESEEN, JOBS, TOPICS


@line.command("sweep")
@click.option("--at", type=line.INSTANT, help="Thời điểm quét, chỉ dùng khi diễn tập.")
def sweep(at: datetime | None) -> line.Answer:
    """Chuyển quá hạn các bản nháp đã hết hạn gửi mà chưa gửi lần nào."""
    if at is not None and not settings().is_demo:
        raise NotRehearsing
    lapsed = deadlines.sweep(at=at)
    return {"lapsed": lapsed, "says": f"Đã chuyển {lapsed} bản nháp sang quá hạn."}


@line.command("queue")
@click.option("--hold", is_flag=True, help="Giữ lại mọi thư đang chờ, sau khi phục hồi cơ sở dữ liệu.")
def queue(hold: bool) -> Iterator[line.Answer]:
    """Việc đang chờ, đang làm và hỏng, theo từng hàng đợi."""
    if hold:
        held = outbox.hold_letters()
        yield {"held": held, "says": f"Đã giữ lại {held} thư cho đến khi có người xem ở trang Hàng đợi."}
    rows = [dict(row._mapping) for row in post.queues()]
    if not rows:
        yield {"n": 0, "says": "Không còn việc nào chờ."}
    yield from rows
    for row in post.dead():
        said = {
            "id": row.id,
            "key": row.key,
            "topic": row.topic,
            "attempts": row.attempts,
            "error": row.error,
        }
        yield {**said, "says": f"Hỏng: {row.key} ({row.attempts} lần thử): {row.error}"}


@line.command("preview")
@click.option("--at", type=line.INSTANT, required=True, help="Thời điểm muốn xem trước.")
def preview(at: datetime) -> Iterator[line.Answer]:
    """Những gì sẽ xảy ra vào một thời điểm: quá hạn, thư, nhả bài, đăng bài; không thay đổi gì."""
    coming = foresight.foresee(at)
    for each in coming:
        yield {**each.as_row(), "says": _foretold(each)}
    if not coming:
        yield {"n": 0, "says": "Không có gì xảy ra vào thời điểm này."}


def _foretold(each: foresight.Foreseen) -> str:
    letter = TOPICS[f"letter:{each.letter}"] if each.letter else ""
    told = (each.about, each.unit, letter, ", ".join(each.to), each.why)
    moment = f"{each.at.astimezone(line.ZONE):%d/%m/%Y %H:%M}"
    return f"{moment}  {FORESEEN[each.what]}: {', '.join(filter(None, told)) or JOBS.get(each.job, '–')}"


@line.command("intake")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, readable=True, path_type=Path))
@click.option("--received-at", type=line.INSTANT, help="Thời điểm nhận thư, chỉ dùng khi diễn tập.")
def intake(paths: tuple[Path, ...], received_at: datetime | None) -> Iterator[line.Answer]:
    """Nhận thư từ tệp .eml hoặc thư mục chứa tệp .eml; mỗi thư một dòng kết quả."""
    if received_at is not None and not settings().is_demo:
        raise NotRehearsing
    for path in _mails(paths):
        became = receiving.receive(path.read_bytes(), received_at=received_at)
        yield {
            "file": path.name,
            "message_id": became.message_id,
            "outcome": became.outcome,
            "reason": became.reason,
            "submissions": became.submissions,
            "envelope": became.envelope_id,
            "says": _told(path.name, became),
        }


OUTCOMES = {
    "accepted": "đã nhận",
    "tray": "chờ xử lý trong khay thư",
    "ignored": "không xử lý",
    "duplicate": "đã nhận trước đó",
}


def _mails(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and the .eml files of the folders named, by name."""
    for path in paths:
        yield from sorted(path.glob("*.eml")) if path.is_dir() else (path,)


def _told(name: str, became: receiving.Outcome) -> str:
    pieces = f" ({', '.join(became.submissions)})" if became.submissions else ""
    why = f" {reasons.says(became.reason)}" if became.reason else ""
    return f"{name}: {OUTCOMES[became.outcome]}{pieces}.{why}"


@line.command("worker")
@click.option("--threads", type=click.IntRange(1, 64), default=broker.THREADS, show_default=True)
def worker(threads: int) -> None:
    """Người làm: nhận việc từ hàng đợi cho đến khi được bảo dừng; cần thêm sức thì chạy thêm tiến trình."""
    house = _house()
    working.run(house, broker.for_worker(house), told_to_stop(), threads=threads)


@line.command("clock")
def clock() -> None:
    """Đồng hồ: chuyển việc cho người làm và đến giờ nào làm việc nấy, cho đến khi được bảo dừng."""
    app = _house()
    clockwork.run(app, broker.setup(app), told_to_stop())


def _house() -> Flask:
    house: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return house


COMMANDS = (sweep, preview, queue, intake, worker, clock)
