"""Configuration: one TOML file (or one a partnership), the environment, secrets from elsewhere → a frozen `Config`.

The values are here; `load` reads them (see below). Every field carries the help text that config.example.toml shows.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab, populate_by_name=True)


Tls = Literal["tls", "starttls", "none"]


class ConvenerSettings(Section):
    """[convener]"""

    name: str = Field(description="Your name, as letters are signed.")
    address: str = Field(
        description="Your own e-mail address. Questions come here, and commands by mail are taken from here only."
    )
    title: str = ""
    organisation: str = ""
    phone: str = ""


class ImapSettings(Section):
    """[mailbox]: where answers arrive."""

    address: str = Field(
        description="The address people answer to; the service reads this mailbox, and letters come from it."
    )
    host: str
    port: int = 993
    tls: Tls = "tls"
    user: str = ""
    password: SecretStr | None = None
    mailbox: str = "INBOX"
    subaddresses: bool = True
    poll_every: int = 120
    file_into: str = ""
    authentication_server: str = ""
    largest_message: int = 26_214_400
    ca_file: str = ""


class SmtpSettings(Section):
    """[sending]"""

    host: str
    port: int = 587
    tls: Tls = "starttls"
    user: str = ""
    password: SecretStr | None = None
    connections: int = Field(default=3, ge=1, le=20)
    most_per_minute: int = Field(default=30, ge=1)
    most_per_day: int = Field(default=1000, ge=1)
    give_up_after_hours: int = 48
    ca_file: str = ""


class PartnershipSettings(Section):
    """[partnership], with the sections beside it."""

    key: str
    name: str
    time_zone: str
    language: str = "en"
    rules: Path
    templates: Path
    people: Path | None = None
    convener: ConvenerSettings
    mailbox: ImapSettings
    sending: SmtpSettings


class Config(Section):
    """The whole of it, secrets resolved."""

    file: Path
    database: str
    partnerships: tuple[PartnershipSettings, ...]
