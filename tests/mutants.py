"""Changes the rules, the pure engine and the proof a little, thousands of times, and counts what no test noticed.

`make mutants` runs it and writes docs/mutants.md: a table for each file and every survivor by its function. The tests
are those that need no database ([tool.mutmut] in pyproject.toml), so a mutant costs a twentieth of a second. The few
mutants that none of these comes by are then tried one by one with tests that write into one, some ten seconds each.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mutants.md"
LOG = ROOT / "build" / "mutants.log"
HEAD = "<!-- mutants: written by `make mutants` -->"
MUTMUT = [sys.executable, "-m", "mutmut"]
WITH_DATABASE = [
    "tests/workflow/test_repeats.py",
    "tests/gate/test_clicks.py",
    "tests/workflow/proof/test_sealing.py",
]
AT_ONCE = os.cpu_count() or 2
REACHED = "survived"
UNREACHED = "no tests"
PASSED, FAILED = 0, 1
"""What pytest leaves with when it came to its end."""

Fates = dict[str, Counter[str]]


def run() -> None:
    """Make and try all mutants anew; the log stands in build/."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        subprocess.run(
            [*MUTMUT, "run", "--max-children", str(AT_ONCE)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            check=True,
        )


def told() -> dict[str, str]:
    """Mutant -> which end it met."""
    rows = subprocess.run(
        [*MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    ends = (row.strip().rpartition(": ") for row in rows)
    return {mutant: end for mutant, _, end in ends if mutant}


def with_database(mutants: list[str]) -> dict[str, str]:
    """The ends of these, each alive for a run of the tests that write. Raises RuntimeError if those fail anyway."""
    if not _survives("none"):
        raise RuntimeError(f"the tests fail without a mutant: {WITH_DATABASE}")
    with ThreadPoolExecutor(AT_ONCE) as tries:
        ends = [REACHED if survived else "killed" for survived in tries.map(_survives, mutants)]
    return dict(zip(mutants, ends, strict=True))


def _survives(mutant: str) -> bool:
    """`mutants/` holds a copy of the house in which the environment says who lives. Raises RuntimeError when pytest
    neither passed nor failed: then nobody noticed anything."""
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            *WITH_DATABASE,
        ],
        cwd=ROOT / "mutants",
        env={**os.environ, "MUTANT_UNDER_TEST": mutant},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode
    if ended not in (PASSED, FAILED):
        raise RuntimeError(f"pytest came to no end with {mutant}: {ended}")
    return ended == PASSED


def fates(ends: Mapping[str, str]) -> Fates:
    """Function -> how many of its mutants met which end."""
    found: Fates = defaultdict(Counter)
    for mutant, end in ends.items():
        found[mutant.partition("__mutmut_")[0]][end] += 1
    return found


def file_of(function: str) -> str:
    """workflow.rules.guards.x_complete -> workflow/rules/guards.py"""
    return function.rpartition(".")[0].replace(".", "/") + ".py"


def plain(function: str) -> str:
    """The function's own name, as it stands in the file."""
    return function.rpartition(".")[2].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def table(found: Fates) -> str:
    files: Fates = defaultdict(Counter)
    for function, ends in found.items():
        for fate, count in ends.items():
            files[file_of(function)][fate if fate in (REACHED, UNREACHED) else "noticed"] += count
    rows = [*sorted(files.items()), ("**all**", sum(files.values(), Counter()))]
    lines = [
        "| file | mutants | noticed | survived | out of reach | noticed of all |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {ends.total()} | {ends['noticed']} | {ends[REACHED]} | {ends[UNREACHED]}"
        f" | {ends['noticed'] / ends.total():.0%} |"
        for name, ends in rows
    ]
    return "\n".join(lines)


def left(found: Fates) -> str:
    """Each function with mutants that nobody noticed."""
    rows = [
        (file_of(function), plain(function), ends[REACHED], ends[UNREACHED])
        for function, ends in sorted(found.items())
        if ends[REACHED] + ends[UNREACHED]
    ]
    lines = ["| file | function | survived | out of reach |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {file} | `{name}` | {s} | {u} |" for file, name, s, u in rows])


def main() -> None:
    run()
    ends = told()
    ends |= with_database([mutant for mutant, end in ends.items() if end == UNREACHED])
    found = fates(ends)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    words = PAGE.read_text("utf-8").partition(HEAD)[0]
    PAGE.write_text(
        f"{words}{HEAD}\n\nMade on {datetime.now(UTC):%Y-%m-%d} ({machine}).\n\n{table(found)}\n\n"
        f"Where somebody survived:\n\n{left(found)}\n",
        "utf-8",
    )
    print(table(found))


if __name__ == "__main__":
    main()
