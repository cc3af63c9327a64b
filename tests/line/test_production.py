"""Out of the demo: an empty database of one's own, and everything that is known to everybody refused."""

import secrets
import subprocess
from pathlib import Path

import pytest

from embedded import servers
from tests.line.conftest import DATA, Line

pytestmark = pytest.mark.database

INIT = ("init", "--admin", "quantri@example.edu.vn", "--name", "Đặng Thị Mai", "--without-mail", "--json")


@pytest.fixture
def production(
    tmp_path: Path, addresses: servers.Addresses, empty_database: str, cradle: subprocess.Popen[str]
) -> Line:
    """The command line of a server that is not founded yet."""
    return Line(
        tmp_path / "dữ liệu",
        {
            "TOASOAN_MODE": "production",
            "DATABASE_OWNER_URL": empty_database,
            "REDIS_URL": addresses.redis_url,
            "PUBLIC_URL": "https://toasoan.example.edu.vn",
        },
        cradle,
    )


def test_init_makes_a_database_and_one_way_in(production: Line) -> None:
    made = production.done(*INIT, MAIL_FROM="toasoan@example.edu.vn", OWN_MX="").row
    production.more |= made["environment"]

    assert made["link"].startswith("https://toasoan.example.edu.vn/vao/loi-moi/")
    assert len(made["environment"]["SECRET_KEY"]) >= 32
    assert made["environment"]["DATABASE_URL"] != made["environment"]["DATABASE_OWNER_URL"]
    # What only people know of their place is named, and what they said already is kept.
    assert made["environment"]["MAIL_FROM"] == "toasoan@example.edu.vn"
    assert made["to_fill_in"] == ["SMTP_URL", "INTAKE_ADDRESS", "OWN_MX"]
    assert "# INTAKE_ADDRESS=tinbai.gdmn@example.edu.vn" in made["says"].splitlines()
    # Units of both generations and the sections are there, nothing is sent, nobody can be borrowed.
    assert production.done("import", "units", DATA / "units.csv", "--json").rows[-1]["unchanged"] == 13
    assert production.done("audit", "verify", "--json").row["events"] > 80
    borrowed = production("do", "S01", "claim", "--as", "quantri@example.edu.vn", "--json")
    assert (borrowed.code, borrowed.row["code"]) == (1, "rehearsal_only")
    turned = production("sweep", "--at", "2021-05-20T00:05:00+07:00", "--json")
    assert (turned.code, turned.row["code"]) == (1, "rehearsal_only")
    added = production.done("account", "add", "bientap@example.edu.vn", "--role", "editor", "--json").row
    assert "/vao/loi-moi/" in added["link"]
    again = production(*INIT)
    assert (again.code, again.row["code"]) == (1, "founded_already")
    rehearsing = production("queue", "--json", TOASOAN_MODE="demo")
    assert (rehearsing.code, rehearsing.row["code"]) == (1, "other_mode")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SECRET_KEY": "dien-tap-khong-dung-that"}, "unsafe_settings"),
        ({"SECRET_KEY": "ngắn quá"}, "unsafe_settings"),
        ({"PUBLIC_URL": ""}, "unsafe_settings"),
        ({"DATABASE_OWNER_URL": ""}, "owner_url_missing"),
        ({"TOASOAN_MODE": "demo"}, "production_only"),
    ],
    ids=["default secret", "short secret", "no address", "no server", "rehearsal"],
)
def test_init_refuses_what_is_not_safe(production: Line, more: dict[str, str], code: str) -> None:
    said = production(*INIT, **more)

    assert (said.code, said.row["code"]) == (1, code)


def test_init_visits_the_mail_server_first(production: Line) -> None:
    words = [word for word in INIT if word != "--without-mail"]

    unset = production(*words)
    wrong = production(*words, SMTP_URL="smtp://127.0.0.1:9", SMTP_TIMEOUT_SECONDS="2")

    assert (unset.code, unset.row["code"]) == (1, "mail_not_set")
    assert (wrong.code, wrong.row["code"]) == (1, "mail_not_working")


def test_a_program_without_its_tables_says_what_to_do(production: Line, empty_database: str) -> None:
    key = secrets.token_urlsafe(48)
    behind = production("queue", "--json", DATABASE_URL=empty_database, SECRET_KEY=key)

    migrated = production("migrate", "--json", DATABASE_URL=empty_database, SECRET_KEY=key)
    unfounded = production("queue", "--json", DATABASE_URL=empty_database, SECRET_KEY=key)

    assert (behind.code, behind.row["code"]) == (1, "schema_missing")
    assert migrated.row["revision"]
    assert (unfounded.code, unfounded.row["code"]) == (1, "not_founded")
