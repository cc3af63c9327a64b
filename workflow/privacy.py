"""Personal words beside the audit trail: sealed into it as salted digests, read back, and forgotten on request.

The trail holds `sealed:` and 64 hex digits of SHA-256(salt || word); salt and word stand in a table of their own.
Without them nobody can find the word again, not even by trying every address there is, and the chain stays whole.
"""

import hashlib
import secrets

from sqlalchemy import delete, func, select, update

from models.desk import Comment, SavedFilter
from models.people import Account
from models.privacy import SealedWord
from workflow import accounts
from workflow.engine.unit_of_work import bookkeeping, change
from workflow.queries.private_words import MARK
from workflow.rules.asks import reason_given
from workflow.rules.permissions import require

SALT_BYTES = 16
LONGEST = 500
"""Characters kept of one word, unless its length was asked about before: what somebody sends us as an address is not
ours to store at any length."""


def seal(word: str, *, about: int | None, most: int = LONGEST) -> str:
    """What may stand in the trail for a personal word about an account (None: about nobody we know).

    The empty word needs no seal. Every call makes another salt, so that two seals tell nothing of each other.
    """
    word = word[:most]
    if not word:
        return ""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = hashlib.sha256(salt + word.encode()).digest()
    with bookkeeping() as session:
        session.add(SealedWord(digest=digest, salt=salt, value=word, account_id=about))
        session.flush()
    return MARK + digest.hex()


def forget(account: Account, *, reason: str, by: Account | None) -> int:
    """Erase every personal word about somebody for good; returns how many there were. The trail stays as it is.

    What she said about pieces goes as well, and the filters nobody else was shown: their seals are among them.

    `by=None` is who runs the machine. Raises NotAllowed, Invalid(`reason_required`). Doing it again erases
    what came since.
    """
    if by is not None:
        require(accounts.roles_of(by), "accounts.write")
    reason = reason_given(reason)
    with change() as session:
        words = (
            update(SealedWord)
            .where(SealedWord.account_id == account.id, SealedWord.value.is_not(None))
            .values(salt=None, value=None, forgotten_at=func.now())
            .returning(SealedWord.digest)
            .cte("words")
        )
        remarks = (
            update(Comment)
            .where(Comment.author_id == account.id, Comment.text != "")
            .values(text="")
            .cte("remarks")
        )
        kept = (
            delete(SavedFilter)
            .where(SavedFilter.owner_id == account.id, SavedFilter.is_shared.is_(False))
            .cte("kept")
        )
        # One statement, one view of all: a remark that is said meanwhile keeps its words and their seal.
        gone = session.execute(select(func.count()).select_from(words).add_cte(remarks, kept)).scalar_one()
        accounts.told(account, "account:forget", by, reason=reason, words=gone)
        return gone
