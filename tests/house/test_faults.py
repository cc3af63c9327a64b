"""docs/faults.md names a test for each fault; each named test is there."""

import ast
import re
from pathlib import Path

from workflow.engine import crashing

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_every_test_the_page_names_is_there():
    missing = [f"{file}::{name}" for file, name in NAMED if name not in functions(file)]

    assert len(NAMED) > 40
    assert missing == []


def test_every_fault_and_every_crash_point_of_the_tests_is_on_the_page():
    tested = {
        name
        for file in (ROOT / "tests" / "faults").glob("test_*.py")
        for name in functions(str(file.relative_to(ROOT)))
        if re.match(r"test_(f\d\d|cp\d)", name)
    }

    assert tested - {name for _, name in NAMED} <= {"test_f36_a_true_clock_is_taken"}
    assert [point for point in crashing.POINTS if f"`{point}`" not in PAGE] == []


def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
