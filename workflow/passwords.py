"""Passwords: chosen by the person, by a link or from inside; never one that guessers try first."""

import hashlib
import re
import unicodedata
from pathlib import Path

from models.people import Account
from models.vocabulary import Ending
from workflow import accounts, links, sessions
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change

SHORTEST, LONGEST = 10, 200
FEWEST_SIGNS = 5
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
)
COMMON = {
    "password", "passw", "passwd", "matkhau", "mk", "admin", "administrator", "welcome", "letmein",
    "iloveyou", "anhyeuem", "emyeuanh", "yeuem", "khongbiet", "vietnam", "hatinh", "nghean", "hanoi",
    "mamnon", "giaoduc", "toasoan", "diendan", "truyenthong", "phonggd", "sogd", "abc", "test", "demo",
    "user", "monkey", "dragon", "sunshine", "football", "princess", "master", "hello", "login",
    "changeme", "default", "secret", "company", "dientap", "sgd", "pgd", "gdmn", "gddt",
}  # fmt: skip
"""What is left of the passwords that are tried first when figures and marks are taken away."""

KNOWN = Path(__file__).with_name("known_passwords.txt")


def refuse_common(password: str, *, of: Account) -> None:
    """For a password of at most LONGEST characters: whoever takes it from a form asks its length first.

    Raises Invalid(`password_common`) for what is guessed first (known words, a run of keys, her name, her unit's),
    Invalid(`password_known`) for what stands in the lists that guessers go by (ASVS 6.2.4).
    """
    plain = _plain(password)
    letters = re.sub(r"[^a-z]", "", plain)
    is_run = len(letters) > 3 and any(letters in run or letters in run[::-1] for run in RUNS)
    is_keys = any(plain in run or plain in run[::-1] for run in RUNS)
    if len(set(plain)) < FEWEST_SIGNS or is_run or is_keys or _is_made_of(letters, COMMON | _own_words(of)):
        raise Invalid(
            "password_common",
            N_("Mật khẩu này dễ đoán. Vui lòng chọn một câu ngắn gồm vài từ."),
            field="password",
        )
    if _is_known({password.lower(), plain, re.sub(r"[^a-z0-9]", "", plain)}):
        raise Invalid(
            "password_known",
            N_(
                "Mật khẩu này nằm trong danh sách mật khẩu đã bị lộ và bị thử trước tiên. "
                "Vui lòng chọn một câu ngắn gồm vài từ."
            ),
            field="password",
        )


def _own_words(of: Account) -> set[str]:
    """What who knows the person tries: her name, her mailbox, her unit."""
    said = [of.full_name, of.email.partition("@")[0]]
    said += [
        name for unit in accounts.units_of(of) for name in (unit.name, unit.short_name, unit.code) if name
    ]
    words = {word for name in said for word in re.split(r"[^a-z]+", _plain(name))}
    whole = {re.sub(r"[^a-z]", "", _plain(name)) for name in said}
    return {word for word in words | whole if len(word) > 1}


def _is_made_of(letters: str, words: set[str]) -> bool:
    """Is it nothing but these words, one behind the other? So is what has no letters at all."""
    ends = {0}
    for end in range(1, len(letters) + 1):
        if any(letters.startswith(word, end - len(word)) for word in words if end - len(word) in ends):
            ends.add(end)
    return len(letters) in ends


def _is_known(spellings: set[str]) -> bool:
    """Read line by line when a password is chosen, which is seldom: kept in memory it would cost half a megabyte."""
    digests = {hashlib.sha256(word.encode()).hexdigest()[:12] for word in spellings}
    with KNOWN.open(encoding="ascii") as lines:
        return any(line.rstrip("\n") in digests for line in lines)


def choose(account: Account, *, password_hash: str, here: int | None = None) -> None:
    """A new password: every link written to the person is spent, every session but `here` ends."""
    with change() as session:
        links.spend_all(account)
        account.password = password_hash
        session.flush()
        sessions.end_all(account, Ending.PASSWORD, but=here)
        accounts.told(account, "account:choose_password", account)


def _plain(words: str) -> str:
    """Small letters without their marks: "Đức Thọ" → "duc tho"."""
    apart = unicodedata.normalize("NFKD", words).lower().replace("đ", "d")
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
