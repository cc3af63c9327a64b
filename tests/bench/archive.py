"""Years of a busy department, made by SQL: units, people, months, pieces with their text, ten events a piece.

For what reads: the hashes of its events are right in length only, the chains are never recomputed here.
"""

import os

import psycopg
from flask import Flask
from flask_security import hash_password
from sqlalchemy.engine import make_url

from models.base import db
from models.people import Account
from tests.cast import PASSWORD
from tests.clients import Client
from workflow import schema
from workflow.settings import settings

ROLES = {
    "DATABASE_URL": schema.APP,
    "DATABASE_FORUM_URL": schema.FORUM,
    "DATABASE_SEALER_URL": schema.SEALER,
}
UNITS = 69
PEOPLE = 300
MONTHS = 60
EVENTS_A_PIECE = 10
APART_SECONDS = 157
"""Between two events, so that a million of them fill the sixty months."""

PEOPLE_OF_THE_DEPARTMENT = 12
"""The first accounts; they edit and approve, the others write."""

_GROUND = f"""
INSERT INTO unit (id, code, name, short_name, kind, admin_unit, admin_kind, gso_code, valid_from, sort_key)
  OVERRIDING SYSTEM VALUE
SELECT id, 'dv-' || id, 'Phòng Văn hóa - Xã hội xã số ' || id, 'Xã số ' || id, 'phong_vhxh', 'Xã số ' || id, 'xa', '',
  '2020-01-01', to_char(id, 'FM000') FROM generate_series(1, {UNITS}) AS id;
INSERT INTO account (id, email, full_name, title, sort_key) OVERRIDING SYSTEM VALUE
SELECT id, 'nguoi' || id || '@example.edu.vn',
  (ARRAY['Nguyễn', 'Trần', 'Lê', 'Phan', 'Đặng'])[1 + id % 5] || ' ' || (ARRAY['Thị', 'Văn', 'Quang'])[1 + id % 3]
  || ' ' || (ARRAY['Ánh', 'Bình', 'Dung', 'Đào', 'Hà', 'Khánh', 'Yến'])[1 + id % 7] || ' ' || id,
  CASE WHEN id <= {PEOPLE_OF_THE_DEPARTMENT} THEN 'Chuyên viên Phòng GDMN' ELSE 'Giáo viên' END, to_char(id, 'FM000')
FROM generate_series(1, {PEOPLE}) AS id;
INSERT INTO role_grant (account_id, role, valid_from) SELECT 1, role, '2016-01-01'
FROM unnest(ARRAY['auditor', 'editor']) AS role;
INSERT INTO period (id, year, month, directive_id, quota, opens_at, deadline_at, closes_at) OVERRIDING SYSTEM VALUE
SELECT n, extract(year FROM m), extract(month FROM m), 1, 2, m - interval '11 days',
  m + interval '19 days', m + interval '24 days'
FROM generate_series(1, {MONTHS}) AS n
CROSS JOIN LATERAL (SELECT timestamp '2016-05-01' + make_interval(months => n) AS m) AS months;
INSERT INTO category (id, code, name_vi, name_en, description_vi, sort) OVERRIDING SYSTEM VALUE
SELECT id, 'muc-' || id, 'Chuyên mục số ' || id, 'Section ' || id, '', id FROM generate_series(1, 8) AS id;
"""

_TEXTS = """
INSERT INTO revision (id, submission_id, number, kind, title, summary, body, author_line, author_title, school,
  category_id, canonical, digest, written_by, written_as) OVERRIDING SYSTEM VALUE
SELECT id, id, 1, 'news',
  (ARRAY['Bếp ăn', 'Ngày hội', 'Góc sáng tạo', 'Hội thi', 'Sân chơi'])[1 + id %% 5] || ' của trẻ ở trường số ' || id,
  'Tóm tắt ' || id, '<p>Nội dung</p>', 'Cô giáo số ' || id %% 300, '', 'Trường Mầm non số ' || id %% 500, 1 + id %% 8,
  '', 'sha256:' || encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 13 + id %% 280, 'unit'
FROM generate_series(%(first)s::int, %(last)s::int) AS id
"""

_PIECES = """
INSERT INTO submission (id, code, workflow, workflow_version, state, state_since, version, head_hash, unit_id,
  period_id, kind, channel, digest, revision_id, first_sent_at) OVERRIDING SYSTEM VALUE
SELECT id, 'A-' || to_char(id, 'FM0000000'), 'monthly-submission', 1,
  CASE WHEN id %% 1000 = 0 THEN 'submitted' WHEN id %% 1000 = 1 THEN 'edited' ELSE 'published' END,
  t, 9, sha256(convert_to(id || '-9', 'UTF8')), 1 + id %% 69, least(60, 1 + id / 1667), 'news', 'web',
  'sha256:' || encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), id, t
FROM generate_series(%(first)s::int, %(last)s::int) AS id
CROSS JOIN LATERAL (SELECT timestamptz '2016-06-01' + make_interval(secs => id * 1570.0) AS t) AS times
"""

