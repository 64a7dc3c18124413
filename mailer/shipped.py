"""Where the letters, rules and example configuration are that come with the program.

Promises: the same three in a checkout (beside the package) and installed (inside it). Fails: MailerError, when the installation is
incomplete.
"""

from pathlib import Path

from mailer.errors import MailerError

EXAMPLE = "config.example.toml"
_PACKAGE = Path(__file__).resolve().parent


def shipped() -> Path:
    """The folder that holds templates/, rules/ and config.example.toml."""
    for folder in (_PACKAGE / "_shipped", _PACKAGE.parent):
        if (folder / EXAMPLE).is_file():
            return folder
    raise MailerError("The letters and rules that come with convener are missing; install it again.")


def shipped_templates() -> Path:
    """The shipped letters."""
    return shipped() / "templates"


def shipped_rules() -> Path:
    """The shipped rule files."""
    return shipped() / "rules"
