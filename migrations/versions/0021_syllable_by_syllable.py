"""Names stand as in a Vietnamese dictionary, syllable by syllable: every Anh before the first Ánh.

Locks: the rows of account and unit one after the other; some thousands, a second.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BASES = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def upgrade() -> None:
    _write_keys(lambda words: " ".join(map(_key, words)))


def downgrade() -> None:
    _write_keys(lambda words: _key(" ".join(words)))


def _write_keys(key) -> None:  # type: ignore[no-untyped-def]
    connection = op.get_bind()
    for table, named, by_given_name in (
        ("account", "full_name", True),
        ("unit", "coalesce(nullif(admin_unit, ''), name)", False),
    ):
        for number, name in connection.execute(sa.text(f"SELECT id, {named} FROM {table}")).all():
            words = unicodedata.normalize("NFC", name).lower().split()
            words = [words[-1], *words[:-1]] if by_given_name and words else words
            connection.execute(
                sa.text(f"UPDATE {table} SET sort_key = :key WHERE id = :id"),
                {"id": number, "key": key(words)},
            )


def _key(syllable: str) -> str:
    """`workflow/texts.py` as it was when this was written."""
    letters, tones = [], []
    for char in syllable:
        decomposed = unicodedata.normalize("NFD", char)
        mark = next((one for one in decomposed if one in TONES), "")
        base = unicodedata.normalize("NFC", decomposed.replace(mark, "") if mark else decomposed)
        letters.append(chr(0x41 + BASES.index(base)) if base in BASES else char)
        tones.append(str(TONES[mark]))
    return "".join(letters) + "\x01" + "".join(tones)
