"""Changes the rules, the pure engine and the proof a little, thousands of times, and counts what no test noticed.

`make mutants` runs it and writes docs/mutants.md: a table for each file and every survivor by its function. The tests
are those that need no database ([tool.mutmut] in pyproject.toml), so a mutant costs a twentieth of a second.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mutants.md"
LOG = ROOT / "build" / "mutants.log"
HEAD = "<!-- mutants: written by `make mutants` -->"
MUTMUT = [sys.executable, "-m", "mutmut"]
NOTICED = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}
REACHED = "survived"
UNREACHED = "no tests"

Fates = dict[str, Counter[str]]


def run() -> None:
    """Make and try all mutants anew; the log stands in build/."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        subprocess.run(
            [*MUTMUT, "run", "--max-children", str(os.cpu_count() or 2)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            check=True,
        )


def fates() -> Fates:
    """Function -> how many of its mutants met which end."""
    told = subprocess.run(
        [*MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found: Fates = defaultdict(Counter)
    for row in told.splitlines():
        name, _, fate = row.strip().rpartition(": ")
        function = name.partition("__mutmut_")[0]
        if function:
            found[function][fate] += 1
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
    found = fates()
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
