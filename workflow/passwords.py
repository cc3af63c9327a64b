"""Passwords: chosen by the person, by a link or from inside; never one that guessers try first."""

import re
import unicodedata

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
    "changeme", "default", "secret", "company",
}  # fmt: skip
"""What is left of the passwords that are tried first when figures and marks are taken away."""


def refuse_common(password: str, *, of: Account) -> None:
    """Raises Invalid(`password_common`) for what is guessed first: a known word, a run of keys, a name."""
    plain = _plain(password)
    letters = re.sub(r"[^a-z]", "", plain)
    names = {*_plain(of.full_name).split(), *re.split(r"[^a-z]+", _plain(of.email.partition("@")[0]))}
    known = COMMON | {name for name in names if len(name) > 1} | {"".join(_plain(of.full_name).split())}
    is_run = len(letters) > 3 and any(letters in run or letters in run[::-1] for run in RUNS)
    is_keys = any(plain in run or plain in run[::-1] for run in RUNS)
    if len(set(plain)) < FEWEST_SIGNS or not letters or letters in known or is_run or is_keys:
        raise Invalid(
            "password_common",
            N_("Mật khẩu này dễ đoán. Vui lòng chọn một câu ngắn gồm vài từ."),
            field="password",
        )


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
    apart = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
