"""The gate's commands: accounts, made on the machine itself."""

from typing import Any

import click
from flask_security import hash_password

from look import line
from models.people import Account
from models.vocabulary import UNIT_ROLES, Role
from workflow import accounts, devices, founding, guessing, invitations, organisation, privacy, second_step
from workflow.engine.unit_of_work import change
from workflow.settings import settings

GIVEN = [role.value for role in Role if role is not Role.SYSTEM]


@click.group("account")
def account() -> None:
    """Tài khoản và vai trò."""


@line.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(GIVEN), required=True, help="Vai trò.")
@click.option("--unit", metavar="CODE", help="Mã đơn vị, với vai trò contributor hoặc committee.")
@click.option("--name", default="", help="Họ và tên; mặc định là phần đầu của địa chỉ thư.")
def add(email: str, role: str, unit: str | None, name: str) -> dict[str, Any]:
    """Thêm tài khoản (nếu chưa có) và giao vai trò.

    Khi vận hành thật, in đường dẫn một lần để người đó tự đặt mật khẩu.
    """
    given = Role(role)
    if (given in UNIT_ROLES) != (unit is not None):
        raise click.UsageError(
            "--unit đi cùng vai trò contributor hoặc committee, và chỉ với hai vai trò đó."
        )
    home = organisation.by_code(unit) if unit else None
    with change():
        person = accounts.add(
            email, full_name=name or email.partition("@")[0], by=None, password_hash=_first_password()
        )
        accounts.grant(person, given, unit=home, by=None)
    return {
        "email": person.email,
        "role": given.value,
        "unit": unit,
        **_way_in(person),
    }


def _first_password() -> str | None:
    """In a rehearsal everybody has the known password; elsewhere each person chooses one."""
    return hash_password(founding.DEMO_PASSWORD) if settings().is_demo else None


def _way_in(person: Account) -> dict[str, str]:
    if person.password is not None:
        return {"says": f"{person.email}: đã giao vai trò."}
    link = invitations.link(person)
    return {"link": link, "says": f"{person.email}: đã giao vai trò. Đường dẫn đặt mật khẩu:\n{link}"}


def first_administrator(email: str, full_name: str) -> str:
    """The account everything else is made from; returns its one-time link."""
    with change():
        person = accounts.add(email, full_name=full_name, by=None)
        accounts.grant(person, Role.ADMIN, by=None)
    return invitations.link(person)


@line.command("forget")
@click.argument("email")
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký.")
def forget(email: str, reason: str) -> dict[str, Any]:
    """Xóa dữ liệu cá nhân của một người khỏi nhật ký; chuỗi mã băm giữ nguyên."""
    person = accounts.by_email(email)
    words = privacy.forget(person, reason=reason, by=None)
    return {"email": person.email, "words": words, "says": f"{person.email}: đã xóa {words} mục."}


@line.command("unlock")
@click.argument("email")
def unlock(email: str) -> dict[str, Any]:
    """Mở khóa đăng nhập cho một người đã nhập sai mật khẩu quá nhiều lần."""
    person = accounts.by_email(email)
    guessing.unlock(person, by=None)
    return {"email": person.email, "says": f"{person.email}: thử lại được ngay."}


@line.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> dict[str, Any]:
    """Kết thúc mọi phiên đăng nhập của một người."""
    person = accounts.by_email(email)
    ended = devices.sign_out_everywhere(person, by=None)
    return {
        "email": person.email,
        "sessions": ended,
        "says": f"{person.email}: đã kết thúc {ended} phiên đăng nhập.",
    }


@line.command("reset-second-step")
@click.argument("email")
def reset_second_step(email: str) -> dict[str, Any]:
    """Đặt lại xác thực hai bước cho một người đã mất điện thoại, khóa và mã khôi phục."""
    person = accounts.by_email(email)
    second_step.start_over(person, by=None)
    return {"email": person.email, "says": f"{person.email}: đã đặt lại xác thực hai bước."}


for _command in (add, forget, unlock, sign_out, reset_second_step):
    account.add_command(_command)
COMMANDS = (account,)
