"""The first steps inside: where each person goes after signing in, and the sign-in page of a rehearsal."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from workflow import accounts
from workflow.founding import DEMO_PASSWORD, DEMO_PEOPLE
from workflow.queries import people
from workflow.rules.permissions import may
from workflow.settings import settings
from workflow.wording import ROLES

blueprint = Blueprint("arriving", __name__)

CONSOLE, PORTAL = "/quan-tri/", "/don-vi/"


@blueprint.get("/vao/tiep")
@login_required
def onward() -> Response:
    """Department people to the console, unit people to the portal; who is neither is told so (403)."""
    if may(g.held.roles, "console.enter"):
        return redirect(CONSOLE, 303)
    if not accounts.units_of(current_user):
        abort(403)
    return redirect(PORTAL, 303)


@blueprint.get("/vao/ra")
@login_required
def leave() -> str:
    """Signing out is a POST; this page holds its button."""
    return render_template("gate/leave.html")


def rehearsal_people() -> dict[str, Any]:
    """What the sign-in page shows in a rehearsal: who may be tried, one press each. Elsewhere nothing."""
    if not settings().is_demo:
        return {"demo": None}
    return {
        "demo": {
            "password": DEMO_PASSWORD,
            "department": [
                {"email": email, "name": name, "role": ROLES[role]} for email, name, _, role in DEMO_PEOPLE
            ],
            "units": people.committee_contacts(limit=3),
        }
    }
