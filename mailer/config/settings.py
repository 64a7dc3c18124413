"""The values of the configuration, and the help that config.example.toml shows for each.

Promises: frozen; names are Python's here and kebab-case in the file; `load` has resolved paths, defaults and secrets.
Never: a secret in a text (`SecretStr`). Built by hand (tests, the demo) they need only what has no default.
"""

import re
import zoneinfo
from datetime import timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from mailer.errors import Problem
from mailer.terms import language_of, no_language


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab, populate_by_name=True)


_ADDRESS = re.compile(r"[^\s<>@,;\x00-\x1f]{1,64}@[^\s<>@,;\x00-\x1f]{1,255}")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@cache
def time_zones() -> frozenset[str]:
    """Every time zone name there is, with the tzdata package behind the system's."""
    return frozenset(zoneinfo.available_timezones())


def shortened(text: str) -> str:
    """*text* as a sentence shows it: a text of several lines may have swallowed a line with a password."""
    text = text.strip()
    return "several lines" if "\n" in text else text if len(text) <= 60 else text[:57] + "…"


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text := text.strip()):
        raise ValueError(
            f'"{shortened(text)}" is no e-mail address. It needs the form name@example.org, and nothing else.'
        )
    return text


def _time_zone(text: str) -> str:
    if text not in time_zones():
        last_words = {name.rpartition("/")[2]: name for name in sorted(time_zones())}
        wanted = text.replace(" ", "_")
        near = get_close_matches(wanted, time_zones(), 1) or [
            last_words[word] for word in get_close_matches(wanted.rpartition("/")[2], last_words, 1)
        ]
        hint = f" Did you mean {near[0]}?" if near else " Write it like America/Chicago or Europe/Berlin."
        raise ValueError(f'There is no time zone "{shortened(text)}".{hint}')
    return text


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f'"{text}" is no time of day. Write it like "08:00".')
    return text


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        near = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "north-west"
        raise ValueError(
            f'"{shortened(text)}" is no key: small letters, digits and hyphens only. For example "{near}".'
        )
    return text


def _language(text: str) -> str:
    if not (code := language_of(text)):
        raise ValueError(" ".join(no_language(text)))
    return code


