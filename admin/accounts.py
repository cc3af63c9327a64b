"""Accounts: who may come in and as what. Roles are given and taken by verbs, from a day on, never ticked."""

from datetime import date, timedelta
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import ColumnElement, exists, select
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, EmailField, Form, SelectField, StringField, validators

from admin.desk import attempt, back_to, can, me, now
from admin.fields import offered, typed_day
from admin.ledger import Workbench
from admin.picks import Pick
from models.base import db
from models.organisation import Unit
from models.people import Account, RoleGrant
from models.vocabulary import Role
from workflow import accounts, clock, devices, guessing, invitations, organisation, privacy, second_step
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.grammar import action_name
from workflow.queries import desk, offices, people, sign_ins
from workflow.queries import second_step as ways
from workflow.queries.roles import in_force
from workflow.rules.zone import local_day
from workflow.wording import ROLES, SEATS

_ = lazy_gettext

GIVEN = [(role.value, ROLES[role]) for role in Role if role is not Role.SYSTEM]


class AccountForm(Form):
    email = EmailField(
        _("Địa chỉ thư điện tử"),
        [validators.InputRequired(_("Vui lòng nhập địa chỉ thư.")), validators.Length(max=254)],
    )
    full_name = StringField(
        _("Họ và tên"), [validators.InputRequired(_("Vui lòng nhập họ và tên.")), validators.Length(max=120)]
    )
    title = StringField(_("Chức danh"), [validators.Length(max=120)])
    role = SelectField(_("Vai trò"), choices=offered(GIVEN))
    unit = SelectField(_("Đơn vị"), description=_("Chỉ cho cộng tác viên và Ban Truyền thông."))
    since = DateField(_("Từ ngày"), [validators.Optional()], description=_("Để trống: từ hôm nay."))
    until = DateField(
        _("Đến hết ngày"),
        [validators.Optional()],
        name="last",
        description=_("Để trống: cho tới khi thu hồi."),
    )
    invite = BooleanField(_("Gửi thư mời đặt mật khẩu"), default=True)

    def __init__(self, *typed: Any, **values: Any) -> None:
        super().__init__(*typed, **values)
        self.unit.choices = offered(desk.unit_choices(), none=gettext("Không"))


def _holds(role: str) -> ColumnElement[bool]:
    return exists(
        select(RoleGrant.id).where(
            RoleGrant.account_id == Account.id, RoleGrant.role == role, in_force(_today())
        )
    )


def _today() -> date:
    return local_day(now())


def _typed_or_none(name: str) -> date | None:
    typed = request.form.get(name, "")
    return typed_day(typed, field=name) if typed else None


def _after(last: date | None) -> date | None:
    """The first day on which what is given up to and with `last` holds no more."""
    return last + timedelta(days=1) if last else None


def _is_over(given: RoleGrant) -> bool:
    return given.valid_to is not None and (given.valid_to <= _today() or given.valid_to == given.valid_from)


