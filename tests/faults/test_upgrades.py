"""F43: a rolling upgrade. The program of before the newest migration goes on while the schema and the rest move on.

The older program is taken out of the history of this checkout.
"""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from models.base import db
from tests.clients import Client
from tests.faults import invariants
from tests.faults.conftest import serving
from tests.faults.load import Load, loaded
from tests.faults.premises import founded
from tests.faults.processes import ROOT, until
from tests.faults.visitors import Visitor
from tests.mail_peer import mail_peer
from tests.nursery import Born, bearing, rocking
from tests.post_office import PostOffice
from workflow import accounts, schema
from workflow.settings import settings

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

SECONDS = 3.0
"""Of work in each phase."""


def test_f43_old_and_new_processes_work_side_by_side_on_the_new_schema(app, password_hash, tmp_path):
    old, revision = program_before(tmp_path / "old")

    with founded(tmp_path / "house", password_hash) as (house, url), mail_peer() as peer:
        house.test_client_class = Client
        people = (accounts.by_email(f"{name}@example.edu.vn") for name in ("binh", "nga"))
        visitors = [Visitor.inside(house.test_client(), person) for person in people]
        office = PostOffice(peer, tmp_path / "house", tmp_path / "house.log", environment(peer.url))
        leave_alone()
        assert schema.migrate(url, to=revision) == revision

        with rocking(root=old) as older, rocking() as newer:
            of_before, of_now = bearing(older, office), bearing(newer, office)
            with of_before("clock"), serving(of_before, office) as old_web:
                with until_told(of_before("worker"), office), loaded(Load(old_web.port), visitors) as early:
                    time.sleep(SECONDS)
                    schema.migrate(url)
                    with serving(of_now, office) as new_web, loaded(Load(new_web.port), visitors) as late:
                        time.sleep(SECONDS)
                # And back: the old web with a new worker.
                with until_told(of_now("worker"), office), loaded(Load(old_web.port), visitors) as again:
                    time.sleep(SECONDS)
            with of_now("clock"), of_now("worker"):
                until(lambda: is_drained(office), seconds=90, log=office.log)
        report = invariants.look(acked=[*early.acked, *late.acked, *again.acked], peer=peer)

    assert min(len(early.acked), len(late.acked), len(again.acked)) > 0
    assert report.broken == []


@contextlib.contextmanager
def until_told(life: contextlib.AbstractContextManager[Born], office: PostOffice) -> Iterator[None]:
    """As an upgrade ends a process: it is asked, and finishes what is in hand."""
    with life as born:
        yield
        born.ask_to_stop()
        until(born.is_gone, seconds=40, log=office.log)


def program_before(folder: Path) -> tuple[Path, str]:
    """The checkout as it was before the newest migration came, and the revision it worked with."""
    versions = ROOT / "migrations" / "versions"
    newest_first = sorted((path.name for path in versions.glob("[0-9]*.py")), reverse=True)
    came = next(filter(None, map(commit_of, newest_first)), None)
    if came is None:
        # A checkout without its history has no older program: then two of the same work side by side.
        return ROOT, newest_first[0][:4]
    folder.mkdir()
    archive = subprocess.run(["git", "archive", f"{came}^"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    # What is fetched and not kept in the history.
    (folder / "look" / "static" / "vendor").symlink_to(ROOT / "look" / "static" / "vendor")
    there = (folder / "migrations" / "versions").glob("[0-9]*.py")
    return folder, max(path.name[:4] for path in there)


def commit_of(migration: str) -> str:
    """The commit with which a migration came; empty where there is none."""
    path = f"migrations/versions/{migration}"
    asked = ["git", "log", "--diff-filter=A", "--format=%H %P", "-1", "--", path]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    return found[0] if len(found) > 1 else ""


def environment(smtp_url: str) -> dict[str, str]:
    house = settings()
    return {
        "TOASOAN_MODE": "demo",
        "TOASOAN_DATA": str(house.data),
        "DATABASE_URL": house.database_url,
        "DATABASE_FORUM_URL": house.forum_url,
        "REDIS_URL": house.redis_url,
        "SMTP_URL": smtp_url,
        "LEASE_SECONDS": "20",
        "REQUEUE_SECONDS": "2",
        "RELAY_SECONDS": "0.05",
    }


def leave_alone() -> None:
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def is_drained(office: PostOffice) -> bool:
    try:
        return office.is_drained()
    except DBAPIError:
        return False
