"""Commands about workflow definitions: draw one, and move pieces from one version to another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from look import line, stand_alone
from workflow import definitions, procedures
from workflow.engine import drawing
from workflow.engine.definition import Definition
from workflow.queries import dwelling, pieces


@click.group("workflow")
def workflow() -> None:
    """Quy trình."""


@line.command("draw")
@click.option("--name", default="monthly-submission", show_default=True, help="Tên quy trình.")
@click.option("--version", type=int, help="Phiên bản; mặc định là mới nhất.")
@click.option("--piece", metavar="PIECE", help="Đánh dấu chỗ của một bài, theo quy trình của bài đó.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@click.option("--svg", type=line.NEW_FILE, help="Ghi hình SVG vào tệp.")
@click.option("--upright", is_flag=True, help="Hình SVG dọc, cho màn hình hẹp.")
def draw(piece: str | None, language: str, svg: Path | None, **asked: Any) -> dict[str, Any]:
    """Vẽ quy trình bằng Mermaid, hoặc thành hình SVG."""
    definition, marks = _drawn_for(piece) if piece else (_found(asked["name"], asked["version"]), None)
    drawn = drawing.mermaid(definition, language=language, here=marks.here if marks else None)
    told = {"name": definition.name, "version": definition.version}
    if svg is None:
        return {**told, "mermaid": drawn, "says": drawn}
    picture = drawing.upright if asked["upright"] else drawing.svg
    svg.write_text(picture(definition, language=language, marks=marks, style=stand_alone()), "utf-8")
    return {**told, "svg": str(svg), "says": f"Đã ghi {svg}."}


def _drawn_for(piece: str) -> tuple[Definition, drawing.Marks]:
    found = pieces.named(piece)
    past = [stay.state for stay in dwelling.of_piece(found.id) if stay.until is not None]
    engine = definitions.followed(found.workflow, found.workflow_version)
    if engine.gone:
        raise engine.gone
    return engine.definition, drawing.Marks(here=found.state, past=past)


def _found(name: str, version: int | None) -> Definition:
    try:
        engine = definitions.newest(name) if version is None else definitions.pinned(name, version)
    except KeyError:
        raise line.Refused("workflow_unknown", f"Không có quy trình “{name}”.") from None
    return engine.definition


@line.command("migrate")
@click.argument("name")
@click.argument("source", metavar="FROM", type=int)
@click.argument("target", metavar="TO", type=int)
@click.option("--into", metavar="NAME", help="Quy trình khác để chuyển sang; mặc định là chính quy trình đó.")
@click.option(
    "--map", "renamed", multiple=True, metavar="OLD=NEW", help="Trạng thái cũ = trạng thái mới; lặp lại được."
)
@click.option("--dry-run", is_flag=True, help="Chỉ cho biết sẽ thay đổi gì.")
@click.option("--reason", default="", help="Lý do, ghi vào nhật ký của từng bài.")
def migrate(
    name: str, source: int, target: int, renamed: tuple[str, ...], **asked: Any
) -> Iterator[dict[str, Any]]:
    """Chuyển mọi bài của một phiên bản quy trình sang phiên bản khác: FROM và TO là số phiên bản.

    Trước hết cho biết từng trạng thái có bao nhiêu bài và sẽ thành trạng thái nào. Bài giữ nguyên giai đoạn;
    chuyển ngược lại là một lần chuyển khác.
    """
    planned = procedures.plan((name, source), (asked["into"] or name, target), renamed=_renamed(renamed))
    for one in planned.lines:
        to = one.target or "(chưa có chỗ tương ứng)"
        yield {
            "state": one.state,
            "to": one.target,
            "pieces": one.pieces,
            "says": f"{one.state:<20} → {to:<20} {one.pieces} bài",
        }
    if planned.merged:
        line.tell(
            f"Gộp nhiều trạng thái vào {', '.join(planned.merged)}; chuyển ngược lại sẽ không phân biệt được."
        )
    if asked["dry_run"]:
        says = f"Sẽ chuyển {planned.pieces - planned.blocked} bài, vướng {planned.blocked} bài. Chưa thay đổi gì."
        yield {"pieces": planned.pieces, "blocked": planned.blocked, "merged": planned.merged, "says": says}
        return
    moved = procedures.migrate(planned, reason=asked["reason"], by=None)
    yield {"moved": moved, "says": f"Đã chuyển {moved} bài."}


def _renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    if not all(old and new for old, _, new in split):
        raise click.UsageError("--map: OLD=NEW.")
    return {old: new for old, _, new in split}


workflow.add_command(draw)
workflow.add_command(migrate)
