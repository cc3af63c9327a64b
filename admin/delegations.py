"""Delegations: who lends which role to whom, until when. Each sees their own, who inspects all of them (R10)."""

from datetime import date, timedelta
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import menu
from admin.desk import Screen, attempt, back_to, can, me
from admin.fields import typed_day, typed_number
from models.base import db
from models.people import Account
from models.vocabulary import Role
from workflow import accounts, delegations
from workflow.engine.errors import N_, Invalid
from workflow.queries import people
from workflow.rules.zone import local_day
from workflow.wording import ROLES


class Delegations(Screen):
    needs = "console.enter"

    @expose("/")
    def index(self) -> str:
        return self._page()

    def _page(self) -> str:
        today = local_day(menu.now())
        mine = accounts.own_roles_of(me())
        lendable = [role for role in delegations.LENDABLE if role in mine]
        return self.render(
            "desk/delegations.html",
            rows=people.delegations(None if can("accounts.read") else me().id),
            lendable=[(role.value, ROLES[role]) for role in lendable],
            colleagues=people.colleagues(me().id, on=today) if lendable else [],
            roles=ROLES,
            typed=request.form,
            today=today,
            may_end_all=can("accounts.write"),
            me_id=me().id,
        )

    @expose("/trao", methods=["POST"])
    def give(self) -> Any:
        """One press; refused, the page keeps what was typed."""

        def lend() -> None:
            delegations.give(
                _account(), role=_role(), since=_day("since"), until=_day("last") + timedelta(days=1),
                reason=request.form.get("reason", ""), by=me(),
            )  # fmt: skip

        if attempt(lend, done=gettext("Đã ủy quyền. Hai bên được báo qua thư.")):
            return back_to(".index")
        return self._page(), 422

    @expose("/<int:delegation_id>/ket-thuc", methods=["POST"])
    def end(self, delegation_id: int) -> Response:
        reason = request.form.get("reason", "")
        attempt(
            lambda: delegations.end(delegation_id, reason=reason, by=me()),
            done=gettext("Đã chấm dứt ủy quyền. Hai bên được báo qua thư."),
        )
        return back_to(".index")


def _account() -> Account:
    number = typed_number(request.form.get("to", ""))
    found = db.session.get(Account, number) if number is not None else None
    if found is None:
        raise Invalid("delegate_required", N_("Vui lòng chọn người được ủy quyền."))
    return found


def _role() -> Role:
    if request.form.get("role") not in set(Role):
        raise Invalid("role_required", N_("Vui lòng chọn vai trò."))
    return Role(request.form["role"])


def _day(name: str) -> date:
    return typed_day(request.form.get(name, ""), field=name)
