"""Settings: environment variables `BULLETINS_…`, else lines of `bulletins.toml` in the data folder, else defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

PREFIX = "BULLETINS_"
MORE_THAN_ONE_AT = re.compile(r"(?!sqlite)[^?]*@[^?]*@")
"""A database URL whose password would be cut in two, and half of it taken for the host and printed as such."""


REPLICA_MARK = "only-the-replica"
"""A file in a data folder whose archive holds the replica's invented bulletins; real ones never join them."""
PROXY = re.compile(r"http://[^/?#\s]+:[0-9]{1,5}/?")
OURS_ALONE = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "cookie", "host", "if-modified-since", "if-none-match"),
        *("range", "te", "transfer-encoding", "upgrade", "user-agent"),
    }
)
"""Headers that make a request ours: who asks, for what, on which conditions. Cookies have lines of their own."""

HeaderName = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
HeaderValue = Annotated[
    str, StringConstraints(pattern=r"^(?:[\x21-\x7e\xa0-\xff](?:[\t\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa0-\xff])?)?$")
]
CookieValue = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$")]
"""RFC 9110, 5.6.2 and 5.5; RFC 6265, 4.1.1."""


class BadSettings(Exception):
    """A setting that cannot be used; the message names it, what it is and what was expected."""


class HostSetting(BaseModel):
    """What is set for one host, `[[host]]` in bulletins.toml; what is not stated is as for all."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9.-]+$")
    delay_seconds: float | None = Field(None, ge=0, le=3600)
    connections: int | None = Field(None, ge=1, le=8)
    robots: Literal["obey", "ignore"] = "obey"
    reason: str = ""

    @model_validator(mode="after")
    def _states_why(self) -> Self:
        if self.robots == "ignore" and not self.reason.strip():
            raise ValueError("a reason, which `status` shows, where robots is 'ignore'")
        return self


class RequestSetting(BaseModel):
    """What is added to the requests of one source, `[[request]]` in bulletins.toml. Headers and cookies are secrets."""

    model_config = ConfigDict(extra="forbid")

    source: str
    headers: dict[HeaderName, HeaderValue] = Field({}, repr=False)
    cookies: dict[HeaderName, CookieValue] = Field({}, repr=False)
    proxy: SecretStr | None = None
    http2: bool = False

    @model_validator(mode="after")
    def _leaves_ours_alone(self) -> Self:
        taken = sorted(OURS_ALONE & {name.lower() for name in self.headers})
        if taken:
            raise ValueError(f"headers without {', '.join(taken)}, which are ours")
        if self.proxy and not PROXY.fullmatch(self.proxy.get_secret_value()):
            raise ValueError("a proxy at http://host:port")
        return self


class Settings(BaseSettings):
    """Everything that can be set. Secrets (in the database URL) belong in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    home: Path
    database_url: str = ""
    blobs: str = ""
    contact: str = Field("", description="an address that upstreams can write to, stated in the User-Agent")
    delay_seconds: float = Field(2.0, ge=0, le=3600, description="between two requests to one host")
    connections: int = Field(1, ge=1, le=8, description="requests to one host under way at once")
    host: list[HostSetting] = Field([], description="hosts that are asked otherwise, `[[host]]` in bulletins.toml")
    deadline_seconds: float = Field(60.0, gt=0, le=3600)
    idle_seconds: float = Field(20.0, gt=0, le=3600)
    max_head_bytes: int = Field(64 * 1024, ge=1024, le=96 * 1024, description="h11 itself stops at 100 KiB")
    max_wire_bytes: int = Field(20 * 1024 * 1024, gt=0)
    max_body_bytes: int = Field(50 * 1024 * 1024, gt=0)
    max_redirects: int = Field(5, ge=0, le=20)
    max_pages: int = Field(120, ge=1, le=10_000, description="details and older pages that one run asks")
    max_documents: int = Field(200, ge=0, le=10_000, description="documents of one bulletin that are fetched")
    attempts: int = Field(3, ge=1, le=10)
    max_wait_seconds: float = Field(30.0, ge=0, le=600)
    repeats: int = Field(20, ge=0, le=1000, description="requests that one run may ask again, over all its addresses")
    grace_seconds: float = Field(30.0, gt=0, le=600)
    request: list[RequestSetting] = Field([], description="what is added to a source's requests, `[[request]]`")
    source: list[dict[str, Any]] = Field([], description="further sources, `[[source]]` in bulletins.toml")
    document_seconds: float = Field(60.0, gt=0, le=3600)
    document_memory_bytes: int = Field(1024 * 1024 * 1024, ge=128 * 1024 * 1024)

    @model_validator(mode="after")
    def _states_each_once(self) -> Self:
        for name, stated in (
            ("host", [each.name for each in self.host]),
            ("request", [each.source for each in self.request]),
        ):
            twice = sorted({each for each in stated if stated.count(each) > 1})
            if twice:
                raise ValueError(f"each [[{name}]] once, {', '.join(twice)} is there twice")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file's lines, which arrive as init values."""
        return env_settings, init_settings

    @property
    def database(self) -> str:
        """The database URL: SQLite in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.home / 'archive.sqlite'}"

    @property
    def blobs_at(self) -> str:
        """Where blobs are kept: a folder, or an `s3://` address."""
        return self.blobs or str(self.home / "blobs")

    @property
    def invented(self) -> bool:
        """Whether what the data folder's archive holds are the replica's bulletins, which are invented."""
        return (self.home / REPLICA_MARK).exists()

    @property
    def user_agent(self) -> str:
        """Who we say we are, with the contact address where one is set."""
        about = f"; +{self.contact}" if self.contact else ""
        return f"bulletins/0.1 (archiver of public safety bulletins{about})"


def load_settings(home: Path | None = None) -> Settings:
    """The settings in force; `home` (from `--home`) wins over BULLETINS_HOME. Raises BadSettings."""
    folder = home or Path(os.environ.get(f"{PREFIX}HOME") or user_data_path("bulletins", appauthor=False))
    folder = folder.expanduser().absolute()
    try:
        loaded = Settings(**{**_lines_of(folder / "bulletins.toml"), "home": folder})
    except ValidationError as problem:
        raise BadSettings(_sentence(problem)) from problem
    except SettingsError as problem:
        raise BadSettings(f"environment: {problem}, expected JSON as of the lists in bulletins.toml") from problem
    if MORE_THAN_ONE_AT.match(loaded.database_url):
        raise BadSettings("setting database_url: has more than one @, expected those of the password written as %40")
    return loaded.model_copy(update={"home": folder})


def origin_of(name: str, settings: Settings) -> str:
    """Where a setting's value comes from: the environment variable, the file, or the default."""
    if name == "home" and settings.home != Path(os.environ.get(f"{PREFIX}HOME", "")).expanduser().absolute():
        return "default" if settings.home == user_data_path("bulletins", appauthor=False) else "--home"
    if PREFIX + name.upper() in os.environ:
        return PREFIX + name.upper()
    return "bulletins.toml" if name in _lines_of(settings.home / "bulletins.toml") else "default"


def print_settings(settings: Settings, say: Callable[[str], None]) -> None:
    """Say each setting in force and where it comes from; `say` is to leave out passwords, as `terminal.say` does."""
    shown = {**settings.model_dump(), "database_url": settings.database, "blobs": settings.blobs_at}
    shown["host"] = ", ".join(each.name for each in settings.host) or "none"
    shown["request"] = ", ".join(each.source for each in settings.request) or "none"
    shown["source"] = ", ".join(str(each.get("slug")) for each in settings.source) or "none"
    for name, value in shown.items():
        say(f"{name} = {value} ({origin_of(name, settings)})")


def _lines_of(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadSettings(f"{file}: {problem}, expected a readable TOML file") from problem


def _sentence(problem: ValidationError) -> str:
    first = problem.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "settings"
    if first["type"] == "extra_forbidden":
        return f"setting {name}: there is none, expected one of {', '.join(Settings.model_fields)}"
    found = "what it states" if name.startswith("request") else repr(first.get("input"))
    return f"setting {name}: {found}, expected: {first['msg'].removeprefix('Value error, ')}"
