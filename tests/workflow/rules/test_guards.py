"""Every guard, let through and refusing, on a piece built in memory; docs/reasons.md says the same to people.

`PYTHONPATH=. python tests/workflow/rules/test_guards.py` writes the table of that page again.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.vocabulary import AttachmentKind, Consent, Role, SeatKind
from workflow.rules.facts import Facts, Media, Month
from workflow.rules.guards import GUARDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reasons.md"
HEAD = "<!-- reasons: written by tests/workflow/rules/test_guards.py -->"

NOW = datetime(2021, 5, 17, 1, 30, tzinfo=UTC)
DEADLINE = datetime(2021, 5, 19, 17, tzinfo=UTC)
CLOSING = datetime(2021, 5, 24, 17, tzinfo=UTC)
LAN, BINH, SON, HA, MINH = range(1, 6)
SECOND = timedelta(seconds=1)

MAY = Month(5, "KY-2021-05", DEADLINE, CLOSING, is_closed=False, is_short=True)
JUNE = replace(
    MAY,
    period_id=6,
    code="KY-2021-06",
    deadline_at=DEADLINE + timedelta(31),
    closes_at=CLOSING + timedelta(31),
)
PICTURE = Media(9, 1, AttachmentKind.PICTURE, Consent.YES)
FILM = Media(10, 3, AttachmentKind.VIDEO, Consent.NONE)

PIECE = Facts(
    submission_id=42, code="2021-05-0042", workflow="monthly-submission", workflow_version=1, state="drafted",
    version=3, head_hash=bytes(32), digest="sha256:a", approved_digest=None, revision_id=7, unit_id=3,
    unit_code="h-can-loc", unit_ends=None, kind="news", has_title=True, has_body=True, has_category=True, month=MAY,
    next_month=JUNE, first_sent_at=None, sent_late=False, is_counted=True, claimed_by=None, claimed_at=None,
    claimant="", set_aside=False, scheduled_at=None, discarded_at=None, created_by=LAN, media=(PICTURE, FILM),
    authors=frozenset({LAN, BINH}), editors=frozenset({SON}), stands_in_for=frozenset(), actor=MINH,
    roles=frozenset({Role.APPROVER}), now=NOW, recorded_at=NOW,
)  # fmt: skip
"""Lan's piece, complete, not sent yet, edited by Sơn; Minh looks at it three days before the deadline."""

CLAIMED = {"claimed_by": SON, "claimed_at": NOW, "claimant": "Nguyễn Văn Sơn"}
SENT = {"first_sent_at": NOW}


