"""docs/security.md says what stands in the way of each threat and which test tries it; here it is held to that."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "security.md").read_text("utf-8")
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| [TV]\d", line)
]
NONE = "–"


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
