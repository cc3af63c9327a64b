"""The month of May 2021 by commands alone, each a process of its own; then the house is lost, and comes back."""

import csv
import json
import shutil
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from embedded import backup, servers
from embedded.errors import CellarError
from tests.line.conftest import DATA, Line, Said
from workflow import schema

pytestmark = [pytest.mark.database, pytest.mark.long]

LINK = """
INSERT INTO one_time_link (purpose, account_id, nonce, token_hash, expires_at)
SELECT 'invitation', min(id), sha256('a'), sha256('b'), now() + interval '7 days' FROM account
"""
"""Somebody is invited before the backup is made."""
EDITOR = ("--as", "editor@example.edu.vn")


def fields(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(table.splitlines()))


def test_the_month_is_counted_as_the_oracle_does_lost_and_restored_whole(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        # Another test of this process may have left its own servers there.
        monkeypatch.delenv(name, raising=False)
    line.bring_in()
    twin = ("do", "S09", "uncount", *EDITOR, "--kind", "duplicate", "--reason", "trùng S07")
    line.done(*twin)
    again = line(*twin)
    line.done("sweep", "--at", "2021-05-20T00:05:00+07:00")
    report = line.done("report", "month", "2021-05", "--csv").out
    with psycopg.connect(servers.ensure(line.folder, say=lambda _: None).admin_url) as connection:
        connection.execute(LINK)
    saved = line.done("backup", tmp_path / "tháng 5.tar", "--json").row
    proved = line.done("prove-backup", tmp_path / "tháng 5.tar", "--json").row
    beside = sorted(path.name for path in tmp_path.iterdir())
    line.done("down")
    shutil.rmtree(line.folder)
    files = line.folder / "files"
    second, half = stopped_twice(tmp_path / "tháng 5.tar", line, files, monkeypatch)

    restored = line.done("restore", tmp_path / "tháng 5.tar", "--json").row

    assert fields(report) == fields((DATA / "expected_2021-05.csv").read_text("utf-8"))
    assert (again.code, again.out) == (1, "")
    assert again.err.endswith("[uncounted_already]\n")
    # The restore that was stopped before did no harm, and nobody could work on the half of it.
    assert (half.code, half.row["code"]) == (1, "restore_unfinished")
    assert (second.code, second.row["code"]) == (1, "restore_under_way")
    assert restored["files"] == saved["files"] == 21
    assert restored["events"] > 200
    # Nobody knows what was sent after the backup was made: the letters wait for somebody.
    assert restored["held"] > 0
    # Nor who has used which link since: none opens anything any more.
    url = servers.ensure(line.folder, say=lambda _: None).admin_url
    with psycopg.connect(url) as connection:
        links = connection.execute("SELECT spent_at IS NULL FROM one_time_link").fetchall()
    assert links == [(False,)]
    # The proof is a restore like any other, and leaves nothing behind.
    assert {what: proved[what] for what in ("made_at", "files", "events")}.items() <= restored.items()
    assert beside == [line.folder.name, "tháng 5.tar"]
    assert line.done("report", "month", "2021-05", "--csv").out == report
    assert sum(1 for path in files.rglob("*") if path.is_file()) == 21


def stopped_twice(tar: Path, line: Line, files: Path, monkeypatch: pytest.MonkeyPatch) -> list[Said]:
    """Restore and die before the database is filled, and again after it; what a second restore beside it is told,
    and what a command then is."""
    url = servers.ensure(line.folder, say=lambda _: None).admin_url
    schema.ensure_roles(url)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), backup.alone(url):
        patch.setattr(backup, "_run", die)
        backup.load(tar, url, files, mark=schema.UNFINISHED)
    with backup.alone(url):
        second = line("restore", tar, "--json")
    # The files stand before the first row that names one.
    assert sum(1 for path in files.rglob("*") if path.is_file()) == 21
    backup.load(tar, url, files, mark=schema.UNFINISHED)
    # Another backup is not laid over it; the same one finds its rows.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"UPDATE {schema.UNFINISHED} SET dump = 'x' || dump")
        with pytest.raises(CellarError) as refused:
            backup.load(tar, url, files, mark=schema.UNFINISHED)
        connection.execute(f"UPDATE {schema.UNFINISHED} SET dump = substr(dump, 2)")
    assert refused.value.code == "database_not_empty"
    # A backup of the half is one of the house, not of the state it is in.
    backup.save(url, files, tar.with_name("half.tar"), mark=schema.UNFINISHED)
    assert schema.UNFINISHED.encode() not in tar.with_name("half.tar").read_bytes()
    # Letters that may have gone out wait there, and are not held yet.
    return [second, line("queue", "--json")]


def test_a_backup_is_never_overwritten_never_laid_over_a_house_and_never_believed(
    line: Line, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "b.tar", tmp_path / "hỏng.tar"
    line.done("backup", whole)
    # Names, addresses and photographs of children: for its owner's eyes, as the data folder is.
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    spoil(whole, broken)
    fresh = Line(tmp_path / "mới", cradle=line.cradle)

    try:
        refused = {
            "backup_exists": line("backup", whole, "--json"),
            "database_not_empty": line("restore", whole, "--json"),
            "backup_damaged": fresh("restore", broken, "--json"),
        }
        # A refusal touched nothing: the same folder takes the whole one.
        fresh.done("restore", whole)
        # The living house remembers a backup that did not come back, as the command told it.
        unproved = fresh("prove-backup", broken, "--json")
        fresh.done("audit", "export", "--jsonl", tmp_path / "trail.jsonl")
        rows = (tmp_path / "trail.jsonl").read_text("utf-8").splitlines()
        told = [json.loads(json.loads(row)["written"]) for row in rows]
    finally:
        servers.stop(fresh.folder, say=lambda _: None)

    assert [(said.code, said.row["code"]) for said in refused.values()] == [(1, code) for code in refused]
    assert (unproved.code, unproved.row["code"]) == (1, "backup_damaged")
    assert [(one["file"], one["why"]) for one in told if one["action"] == "backup:fail"] == [
        (broken.name, "backup_damaged")
    ]


def spoil(whole: Path, broken: Path) -> None:
    """The same backup with one byte more in the database's part."""
    parts = whole.parent / "parts"
    with tarfile.open(whole) as box:
        box.extractall(parts, filter="data")
    with (parts / "database.dump").open("ab") as dump:
        dump.write(b"!")
    with tarfile.open(broken, "w") as box:
        for part in sorted(parts.iterdir()):
            box.add(part, part.name)
