"""Letters to a unit or a person: reminders, the committee's list, an invitation."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from tasks.diary import Deadline, entry
from tasks.occasions.errand import Errand, Payload, link, month_words, unit_words
from workflow import clock
from workflow.queries import bulletins, calendar_days, duties, recipients
from workflow.queries import letters as read
from workflow.queries.duties import Duty
from workflow.queries.letters import Row
from workflow.queries.recipients import Person
from workflow.rules import periods, reminding, workdays
from workflow.rules.zone import local_day
from workflow.settings import settings

UPDATE_COMMITTEE_WITHIN = 5
"""Working days, as the notices agreed with the department say."""


def reminder(payload: Payload, now: datetime) -> Iterator[Errand]:
    """To the whole committee, unless the unit has sent enough meanwhile. Days left are those of this moment.

    What was to be said before the deadline is not said after it.
    """
    for duty in duties.owing(now=now, period_id=payload["period"], unit_id=payload["unit"]):
        if now < duty.deadline_at or reminding.read(payload["occasion"]).days_before is None:
            yield _reminder_of(duty, payload["occasion"], now)


def _readers(unit_id: int) -> Sequence[Person]:
    """The unit's committee; the department's specialists where it has nobody to write to, as in a new commune."""
    return recipients.members(unit_id) or recipients.editors()


def _reminder_of(duty: Duty, occasion: str, now: datetime) -> Errand:
    about = read.month(duty.unit_id, duty.period_id)
    days_before = reminding.read(occasion).days_before
    is_late = days_before is None
    is_entered = not is_late and read.is_first_reminder(duty.unit_id, duty.period_id, occasion)
    is_moved = not is_late and duty.deadline_at != about["deadline_at"]
    waiting = read.drafts(duty.unit_id, duty.period_id)
    return Errand(
        kind=_reminder_kind(days_before),
        # A late notice goes to the department's specialists as well.
        to=recipients.once([*_readers(duty.unit_id), *(recipients.editors() if is_late else [])]),
        occasion=f"{about['period']}:{duty.unit_id}:{occasion}",
        unit_id=duty.unit_id,
        calendar=_diary_of(duty, about, now) if is_entered or is_moved else None,
        facts=lambda _: {
            **month_words(about),
            "deadline": duty.deadline_at,
            "closes_at": duty.closes_at,
            "days_left": max(0, periods.days_left(now, duty.deadline_at, duty.zone)),
            "counted_at": now,
            "sent_count": duty.sent_count,
            "quota": duty.quota,
            "drafts": waiting,
            "mailbox": settings().intake_address,
            "link": link("month"),
        },
    )


def _diary_of(duty: Duty, about: Row, now: datetime) -> Callable[[str], str]:
    """The deadline for the reader's calendar: with the first reminder, and again when it was moved."""
    deadline = Deadline(
        uid=f"{about['period']}.{duty.unit_id}@{settings().mail_from.rpartition('@')[2]}",
        month=datetime(about["year"], about["month"], 1, tzinfo=clock.ZONE),
        unit=about["unit"],
        quota=duty.quota,
        deadline_at=duty.deadline_at,
        link=link("month"),
        written_at=now,
    )
    return lambda language: entry(deadline, language)


def _reminder_kind(days_before: int | None) -> str:
    """The nearer the last day, the plainer the letter; a directive may name other days than 7, 3 and 0."""
    if days_before is None:
        return "late_notice"
    return "reminder_last_day" if days_before == 0 else "reminder_t3" if days_before <= 3 else "reminder_t7"


def committee_incomplete(payload: Payload, now: datetime) -> Iterator[Errand]:
    """About the registry, or about a list that came by mail (`proposal`); nothing when it is complete by now."""
    about = read.committee(unit_id=payload["unit"])
    today = local_day(now)
    proposal = payload.get("proposal")
    seats = read.seats(about["id"], today) if proposal is None else read.proposed_seats(proposal, today)
    if all(row["seated"] >= row["required"] for row in seats):
        return
    gaps = read.gaps(about["id"]) if proposal is None else read.proposed_gaps(proposal)
    yield Errand(
        kind="committee_incomplete",
        to=recipients.contacts(about["unit_id"]) or recipients.editors(),
        occasion=f"unit:{about['unit_id']}:{payload['on']}" if proposal is None else f"proposal:{proposal}",
        unit_id=about["unit_id"],
        facts=lambda _: {
            **unit_words(about),
            "seats": seats,
            "other_gaps": gaps,
            "link": link("committee"),
            "update_before": workdays.later(today, UPDATE_COMMITTEE_WITHIN, calendar_days.exceptions()),
        },
    )


