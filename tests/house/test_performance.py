"""Every figure a benchmark gives has one row in the table of docs/performance.md and stands in its words."""

import ast
import re

from tests.bench import run

WORDS, _, TABLE = run.PAGE.read_text("utf-8").partition(run.HEAD)


def figures() -> set[str]:
    """Read, not run: the name is the first text in what a benchmark yields."""
    folder = run.ROOT / "tests" / "bench"
    yielded = [
        node.value
        for name in run.BENCHMARKS
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text("utf-8")))
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Call)
    ]
    return {
        next(
            word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
        )
        for call in yielded
    }


def test_every_figure_has_one_row_and_is_told_in_words() -> None:
    rows = re.findall(r"^\| (\w+) \|", TABLE, re.MULTILINE)[1:]
    told = set(re.findall(r"\*\*(\w+)\*\*", WORDS))

    assert sorted(rows) == sorted(figures())
    assert told == figures()


def test_every_benchmark_is_run() -> None:
    there = {
        path.stem
        for path in (run.ROOT / "tests" / "bench").glob("*.py")
        if "def measure(" in path.read_text("utf-8")
    }

    assert sorted(there) == sorted(run.BENCHMARKS)
