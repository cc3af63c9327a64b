"""Which letters somebody may put off or do without. What is not named here is a duty: it goes at once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.vocabulary import UNIT_ROLES, Pace, Role
from workflow.engine.errors import N_


@dataclass(frozen=True)
class Subject:
    """What some kinds of letter have in common for their reader."""

    label: str
    kinds: frozenset[str]
    paces: tuple[Pace, ...]
    """What may be chosen, the first is what holds without a choice."""
    readers: frozenset[Role]
    """Whom such letters go to: nobody else is asked."""


SUBJECTS: Mapping[str, Subject] = {
    "results": Subject(
        N_("Kết quả xử lý tin, bài: đã nhận, đã duyệt, đã đăng, không sử dụng"),
        frozenset({"receipt", "approved", "published", "retracted", "set_aside", "committee_confirmed"}),
        (Pace.NOW, Pace.DAILY, Pace.NEVER),
        UNIT_ROLES,
    ),
    "approvals": Subject(
        N_("Tin, bài chờ phê duyệt"),
        frozenset({"awaiting_approval"}),
        (Pace.NOW, Pace.DAILY),
        frozenset({Role.APPROVER}),
    ),
    "summaries": Subject(
        N_("Tổng hợp tuần, tổng hợp tháng"),
        frozenset({"weekly_digest", "monthly_summary"}),
        (Pace.NOW, Pace.NEVER),
        frozenset({Role.COMMITTEE, Role.EDITOR, Role.APPROVER}),
    ),
}

_OF_KIND = {kind: name for name, subject in SUBJECTS.items() for kind in subject.kinds}


def subject_of(kind: str) -> str | None:
    """The subject a kind of letter belongs to; None for a duty."""
    return _OF_KIND.get(kind)


def may_stop(kind: str) -> bool:
    """Whether one may do without this kind altogether: only then is there a way to unsubscribe."""
    subject = subject_of(kind)
    return subject is not None and Pace.NEVER in SUBJECTS[subject].paces