class Accounts(Workbench):
    needs, writes = "accounts.read", "accounts.write"
    can_create = True
    form = AccountForm
    form_page = "desk/account_form.html"
    saved = N_("Đã thêm tài khoản.")
    column_list = ("full_name", "email", "title", "active", "signed_in_at")
    column_searchable_list = ("full_name", "email", "title")
    column_default_sort = "sort_key"
    page_size = 40
    picks = (
        Pick("vai-tro", N_("Vai trò"), GIVEN, _holds),
        Pick("trang-thai", N_("Tài khoản"), (("open", N_("Đang mở")), ("shut", N_("Đã khóa"))),
             lambda asked: Account.active.is_(asked == "open")),
    )  # fmt: skip

    def render(self, template: str, **values: Any) -> str:
        """The list shows what each person is: three statements for the whole page."""
        if "data" in values:
            shown = [account.id for account in values["data"]]
            set_clock = clock.rehearsal()
            values |= {
                "grants": people.grants_of(shown),
                "seats": people.seats_of(shown),
                "today": _today(),
                # Sessions live in real time; on the page there is one clock.
                "ahead": set_clock.ahead if set_clock else timedelta(),
            }
        return super().render(template, roles=ROLES, seat_names=SEATS, **values)

    @expose("/<int:account_id>/")
    def account(self, account_id: int) -> str:
        return self._page(db.session.get(Account, account_id) or abort(404))

    def _page(self, account: Account) -> str:
        account_id = account.id
        return self.render(
            "desk/account.html",
            account=account,
            held=people.grants_of([account_id]).get(account_id, []),
            seated=people.seats_of([account_id]).get(account_id, []),
            changes=[
                {"row": row, "says": gettext(action_name(row.action))}
                for row in offices.changes(f"account:{account_id}")
            ],
            given=GIVEN,
            units=desk.unit_choices(),
            today=_today(),
            typed=request.form,
            may_write=can(self.writes),
            tries=guessing.standing(account),
            devices=sign_ins.devices(account_id),
            means=ways.means(account_id),
        )

    def create_model(self, form: AccountForm) -> Account:
        if accounts.find(form.email.data or "") is not None:
            raise Invalid("email_taken", N_("Địa chỉ này đã có tài khoản."), field="email")
        unit = organisation.by_code(form.unit.data) if form.unit.data else None
        with change():
            account = accounts.add(
                form.email.data or "",
                full_name=form.full_name.data or "",
                title=(form.title.data or "").strip(),
                by=me(),
            )
            accounts.grant(
                account,
                Role(form.role.data),
                unit=unit,
                by=me(),
                since=form.since.data,
                until=_after(form.until.data),
            )
            if form.invite.data:
                invitations.send(account, role=gettext(ROLES[form.role.data]), by=me())
        return account

    def after_saving(self, saved: Account) -> str:
        return url_for(".account", account_id=saved.id)

    @expose("/<int:account_id>/giao", methods=["POST"])
    def grant(self, account_id: int) -> Any:
        """From a day to a day, both as one may leave them empty; refused, the page keeps what was typed."""
        account = db.session.get(Account, account_id) or abort(404)

        def give() -> None:
            if request.form.get("role") not in dict(GIVEN):
                raise Invalid("role_required", N_("Vui lòng chọn vai trò."))
            code = request.form.get("unit", "")
            unit: Unit | None = organisation.by_code(code) if code else None
            accounts.grant(
                account, Role(request.form["role"]), unit=unit, by=me(),
                since=_typed_or_none("since"), until=_after(_typed_or_none("last")),
            )  # fmt: skip

        # Who may not write has typed nothing into a form of ours.
        if attempt(give, done=gettext("Đã giao vai trò.")) or not can(self.writes):
            return back_to(".account", account_id=account_id)
        return self._page(account), 422

    @expose("/<int:account_id>/thu-hoi/<int:grant_id>", methods=["POST"])
    def revoke(self, account_id: int, grant_id: int) -> Response:
        given = db.session.get(RoleGrant, grant_id)
        if given is None or given.account_id != account_id or _is_over(given):
            abort(404)
        attempt(
            lambda: accounts.revoke(given, by=me()),
            done=gettext("Đã thu hồi vai trò; các phiên đang mở đã kết thúc."),
        )
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/khoa", methods=["POST"])
    def shut(self, account_id: int) -> Response:
        return self._turn(account_id, active=False, done=gettext("Đã khóa tài khoản."))

    @expose("/<int:account_id>/mo", methods=["POST"])
    def open(self, account_id: int) -> Response:
        return self._turn(account_id, active=True, done=gettext("Đã mở lại tài khoản."))

    def _turn(self, account_id: int, *, active: bool, done: str) -> Response:
        account = db.session.get(Account, account_id) or abort(404)

        def turn() -> None:
            if account.id == me().id:
                raise Invalid("own_account", N_("Không thể tự khóa tài khoản của mình."))
            accounts.set_active(account, active, by=me())

        attempt(turn, done=done)
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/mo-khoa-dang-nhap", methods=["POST"])
    def unlock(self, account_id: int) -> Response:
        """After too many wrong passwords, for who has called and shown to be herself."""
        account = db.session.get(Account, account_id) or abort(404)
        attempt(
            lambda: guessing.unlock(account, by=me()),
            done=gettext("Đã mở khóa đăng nhập, thử lại được ngay."),
        )
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/ket-thuc-phien", methods=["POST"])
    def end_sessions(self, account_id: int) -> Response:
        account = db.session.get(Account, account_id) or abort(404)
        attempt(
            lambda: devices.sign_out_everywhere(account, by=me()),
            done=lambda n: ngettext(
                "Đã kết thúc %(n)s phiên đăng nhập.", "Đã kết thúc %(n)s phiên đăng nhập.", n, n=n
            ),
        )
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/dat-lai-hai-buoc", methods=["POST"])
    def reset_second_step(self, account_id: int) -> Response:
        """For who has lost phone, key and paper, and has shown to be herself."""
        account = db.session.get(Account, account_id) or abort(404)
        attempt(
            lambda: second_step.start_over(account, by=me()),
            done=gettext("Đã đặt lại xác thực hai bước; các phiên đang mở đã kết thúc."),
        )
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/xoa-du-lieu", methods=["POST"])
    def forget(self, account_id: int) -> Response:
        """Personal words of the trail go for good; the events and their chain stay."""
        account = db.session.get(Account, account_id) or abort(404)
        reason = request.form.get("reason", "")
        attempt(
            lambda: privacy.forget(account, reason=reason, by=me()),
            done=lambda n: ngettext(
                "Đã xóa %(n)s mục dữ liệu cá nhân. Nhật ký vẫn nguyên vẹn.",
                "Đã xóa %(n)s mục dữ liệu cá nhân. Nhật ký vẫn nguyên vẹn.",
                n,
                n=n,
            ),
        )
        return back_to(".account", account_id=account_id)

    @expose("/<int:account_id>/moi", methods=["POST"])
    def invite(self, account_id: int) -> Response:
        account = db.session.get(Account, account_id) or abort(404)
        held = accounts.roles_of(account)
        role = ", ".join(gettext(ROLES[role]) for role in Role if role in held) or gettext(
            ROLES[Role.COMMITTEE]
        )
        attempt(
            lambda: invitations.send(account, role=role, by=me()),
            done=gettext("Đã gửi thư mời đặt mật khẩu."),
        )
        return back_to(".account", account_id=account_id)
