"""How a person wants her letters: at once, once a day, or not at all, for what is not her duty.

A letter that one may do without carries an address that stops its kind with one press, without signing in
(RFC 8058). The address is signed, names the account and the subject, and can do nothing but stop.
"""

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.outbox import Letter, LetterWish
from models.people import Account
from models.vocabulary import LetterState, Pace
from workflow import accounts
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.rules.wishes import SUBJECTS, may_stop, subject_of
from workflow.settings import settings

PATH = "/thoi-nhan-thu/"


def choose(subject: str, pace: str, *, by: Account) -> bool:
    """Set the pace of a subject; False when it was chosen before. Raises Invalid(`wish_unknown`)."""
    if subject not in SUBJECTS or pace not in SUBJECTS[subject].paces:
        raise Invalid("wish_unknown", N_("Không có lựa chọn này cho loại thư đó."), field=subject)
    row = insert(LetterWish).values(account_id=by.id, subject=subject, pace=Pace(pace))
    changed = row.on_conflict_do_update(
        index_elements=["account_id", "subject"],
        set_={"pace": row.excluded.pace},
        where=LetterWish.pace != row.excluded.pace,
    ).returning(LetterWish.subject)
    with change() as session:
        before = session.get(LetterWish, (by.id, subject), populate_existing=True)
        was = before.pace if before else SUBJECTS[subject].paces[0]
        if was == pace or session.execute(changed).scalar() is None:
            return False
        if pace == Pace.NEVER:
            # What is held for the day's letter would go with it all the same.
            held = update(Letter).where(
                Letter.account_id == by.id,
                Letter.state == LetterState.HELD,
                Letter.digest_id.is_(None),
                Letter.kind.in_(SUBJECTS[subject].kinds),
            )
            session.execute(held.values(state=LetterState.MUTED))
        about = {"subject": subject, "before": {"pace": was}, "after": {"pace": pace}}
        accounts.told(by, "account:wish", by, **about)
        return True


def address(account_id: int, kind: str) -> str:
    """Where one press stops letters of this kind for this account."""
    return f"{settings().public_url.rstrip('/')}{PATH}{_signer().dumps([account_id, subject_of(kind)])}"


def unsubscribe(account_id: int | None, kind: str) -> str:
    """The same, where this reader may do without such letters; else empty."""
    return address(account_id, kind) if account_id is not None and may_stop(kind) else ""


def named(token: str) -> tuple[Account, str]:
    """Whose letters on which subject an address would stop. Raises Invalid(`wish_address_invalid`)."""
    try:
        account_id, subject = _signer().loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise _unusable() from error
    account = db.session.get(Account, account_id)
    if account is None or subject not in SUBJECTS or Pace.NEVER not in SUBJECTS[subject].paces:
        raise _unusable()
    return account, subject


def stop(token: str) -> None:
    """One press: no more letters on this subject. Pressing again changes nothing. Raises as `named`."""
    account, subject = named(token)
    choose(subject, Pace.NEVER, by=account)


def _unusable() -> Invalid:
    return Invalid("wish_address_invalid", N_("Đường dẫn thôi nhận thư không hợp lệ."))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="thoi-nhan-thu")
