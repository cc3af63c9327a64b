"""Letters that answer a mail: what could not be read, who could not be recognised."""

from collections.abc import Callable, Iterator
from datetime import datetime

from tasks.occasions.errand import Errand, Facts, Payload, link
from workflow import clock
from workflow.catalogues import catalogue
from workflow.intake import reasons
from workflow.queries import calendar_days
from workflow.queries import letters as read
from workflow.queries.letters import Row
from workflow.queries.recipients import Person
from workflow.rules import workdays

SUPPLEMENT_WITHIN = 2
"""Working days in which a mended file keeps the mail's receipt time, as agreed with the department."""


def writer(mail: Row) -> Person:
    name = mail["full_name"] or mail["from_name"] or mail["from_address"]
    return Person(mail["account_id"], name, mail["from_address"], mail["language"] or "vi")


def _about_a_mail(
    kind: str, facts: Callable[[Row, datetime, str], Facts]
) -> Callable[[Payload, datetime], Iterator[Errand]]:
    """An answer to whoever wrote to us."""

    def errands(payload: Payload, _now: datetime) -> Iterator[Errand]:
        mail = read.envelope(payload["envelope"])
        if not mail["from_address"]:
            return
        yield Errand(
            kind=kind,
            to=[writer(mail)],
            occasion=f"envelope:{mail['id']}",
            answers=mail,
            facts=lambda language: {
                "mail": f"TH-{mail['id']:06d}",
                "received_at": mail["received_at"],
                **facts(mail, mail["received_at"], language),
            },
        )

    return errands


def _receipt_problem(mail: Row, received_at: datetime, language: str) -> Facts:
    told = [
        (one["file"], reasons.told(one, catalogue(language).gettext))
        for one in mail["problems"]
        if one.get("for", "sender") == "sender"
    ]
    return {
        "original_subject": mail["subject"],
        "problems": [{"file": file if file not in says else None, "says": says} for file, says in told],
        "supplement_before": workdays.moment_later(
            received_at, SUPPLEMENT_WITHIN, str(clock.ZONE), calendar_days.exceptions()
        ),
        "link": link("month"),
    }


def _unknown_sender(mail: Row, _received_at: datetime, _language: str) -> Facts:
    return {"address": mail["from_address"]}


receipt_problem = _about_a_mail("receipt_problem", _receipt_problem)
unknown_sender = _about_a_mail("unknown_sender", _unknown_sender)
