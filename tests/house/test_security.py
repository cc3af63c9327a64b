"""docs/security.md says what stands in the way of each threat and which test tries it; here it is held to that."""

import re
from pathlib import Path

import pytest

from workflow.settings import Settings, UnsafeSettings

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "security.md").read_text("utf-8")
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| [TV]\d", line)
]
NONE = "–"
ROOMS = (
    "models",
    "workflow",
    "tasks",
    "gate",
    "admin",
    "portal",
    "forum",
    "look",
    "embedded",
    "migrations",
    "tests",
    "docs",
)
KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]{40}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abp]-[0-9A-Za-z-]{20,}|\b(?:postgresql|redis|smtps?)://[^\s:/@{}]+:[^\s@{}]{16,}@(?!localhost|127\.)"
)
"""What a key or an address with a password in it looks like."""
READABLE = {".py", ".toml", ".md", ".html", ".txt", ".json", ".yaml", ".js", ".po", ".sql"}


def test_every_threat_and_every_chapter_has_its_row_in_order():
    assert [row[0] for row in ROWS] == [
        *(f"T{number:02d}" for number in range(1, 34)),
        *(f"V{number}" for number in range(1, 18)),
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_code_and_the_test_that_a_row_names_are_there(row):
    _, _, says, code, test = row
    file, _, name = test.partition("::")

    assert says
    assert code == NONE or (HOUSE / code).is_file()
    assert test == NONE or re.search(rf"^def {name}\(", (HOUSE / file).read_text("utf-8"), re.M)


@pytest.mark.parametrize("said", ["1", "true"])
def test_no_debugger_opens_in_production(monkeypatch, said):
    house = Settings(TOASOAN_MODE="production", SECRET_KEY="k" * 32, DATABASE_URL="x", PUBLIC_URL="https://x")
    house.refuse_unsafe()
    monkeypatch.setenv("FLASK_DEBUG", said)

    with pytest.raises(UnsafeSettings, match="FLASK_DEBUG"):
        house.refuse_unsafe()


def test_no_key_lies_in_the_source():
    files = [file for room in ROOMS for file in (HOUSE / room).rglob("*.*") if file.suffix in READABLE]

    assert len(files) > 300
    assert [str(file) for file in files if KEYS.search(file.read_text("utf-8", errors="replace"))] == []
