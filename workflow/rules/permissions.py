"""Who may do what that is no move of a piece. One table; deny by default. Pure."""

from collections.abc import Mapping

from models.vocabulary import Role
from workflow.engine.errors import N_, NotAllowed, Refusal

E, A, P, AU, AD = Role.EDITOR, Role.APPROVER, Role.PUBLISHER, Role.AUDITOR, Role.ADMIN

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "console.enter": frozenset({E, A, P, AU, AD}),
    "submissions.read": frozenset({E, A, P, AU, AD}),
    "units.read": frozenset({E, A, P, AU, AD}),
    "units.write": frozenset({E, AD}),
    "committees.read": frozenset({E, A, P, AU, AD}),
    "committees.write": frozenset({E, AD}),
    "committees.confirm": frozenset({E, AD}),
    "periods.read": frozenset({E, A, P, AU, AD}),
    "periods.write": frozenset({E, AD}),
    "procedures.read": frozenset({E, A, P, AU, AD}),
    "procedures.write": frozenset({AD}),
    "directives.write": frozenset({AD}),
    "tray.read": frozenset({E, AD}),
    "tray.write": frozenset({E}),
    "announcements.read": frozenset({E, A, P, AU, AD}),
    "announcements.write": frozenset({E, AD}),
    "audit.read": frozenset({A, AU, AD}),
    "letters.read": frozenset({E, A, AU, AD}),
    "letters.write": frozenset({E, AD}),
    "queues.read": frozenset({AD}),
    "queues.write": frozenset({AD}),
    "settings.read": frozenset({AU, AD}),
    "accounts.read": frozenset({AU, AD}),
    "accounts.write": frozenset({AD}),
    "reports.read": frozenset({E, A, P, AU, AD}),
    "clock.travel": frozenset({E, A, P, AD}),
}


FORBIDDEN = Refusal("forbidden", N_("Đồng chí không có quyền thực hiện thao tác này."))


def may(roles: frozenset[str], act: str) -> bool:
    """Raises KeyError for an act the table does not know: a typing error must not open a door."""
    return bool(PERMISSIONS[act] & roles)


def require(roles: frozenset[str], act: str) -> None:
    if not may(roles, act):
        raise NotAllowed(FORBIDDEN)
