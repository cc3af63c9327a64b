"""F46: rows are deleted by mistake; base backup and WAL bring back the moment before, and no letter goes twice."""

import os
import shutil
import subprocess
import time
import uuid
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from embedded import postgres, programs
from models.base import db
from tests.clients import Client
from tests.faults import invariants
from tests.faults.premises import founded
from tests.faults.processes import until
from workflow import accounts, outbox
from workflow.proof import sealing
from workflow.queries import audit_check

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

WRONG_DELETE = "SET session_replication_role = replica; DELETE FROM audit_event; DELETE FROM submission"
COUNTED = "SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM submission)"


def test_f46_after_a_wrong_delete_the_moment_before_it_comes_back_and_letters_wait_for_somebody(
    app, password_hash, tmp_path
):
    data, archive, base = tmp_path / "house", tmp_path / "archive", tmp_path / "base"
    archive.mkdir(mode=0o777)
    archive.chmod(0o777)
    archiving = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f", "wal_level": "replica"}
    postgres.start(data, settings={**postgres.CARELESS, **archiving})

    with founded(data, password_hash) as (house, url):
        house.test_client_class = Client
        binh = house.test_client().as_(accounts.by_email("binh@example.edu.vn"))
        sends(binh)
        copied(url, base)
        sends(binh)
        note = sealing.seal()[-1].note
        with psycopg.connect(url, autocommit=True) as connection:
            before = connection.execute(COUNTED).fetchone()
            target = connection.execute("SELECT now()").fetchone()[0]
            time.sleep(0.1)
            connection.execute(WRONG_DELETE)
            assert connection.execute(COUNTED).fetchone() == (0, 0)
            archived(connection, archive, log=data / "log" / "postgres.log")
        let_go()

        postgres.stop(data)
        recovered(data, base, archive, target)
        with psycopg.connect(url, autocommit=True) as connection:
            until(
                lambda: connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,),
                seconds=60,
                log=data / "log" / "postgres.log",
            )
            assert connection.execute(COUNTED).fetchone() == before
        held = outbox.hold_letters()

        assert held > 0
        waiting = text(
            "SELECT count(*) FROM outbox WHERE queue = 'mail' AND state IN ('new', 'queued', 'running')"
        )
        assert db.session.execute(waiting).scalar_one() == 0
        assert audit_check.check(anchors=[note]).is_whole
        assert {line.split()[0] for line in invariants.look().broken} == {"I6"}
        let_go()


def sends(visitor: Client) -> None:
    drafted = visitor.send(
        "/don-vi/soan", command=str(uuid.uuid4()), kind="news", act="send", category="",
        title="Bếp ăn một chiều", body="<div>Ngày 05/5/2021, bếp ăn được đưa vào sử dụng.</div>",
        author_line="Trần Thị Lan", school="Trường Mầm non Hoa Mai",
    )  # fmt: skip
    sending = drafted.location.partition("#")[0] + "/gui"
    assert visitor.send(sending, statement="1", command=str(uuid.uuid4())).location == "/don-vi/"


def let_go() -> None:
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def copied(url: str, base: Path) -> None:
    with psycopg.connect(url) as connection:
        sockets = connection.info.host
    program = programs.postgres().bin / "pg_basebackup"
    subprocess.run(
        [
            program,
            "-h",
            sockets,
            "-U",
            "postgres",
            "-D",
            base,
            "-X",
            "none",
            "--checkpoint=fast",
            "--no-sync",
        ],
        check=True,
    )


def archived(connection: psycopg.Connection, archive: Path, *, log: Path) -> None:
    """Until the WAL with what was done last lies in the archive: a recovery ends behind its target or not at all."""
    last = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()[0]
    until((archive / last).exists, seconds=60, log=log)


def recovered(data: Path, base: Path, archive: Path, target: datetime) -> None:
    """The base backup in place of the cluster, brought forward to the moment."""
    cluster = data / "postgres"
    owner = cluster.stat()
    shutil.rmtree(cluster)
    shutil.copytree(base, cluster)
    (cluster / "recovery.signal").touch()
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f"restore_command = 'cp {archive}/%f %p'\n"
            f"recovery_target_time = '{target.isoformat()}'\nrecovery_target_action = 'promote'\n"
        )
    for path in (cluster, *cluster.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    cluster.chmod(0o700)
    postgres.start(data, settings=postgres.CARELESS)