def three_working_days_ago(ago: timedelta) -> dict[str, Any]:
    """Claimed on Wednesday the 12th at the same hour; the 15th and 16th were a weekend."""
    return {**CLAIMED, "claimed_at": NOW - timedelta(days=5) - ago}


ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("complete", {}),
    ("complete", {"has_body": False}),
    ("complete", {"media": ()}),
    ("unit_alive", {}),
    ("unit_alive", {"unit_ends": "01/03/2025", **SENT}),
    ("period_open", {}),
    ("period_open", {"month": None}),
    ("period_open", {"month": None, "next_month": None, **SENT}),
    ("deadline_passed", {"now": DEADLINE}),
    ("never_sent", {}),
    ("sent_before", SENT),
    ("sent_late", {"sent_late": True, **SENT}),
    ("counted", {}),
    ("uncounted", {"is_counted": False}),
    ("unclaimed", {}),
    ("claimable", {}),
    ("claimable", three_working_days_ago(timedelta())),
    ("claim_lapsed", three_working_days_ago(timedelta())),
    ("claimed_by_you", {**CLAIMED, "actor": SON}),
    ("claimed_by_another", {**CLAIMED, "actor": HA}),
    ("in_use", {}),
    ("set_aside_before", {"set_aside": True}),
    ("not_discarded", {}),
    ("discarded", {"discarded_at": NOW}),
    ("restorable", {}),
    ("restorable", {"discarded_at": NOW - timedelta(days=30) + SECOND}),
    ("as_approved", {"approved_digest": "sha256:a"}),
    ("own_or_committee", {"actor": LAN, "authors": frozenset()}),
    ("own_or_committee", {"actor": BINH}),
    ("own_or_committee", {"actor": HA, "roles": frozenset({Role.COMMITTEE})}),
    ("leads_committee", {"seats": frozenset({SeatKind.LEADER})}),
    ("not_author", {"actor": HA}),
    ("sectioned", {}),
    ("consents_answered", {}),
    ("consents_answered", {"media": (replace(PICTURE, answer=Consent.NO),)}),
    ("consents_given", {}),
    ("four_eyes", {}),
    ("four_eyes", {"stands_in_for": frozenset({HA})}),
    ("scheduled", {"scheduled_at": NOW}),
]

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("complete", {"has_title": False}, "title_required"),
    ("complete", {"has_body": False, "media": ()}, "body_required"),
    ("unit_alive", {"unit_ends": "01/03/2025"}, "unit_ended"),
    ("period_open", {"month": None, "next_month": None}, "no_open_period"),
    ("deadline_passed", {"now": DEADLINE - SECOND}, "deadline_ahead"),
    ("deadline_passed", {"now": DEADLINE, "month": None}, "deadline_ahead"),
    ("never_sent", SENT, "sent_before"),
    ("sent_before", {}, "never_sent"),
    ("sent_late", SENT, "not_sent_late"),
    ("counted", {"is_counted": False}, "uncounted_already"),
    ("uncounted", {}, "counted_already"),
    ("unclaimed", CLAIMED, "claimed"),
    ("claimable", {**CLAIMED, "actor": SON}, "claimed_by_you_already"),
    ("claimable", three_working_days_ago(-SECOND), "claimed"),
    ("claim_lapsed", three_working_days_ago(-SECOND), "claim_in_force"),
    ("claim_lapsed", {}, "claim_in_force"),
    ("claimed_by_you", {**CLAIMED, "actor": HA}, "not_claimed_by_you"),
    ("claimed_by_you", {"actor": None}, "not_claimed_by_you"),
    ("claimed_by_another", {**CLAIMED, "actor": SON}, "not_claimed_by_another"),
    ("claimed_by_another", {}, "not_claimed_by_another"),
    ("in_use", {"set_aside": True}, "set_aside"),
    ("set_aside_before", {}, "not_set_aside"),
    ("not_discarded", {"discarded_at": NOW}, "discarded"),
    ("discarded", {}, "not_discarded"),
    ("restorable", {"discarded_at": NOW - timedelta(days=30)}, "restore_too_late"),
    ("as_approved", {"approved_digest": "sha256:b"}, "changed_since_approval"),
    ("as_approved", {}, "changed_since_approval"),
    ("own_or_committee", {"actor": HA}, "not_your_piece"),
    ("own_or_committee", {"actor": None, "created_by": None}, "not_your_piece"),
    ("leads_committee", {"seats": frozenset({SeatKind.SPECIALIST})}, "not_the_leader"),
    ("not_author", {"actor": BINH}, "author_may_not_edit"),
    ("sectioned", {"has_category": False}, "category_required"),
    ("consents_answered", {"media": (PICTURE, replace(FILM, answer=None))}, "consent_unanswered"),
    ("consents_given", {"media": (replace(PICTURE, answer=Consent.NO), FILM)}, "consent_missing"),
    (
        "consents_given",
        {"media": (replace(PICTURE, answer=Consent.UNKNOWN), replace(FILM, answer=None))},
        "consent_missing",
    ),
    ("four_eyes", {"actor": SON}, "four_eyes_violation"),
    ("four_eyes", {"actor": BINH}, "four_eyes_violation"),
    ("four_eyes", {"stands_in_for": frozenset({LAN})}, "four_eyes_violation"),
    ("four_eyes", {"stands_in_for": frozenset({SON, HA})}, "four_eyes_violation"),
    ("scheduled", {}, "not_scheduled"),
]


def told(guard: str, changed: dict[str, Any]) -> str:
    """The refusal as a person reads it: sentence, then way out; "" when the guard lets the piece through."""
    refusal = GUARDS[guard](replace(PIECE, **changed))
    return refusal.sentence() if refusal else ""


@pytest.mark.parametrize(("guard", "changed"), ALLOWED)
def test_a_guard_lets_through_what_it_should(guard: str, changed: dict[str, Any]) -> None:
    assert told(guard, changed) == ""


@pytest.mark.parametrize(("guard", "changed", "code"), REFUSED)
def test_a_guard_refuses_with_its_code(guard: str, changed: dict[str, Any], code: str) -> None:
    refusal = GUARDS[guard](replace(PIECE, **changed))

    assert refusal is not None
    assert refusal.code == code


def test_every_guard_is_seen_both_ways() -> None:
    assert {guard for guard, _ in ALLOWED} == {guard for guard, _, _ in REFUSED} == set(GUARDS)


def test_a_step_is_taken_in_a_lenders_place_only_when_no_role_of_ones_own_opens_it() -> None:
    minh = replace(PIECE, roles=frozenset({Role.APPROVER, Role.PUBLISHER}), lent=((Role.PUBLISHER, HA),))

    assert minh.in_place_of(frozenset({Role.PUBLISHER})) == HA
    assert minh.in_place_of(frozenset({Role.APPROVER})) is None
    assert minh.in_place_of(frozenset({Role.APPROVER, Role.PUBLISHER})) is None
    assert minh.in_place_of(frozenset({Role.EDITOR})) is None


def test_the_page_of_reasons_says_what_the_guards_say() -> None:
    assert PAGE.read_text("utf-8").partition(HEAD)[2].strip() == table()


def table() -> str:
    rows = dict.fromkeys((guard, code, told(guard, changed)) for guard, changed, code in REFUSED)
    lines = ["| guard | code | what the person reads |", "|---|---|---|"]
    return "\n".join(lines + [f"| `{guard}` | `{code}` | {says} |" for guard, code, says in rows])


if __name__ == "__main__":
    PAGE.write_text(f"{PAGE.read_text('utf-8').partition(HEAD)[0]}{HEAD}\n\n{table()}\n", "utf-8")
