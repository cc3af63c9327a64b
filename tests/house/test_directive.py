"""docs/directive.md says where each rule lives and which test proves it; here it is held to that."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def rows():
    lines = (HOUSE / "docs" / "directive.md").read_text(encoding="utf-8").splitlines()
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| R")
    )
    return {rule: (file.strip("`"), test.strip("`")) for rule, _, file, test in cells}


def test_all_fourteen_rules_have_a_row():
    assert list(rows()) == [f"R{number}" for number in range(1, 15)]


def test_every_file_named_is_there():
    assert [file for file, _ in rows().values() if not (HOUSE / file).is_file()] == []


def test_every_rule_has_a_test_that_carries_its_number():
    assert [rule for rule, (_, test) in rows().items() if f"::test_{rule.lower()}_" not in test] == []


def test_every_test_named_is_there():
    assert [test for _, test in rows().values() if not is_there(test)] == []


def is_there(test):
    file, _, name = test.partition("::")
    path = HOUSE / file
    return path.is_file() and re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.M) is not None
