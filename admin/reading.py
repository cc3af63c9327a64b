"""How a piece and its history read on the page: marks, timeline, diagram, what changed since it was seen."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from admin import telling
from admin.changes import changed, instant
from admin.desk import can
from look import spoken
from models.vocabulary import Phase
from workflow import clock, definitions
from workflow.engine import drawing
from workflow.engine.definition import Definition
from workflow.engine.machine import Offer
from workflow.queries import timeline
from workflow.wording import UNCOUNT_REASONS

_until = spoken("until")


def body(html: str, files: Sequence[Any]) -> Markup:
    """The stored body with its pictures in their places, as readers see it. `files` are those of `timeline.files`."""
    pictures = {file.position: file for file in files if file.kind == "picture"}

    def figure(found: re.Match[str]) -> str:
        file = pictures.get(int(found[1]))
        if file is None:
            return ""
        if file.public_refused:
            return Markup("<figure><p>{}</p><figcaption>{}</figcaption></figure>").format(
                file.name, file.caption
            )
        return Markup(
            '<figure><img src="/tep/{}" alt="{}" loading="lazy"><figcaption>{}</figcaption></figure>'
        ).format(file.id, file.caption or file.name, file.caption)

    shown = re.sub(r'<figure data-picture="(\d+)">\s*</figure>', figure, html)
    return Markup(shown)  # noqa: S704  (cleaned by texts.body_from_html before it was stored)


def marks(row: Any) -> list[tuple[str, str | None]]:
    """Marks beside the state, at most a line of them: (code of look's MARKS, words or none)."""
    found: Iterable[tuple[bool, str, str | None]] = (
        (row.set_aside_reason is not None, "set_aside", None),
        (row.returned_reason is not None, "returned", None),
        (row.retracted_at is not None if hasattr(row, "retracted_at") else False, "retracted", None),
        (row.claimed_by is not None and definitions.phase_of(row.state) is Phase.SENT, "claimed",
         gettext("%(name)s đang biên tập", name=row.claimant) if row.claimant else None),
        (row.scheduled_at is not None, "scheduled",
         gettext("Hẹn %(at)s", at=_short(row.scheduled_at)) if row.scheduled_at else None),
        (row.sent_late and row.excused_reason is None, "sent_late", None),
        (row.excused_reason is not None, "excused", None),
        (row.uncounted is not None, "uncounted", _why_uncounted(row.uncounted)),
        (row.extended_until is not None and row.first_sent_at is None, "extended",
         gettext("Gia hạn đến %(until)s", until=_until(row.extended_until)) if row.extended_until else None),
    )  # fmt: skip
    return [(code, words) for holds, code, words in found if holds]


def _why_uncounted(code: str | None) -> str | None:
    return gettext("Không tính: %(why)s", why=gettext(UNCOUNT_REASONS[code]).lower()) if code else None


def _short(moment: Any) -> str:
    return f"{moment.astimezone(clock.ZONE):%H:%M, %d/%m}"


def entry(event: timeline.Entry, of: tuple[str, int]) -> dict[str, Any]:
    """One line of the timeline of a piece that follows `of`, as look/parts/timeline.html draws it."""
    return {
        "act": "consent" if event.trigger == "answer" else event.trigger,
        "says": telling.act(event.action, event.trigger, of),
        "who": event.who or gettext("Hệ thống"),
        "seat": event.seat,
        "on_behalf_of": event.in_place_of,
        "at": event.at,
        "refused": bool(event.refused),
        "note": note(event.payload),
        "link_url": url_for("desk_audit.event", number=event.number) if can("audit.read") else None,
        "link": gettext("Mục %(n)s", n=event.number),
    }


def note(payload: Mapping[str, Any]) -> str:
    """What an event says in one line: revision, reason, answer, change, lateness."""
    parts = []
    if payload.get("revision"):
        parts.append(gettext("Phiên bản %(n)s.", n=payload["revision"]))
    if payload.get("reason"):
        parts.append(gettext("Lý do: %(why)s", why=payload["reason"]))
    if payload.get("sent_late"):
        parts.append(gettext("Gửi muộn."))
    if payload.get("became_at") and payload["became_at"][:16] != payload["at"][:16]:
        parts.append(gettext("Có hiệu lực từ %(at)s.", at=instant(payload["became_at"])))
    parts.extend(f"{name}: {was} → {now}." for name, was, now in changed(payload))
    return " ".join(parts)


def picture(
    entries: Sequence[timeline.Entry], state: str, offers: Sequence[Offer], definition: Definition
) -> dict[str, Any]:
    """The piece's workflow with its place marked, as look/parts/diagram.html shows it."""
    standing = drawing.Marks(
        here=state, past=past(entries, state, definition), refused=refused_move(offers, definition)
    )
    return drawn(definition, standing)


def drawn(definition: Definition, marks: drawing.Marks) -> dict[str, Any]:
    language = str(get_locale())
    return {
        # Made by our own drawing, which escapes every word of a definition.
        "wide": Markup(drawing.svg(definition, language=language, marks=marks)),  # noqa: S704
        "upright": Markup(drawing.upright(definition, language=language, marks=marks)),  # noqa: S704
        "states": [
            (name, "here" if name == marks.here else "past" if name in marks.past else "")
            for name in definition.states
        ],
    }


def past(entries: Sequence[timeline.Entry], state: str, definition: Definition) -> list[str]:
    """The states behind the piece: those it came through and has not been sent back before."""
    through = {entry.payload.get("from") for entry in entries if not entry.refused} - {None, state}
    way = definition.usual_way()
    behind = way[: way.index(state)] if state in way else way[:1]
    beside = [name for name in definition.states if name not in way]
    return [name for name in (*behind, *beside) if name in through]


def refused_move(offers: Sequence[Offer], definition: Definition) -> str | None:
    """The forward move that is refused to this person now, to be crossed out."""
    forward = {step.trigger for step in definition.moves if step.tone == "primary"}
    return next((o.step.trigger for o in offers if o.step.trigger in forward and not o.is_allowed), None)