# Step, who, from, to. Every hundredth piece's seventh event is a refusal, every tenth event a sign-in.
_EVENTS = """
INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)
SELECT stream, seq, payload, gen_random_uuid(), sha256(convert_to(stream || '-' || seq - 1, 'UTF8')),
  sha256(convert_to(stream || '-' || seq, 'UTF8'))
FROM generate_series(%(first)s::int / 100, %(last)s::int / 100) AS hundred
CROSS JOIN generate_series(0, 9) AS n
CROSS JOIN generate_series(hundred * 100, hundred * 100 + 99) AS id
CROSS JOIN LATERAL (SELECT CASE WHEN n = 0 THEN 'account:' || 1 + id %% 300 ELSE 'submission:' || id END AS stream,
  CASE WHEN n = 0 THEN id ELSE n END AS seq,
  to_char(timestamp '2016-06-01' + make_interval(secs => (hundred * 1000.0 + n * 100 + id %% 100) * 157),
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at) AS placed
CROSS JOIN LATERAL (SELECT format(CASE WHEN n = 0 THEN
  '{"account":%%2$s,"action":"account:sign_in","actor":%%2$s,"at":"%%1$s","cause":"%%3$s","seq":%%4$s,'
    '"stream":"%%5$s"}'
  ELSE '{"action":"submission:%%6$s","actor":%%2$s,"at":"%%1$s","cause":"%%3$s","digest":"sha256:%%7$s",'
    '"from":"%%8$s","revision":1,"seq":%%4$s,"stream":"%%5$s","submission":%%9$s,"to":"%%10$s","trigger":"%%11$s",'
    '"unit":%%12$s}' END,
  at, (ARRAY[1 + id %% 300, 13 + id %% 280, 13 + id %% 280, 13 + id %% 280, 1 + id %% 6, 1 + id %% 6, 1 + id %% 6,
    CASE WHEN id %% 100 = 7 THEN 1 + id %% 6 ELSE 7 + id %% 3 END, 10, 11])[n + 1],
  gen_random_uuid(), seq, stream,
  (ARRAY['', 'create', 'write', 'submit', 'claim', 'answer', 'edit',
    CASE WHEN id %% 100 = 7 THEN 'refused/four_eyes_violation' ELSE 'approve' END, 'publish', 'revise'])[n + 1],
  encode(sha256(convert_to(id::text, 'UTF8')), 'hex'),
  (ARRAY['', 'drafted', 'drafted', 'drafted', 'submitted', 'submitted', 'submitted', 'edited', 'approved',
    'published'])[n + 1], id,
  (ARRAY['', 'drafted', 'drafted', 'submitted', 'submitted', 'submitted', 'edited', 'approved', 'published',
    'edited'])[n + 1],
  CASE WHEN n = 7 THEN 'approve' ELSE '' END, 1 + id %% 69) AS payload) AS said
"""


def database(admin_url: str, name: str, *, like: str = "") -> str:
    """A database of its own beside the others, empty or a copy of another; returns its superuser's address."""
    copied = f" TEMPLATE {like}" if like else ""
    with psycopg.connect(admin_url, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}{copied}")
    return make_url(admin_url).set(database=name).render_as_string(hide_password=False)


def found(admin_url: str) -> None:
    """Tables, units, people, months and sections."""
    schema.migrate(admin_url)
    with psycopg.connect(admin_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(_GROUND)


def grow(admin_url: str, pieces: range) -> None:
    """Add pieces and their events. `pieces` begins and ends at hundreds."""
    between = {"first": pieces.start, "last": pieces.stop - 1}
    with psycopg.connect(admin_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in (_TEXTS, _PIECES, _EVENTS):
            owner.execute(statement, between)
        owner.execute("VACUUM ANALYZE")


def open_house(admin_url: str) -> Flask:
    """The whole house on an archive; the process's own settings stay as they were."""
    from wsgi import create_app

    before = {name: os.environ[name] for name in ROLES}
    os.environ.update({name: schema.url_for(admin_url, role) for name, role in ROLES.items()})
    settings.cache_clear()
    try:
        return create_app()
    finally:
        os.environ.update(before)
        settings.cache_clear()


def visitor(app: Flask, admin_url: str) -> Client:
    """Somebody who may read the trail and the desk, signed in through the form."""
    with app.app_context():
        password = hash_password(PASSWORD)
        with psycopg.connect(admin_url, autocommit=True) as owner:
            owner.execute("UPDATE account SET password = %s WHERE id = 1", [password])
        person = db.session.get(Account, 1)
    app.test_client_class = Client
    client: Client = app.test_client().as_(person)
    return client
