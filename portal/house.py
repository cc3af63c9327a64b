"""The frame of every portal page: the unit, the four places, who I am, the rehearsal's line."""

from typing import Any

from flask import g, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from portal import person
from workflow import clock
from workflow.settings import settings

PREFIX = "/don-vi"


def around() -> dict[str, Any]:
    """What look/portal.html asks for."""
    if g.get("portal_unit") is None:
        return {"me": None, "home_url": url_for("portal.choose"), "rehearsal": rehearsal()}
    unit = person.unit()
    why = person.ended()
    standing = gettext("Ban Truyền thông") if person.is_committee() else gettext("Cộng tác viên")
    return {
        "unit": unit.admin_unit or unit.name,
        "unit_line": standing,
        "me": {
            "name": person.me().full_name,
            "seat": person.me().title or standing,
            "url": url_for("devices.mine"),
        },
        "switch_url": url_for("portal.choose") if len(person.units()) > 1 else None,
        "logout_url": url_for("arriving.leave"),
        "home_url": url_for("portal.this_month"),
        "places": places(),
        "rehearsal": rehearsal(),
        "language": str(get_locale()),
        "now": person.now(),
        "is_committee": person.is_committee(),
        "ended": person.say(why) if why else None,
        "heir": person.heir() if why else None,
    }


def lost() -> dict[str, Any]:
    """The same frame around an address of this door that is no page's, for who is signed in and has a unit."""
    if request.url_rule is not None or not request.path.startswith(f"{PREFIX}/") or g.get("is_bare"):
        return {}
    if not current_user.is_authenticated:
        return {}
    person.find_unit()
    return around() if g.portal_unit else {}


def places() -> list[dict[str, Any]]:
    named = (
        (gettext("Tháng này"), "home", "portal.this_month"),
        (gettext("Soạn bài"), "pencil", "portal.compose"),
        (gettext("Ban"), "users-group", "portal.committee"),
        (gettext("Thông báo"), "bell", "portal.letters"),
    )
    return [
        {"label": label, "icon": icon, "url": url_for(endpoint), "active": request.endpoint == endpoint}
        for label, icon, endpoint in named
        if not (endpoint in person.WRITING and person.ended())
    ]


def rehearsal() -> dict[str, Any] | None:
    """The set clock. The units only read it; the department turns it."""
    if not settings().is_demo or clock.rehearsal() is None:
        return None
    return {"now": person.now()}