def _database(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or not rest or scheme not in ("sqlite", "postgres", "postgresql", "asyncpg"):
        raise ValueError("This is no database address. Write sqlite://convener.db, or postgres://USER@HOST/NAME.")
    return "postgres://" + rest if scheme == "postgresql" else url


Tls = Literal["tls", "starttls", "none"]
AddressText = Annotated[str, AfterValidator(_address)]

_PASSWORD_HELP = (
    "Better not here: set {variable} in the environment, or name a file or a command below. Only one of the three may be in"
    " this file."
)
_FILE_HELP = "A file that holds the password and nothing else, readable by the service alone."
_COMMAND_HELP = "A command that prints the password; it gets 15 seconds."
_TLS_HELP = (
    '"tls" from the first byte (port {tls}), "starttls" (port {starttls}), or "none", which is refused for a password that would'
    " leave this machine."
)
_CA_HELP = "A file with the certificate of the server's own authority, where it is not one that this machine knows."


class ConvenerSettings(Section):
    """[convener]: you."""

    name: str = Field(min_length=1, description="Your name, as letters are signed.", examples=["Dana Reyes"])
    address: AddressText = Field(
        description="Your own e-mail address. Questions come here, and commands by mail are taken from here only.",
        examples=["dana@example.org"],
    )
    also: tuple[AddressText, ...] = Field(
        default=(),
        description="Addresses of those who convene with you: they may command by mail, too. Each must be in your list of people.",
        examples=[["pat@example.org"]],
    )
    title: str = Field(default="", description="For the signature.", examples=["Convener"])
    organisation: str = Field(default="", description="For the signature.", examples=["Northern Workforce Board"])
    phone: str = Field(default="", description="For the signature: people do call.", examples=["+1 555 0100"])
    digest_at: Annotated[str, AfterValidator(_clock_time)] = Field(
        default="08:00",
        description="When the daily mail about unclear answers comes, if there are any. Those about a meeting within two days come"
        " at once.",
    )


class ImapSettings(Section):
    """[mailbox]: where answers arrive (IMAP)."""

    address: AddressText = Field(
        description="The address people answer to; the service reads this mailbox, and letters come from it.",
        examples=["partnership@example.org"],
    )
    host: str = Field(
        min_length=1,
        description="The IMAP server. Known for addresses at the large providers (gmail.com, fastmail.com, …).",
        examples=["imap.example.org"],
    )
    port: int = Field(default=993, ge=1, le=65535, description="Follows from tls if not set.")
    tls: Tls = Field(default="tls", description=_TLS_HELP.format(tls=993, starttls=143))
    user: str = Field(default="", description="The address if not set.", examples=["partnership@example.org"])
    password: SecretStr | None = Field(
        default=None, description=_PASSWORD_HELP.format(variable="CONVENER_MAILBOX_PASSWORD"), examples=["…"]
    )
    password_file: str = Field(default="", description=_FILE_HELP, examples=["/run/secrets/mailbox-password"])
    password_command: str = Field(default="", description=_COMMAND_HELP, examples=["pass show mail/partnership"])
    mailbox: str = Field(default="INBOX", min_length=1, description="The folder that is read.")
    subaddresses: bool = Field(
        default=True,
        description="Whether mail to partnership+anything@example.org arrives here. It makes answers certain to be matched; most"
        " servers can. If yours cannot, say false: then thread, calendar entry and sender are used.",
    )
    poll_every: int = Field(
        default=120,
        ge=5,
        le=3600,
        description="Seconds between looks, beside being told of new mail by the server (IDLE).",
    )
    file_into: str = Field(
        default="",
        description="A folder that handled answers are moved to. Not set: mail stays where it is.",
        examples=["Convener"],
    )
    authentication_server: str = Field(
        default="",
        description="The server name in Authentication-Results fields (RFC 8601) that may be believed: your own mail server's,"
        " as it stands in any mail you got. Not set: none is believed.",
        examples=["mx.example.org"],
    )
    largest_message: int = Field(
        default=26_214_400,
        ge=65_536,
        description="Bytes. Of a larger message only the header is read, and you are asked to look.",
    )
    ca_file: str = Field(default="", description=_CA_HELP, examples=["ca.pem"])


class SmtpSettings(Section):
    """[sending]: how letters leave (SMTP submission)."""

    host: str = Field(
        min_length=1,
        description="The SMTP server. Known for addresses at the large providers.",
        examples=["smtp.example.org"],
    )
    port: int = Field(default=587, ge=1, le=65535, description="Follows from tls if not set.")
    tls: Tls = Field(default="starttls", description=_TLS_HELP.format(tls=465, starttls=587))
    user: str = Field(default="", description="That of [mailbox] if not set.", examples=["partnership@example.org"])
    password: SecretStr | None = Field(
        default=None,
        description=_PASSWORD_HELP.format(variable="CONVENER_SENDING_PASSWORD")
        + " With the user of [mailbox], the password of [mailbox] is used if none is set.",
        examples=["…"],
    )
    password_file: str = Field(default="", description=_FILE_HELP, examples=["/run/secrets/sending-password"])
    password_command: str = Field(default="", description=_COMMAND_HELP, examples=["pass show mail/partnership"])
    connections: int = Field(default=3, ge=1, le=20, description="Connections to the server at a time, at most 20.")
    most_per_minute: int = Field(
        default=30, ge=1, description="Mails a minute. Ask your provider; too many at once look like spam."
    )
    most_per_day: int = Field(
        default=1000, ge=1, description="Mails in 24 hours. Gmail allows 500, Google Workspace 2000."
    )
    most_per_person_per_week: int = Field(
        default=0,
        ge=0,
        description="Planned mails to one person in seven days, over all rules; what is more waits. 0 for no such limit. Answers to people"
        " and cancellations never wait for it.",
    )
    most_replies_per_person_per_hour: int = Field(
        default=4,
        ge=1,
        description="Mails in an hour in answer to mails of one person, so that two programs never write to each other without end. What"
        " people write counts all the same, and you are told.",
    )
    most_replies_per_hour: int = Field(default=500, ge=1, description="The same, over all people.")
    give_up_after_hours: int = Field(
        default=48, ge=1, description="How long a mail is tried again before it counts as failed."
    )
    ca_file: str = Field(default="", description=_CA_HELP, examples=["ca.pem"])


class PartnershipSection(Section):
    """[partnership]: what it is called and where its files are. Paths start from the folder of this file."""

    key: Annotated[str, AfterValidator(_key)] = Field(
        description="A short name for files and commands. Choose once and never change it: the database keeps everything by it.",
        examples=["north-west"],
    )
    name: str = Field(
        min_length=1, description="The name that people read.", examples=["North-West Industry Partnership"]
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        description="The time zone of meetings and letters.", examples=["America/Chicago"]
    )
    language: Annotated[str, AfterValidator(_language)] = Field(
        default="en", description="The language of letters to people who have none of their own."
    )
    paper: Literal["letter", "a4"] = Field(
        default="letter",
        description='The paper in your printer, for sign-in sheets, badges and lists: "letter" or "a4".',
    )
    other_times: bool = Field(
        default=True,
        description="Whether calendars that know how may offer to propose another time. What people propose waits for your word.",
    )
    rules: Path = Field(default=Path("rules"), description="The folder with the rule files.")
    templates: Path = Field(
        default=Path("templates"),
        description="The folder with your letters. One that is not there is taken from those that come with the program.",
    )
    people: Path | None = Field(
        default=None,
        description="The list of people, as `convener people import` reads it (CSV; a spreadsheet program writes it).",
        examples=["people.csv"],
    )


_SPAN = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}


