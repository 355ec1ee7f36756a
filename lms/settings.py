"""All settings, read from the environment once; a wrong one refuses to start with its name.

`create_app`, the supervisor and the command line take a `Settings`; nobody else reads the
environment.
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

WordList = Annotated[tuple[str, ...], NoDecode]
"""A tuple that the environment gives as words with commas between them."""


class Settings(BaseSettings):
    """Every setting with its default; the environment variable is `LMS_` and the field's name.

    `DATABASE_URL` is read without the prefix too, as hosts set it that way. The defaults are for
    one person's own machine; `docs/operations.md` lists all of them.
    """

    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore", populate_by_name=True)

    environment: Literal["local", "production", "test"] = Field(
        "local", description="production refuses weak secrets, http and demonstration data."
    )
    instance: Path = Field(
        Path("instance"), description="Folder of the embedded database, secrets and outgoing files."
    )
    database_url: str = Field(
        "",
        validation_alias="DATABASE_URL",
        repr=False,
        description="The site's own PostgreSQL (15 or newer), as the role the application uses.",
    )
    owner_database_url: str = Field(
        "",
        repr=False,
        description="The same database as the role that owns the tables, for migrations.",
    )
    pool_size: int = Field(5, ge=1, le=50, description="Database connections kept per process.")
    statement_timeout_ms: int = Field(5000, ge=0, description="Longest query of a page.")
    lock_timeout_ms: int = Field(3000, ge=0, description="Longest wait for somebody else's lock.")
    idle_timeout_ms: int = Field(30000, ge=0, description="Longest idle open transaction.")

    host: str = Field("127.0.0.1", description="Address that `lms serve` listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that `lms serve` listens on.")
    web_processes: int = Field(2, ge=1, le=64, description="Web processes of `lms serve`.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads of each web process.")
    worker_jobs: int = Field(2, ge=1, le=64, description="Jobs that one worker does at a time.")
    embedded_anywhere: bool = Field(
        False, description="Tests only: let the embedded database live in /tmp, without fsync."
    )
    base_url: str = Field(
        "", description="Address people use, for links in messages; default http://host:port."
    )
    trusted_hosts: WordList = Field(
        (), description="Host names answered; default those of base_url and loopback."
    )
    proxies: int = Field(0, ge=0, le=5, description="Reverse proxies in front whose headers count.")
    cookie_secure: bool | None = Field(
        None, description="Send the session cookie over HTTPS only; default: as base_url says."
    )

    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs the session cookie; made at set-up, never a default."
    )
    secret_key_fallbacks: WordList = Field((), description="Older session keys, still accepted.")
    link_key: SecretStr = Field(SecretStr(""), description="Signs personal and sign-in links.")
    link_key_fallbacks: WordList = Field((), description="Older link keys, still accepted.")

    service_name: str = Field(
        "Family relationships training", description="What people see as the service's name."
    )
    authority: str = Field("Demonstration Council", description="The council, in the header.")
    team: str = Field("Workforce development team", description="Who signs messages and footers.")
    team_email: str = Field("workforce@council.example", description="Where replies go.")
    team_phone: str = Field("01632 960 000", description="The team's telephone.")
    brand_colour: str = Field("#1d4f6e", description="Header colour; 4.5:1 on white or refused.")
    accent_colour: str = Field("#7a4a00", description="Second colour of in-house certificates.")
    support_line: str = Field(
        "National Domestic Abuse Helpline, free, 24 hours: 0808 2000 247",
        description="Printed wherever a course speaks of domestic abuse.",
    )

    demo: bool = Field(True, description="Build the demonstration programme in a new database.")
    today: str = Field("", description="Demonstration only: the date (ISO) the site is seen from.")
    mail: Literal["file", "smtp"] = Field("file", description="Where messages go.")
    smtp_host: str = Field("", description="Mail server.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Mail server's port.")
    smtp_user: str = Field("", description="Mail server's account, if it asks for one.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field("starttls", description="Encryption.")
    mail_from: str = Field("training@council.example", description="Sender of every message.")
    mail_brake: int = Field(500, ge=1, description="Messages of one hour before a person is asked.")

    safe_mode: bool = Field(False, description="Start with the core only, without any provider.")
    disabled_plugins: WordList = Field((), description="Plugins left out, by name.")
    plugins: WordList = Field(
        (), description="Installed third-party plugins to load; others are not loaded."
    )

    session_idle_minutes: int = Field(120, ge=5, description="Signed out after this long idle.")
    session_hours: int = Field(12, ge=1, description="Signed out after this long in any case.")
    message_delay_minutes: int = Field(
        10, ge=0, description="Messages after a booking by staff wait this long for an undo."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file of secrets that set-up made."""
        made_at_set_up = DotEnvSettingsSource(settings_cls, env_file=secrets_file())
        return init_settings, env_settings, made_at_set_up

    @field_validator(
        "trusted_hosts", "secret_key_fallbacks", "link_key_fallbacks", "disabled_plugins",
        "plugins", mode="before",
    )  # fmt: skip
    @classmethod
    def _words(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("database_url", "owner_database_url")
    @classmethod
    def _by_psycopg(cls, value: str) -> str:
        """`postgres://` and `postgresql://`, as hosts give it, with the driver we use."""
        scheme, separator, rest = value.partition("://")
        if not value:
            return value
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("must begin with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator("brand_colour", "accent_colour")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError("must be a colour like #1d4f6e")
        if contrast_with_white(value) < 4.5:
            raise ValueError("is too light: text on it needs a contrast of 4.5 to 1 with white")
        return value.lower()

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if not self.base_url:
            self.base_url = f"http://{self.host}:{self.port}"
        self.base_url = self.base_url.rstrip("/")
        if self.environment == "production":
            self._production()
        return self

    def _production(self) -> None:
        wrong = []
        if len(self.secret_key.get_secret_value()) < 32:
            wrong.append("LMS_SECRET_KEY must have 32 characters or more")
        if len(self.link_key.get_secret_value()) < 32:
            wrong.append("LMS_LINK_KEY must have 32 characters or more")
        if not self.base_url.startswith("https://"):
            wrong.append("LMS_BASE_URL must begin with https://")
        if not self.database_url:
            wrong.append("DATABASE_URL must name the site's PostgreSQL")
        if "LMS_CRASH_AT" in os.environ:
            wrong.append("LMS_CRASH_AT is for tests only: unset it")
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def loopback(self) -> bool:
        """Whether the site listens on this machine only."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def https(self) -> bool:
        """Whether people reach the site over HTTPS."""
        return self.base_url.startswith("https://")


class SettingsError(RuntimeError):
    """Settings that cannot be used; one line for each, beginning with the variable's name."""


def read_settings() -> Settings:
    """The settings of the environment and the secrets file; `SettingsError` names a wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{variable(str(wrong['loc'][0]))}: {wrong['msg']}" if wrong["loc"] else wrong["msg"]
            for wrong in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines).replace("Value error, ", "")) from None


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    return "DATABASE_URL" if field.upper() == "DATABASE_URL" else f"LMS_{field.upper()}"


def secrets_file() -> Path:
    """Where `lms setup` keeps the secrets it made, readable by their owner only."""
    return Path(os.environ.get("LMS_INSTANCE", "instance")) / "secrets.env"


def contrast_with_white(colour: str) -> float:
    """WCAG 2.2 contrast ratio of `#rrggbb` against white, 1 to 21."""

    def linear(channel: int) -> float:
        c = channel / 255
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
