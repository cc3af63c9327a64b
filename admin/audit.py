"""The audit trail: who did what, when, on which text; what was refused; and whether the trail is whole (R11)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import telling
from admin.desk import Screen, me, words_of
from admin.export import TRAIL_HEAD, csv_answer, trail_cells
from admin.reading import note
from workflow import clock, inspecting
from workflow.engine.audit import instant
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.grammar import action_name
from workflow.proof import proving
from workflow.queries import audit, audit_check, desk, sealed, seals
from workflow.wording import ROLES


class Trail(Screen):
    needs = "audit.read"

    @expose("/")
    def index(self) -> str:
        asked = _asked()
        leaf = audit.trail(asked)
        return self.render(
            "desk/audit.html",
            events=[_row(event) for event in leaf.rows],
            older=url_for(".index", **_kept(), truoc=leaf.older) if leaf.older else None,
            newer=url_for(".index", **_kept(), sau=leaf.newer) if leaf.newer else None,
            selects=_selects(asked),
            asked=asked,
            kept=_kept(),
            seal=seals.newest(),
            looked=seals.last_look(),
            verdict=_verdict() if request.args.get("kiem") == "1" else None,
        )

    @expose("/<int:number>")
    def event(self, number: int) -> str:
        found = audit.event(number) or abort(404)
        words = sealed.opened([found.payload])
        return self.render(
            "desk/event.html",
            event=_drawn(found, sealed.readable(found.payload, words, forgotten=gettext("đã xóa"))),
            payload=json.dumps(found.payload, ensure_ascii=False, indent=2, sort_keys=True),
            private=[(name, words[seal] or gettext("đã xóa")) for name, seal in _seals(found.payload, words)],
            found=found,
        )

    @expose("/<int:number>/bang-chung.json")
    def proof(self, number: int) -> Response:
        """The proof that the event was sealed, to be checked by anybody, off line, with docs/verify_proof.py."""
        try:
            proof = proving.prove(number)
        except NotFound:
            abort(404)
        except Invalid as refused:
            flash(gettext(refused.says), "error")
            return redirect(url_for(".event", number=number), 303)
        answer = jsonify(proof)
        answer.headers["Content-Disposition"] = f'attachment; filename="bang-chung-{number}.json"'
        return answer

    @expose("/xuat.csv")
    def export(self) -> Response:
        """The filtered trail as CSV; that it left the house is itself on record, before the first line does."""
        asked = _asked()
        inspecting.note_export(asdict(asked), by=me())
        # Read whole: the session is closed before a streamed answer would be finished.
        rows = [trail_cells(row) for row in audit.export(asked)]
        return csv_answer("nhat-ky.csv", TRAIL_HEAD, rows)


def _seals(payload: Mapping[str, Any], words: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """(name, seal) of every personal word of an event, by what a reader calls it."""
    for name, value in payload.items():
        if isinstance(value, Mapping):
            yield from _seals(value, words)
        elif isinstance(value, str) and value in words:
            yield gettext(PRIVATE.get(name, name)), value


PRIVATE = {"address": N_("Địa chỉ mạng"), "words": N_("Từ tìm kiếm"), "search": N_("Từ tìm kiếm")}


def _asked() -> audit.AskedTrail:
    get = request.args.get
    actions = set(audit.actions())
    action = get("hanh-dong", "")
    return audit.AskedTrail(
        words=words_of(),
        action=action if action in actions or action in FAMILIES else "",
        submission=number_in(get("bai")),
        actor=number_in(get("nguoi")),
        unit=get("don-vi", "")[:60],
        refused=get("tu-choi") == "1",
        since=_instant(get("tu"), timedelta()),
        until=_instant(get("den"), timedelta(days=1)),
        before=number_in(get("truoc")),
        after=number_in(get("sau")),
    )


FAMILIES = ("submission:", "committee:", "period:", "unit:", "account:", "envelope:", "outbox:")


def number_in(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 18 else None


def _instant(typed: str | None, later: timedelta) -> str:
    """A day of Hà Tĩnh, `2021-05-19`, as the instant it begins (or ends, with a day added); "" for anything else."""
    try:
        day = date.fromisoformat(typed or "") + later
    except (ValueError, OverflowError):
        return ""
    return instant(datetime.combine(day, time(), clock.ZONE)) if 2000 <= day.year <= 2200 else ""


NAMES = ("q", "hanh-dong", "bai", "nguoi", "don-vi", "tu-choi", "tu", "den")


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def _selects(asked: audit.AskedTrail) -> list[dict[str, Any]]:
    actions = [
        (action, gettext(action_name(action))) for action in audit.actions() if "refused/" not in action
    ]
    return [
        {"name": "hanh-dong", "label": gettext("Hành động"), "value": asked.action,
         "choices": sorted(actions, key=lambda pair: pair[1])},
        {"name": "don-vi", "label": gettext("Đơn vị"), "value": asked.unit, "choices": desk.unit_choices()},
        {"name": "tu-choi", "label": gettext("Bị từ chối"), "value": "1" if asked.refused else "",
         "choices": [("1", gettext("Có"))]},
    ]  # fmt: skip


def _row(event: Any) -> dict[str, Any]:
    """As look/parts/audit.html draws a row."""
    code = event.action.partition("refused/")[2]
    trigger = event.payload.get("trigger", "") if code else event.action.partition(":")[2]
    return {
        "number": event.id,
        "at": datetime.fromisoformat(event.at),
        "who": event.who or gettext("Hệ thống"),
        "seat": event.seat or "",
        "act": "consent" if trigger == "answer" else trigger,
        "says": gettext(action_name(event.action, trigger)),
        "refused": bool(code),
        "subject": event.subject
        or event.about
        or event.unit
        or event.payload.get("period")
        or gettext(ABOUT.get(event.stream.split(":")[0], event.stream)),
        "code": event.code or (event.payload.get("period") if event.payload.get("period") else event.stream),
        "url": url_for(".event", number=event.id),
    }


ABOUT = {
    "submission": N_("Tin, bài"),
    "refusal": N_("Thao tác bị từ chối"),
    "account": N_("Tài khoản"),
    "committee": N_("Ban Truyền thông"),
    "envelope": N_("Thư đến"),
    "period": N_("Kỳ và hạn gửi"),
    "settings": N_("Thiết lập"),
    "unit": N_("Đơn vị"),
    "delegation": N_("Ủy quyền"),
    "picture": N_("Ảnh gốc"),
}
"""What a stream is about, when its event names nothing nearer."""


def _drawn(event: Any, payload: Mapping[str, Any]) -> dict[str, Any]:
    """As look/parts/audit.html draws the drawer; `payload` with its seals opened."""
    row = _row(event)
    is_piece = event.submission_id is not None
    return {
        **row,
        "headline": telling.sentence(event),
        "subject": event.subject or "",
        "subject_url": url_for("desk_pieces.piece", piece_id=event.submission_id) if is_piece else None,
        "revision": payload.get("revision"),
        "capacity": event.seat,
        "on_behalf_of": event.in_place_of,
        "reason": payload.get("reason"),
        "before": payload.get("from"),
        "after": payload.get("to") if payload.get("to") != payload.get("from") else None,
        "changes": _changes(payload.get("before"), payload.get("after")) + _role(payload),
        "seen": payload.get("digest"),
        "seen_matches": payload.get("digest") == event.present_digest if event.present_digest else None,
        "note": note(payload),
        "chain": [
            {"number": link.id, "digest": link.hash, "here": link.id == event.id}
            for link in audit.neighbours(event.stream, event.seq)
        ],
        "close_url": url_for(".index"),
    }  # fmt: skip


def _changes(before: Any, after: Any) -> list[dict[str, Any]]:
    """What an event put in the place of what, name by name."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [name for name in after if before.get(name) != after[name]]
        return [{"name": name, "before": before.get(name), "after": after[name]} for name in names]
    if after is None or isinstance(after, Mapping):
        return []
    return [{"name": gettext("Trước, sau"), "before": before, "after": after}]


def _role(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The role that was given, taken or lent."""
    role = payload.get("role")
    return (
        [{"name": gettext("Vai trò"), "before": None, "after": gettext(ROLES[role])}] if role in ROLES else []
    )


def _verdict() -> dict[str, Any]:
    """The whole trail checked now. Reads every event; asked for by a button, never on its own."""
    verdict = audit_check.check()
    first = verdict.damages[0] if verdict.damages else None
    return {
        "whole": verdict.is_whole,
        "count": verdict.events,
        "streams": verdict.streams,
        "damage": first,
        "kinds": audit_check.KINDS,
        "damages": len(verdict.damages),
    }
