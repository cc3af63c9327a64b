"""Whom the answer of a mail server is about: the reader's address, or us who send. Pure."""

import re

_CODE = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.\d{1,3}(?![\d.]*\d)")
"""An enhanced status code (RFC 3463), and no part of an IP address."""
NOTHING, POLICY = "0", "7"
"""Its middle number: 5.0.0 tells nothing, 5.7.x is security or policy."""
_RELAYING = re.compile(r"\brelay(ing)?\b(?![.@-])", re.IGNORECASE)


def is_about_us(says: str) -> bool:
    """Not signed in, blocked, not trusted: another address at that server would be refused as well.

    By the first code that tells something, else by the word that servers without codes use.
    """
    told = next((subject for subject in _CODE.findall(says) if subject != NOTHING), None)
    return told == POLICY if told is not None else _RELAYING.search(says) is not None
