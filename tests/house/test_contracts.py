"""Who may import whom, and the proof that each contract would notice: every one is broken on purpose in a copy."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
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
)

BREAKS = {
    "house": ("portal/__init__.py", "import admin"),
    "cellar": ("embedded/errors.py", "import models.vocabulary"),
    "clothes": ("look/words.py", "import workflow.clock"),
    "upstairs": ("tasks/__init__.py", "import embedded.servers"),
    "no-broker-no-web": ("workflow/clock.py", "import redis"),
    "engine": ("workflow/engine/moves.py", "import workflow.submissions"),
    "pure": ("workflow/rules/guards.py", "import models.submission"),
    "readers": ("forum/__init__.py", "import workflow.writing"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=lambda _, names: [
                n
                for n in names
                if (not n.endswith(".py") and "." in n) or n in ("static", "__pycache__", "data")
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_every_contract():
    checked = lint(ROOT)

    assert checked.returncode == 0, checked.stdout
    assert f"{len(BREAKS)} kept, 0 broken" in checked.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_broken_contract_is_noticed(copy: Path, contract: str):
    file, line = BREAKS[contract]
    text = (copy / file).read_text("utf-8")
    (copy / file).write_text(f"{text}\n\n{line}\n", "utf-8")

    checked = lint(copy)

    (copy / file).write_text(text, "utf-8")
    assert checked.returncode == 1, checked.stdout
    assert "1 broken" in checked.stdout


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    parts = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return plain | parts


def test_only_the_top_puts_the_rooms_together():
    rooms = {"toasoan", "wsgi", "gate", "look", "embedded", "admin", "portal", "forum"}
    # What is worn by hand: the manner of a command, a day in the reader's language, the sheet of a drawing that
    # leaves the house, a file that is handed over.
    worn = {"look.line", "look.spoken", "look.stand_alone", "look.files"}

    strangers = {
        str(file.relative_to(ROOT)): foreign
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if (foreign := {name for name in imports_of(file) if name.split(".")[0] in rooms - {package}} - worn)
    }

    assert strangers == {}


def test_no_room_has_a_name_that_invites_everything():
    inviting = {"views", "utils", "helpers", "core", "common", "services"}

    assert [
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if file.stem in inviting or file.parent.name in inviting
    ] == []
