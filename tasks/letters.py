"""Letters: from a row of the outbox to written letters, each kept once and handed to the post.

LETTERS says for every topic who is written to and what the letter is told; the words stand in
`templates/letters/`. Nothing is sent here: keeping a letter puts a `post` row into the outbox.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from tasks import wording
from tasks.occasions import accounts, digests, mails, months, pieces, units, waits
from tasks.occasions.errand import Errand, Payload
from workflow import clock, wishes
from workflow.letters import Sheet


def write(topic: str, payload: Payload) -> list[Sheet]:
    """The letters one outbox row asks for, in each reader's language. Empty when there is nobody to write to.

    Raises WordingError when the facts do not make a letter, KeyError for an unknown topic.
    """
    now = clock.now()
    return [sheet for errand in LETTERS[topic](payload, now) for sheet in _sheets(errand, now)]


def _sheets(errand: Errand, now: datetime) -> Iterator[Sheet]:
    for person in errand.to:
        said = wording.render(
            errand.kind,
            person.language,
            {"recipient": person.name, **errand.facts(person.language)},
            unsubscribe=wishes.unsubscribe(person.account_id, errand.kind),
        )
        mail = errand.answers if errand.answers and errand.answers["from_address"] == person.address else None
        yield Sheet(
            key=f"{errand.kind}|{person.address}|{errand.occasion}",
            kind=errand.kind,
            to_address=person.address,
            to_name=person.name,
            account_id=person.account_id,
            submission_id=errand.submission_id,
            unit_id=errand.unit_id,
            code=said.code or errand.thread,
            subject=said.subject,
            text=said.text,
            html=said.html,
            in_reply_to=mail["message_id"] if mail else "",
            zalo=said.zalo or "",
            calendar=errand.calendar(person.language) if errand.calendar else "",
            gathers=errand.gathers,
            written_at=now,
        )


LETTERS: Mapping[str, Callable[[Payload, datetime], Iterator[Errand]]] = {
    "letter:receipt": pieces.receipt,
    "letter:returned": pieces.returned,
    "letter:awaiting_approval": pieces.awaiting_approval,
    "letter:approved": pieces.approved,
    "letter:published": pieces.published,
    "letter:retracted": pieces.retracted,
    "letter:set_aside": pieces.set_aside,
    "letter:reminder": units.reminder,
    "letter:committee_incomplete": units.committee_incomplete,
    "letter:committee_confirmed": units.committee_confirmed,
    "letter:receipt_problem": mails.receipt_problem,
    "letter:unknown_sender": mails.unknown_sender,
    "letter:invitation": units.invitation,
    "letter:sign_in_link": accounts.sign_in_link,
    "letter:second_step": accounts.second_step,
    "letter:monthly_summary": months.monthly_summary,
    "letter:missing_consent": pieces.missing_consent,
    "letter:consent_withdrawn": pieces.consent_withdrawn,
    "letter:quota_shortfall": months.quota_shortfall,
    "letter:weekly_digest": months.weekly_digest,
    "letter:waiting_long": waits.waiting_long,
    "letter:daily_digest": digests.daily,
    "letter:unit_succession": units.succession,
    "letter:contact_undeliverable": units.contact_undeliverable,
    "letter:delegation": units.delegation,
}
"""Topic of an outbox row -> the letters it asks for."""
