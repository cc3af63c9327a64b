"""The settings: one table, read from the environment once. README.md prints it; a test keeps the two in step."""

import os
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from workflow.engine import crashing

DEMO_SECRET = "dien-tap-khong-dung-that"  # noqa: S105  (refused in production)


class Mode(StrEnum):
    DEMO = "demo"
    """A rehearsal: the clock can be set, names can be borrowed, no letter leaves unless SMTP_URL is set."""
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Names in the environment are those of `validation_alias`; each description is the README's sentence."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    mode: Mode = Field(
        Mode.DEMO,
        validation_alias="TOASOAN_MODE",
        description="demo (rehearsal clock, borrowed names) or production",
    )
    data: Path = Field(
        Path("var"), validation_alias="TOASOAN_DATA", description="folder of files, logs and embedded servers"
    )
    database_url: str = Field(
        "", validation_alias="DATABASE_URL", description="the program's database; empty: the embedded one"
    )
    database_owner_url: str = Field(
        "", validation_alias="DATABASE_OWNER_URL", description="for migrations; empty: DATABASE_URL"
    )
    database_forum_url: str = Field(
        "", validation_alias="DATABASE_FORUM_URL", description="reads public views only; empty: DATABASE_URL"
    )
    database_sealer_url: str = Field(
        "",
        validation_alias="DATABASE_SEALER_URL",
        description="adds seals to the audit trail; empty: this process seals nothing",
    )
    seal_key_file: str = Field(
        "",
        validation_alias="SEAL_KEY_FILE",
        description="signing key of the seals, mode 0400, public keys beside it in FILE.pub; empty: data/seal.key",
    )
    redis_url: str = Field(
        "", validation_alias="REDIS_URL", description="the broker; empty: the embedded one"
    )
    secret_key: str = Field(
        DEMO_SECRET,
        validation_alias="SECRET_KEY",
        description="signs cookies; production refuses the default",
    )
    public_url: str = Field(
        "http://127.0.0.1:8021",
        validation_alias="PUBLIC_URL",
        description="address in letters and feeds; production requires it",
    )
    host: str = Field("127.0.0.1", validation_alias="HOST", description="address the web server listens on")
    port: int = Field(8021, validation_alias="PORT", description="port the web server listens on")
    metrics_port: int = Field(
        9021,
        validation_alias="METRICS_PORT",
        description="loopback port of the clock's Prometheus metrics; 0: none",
    )
    smtp_url: str = Field(
        "",
        validation_alias="SMTP_URL",
        description="smtp://user:password@host:port; empty: letters go to data/outbox (demo) or wait (production)",
    )
    mail_from: str = Field(
        "noreply-gdmn@example.edu.vn", validation_alias="MAIL_FROM", description="sender of our letters"
    )
    intake_address: str = Field(
        "tinbai.gdmn@example.edu.vn",
        validation_alias="INTAKE_ADDRESS",
        description="mailbox pieces are sent to",
    )
    channel_urls: str = Field(
        "",
        validation_alias="CHANNEL_URLS",
        description="Apprise addresses, apart by spaces, told what waits for the department; needs toasoan[channels]",
    )
    own_mx: str = Field(
        "mx.example.edu.vn",
        validation_alias="OWN_MX",
        description="our mail server's name: only its Received and Authentication-Results lines are believed",
    )
    smtp_timeout_seconds: float = Field(
        30, validation_alias="SMTP_TIMEOUT_SECONDS", description="shorter than the lease"
    )
    lease_seconds: float = Field(
        120, validation_alias="LEASE_SECONDS", description="how long a worker may hold an outbox row"
    )
    requeue_seconds: float = Field(
        15,
        validation_alias="REQUEUE_SECONDS",
        description="after which a queued row that nobody took is queued again",
    )
    relay_seconds: float = Field(
        1.0, validation_alias="RELAY_SECONDS", description="pause of the relay while nobody rings"
    )
    attempts: int = Field(
        12,
        validation_alias="ATTEMPTS",
        description="tries before an outbox row is put aside as dead; half an hour to an hour from first to last",
    )
    max_upload_bytes: int = Field(
        32 * 1024 * 1024, validation_alias="MAX_UPLOAD_BYTES", description="largest request taken"
    )

    session_idle_minutes: int = Field(
        30,
        validation_alias="SESSION_IDLE_MINUTES",
        description="without a click, after which one is signed out",
    )
    session_hours: int = Field(
        12, validation_alias="SESSION_HOURS", description="after which one signs in anew in any case"
    )
    sign_in_free_tries: int = Field(
        5,
        validation_alias="SIGN_IN_FREE_TRIES",
        description="wrong passwords in a row before each costs a wait: 1, 2, 4 … seconds",
    )
    sign_in_most_tries: int = Field(
        10,
        validation_alias="SIGN_IN_MOST_TRIES",
        description="wrong passwords in a row that shut the account",
    )
    sign_in_lock_minutes: int = Field(
        15, validation_alias="SIGN_IN_LOCK_MINUTES", description="for how long it is shut"
    )
    sign_in_address_times: int = Field(
        5,
        validation_alias="SIGN_IN_ADDRESS_TIMES",
        description="a network address may go wrong so many times as often as an account",
    )
    sign_in_memory_hours: int = Field(
        24, validation_alias="SIGN_IN_MEMORY_HOURS", description="after which wrong passwords are forgotten"
    )
    sign_in_link_minutes: int = Field(
        15,
        validation_alias="SIGN_IN_LINK_MINUTES",
        description="for how long a link to sign in, sent by mail, is good",
    )
    ask_second_step: bool | None = Field(
        None,
        validation_alias="SECOND_STEP_REQUIRED",
        description="approvers and administrators must take a second step to sign in; unset: outside rehearsals",
    )
    trusted_proxies: int = Field(
        0,
        validation_alias="TRUSTED_PROXIES",
        description="proxies in front whose X-Forwarded-For and -Proto are believed; wrong, all share one address",
    )

    @property
    def is_demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def second_step_required(self) -> bool:
        return not self.is_demo if self.ask_second_step is None else self.ask_second_step

    @property
    def owner_url(self) -> str:
        return self.database_owner_url or self.database_url

    @property
    def forum_url(self) -> str:
        return self.database_forum_url or self.database_url

    @property
    def seal_key(self) -> Path:
        return Path(self.seal_key_file) if self.seal_key_file else self.data / "seal.key"

    def refuse_unsafe(self) -> None:
        """Raises UnsafeSettings: production with a secret everybody knows, or without its addresses."""
        if self.is_demo:
            return
        if crashing.is_armed():
            raise UnsafeSettings("CRASH_AT: chỉ dùng khi diễn tập")
        # It would show strangers what broke, line by line.
        if os.environ.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
            raise UnsafeSettings("FLASK_DEBUG: chỉ dùng khi diễn tập")
        if self.secret_key == DEMO_SECRET or len(self.secret_key) < 32:
            raise UnsafeSettings("SECRET_KEY: 32 ký tự trở lên, không dùng giá trị mặc định")
        if not self.database_url:
            raise UnsafeSettings("DATABASE_URL: bắt buộc khi TOASOAN_MODE=production")
        # Letters would lead to the reader's own machine, and cookies would travel in the clear.
        if "public_url" not in self.model_fields_set or not self.public_url:
            raise UnsafeSettings("PUBLIC_URL: bắt buộc khi TOASOAN_MODE=production")


class UnsafeSettings(RuntimeError):
    """Production does not start like this."""

    code = "unsafe_settings"

    def sentence(self) -> str:
        return str(self)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; read once."""
    return Settings()