def _span(text: str) -> str:
    text = " ".join(text.lower().split())
    if text and (not (found := _SPAN.fullmatch(text)) or int(found[1]) * _DAYS[found[2]] < 30):
        raise ValueError(
            f'"{shortened(text)}" is no time to keep something. Write it like "18 months"; a month at least.'
        )
    return text


def span(text: str) -> timedelta | None:
    """How long that is; None for ever."""
    found = _SPAN.fullmatch(text)
    return timedelta(days=round(int(found[1]) * _DAYS[found[2]])) if found else None


class RetentionSettings(Section):
    """[retention]: how long what is about people is kept. What has no time here is kept until you forget somebody."""

    messages: Annotated[str, AfterValidator(_span)] = Field(
        default="",
        description="After this time the texts of mails go, in and out. That there was a mail, and what it brought about, stays.",
        examples=["18 months"],
    )
    answers: Annotated[str, AfterValidator(_span)] = Field(
        default="",
        description="After this time a meeting's answers and calls go, with what the log says about people. How many of which kind said"
        " what and came stays, as numbers.",
        examples=["3 years"],
    )
    people: Annotated[str, AfterValidator(_span)] = Field(
        default="",
        description="People of whom nothing was heard for so long are proposed to you, to be forgotten. None is without your word.",
        examples=["3 years"],
    )


class PartnershipSettings(PartnershipSection):
    """[partnership], with the sections beside it."""

    convener: ConvenerSettings
    mailbox: ImapSettings
    sending: SmtpSettings
    retention: RetentionSettings = RetentionSettings()


class ServiceSettings(Section):
    """[service]: the program itself."""

    database: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite://convener.db",
        min_length=1,
        description="sqlite://FILE (from the folder of this file), or postgres://USER:PASSWORD@HOST/NAME for several workers;"
        " an address with a password is better set as CONVENER_SERVICE_DATABASE in the environment.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description='How much is written to standard error: "debug", "info", "warning" or "error". Never a mail\'s text.',
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description='"text" is one line of key=value a change; "json" is one object a line.'
    )


class Config(Section):
    """The whole of it, secrets resolved. *files*: every file it was read from. *warnings*: what `check` and `doctor` mention."""

    file: Path
    database: str
    partnerships: tuple[PartnershipSettings, ...]
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    files: tuple[Path, ...] = ()
    warnings: tuple[Problem, ...] = ()


SECTIONS: dict[str, type[Section]] = {
    "partnership": PartnershipSection,
    "convener": ConvenerSettings,
    "mailbox": ImapSettings,
    "sending": SmtpSettings,
    "retention": RetentionSettings,
    "service": ServiceSettings,
}
"""The sections of a file, in the order in which a person fills them in."""


def keys_of(section: str) -> dict[str, str]:
    """The keys of *section* as the file spells them, each with its field's name."""
    return {_kebab(name): name for name in SECTIONS[section].model_fields}
