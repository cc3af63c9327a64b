"""Sessions live on the server, and wrong passwords are counted where no restart forgets them.

Locks: new tables; their foreign key takes SHARE ROW EXCLUSIVE on account for a moment. Whoever is signed in while
this runs signs in once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP = "toasoan_app"
ENDINGS = ("sign_out", "devices", "admin", "password", "role", "shut")


def upgrade() -> None:
    op.create_table(
        "device_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.Enum(*ENDINGS, name="ending", native_enum=False, create_constraint=True)),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_device_session_digest")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_device_session_ended")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_device_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_session_token_hash")),
    )
    op.create_index("ix_device_session_account", "device_session", ["account_id"])
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_tries_failures")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_tries")),
    )
    # Neither is a record: what is over is swept away, and the trail says what happened.
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON device_session, sign_in_tries TO {APP}")


def downgrade() -> None:
    op.drop_table("sign_in_tries")
    op.drop_table("device_session")
