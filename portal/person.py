"""Who is at the door and for which unit: signed in, of a unit, and of two units only after choosing one."""

from datetime import date, datetime
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.vocabulary import Role
from workflow import accounts, writing
from workflow.engine.definition import Label
from workflow.engine.errors import N_, NotAllowed, Refusal, ToaSoanError
from workflow.queries import desk, heirs
from workflow.rules.zone import local_day

NO_UNIT = Refusal(
    "no_unit",
    N_("Tài khoản này chưa thuộc đơn vị nào."),
    N_("Vui lòng liên hệ chuyên viên Phòng GDMN."),
)


FRONT = "portal.this_month"
WRITING = frozenset({"portal.compose", "portal.send_quickly"})


def come_in() -> Response | None:
    """Before every page: sign in, have a unit, have chosen it. Deny by default."""
    if request.endpoint == "portal.static":
        return None
    if not current_user.is_authenticated:
        if request.endpoint == FRONT:
            # She asked for no page in particular: after signing in everybody goes to the door that is hers.
            return redirect(url_for("security.login"))
        sign_in: Response = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return sign_in
    find_unit()
    if not g.portal_units:
        raise NotAllowed(NO_UNIT)
    if g.portal_unit is None:
        return None if request.endpoint == "portal.choose" else redirect(url_for("portal.choose"), 303)
    if request.method == "GET" and request.endpoint in WRITING and (why := ended()):
        flash(say(why), "refused")
        return redirect(url_for(FRONT), 303)
    return None


def find_unit() -> None:
    """The units somebody has, and the one she works for: the chosen one, or the only one."""
    g.portal_units = accounts.units_of(me(), on=today())
    chosen = [one for one in g.portal_units if one.code == session.get("unit")]
    g.portal_unit = chosen[0] if chosen else g.portal_units[0] if len(g.portal_units) == 1 else None


def me() -> Account:
    account: Account = current_user._get_current_object()
    return account


def unit() -> Unit:
    """The unit the person works for in this session."""
    chosen: Unit = g.portal_unit
    return chosen


def ended(of: Unit | None = None) -> Refusal | None:
    """Why nothing new is written for a unit that has ended (R12): the chosen one, or the one of a piece."""
    return writing.ended(of or unit(), on=now())


def heir() -> Unit | None:
    """Who works on the pieces of the chosen unit, which has ended; None when the line of heirs breaks off."""
    return heirs.working_on(unit().id, today())


def unit_of(piece: Any) -> Unit:
    """The unit of a piece somebody looks at: not always the chosen one."""
    return unit() if piece.unit_id == unit().id else db.session.get_one(Unit, piece.unit_id)


def units() -> list[Unit]:
    found: list[Unit] = g.portal_units
    return found


def roles() -> frozenset[str]:
    """What the person is in the unit she works for."""
    if "portal_roles" not in g:
        g.portal_roles = accounts.roles_of(me(), unit=unit(), on=today())
    held: frozenset[str] = g.portal_roles
    return held


def is_committee() -> bool:
    """Selects and sends for the unit (R2), rather than only writing."""
    return Role.COMMITTEE in roles()


def now() -> datetime:
    """People's time as the request came; read anew where nobody is signed in."""
    moment: datetime = g.held.now if current_user.is_authenticated else desk.people_now()
    return moment


def today() -> date:
    return local_day(now())


def told(error: ToaSoanError, of: Unit | None = None) -> str:
    """Every reason of a refusal in the person's language, by the gate's filter.

    People of a unit that has ended hold no role towards its pieces any more; that it has ended is the reason.
    """
    why = ended(of)
    found = (why if why and refusal.code == "forbidden" else refusal for refusal in error.refusals)
    return " ".join(say(refusal) for refusal in found)


def say(refusal: Refusal) -> str:
    said: str = current_app.jinja_env.filters["told"](refusal)
    return said


def named(label: Label) -> str:
    """What a definition calls a state or a step, in the person's language."""
    return label.en if str(get_locale()) == "en" else label.vi


def spoken(at: datetime) -> str:
    """An instant as short as the reader's today allows, by the filter every template uses."""
    says: str = current_app.jinja_env.filters["moment"](at, now())
    return says


def choose() -> Response | str:
    """For a person of two units: for which one today."""
    if request.method == "POST":
        picked = next((one for one in units() if one.code == request.form.get("unit")), None)
        if picked is None:
            abort(404)
        session["unit"] = picked.code
        flash(gettext("Đang làm việc cho %(unit)s.", unit=picked.admin_unit or picked.name), "success")
        return redirect(url_for(FRONT), 303)
    return render_template("portal/choose.html", units=units())


ADDRESSES = (("/chon", ["GET", "POST"], choose),)
