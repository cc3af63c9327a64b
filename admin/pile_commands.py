"""`toasoan do-all`: one step with many pieces from the command line."""

import uuid
from collections.abc import Iterator
from typing import Any

import click

from admin.acting import AS, acting
from look import line
from models.base import db
from models.submission import Submission
from models.vocabulary import Phase, UncountReason
from workflow import bulk, definitions
from workflow.queries import pieces, queue


@line.command("do-all")
@click.argument("trigger")
@click.argument("piece", nargs=-1)
@AS
@click.option("--state", type=click.Choice([phase.value for phase in Phase]), help="Mọi bài ở giai đoạn này.")
@click.option("--period", metavar="YYYY-MM", default="", help="Chỉ các bài của kỳ này.")
@click.option("--of-unit", metavar="CODE", default="", help="Chỉ các bài của đơn vị này.")
@click.option("--reason", help="Lý do, ghi vào từng bài.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in UncountReason]), help="Loại lý do (uncount)."
)
@click.option("--checklist", type=click.Choice(["done"]), help="Danh mục kiểm tra đã hoàn thành.")
@click.option("--until", type=line.INSTANT, help="Thời điểm (schedule).")
@click.option("--command", type=click.UUID, help="Mã lệnh: chạy lại cùng mã thì không ghi thêm gì.")
@click.option("--dry-run", is_flag=True, help="Chỉ cho biết sẽ ra sao với từng bài.")
def do_all(trigger: str, piece: tuple[str, ...], email: str, **options: Any) -> Iterator[dict[str, Any]]:
    """Thực hiện một bước với nhiều bài: các PIECE, hoặc mọi bài theo --state, --period, --of-unit."""
    known = {step.trigger for engine in definitions.engines().values() for step in engine.definition.steps}
    if trigger not in known - bulk.NOT_TOGETHER:
        raise click.UsageError(
            f"Không có bước “{trigger}”. Các bước: {', '.join(sorted(known - bulk.NOT_TOGETHER))}."
        )
    by = acting(email)
    digests = _digests(piece, options)
    answers = {name: options[name] for name in ("reason", "kind", "checklist", "until") if options[name]}
    if options["dry_run"]:
        outcomes = bulk.foresee(digests, trigger, by=by, **answers)
    else:
        command = str(options["command"] or uuid.uuid4())
        outcomes = bulk.perform_all(digests, trigger, by=by, command=command, **answers)
    codes = {row.id: row.code for row in _rows(list(digests))}
    for one in outcomes:
        yield _told(one, codes.get(one.submission_id, str(one.submission_id)), trigger)
    refused = sum(not one.is_done for one in outcomes)
    if refused:
        raise line.Refused(
            "some_refused", f"{trigger}: {refused} trên {len(outcomes)} bài không thực hiện được."
        )


def _digests(named: tuple[str, ...], options: dict[str, Any]) -> dict[int, str | None]:
    """The pieces asked for and the text each shows now, which is what is seen."""
    if bool(named) == bool(options["state"]):
        raise click.UsageError("Cần hoặc các PIECE, hoặc --state.")
    if named:
        found = [pieces.named(name) for name in named]
        return {one.id: one.digest for one in found}
    asked = queue.Asked(phase=options["state"], period=options["period"], unit=options["of_unit"])
    return {row.id: row.digest for row in _rows(list(queue.Reading(asked).numbers(size=bulk.MOST)))}


def _rows(numbers: list[int]) -> list[Submission]:
    return list(
        db.session.scalars(db.select(Submission).where(Submission.id.in_(numbers)).order_by(Submission.id))
    )


def _told(one: bulk.Outcome, code: str, trigger: str) -> dict[str, Any]:
    why = " ".join(refusal.sentence() for refusal in one.refusals)
    return {
        "piece": code,
        "trigger": trigger,
        "done": one.is_done,
        "repeat": one.is_repeat,
        "state": one.state,
        "refusals": [refusal.code for refusal in one.refusals],
        "says": f"{code}: {trigger} → {one.state}" if one.is_done else f"{code}: {why}",
    }
