"""The migrations, upwards and downwards, on an empty database and on one with data in it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from models.tables import Base
from workflow import schema
from workflow.engine.errors import Invalid

pytestmark = pytest.mark.database

FILLED = (
    "INSERT INTO directive (code, title, valid_from, deadline_day, closing_day, quota, counting_kinds,"
    " bound_unit_kinds, reminder_days) VALUES ('2021', 'Công văn', '2021-04-01', 20, 25, 2, '{news}', '{}', '{7}')",
    "INSERT INTO period (year, month, directive_id, quota, opens_at, deadline_at, closes_at)"
    " VALUES (2021, 5, 1, 2, '2021-05-01', '2021-05-20', '2021-05-25')",
    "INSERT INTO unit (code, name, short_name, kind, admin_unit, admin_kind, gso_code, valid_from, sort_key)"
    " VALUES ('h-x', 'Phòng X', 'H. X', 'phong_gddt', 'Huyện X', 'Huyện', '1', '2021-04-01', 'x')",
    "INSERT INTO account (email, full_name, sort_key) VALUES ('a@example.edu.vn', 'Đào Thị Ánh', 'x')",
    "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash) VALUES ('unit:1', 1,"
    ' \'{"action":"unit:add","at":"2021-05-01T00:00:00.000000Z","cause":"c"}\', gen_random_uuid(),'
    " decode(repeat('00', 32), 'hex'), decode(repeat('11', 32), 'hex'))",
    "INSERT INTO letter (key, kind, to_address, to_name, subject, text, html, written_at, state, sent_at, account_id)"
    " SELECT state, 'receipt', 'a@example.edu.vn', 'Ánh', 's', 't', 'h', now(), state,"
    " CASE WHEN state IN ('sent', 'bounced') THEN now() END, 1"
    " FROM unnest(ARRAY['waiting', 'held', 'sent', 'bounced', 'failed', 'muted']) AS state",
    "INSERT INTO letter_wish (account_id, subject, pace) VALUES (1, 'results', 'daily')",
    "INSERT INTO bounce (address, letter_id, says, came_at) VALUES ('a@example.edu.vn', 4, '550', now())",
    # Remarks about a piece that is not there: one as it was said, one whose writer was forgotten.
    "SET LOCAL session_replication_role = replica",
    "INSERT INTO comment (submission_id, author_id, side, audience, text, said_at)"
    " VALUES (1, 1, 'unit', 'unit', 'Số liệu?', now()), (1, 1, 'unit', 'unit', '', now())",
)


def steps() -> list[str]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "migrations")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def test_the_newest_migration_is_known_without_reading_any():
    assert schema.newest_revision() == steps()[-1]


def test_the_migrations_make_exactly_the_tables_of_the_models(empty_database):
    schema.migrate(empty_database)

    engine = create_engine(empty_database)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []


def test_a_table_that_is_held_lets_nobody_wait_long_behind_the_migration_which_tries_again(
    empty_database, monkeypatch
):
    schema.migrate(empty_database, to="0022")
    monkeypatch.setattr(schema, "LONGEST_HELD_UP", "50ms")
    monkeypatch.setattr(schema, "TRIES", 2)
    holder, pauses = create_engine(empty_database), []
    backup = holder.connect()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 1:
            backup.rollback()

    monkeypatch.setattr(schema.time, "sleep", pause)
    backup.execute(text("LOCK TABLE outbox IN ACCESS SHARE MODE"))
    with pytest.raises(Invalid) as refused:
        schema.migrate(empty_database, to="0023")
    assert refused.value.code == "tables_held"
    assert schema.migrate(empty_database, to="0023") == "0023"
    backup.close()
    holder.dispose()

    assert len(pauses) == 2


def test_every_migration_goes_down_and_up_again_with_data_in_the_tables(empty_database):
    assert schema.migrate(empty_database) == steps()[-1]
    engine = create_engine(empty_database)
    with engine.begin() as connection:
        for statement in FILLED:
            connection.execute(text(statement))

    for step in steps()[-2::-1]:
        assert schema.migrate(empty_database, to=step) == step
    with engine.connect() as connection:
        assert connection.execute(text("SELECT full_name FROM account")).scalar() == "Đào Thị Ánh"
    engine.dispose()
    assert schema.migrate(empty_database) == steps()[-1]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT action FROM audit_event")).scalar() == "unit:add"
        # What the older program knew no word for came back as the nearest it knew.
        states = connection.execute(text("SELECT key, state FROM letter WHERE key <> state")).all()
        assert dict(map(tuple, states)) == {"held": "waiting", "bounced": "failed", "muted": "failed"}
    engine.dispose()


def test_the_first_migration_goes_down_to_nothing(empty_database):
    schema.migrate(empty_database)

    assert schema.migrate(empty_database, to="base") == ""
    assert schema.migrate(empty_database) == steps()[-1]


def test_migrating_twice_is_migrating_once(empty_database):
    assert schema.migrate(empty_database) == schema.migrate(empty_database)


def test_a_delegation_ended_before_its_first_day_is_told_from_one_ended_on_it(empty_database):
    schema.migrate(empty_database, to="0033")
    engine = create_engine(empty_database)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (email, full_name, sort_key)"
                " VALUES ('a@example.edu.vn', 'A', 'a'), ('b@example.edu.vn', 'B', 'b')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO delegation (from_account_id, to_account_id, role, valid_from, valid_to, reason)"
                " SELECT 1, 2, 'editor', '2021-06-01', '2021-06-01', 'Đi công tác' FROM generate_series(1, 2)"
            )
        )
        # Half past midnight of the 1st in Hà Tĩnh, and the evening of the 25th of May.
        for number, at in ((1, "2021-05-31T17:30:00.000000Z"), (2, "2021-05-25T13:00:00.000000Z")):
            connection.execute(
                text(
                    "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)"
                    " VALUES (:stream, 2, :payload, gen_random_uuid(), sha256(CAST(:payload AS bytea)), sha256('x'))"
                ).bindparams(
                    stream=f"delegation:{number}",
                    payload=f'{{"action":"delegation:end","at":"{at}","cause":"c"}}',
                )
            )

    ends = {}
    for step in ("0034", "0033"):
        schema.migrate(empty_database, to=step)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT valid_to::text FROM delegation ORDER BY id"))
            ends[step] = list(found.scalars())
    engine.dispose()

    assert ends == {"0034": ["2021-06-01", "2021-05-25"], "0033": ["2021-06-01", "2021-06-01"]}


def test_a_month_keeps_its_days_when_the_reason_nobody_wrote_goes_and_comes_back(empty_database):
    schema.migrate(empty_database, to="0034")
    engine = create_engine(empty_database)
    with engine.begin() as connection:
        for statement in FILLED[:2]:
            connection.execute(text(statement))

    found = {}
    for step in ("0035", "0034"):
        schema.migrate(empty_database, to=step)
        with engine.connect() as connection:
            found[step] = dict(connection.execute(text("SELECT * FROM period")).mappings().one())
    engine.dispose()

    assert found["0034"].pop("deadline_reason") == ""
    assert found["0034"] == found["0035"]
    assert found["0035"]["deadline_at"].date().isoformat() == "2021-05-20"