def committee_confirmed(payload: Payload, _now: datetime) -> Iterator[Errand]:
    about = read.committee(committee_id=payload["committee"])
    yield Errand(
        kind="committee_confirmed",
        to=recipients.contacts(about["unit_id"]),
        occasion=f"committee:{about['id']}:{payload.get('event', about['confirmed_at'])}",
        unit_id=about["unit_id"],
        facts=lambda _: {
            **unit_words(about),
            "valid_from": about["valid_from"],
            "members": read.seated(about["id"]),
        },
    )


def succession(payload: Payload, now: datetime) -> Iterator[Errand]:
    """`payload`: unit, on (its first day after the end). To its committee and those of the units that take over."""
    about = read.committee(unit_id=payload["unit"])
    heirs = bulletins.heirs(payload["unit"])
    basis = next((heir["legal_basis"] for heir in heirs if heir["legal_basis"]), None)
    homes = [payload["unit"], *(heir["id"] for heir in heirs)]
    effective_on = date.fromisoformat(payload["on"])
    begin = max(effective_on, local_day(now))
    yield Errand(
        kind="unit_succession",
        to=recipients.once([person for unit_id in homes for person in recipients.members(unit_id)]),
        occasion=f"unit:{payload['unit']}:{payload['on']}",
        unit_id=payload["unit"],
        facts=lambda _: {
            **unit_words(about),
            "basis": basis,
            "effective_on": effective_on,
            "heirs": [heir["name"] for heir in heirs],
            "update_before": workdays.later(begin, UPDATE_COMMITTEE_WITHIN, calendar_days.exceptions()),
        },
    )


def contact_undeliverable(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """`payload`: bounce. To the department's specialists and to those of the committee who can be reached."""
    about = read.bounce(payload["bounce"])
    if about["unit_id"] is None:
        # A stranger's address, or an official's: the letters screen shows it, no committee is to mend it.
        return
    others = [
        person
        for person in recipients.members(about["unit_id"])
        if person.address.lower() != about["address"]
    ]
    occasion = f"bounce:{payload['bounce']}"
    to_desk = link("desk_committee", unit=about["unit_code"])
    yield _undeliverable(about, recipients.editors(), occasion, address=to_desk, others=others)
    yield _undeliverable(about, others, occasion, address=link("committee"), others=others)


def _undeliverable(
    about: Row, to: Sequence[Person], occasion: str, *, address: str, others: Sequence[Person]
) -> Errand:
    return Errand(
        kind="contact_undeliverable",
        to=to,
        occasion=occasion,
        unit_id=about["unit_id"],
        facts=lambda _: {
            "unit_short": unit_words(about)["unit_short"],
            "original_subject": about["subject"],
            "contact": about["to_name"] or about["address"],
            "address": about["address"],
            "sent_at": about["written_at"],
            "reason": about["says"],
            "others_reached": bool(others),
            "link": address,
        },
    )


def delegation(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """To both: who lent a role and who may use it; when it was given, and when it was ended before its day."""
    about = read.delegation(payload["delegation"], payload["event"])
    yield Errand(
        kind="delegation",
        to=[*recipients.account(about["from_account_id"]), *recipients.account(about["to_account_id"])],
        occasion=f"delegation:{about['id']}:{payload['event']}",
        facts=lambda language: {
            **{name: about[name] for name in ("lender", "delegate", "valid_from", "is_ended")},
            "role": LENT[language][about["role"]],
            "last_day": about["valid_to"] - timedelta(days=1),
            "reason": about["why"],
            "link": link("delegations"),
        },
    )


LENT = {
    "vi": {"editor": "biên tập viên", "approver": "người phê duyệt", "publisher": "người đăng bài"},
    "en": {"editor": "editor", "approver": "approver", "publisher": "publisher"},
}


def invitation(payload: Payload, _now: datetime) -> Iterator[Errand]:
    """`payload`: account, inviter, role and unit as people read them, link, activate_before (ISO)."""
    yield Errand(
        kind="account_invitation",
        to=recipients.account(payload["account"]),
        occasion=f"invitation:{payload['activate_before']}",
        facts=lambda _: {
            "unit": payload.get("unit"),
            **{name: payload[name] for name in ("inviter", "role", "link", "activate_before")},
        },
    )
