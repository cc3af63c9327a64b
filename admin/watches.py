"""What stands on the first page for one role alone: publisher's times, inspector's trail, a backup's proof."""

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin import events, menu
from admin.desk import can, roles
from models.vocabulary import Role
from workflow import inspecting
from workflow.grammar import action_name
from workflow.queries import lately, queue_heads, seals

SHOWN = 5
PROOF = ("backup:prove", "backup:restore")
FAILED = "backup:fail"
PROOF_LASTS = timedelta(days=31)
"""An older proof says nothing about the backups that are made today."""


def shown() -> dict[str, Any]:
    """What the first page shows beside the duties of everybody."""
    return {
        "proof": proof() if can("queues.read") else None,
        "trail": _trail() if Role.AUDITOR in roles() else None,
        "scheduled": queue_heads.scheduled(size=SHOWN) if Role.PUBLISHER in roles() else (),
    }


def proof() -> dict[str, Any]:
    """When a backup last came back whole; `at` is None when none ever did. `failed`: one that did not, since then."""
    found = lately.newest((*PROOF, FAILED))
    last = next((one for one in found if one.action in PROOF), None)
    at = datetime.fromisoformat(last.at) if last else None
    return {
        "failed": _failed(found[0]) if found and found[0].action == FAILED else None,
        "at": at,
        "is_good": at is not None and menu.now() - at <= PROOF_LASTS,
        "url": url_for("desk_audit.event", number=last.id) if last else None,
    }


def _failed(event: Any) -> dict[str, Any]:
    return {
        "at": datetime.fromisoformat(event.at),
        "says": gettext(
            "Tệp %(file)s, mã lỗi %(why)s.", file=event.payload["file"], why=event.payload["why"]
        ),
        "url": url_for("desk_audit.event", number=event.id),
    }


def _trail() -> dict[str, Any]:
    """The last seal and check, what was refused and what was taken out of the house lately."""
    look, is_checking = seals.newest_looks()
    taken = lately.newest(inspecting.EXPORTS, size=SHOWN)[:SHOWN]
    return {
        "seal": seals.newest(),
        "look": look,
        "is_checking": is_checking,
        "refused": events.rows(lately.refused(SHOWN)),
        "taken": [
            {
                "who": row.who or gettext("Hệ thống"),
                "says": gettext(action_name(row.action)),
                "at": datetime.fromisoformat(row.at),
                "url": url_for("desk_audit.event", number=row.id),
            }
            for row in taken
        ],
    }
