"""The audit trail: who did what, when, on which text; what was refused; and whether the trail is whole (R11)."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_admin import expose
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from admin import events, menu, telling, trail_rows
from admin.desk import Screen, attempt, back_to, key_of, me, words_of
from admin.export import answer
from workflow import clock, inspecting
from workflow.engine.audit import instant
from workflow.engine.errors import Invalid, NotFound
from workflow.proof import proving
from workflow.queries import audit, audit_check, private_words, seals
from workflow.texts import sort_key


class Trail(Screen):
    needs = "audit.read"

    @expose("/")
    def index(self) -> str:
        asked, kept = _asked(), _kept()
        reading = audit.Reading(asked)
        leaf, standing = reading.leaf(), seals.standing()
        return self.render(
            "desk/audit.html",
            events=events.rows(leaf.rows),
            older=url_for(".index", **kept, truoc=leaf.older) if leaf.older else None,
            newer=url_for(".index", **kept, sau=leaf.newer) if leaf.newer else None,
            is_newest=asked.before is None and asked.after is None,
            is_too_wide=reading.is_too_wide,
            selects=_selects(asked),
            asked=asked,
            kept=kept,
            seal=standing,
            **_look(standing if standing.slot else None),
        )

    @expose("/moi")
    def newest(self) -> str:
        """The rows of the first page alone, for who lets the list go on by itself."""
        leaf = audit.trail(_asked())
        return self.render("desk/parts/trail_rows.html", events=events.rows(leaf.rows), now=menu.now())

    @expose("/<int:number>")
    def event(self, number: int) -> str:
        found = audit.event(number) or abort(404)
        words = private_words.opened([found.payload])
        forgotten = gettext("đã xóa")
        return self.render(
            "desk/event.html",
            event=events.whole(found, private_words.readable(found.payload, words, forgotten=forgotten)),
            payload=json.dumps(found.payload, ensure_ascii=False, indent=2, sort_keys=True),
            private=[
                (name, words[seal] or forgotten) for name, seal in events.personal(found.payload, words)
            ],
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

    @expose("/xuat.<any(csv, xlsx):form>")
    def export(self, form: str) -> Response:
        """All that the filters find, of any length; that it left the house is on record before its first line."""
        asked = _asked()
        inspecting.note_export({**asdict(asked), "form": form}, by=me())
        say = trail_rows.readers_words()
        rows = map(trail_rows.cells(say), audit.export(asked))
        return answer(form, "nhat-ky", say(trail_rows.HOLDS), trail_rows.head(say), rows)

    @expose("/kiem-tra", methods=["POST"])
    def check(self) -> Response:
        """Verify the whole trail; a worker does it, and tells how far it has come."""
        attempt(lambda: inspecting.check_trail(by=me()), done=gettext("Đã đưa việc kiểm tra vào hàng đợi."))
        return back_to(".index", anchor="kiem-tra")

    @expose("/kiem-tra")
    def checked(self) -> str:
        """How far the newest check has come, alone, for a page that asks again and again."""
        return render_template("desk/parts/trail_check.html", **_look(seals.newest_look()))


def _look(newest: Any) -> dict[str, Any]:
    """The newest check of the whole trail, and what its outcome means."""
    return {"look": newest, "steps": audit_check.STEPS, "kinds": audit_check.KINDS}


def _asked() -> audit.AskedTrail:
    get = request.args.get
    since, until = _month(get("thang"))
    return audit.AskedTrail(
        words=words_of(),
        action=get("hanh-dong", "")[:80],
        submission=key_of("bai"),
        actor=key_of("nguoi"),
        unit=get("don-vi", "")[:60],
        refused=get("tu-choi") == "1",
        since=_instant(get("tu"), timedelta()) or since,
        until=_instant(get("den"), timedelta(days=1)) or until,
        before=key_of("truoc"),
        after=key_of("sau"),
    )


def _instant(typed: str | None, later: timedelta) -> str:
    """A day of Hà Tĩnh, `2021-05-19`, as the instant it begins (or ends, with a day added); "" for anything else."""
    try:
        day = date.fromisoformat(typed or "") + later
    except (ValueError, OverflowError):
        return ""
    return instant(datetime.combine(day, time(), clock.ZONE)) if 2000 <= day.year <= 2200 else ""


def _month(typed: str | None) -> tuple[str, str]:
    """A month of Hà Tĩnh, `2021-05`, as the instants between which it lies."""
    try:
        first = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return "", ""
    following = (first + timedelta(days=31)).replace(day=1) if first.year < 2200 else first
    return _instant(f"{first}", timedelta()), _instant(f"{following}", timedelta())


NAMES = ("q", "hanh-dong", "bai", "nguoi", "don-vi", "thang", "tu-choi", "tu", "den")


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


@lru_cache(maxsize=8)
def _named(actions: tuple[str, ...], _language: str) -> Sequence[tuple[str, str]]:
    """Every act on record by its name, in the order of the alphabet. Kept: a new one is seldom."""
    named = [(action, telling.act(action)) for action in actions if "refused/" not in action]
    return sorted(named, key=lambda pair: sort_key(pair[1]))


def _selects(asked: audit.AskedTrail) -> list[dict[str, Any]]:
    offered = audit.choices(asked.actor)
    return [
        {"name": "nguoi", "label": gettext("Người"), "value": asked.actor or "", "choices": offered.people},
        {"name": "hanh-dong", "label": gettext("Hành động"), "value": asked.action,
         "choices": _named(tuple(offered.actions), str(get_locale()))},
        {"name": "don-vi", "label": gettext("Đơn vị"), "value": asked.unit, "choices": offered.units},
        {"name": "thang", "label": gettext("Tháng"), "value": request.args.get("thang", ""),
         "choices": [(month, f"{int(month[5:])}/{month[:4]}") for month in offered.months]},
        {"name": "tu-choi", "label": gettext("Bị từ chối"), "value": "1" if asked.refused else "",
         "choices": [("1", gettext("Có"))]},
    ]  # fmt: skip
