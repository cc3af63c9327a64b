"""What keeps a mail from becoming pieces: a table that asks what was seen of it and who sent it (R4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from models.organisation import Unit
from models.people import Account
from models.vocabulary import Verdict
from workflow import accounts
from workflow.intake.sight import Sight


@dataclass(frozen=True)
class Sender:
    """Who an address belongs to, and for which units that person sits or writes on the day the mail came."""

    account: Account | None
    seated: Sequence[Unit] = ()
    writes: Sequence[Unit] = ()

    @property
    def units(self) -> Sequence[Unit]:
        """A seat comes before a grant: who sits for one unit sends for it, whatever else she may write for."""
        return self.seated or self.writes


def sender_of(address: str, *, on: date) -> Sender:
    account = accounts.find(address) if address else None
    if account is None or not account.active:
        return Sender(None)
    units = accounts.units_of(account, on=on)
    seated = [unit for unit in units if accounts.sits_for(account, unit, on=on)]
    return Sender(account, seated, [unit for unit in units if unit not in seated])


Stop = Callable[[Sight, Sender], str]


def _unread(sight: Sight, _: Sender) -> str:
    return sight.refused


def _machine(sight: Sight, sender: Sender) -> str:
    """Bounces and automatic answers from anybody, other machines' mail from strangers."""
    made = sight.mail.machine_made if sight.mail else ""
    return made if made in ("bounce", "auto_reply") or sender.account is None else ""


def _machine_of_ours(sight: Sight, _: Sender) -> str:
    """Somebody we know may write through a list; her piece must not vanish."""
    return sight.mail.machine_made if sight.mail else ""


def _from(sight: Sight, _: Sender) -> str:
    codes = [problem.code for problem in sight.mail.problems] if sight.mail else []
    return next((code for code in codes if code in ("two_from", "sender_unreadable")), "")


def _stranger(_: Sight, sender: Sender) -> str:
    return "" if sender.account else "unknown_sender"


def _unverified(sight: Sight, _: Sender) -> str:
    return "" if sight.mail and sight.mail.authentication == "pass" else "sender_not_verified"


def _homeless(_: Sight, sender: Sender) -> str:
    return ("sender_has_no_unit", "", "unit_unclear")[min(len(sender.units), 2)]


def _empty(sight: Sight, _: Sender) -> str:
    found = sight.composition
    if found is None or found.items or found.committee_list:
        return ""
    codes = [problem.code for problem in found.problems]
    return next((code for code in codes if code in ("no_article", "empty_mail")), "no_article")


def _illegible(sight: Sight, _: Sender) -> str:
    """Text in a font that is not converted would become a piece nobody can read."""
    items = sight.composition.items if sight.composition else ()
    return "legacy_font" if any("legacy_font" in item.flags for item in items) else ""


STOPS: Sequence[tuple[Stop, Verdict]] = (
    (_unread, Verdict.TRAY),
    (_machine, Verdict.IGNORED),
    (_from, Verdict.TRAY),
    (_stranger, Verdict.TRAY),
    (_machine_of_ours, Verdict.TRAY),
    (_unverified, Verdict.TRAY),
    (_homeless, Verdict.TRAY),
    (_empty, Verdict.TRAY),
    (_illegible, Verdict.TRAY),
)
"""The first that answers with a code decides; a mail that none of them stops becomes pieces."""
