"""Configuration: one TOML file (or one a partnership), the environment, secrets from elsewhere → a frozen `Config`.

Promises: `load` tells every problem at once, each with file, line, key, a plain sentence and what to write instead; a secret is
never in a message. Never: a half-read configuration. Fails: ConfigProblems.

- settings.py  the values, with the help that the example shows
- source.py    TOML and the environment → entries that know their file and line
- load.py      entries → `Config`: defaults, guesses, checks
- secrets.py   a password from the environment, a file, a command or the configuration itself
- example.py   config.example.toml, written from the help on the fields

The environment overrides the file: ``CONVENER_SECTION_KEY`` (CONVENER_MAILBOX_PASSWORD, CONVENER_SENDING_MOST_PER_DAY, …), and for
one of several partnerships ``CONVENER_PARTNERSHIPKEY_SECTION_KEY`` (CONVENER_NORTH_WEST_MAILBOX_PASSWORD).
"""

from mailer.config.example import example
from mailer.config.load import load
from mailer.config.settings import (
    Config,
    ConvenerSettings,
    ImapSettings,
    PartnershipSettings,
    RetentionSettings,
    ServiceSettings,
    SmtpSettings,
    Tls,
)

__all__ = [
    "Config",
    "ConvenerSettings",
    "ImapSettings",
    "PartnershipSettings",
    "RetentionSettings",
    "ServiceSettings",
    "SmtpSettings",
    "Tls",
    "example",
    "load",
]
