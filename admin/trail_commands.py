"""The commands around the audit trail: verify it, seal it, prove from it, take it out of the house."""

import email
import email.policy
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from admin import trail_rows
from admin.export import csv_lines, write_xlsx
from look import line
from workflow import inspecting
from workflow.proof import notes, proving, sealing
from workflow.queries import audit, audit_check
from workflow.settings import settings


@click.group("audit")
def trail() -> None:
    """Nhật ký hệ thống."""


@line.command("verify")
@click.option(
    "--anchor",
    "anchors",
    type=line.FILE,
    multiple=True,
    help="Tệp có phiếu niêm phong đã lưu: thư tháng (.eml, .txt).",
)
def verify(anchors: tuple[Path, ...]) -> dict[str, Any]:
    """Tính lại toàn bộ chuỗi mã băm, cây niêm phong và chữ ký; nói rõ sự kiện nào bị sửa, xóa, chèn hoặc cắt."""
    verdict = audit_check.check(anchors=[note for file in anchors for note in _notes(file)])
    unseen = "" if verdict.anchors else audit_check.NOT_SEEN_WITHOUT_ANCHOR
    for damage in (*verdict.damages, *verdict.unmatched):
        line.tell(f"{damage.stream} #{damage.seq}: {audit_check.KINDS[damage.kind]} [{damage.kind}]")
    if not verdict.is_whole:
        raise line.Refused(
            "audit_damaged",
            f"Nhật ký không nguyên vẹn: {len(verdict.damages)} chỗ.",
            damages=[asdict(damage) for damage in verdict.damages],
            unmatched=[asdict(step) for step in verdict.unmatched],
            anchors=verdict.anchors,
        )
    whole = (
        f"Nhật ký nguyên vẹn: {verdict.events} sự kiện, {verdict.streams} chuỗi, {verdict.sealed} sự kiện"
        f" đã niêm phong, đã so với {verdict.anchors} bản lưu bên ngoài."
    )
    gone = f"Bản quy trình không còn trong chương trình: {len(verdict.unmatched)} bước không đối chiếu được."
    return {
        "events": verdict.events,
        "streams": verdict.streams,
        "sealed": verdict.sealed,
        "anchors": verdict.anchors,
        "unmatched": [asdict(step) for step in verdict.unmatched],
        "not_seen": unseen,
        "says": " ".join(filter(None, [whole, gone if verdict.unmatched else "", unseen])),
    }


def _notes(file: Path) -> list[str]:
    """The notes in a letter or a text. Raises Refused(`anchor_empty`)."""
    raw = file.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    if file.suffix == ".eml":
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        body = letter.get_body(("plain",))
        text = body.get_content() if body else ""
    found = list(notes.found_in(text))
    if not found:
        raise line.Refused("anchor_empty", f"{file.name}: không có phiếu niêm phong nào.")
    return found


@line.command("seal")
def seal() -> dict[str, Any]:
    """Niêm phong những sự kiện mới; dùng khi việc niêm phong có tài khoản hệ điều hành riêng."""
    sealed = sealing.seal()
    added = sum(one.added for one in sealed)
    return {
        "sealed": added,
        "note": sealed[-1].note if sealed else "",
        "says": f"Đã niêm phong {added} sự kiện." if sealed else "Không có sự kiện mới.",
    }


@line.command("new-key")
def new_key() -> dict[str, Any]:
    """Tạo khóa niêm phong mới khi khóa cũ bị mất hoặc bị lộ và đã được cất đi; khóa công khai cũ vẫn giữ."""
    if settings().seal_key.exists():
        raise line.Refused("seal_key_there", f"Khóa niêm phong đã có: {settings().seal_key}.")
    key = sealing.new_key().text()
    return {"key": key, "says": f"Đã tạo khóa mới. Khóa công khai: {key}"}


@line.command("prove")
@click.argument("number", metavar="EVENT", type=int)
@click.argument("file", type=line.NEW_FILE, required=False)
def prove(number: int, file: Path | None) -> dict[str, Any]:
    """Bằng chứng rằng một sự kiện (số trên màn hình nhật ký) đã được niêm phong; kiểm bằng docs/verify_proof.py."""
    return _handed_over(proving.prove(number), file)


@line.command("consistency")
@click.argument("old", type=int)
@click.argument("new", type=int, required=False)
@click.argument("file", type=line.NEW_FILE, required=False)
def consistency(old: int, new: int | None, file: Path | None) -> dict[str, Any]:
    """Bằng chứng rằng niêm phong phủ NEW sự kiện chỉ thêm vào niêm phong phủ OLD sự kiện."""
    return _handed_over(proving.consistency(old, new), file)


def _handed_over(proof: dict[str, Any], file: Path | None) -> dict[str, Any]:
    written = json.dumps(proof, ensure_ascii=False, indent=1)
    if file is None:
        return {**proof, "says": written}
    file.write_text(f"{written}\n", "utf-8")
    return {"file": str(file), "hashes": len(proof["path"]), "says": f"Đã ghi bằng chứng vào {file}."}


@line.command("export")
@click.option("--csv", "form", flag_value="csv", help="Bảng CSV.")
@click.option("--xlsx", "form", flag_value="xlsx", help="Bảng Excel.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Mỗi sự kiện một dòng JSON, nguyên văn như đã băm.")
@click.argument("file", type=line.NEW_FILE)
def export(form: str | None, file: Path) -> dict[str, Any]:
    """Xuất toàn bộ nhật ký; chính việc xuất được ghi lại trước."""
    if form is None:
        raise click.UsageError("Chọn --csv, --xlsx hoặc --jsonl.")
    inspecting.note_export({"form": form, "file": file.name}, by=None)
    count = WRITERS[form](file, audit.export(audit.AskedTrail()))
    return {"file": str(file), "events": count, "says": f"Đã xuất {count} sự kiện vào {file}."}


CELLS = trail_rows.cells(trail_rows.AS_WRITTEN)


def _csv(file: Path, events: Iterable[Any]) -> int:
    with file.open("w", encoding="utf-8", newline="") as writing:
        written = [writing.write(row) for row in csv_lines(trail_rows.HEAD, map(CELLS, events))]
    return len(written) - 1


def _xlsx(file: Path, events: Iterable[Any]) -> int:
    return write_xlsx(file, trail_rows.HOLDS, trail_rows.HEAD, map(CELLS, events))


def _jsonl(file: Path, events: Iterable[Any]) -> int:
    with file.open("w", encoding="utf-8") as writing:
        return sum(1 for event in events if writing.write(f"{_as_hashed(event)}\n"))


def _as_hashed(event: Any) -> str:
    told = {"number": event.id, "written": event.written, "prev_hash": event.prev_hash, "hash": event.hash}
    return json.dumps(told, ensure_ascii=False)


WRITERS = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl}

for _command in (verify, seal, new_key, prove, consistency, export):
    trail.add_command(_command)
