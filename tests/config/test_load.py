"""Configurations that people write, and exactly what they are told."""

import stat
from pathlib import Path
from typing import Any

import pytest

from mailer.config import Config, load
from mailer.config import secrets as secrets_module
from mailer.errors import ConfigProblems

GOOD = """\
[partnership]
key = "north-west"
name = "North-West"
time-zone = "America/Chicago"

[convener]
name = "Dana Reyes"
address = "dana@example.org"

[mailbox]
address = "rsvp@example.org"
host = "imap.example.org"

[sending]
host = "smtp.example.org"
"""
SECRET = "hunter2-äöü"
ENVIRONMENT = {"CONVENER_MAILBOX_PASSWORD": SECRET}


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    monkeypatch.chdir(tmp_path)


def write(text: str | bytes, name: str = "config.toml", mode: int = 0o600) -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def read(text: str | bytes, **environment: str) -> Config:
    return load(write(text), ENVIRONMENT | environment)


def told(text: str | bytes, **environment: str) -> str:
    """What the convener reads about *text*, in full."""
    with pytest.raises(ConfigProblems) as raised:
        read(text, **environment)
    assert SECRET not in str(raised.value)
    return str(raised.value)


def after(section: str, *lines: str) -> str:
    return GOOD.replace(f"[{section}]\n", f"[{section}]\n" + "".join(f"{line}\n" for line in lines))


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    config = read(GOOD)
    (partnership,) = config.partnerships
    assert config.file == tmp_path / "config.toml"
    assert config.database == f"sqlite://{tmp_path}/convener.db"
    assert config.warnings == ()
    assert (partnership.key, partnership.time_zone, partnership.language) == ("north-west", "America/Chicago", "en")
    assert (partnership.rules, partnership.templates) == (tmp_path / "rules", tmp_path / "templates")
    assert partnership.people is None
    mailbox, sending = partnership.mailbox, partnership.sending
    assert (mailbox.port, mailbox.tls, mailbox.user) == (993, "tls", "rsvp@example.org")
    assert (sending.port, sending.tls, sending.user) == (587, "starttls", "rsvp@example.org")
    assert mailbox.password is not None
    assert mailbox.password.get_secret_value() == SECRET
    assert sending.password == mailbox.password


def test_letters_of_ones_own_are_not_needed(tmp_path: Path) -> None:
    (tmp_path / "templates").rmdir()
    assert read(GOOD).partnerships[0].templates == tmp_path / "templates"
    assert "The folder templates does not exist." in told(after("partnership", 'templates = "templates"'))


def test_no_secret_is_ever_printed() -> None:
    config = load(write(after("sending", f'password = "{SECRET}"')), ENVIRONMENT)
    assert config.partnerships[0].sending.password is not None
    for text in (repr(config), str(config), config.model_dump_json(), repr(config.partnerships[0].mailbox)):
        assert SECRET not in text


# One entry a mistake: the file, and all that is said about it.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GOOD.replace('key = "north-west"', 'key = "North West!"').replace("dana@example.org", "dana at example"),
            """\
config.toml, line 2, in partnership.key
    key = "North West!"
"North West!" is no key: small letters, digits and hyphens only. For example "north-west".

config.toml, line 8, in convener.address
    address = "dana at example"
"dana at example" is no e-mail address. It needs the form name@example.org, and nothing else.""",
        ),
        (
            GOOD.replace("America/Chicago", "Chicago"),
            """\
config.toml, line 4, in partnership.time-zone
    time-zone = "Chicago"
There is no time zone "Chicago". Did you mean America/Chicago?""",
        ),
        (
            GOOD.replace("time-zone", "time_zone").replace("host = ", "hosts = "),
            """\
config.toml, line 4, in partnership.time_zone
[partnership] has no time_zone.
Did you mean time-zone?

config.toml, line 12, in mailbox.hosts
[mailbox] has no hosts.
Did you mean host?

config.toml, line 15, in sending.hosts
[sending] has no hosts.
Did you mean host?""",
        ),
        (
            after("sending", "most-per-minute = 0", "connections = 50", 'tls = "ssl"', f'pasword = "{SECRET}"'),
            """\
config.toml, line 15, in sending.most-per-minute
    most-per-minute = 0
most-per-minute must be at least 1, not 0.

config.toml, line 16, in sending.connections
    connections = 50
connections must be at most 20, not 50.

config.toml, line 17, in sending.tls
    tls = "ssl"
tls must be "tls", "starttls" or "none", not "ssl".

config.toml, line 18, in sending.pasword
[sending] has no pasword.
Did you mean password?""",
        ),
        (
            after(
                "mailbox", 'port = "imap"', 'subaddresses = "maybe"', "poll-every = 3.5", "user = 7", 'tls = "startls"'
            ),
            """\
config.toml, line 11, in mailbox.port
    port = "imap"
port must be a whole number, not "imap".
Write port = 993.

config.toml, line 12, in mailbox.subaddresses
    subaddresses = "maybe"
subaddresses must be true or false, not "maybe".

config.toml, line 13, in mailbox.poll-every
    poll-every = 3.5
poll-every must be a whole number, not 3.5.
Write poll-every = 120.

config.toml, line 14, in mailbox.user
    user = 7
user must be text between quotation marks, not 7.

config.toml, line 15, in mailbox.tls
    tls = "startls"
tls must be "tls", "starttls" or "none", not "startls".
Did you mean "starttls"?""",
        ),
        (
            GOOD.replace('name = "Dana Reyes"\n', "").replace('host = "imap.example.org"\n', ""),
            """\
config.toml, line 6, in convener.name
name is missing.
Write name = "Dana Reyes", with your own.

config.toml, line 9, in mailbox.host
host is missing.
Write host = "imap.example.org", with your own.""",
        ),
        (
            GOOD.replace("[sending]", "[smtp]"),
            """\
config.toml, line 14
There is no section [smtp].
Did you mean [sending]?""",
        ),
        (
            GOOD + "[weather]\nrain = true\n",
            """\
config.toml, line 16
There is no section [weather].
The sections are [partnership], [convener], [mailbox], [sending], [retention], [service].""",
        ),
        (
            "",
            """\
config.toml
The section [partnership] is missing.
`convener init` writes an example with every section.

config.toml
The section [convener] is missing.
`convener init` writes an example with every section.

config.toml
The section [sending] is missing.
`convener init` writes an example with every section.

config.toml, in mailbox
address is missing.
Write address = "partnership@example.org", with your own.

config.toml, in mailbox
host is missing.
Write host = "imap.example.org", with your own.""",
        ),
        (
            'port = 25\npartnerschip = "x"\n' + GOOD,
            """\
config.toml, line 1
port stands outside of any section.
Put it below [mailbox] or [sending].

config.toml, line 2
partnerschip stands outside of any section.
Did you mean partnership?""",
        ),
        (
            after("convener", 'rules = "rules"', "colour = 1"),
            """\
config.toml, line 7, in convener.rules
[convener] has no rules.
It belongs under [partnership].

config.toml, line 8, in convener.colour
[convener] has no colour.
What it knows: name, address, also, title, organisation, phone, digest-at.""",
        ),
        (
            GOOD.replace("[sending]", "[[sending]]"),
            """\
config.toml, line 14, in sending
This section may be there once.
Write [sending] on a line of its own.""",
        ),
        (
            GOOD.replace('"imap.example.org"', "imap.example.org"),
            """\
config.toml, line 12
    host = imap.example.org
Text needs quotation marks.
Write host = "…".""",
        ),
        (
            GOOD.replace('"Dana Reyes"', '"Dana Reyes'),
            """\
config.toml, line 7
    name = "Dana Reyes
A quotation mark is missing.
Write name = "…".""",
        ),
        (
            GOOD + 'host = "other.example.org"\n',
            """\
config.toml, line 16
    host = "other.example.org"
This is there twice.
Keep one of them.""",
        ),
        (
            after("partnership", r'rules = "C:\convener\rules"'),
            """\
config.toml, line 2
    rules = "C:\\convener\\rules"
A backslash has a meaning of its own between these quotation marks.
Write it between single quotation marks: '…'.""",
        ),
        (
            after("mailbox", f'password = "{SECRET}'),
            """\
config.toml, line 11
A quotation mark is missing.
Write password = "…".""",
        ),
        (
            GOOD.encode().replace(b"Dana Reyes", b"Dana M\xfcller"),
            """\
config.toml, line 7
This file is not in UTF-8.
Save the file as UTF-8 (in Notepad: Save as, Encoding).""",
        ),
        (
            after("partnership", 'rules = "regeln"', 'people = "people.csv"'),
            """\
config.toml, line 2, in partnership.rules
    rules = "regeln"
The folder regeln (rules) does not exist.
Paths start from the folder of this file. `convener init` writes rules, letters and a list of people.

config.toml, line 3, in partnership.people
    people = "people.csv"
The file people.csv (people) does not exist.
Paths start from the folder of this file. `convener init` writes rules, letters and a list of people.""",
        ),
        (
            after("mailbox", 'tls = "none"'),
            """\
config.toml, line 11, in mailbox.tls
    tls = "none"
Without TLS the password would travel to imap.example.org for everybody on the way to read.
Write tls = "tls".""",
        ),
        (
            after("sending", 'tls = "none"'),
            """\
config.toml, line 15, in sending.tls
    tls = "none"
Without TLS the password would travel to smtp.example.org for everybody on the way to read.
Write tls = "starttls".""",
        ),
        (
            GOOD + '[service]\ndatabase = "convener.db"\nlog-level = "verbose"\n',
            """\
config.toml, line 17, in service.database
    database = "convener.db"
This is no database address. Write sqlite://convener.db, or postgres://USER@HOST/NAME.

config.toml, line 18, in service.log-level
    log-level = "verbose"
log-level must be "debug", "info", "warning" or "error", not "verbose".""",
        ),
        (
            GOOD + f'[service]\ndatabase = "mysql://me:{SECRET}@db/x"\n',
            """\
config.toml, line 17, in service.database
This is no database address. Write sqlite://convener.db, or postgres://USER@HOST/NAME.""",
        ),
    ],
)
def test_mistakes(text: str | bytes, expected: str) -> None:
    assert told(text) == expected


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ConfigProblems) as raised:
        load(Path("elsewhere/config.toml"), {})
    assert str(raised.value) == (
        "elsewhere/config.toml\nThis file does not exist.\n`convener init` writes one to start from."
    )


def test_lines_are_right_after_text_of_several_lines_and_dotted_keys() -> None:
    text = GOOD.replace("[convener]\n", '[convener]\ntitle = """\n[mailbox]\nport = 1\n"""\n')
    text = text.replace("[sending]\n", "# port = 5\n[ sending ]\n  'port' = 99999\n")
    assert told(text).startswith("config.toml, line 20, in sending.port\n")
    assert told('mailbox.port = 0\nmailbox.address = "x@y.org"\n').endswith(
        "config.toml, line 1, in mailbox.port\n    mailbox.port = 0\nport must be at least 1, not 0."
    )


def test_a_file_from_windows_is_read() -> None:
    config = read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert config.partnerships[0].key == "north-west"


# The environment


def test_the_environment_goes_before_the_file() -> None:
    config = read(
        GOOD,
        CONVENER_SENDING_HOST="relay.example.org",
        CONVENER_SENDING_MOST_PER_DAY="500",
        CONVENER_MAILBOX_SUBADDRESSES="false",
        CONVENER_SERVICE_DATABASE="postgresql://me@db/convener",
        CONVENER_CONVENER_NAME="Lee",
        CONVENER_CONFIG="/etc/convener.toml",
        PATH="/bin",
    )
    (partnership,) = config.partnerships
    assert (partnership.sending.host, partnership.sending.most_per_day) == ("relay.example.org", 500)
    assert partnership.mailbox.subaddresses is False
    assert partnership.convener.name == "Lee"
    assert config.database == "postgres://me@db/convener"


def test_mistakes_in_the_environment() -> None:
    assert told(GOOD, CONVENER_SENDING_PORT="smtp", CONVENER_MAILBOX_PASWORD=SECRET) == (
        "the environment, in CONVENER_MAILBOX_PASWORD\n[mailbox] has no pasword.\n"
        "Did you mean CONVENER_MAILBOX_PASSWORD?\n\n"
        'the environment, in CONVENER_SENDING_PORT\nport must be a whole number, not "smtp".\nWrite port = 587.'
    )


# Secrets


def password(text: str, **environment: str) -> str | None:
    secret = load(write(text), environment).partnerships[0].mailbox.password
    return secret.get_secret_value() if secret else None


def test_password_from_a_file_or_a_command() -> None:
    write(f"{SECRET}\n", "secret")
    assert password(after("mailbox", 'password-file = "secret"')) == SECRET
    assert password(after("mailbox", 'password-command = "cat secret"')) == SECRET
    assert password(after("mailbox", "password-command = \"sh -c 'head -1 secret | cat'\"")) == SECRET


def test_the_environment_may_name_the_file_and_goes_before_any_password_in_the_configuration() -> None:
    write(f"{SECRET}\n", "secret")
    text = after("mailbox", 'password = "old"')
    assert password(text, CONVENER_MAILBOX_PASSWORD_FILE="secret") == SECRET
    assert password(text, CONVENER_MAILBOX_PASSWORD=SECRET) == SECRET


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['password-file = "nowhere"'], "The password file {here}/nowhere does not exist."),
        (['password-file = "rules"'], "The password file {here}/rules cannot be read: Is a directory."),
        (['password-file = "empty"'], "The password file {here}/empty must hold one line, the password."),
        (['password-file = "binary"'], "The password file {here}/binary cannot be read: it is not text."),
        (['password-command = "false"'], "The password command failed (exit code 1)."),
        (['password-command = "true"'], "The password command must print one line, the password."),
        (
            ['password-command = "no-such-command x"'],
            "The password command cannot be started: No such file or directory.",
        ),
        (['password-command = "cat \'secret"'], "The password command has a quotation mark too few."),
        (['password-command = "sleep 60"'], "The password command did not end within 1 seconds; it may be waiting"),
        (
            ['password-command = "cat secret"', 'password-file = "secret"'],
            "Only one of password-file and password-command",
        ),
        (["password-file = 3"], "password-file must be text between quotation marks."),
    ],
)
def test_password_that_cannot_be_had(
    lines: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets_module, "COMMAND_SECONDS", 1 if "60" in lines[0] else 15)
    write(SECRET, "secret")
    write("", "empty")
    write(b"\xff\xfe\x00", "binary")
    with pytest.raises(ConfigProblems) as raised:
        load(write(after("mailbox", *lines)), {})
    assert expected.format(here=tmp_path) in str(raised.value)
    assert SECRET not in str(raised.value)
    assert lines[0].partition(" = ")[2] not in str(raised.value)


def test_sending_uses_the_password_of_the_mailbox_only_for_the_same_user() -> None:
    sending = read(GOOD).partnerships[0].sending
    assert sending.password is not None
    assert read(after("sending", 'user = "relay"')).partnerships[0].sending.password is None
    own = read(after("sending", 'user = "relay"'), CONVENER_SENDING_PASSWORD="own").partnerships[0].sending.password
    assert own is not None
    assert own.get_secret_value() == "own"


def test_a_mail_server_on_this_machine_without_tls_is_not_sent_the_password_of_the_mailbox() -> None:
    text = GOOD.replace("smtp.example.org", "127.0.0.1").replace("imap.example.org", "localhost")
    text = text.replace("[sending]\n", '[sending]\ntls = "none"\n').replace("[mailbox]\n", '[mailbox]\ntls = "none"\n')
    (partnership,) = read(text).partnerships
    assert partnership.sending.password is None
    assert partnership.mailbox.password is not None
    assert (partnership.sending.port, partnership.mailbox.port) == (25, 143)


# What is guessed, and what is warned of


@pytest.mark.parametrize(
    ("lines", "field", "expected"),
    [
        (["port = 465"], "tls", "tls"),
        (["port = 587"], "tls", "starttls"),
        (["port = 2525"], "tls", "starttls"),
        (['tls = "tls"'], "port", 465),
        (['tls = "tls"', "port = 2465"], "port", 2465),
    ],
)
def test_port_and_tls_follow_from_each_other(lines: list[str], field: str, expected: Any) -> None:
    assert getattr(read(after("sending", *lines)).partnerships[0].sending, field) == expected


def warnings(text: str, environment: dict[str, str] | None = None, mode: int = 0o600) -> str:
    return "\n".join(map(str, load(write(text, mode=mode), environment or {}).warnings))


def test_servers_of_large_providers_are_known_and_said() -> None:
    text = GOOD.replace("rsvp@example.org", "rsvp@gmail.com").replace('host = "imap.example.org"\n', "")
    text = text.replace('host = "smtp.example.org"\n', "")
    (partnership,) = read(text).partnerships
    assert (partnership.mailbox.host, partnership.sending.host) == ("imap.gmail.com", "smtp.gmail.com")
    assert warnings(text, ENVIRONMENT) == (
        'config.toml, line 11, in mailbox.address   (warning)\n    address = "rsvp@gmail.com"\n'
        "No IMAP server is named; imap.gmail.com is used, since the address is rsvp@gmail.com.\n"
        "Sign-in needs an app password, made in the settings of the account.\n"
        'config.toml, line 11, in mailbox.address   (warning)\n    address = "rsvp@gmail.com"\n'
        "No SMTP server is named; smtp.gmail.com is used, since the address is rsvp@gmail.com."
    )
    fastmail = text.replace("gmail.com", "fastmail.com")
    assert (read(fastmail).partnerships[0].sending.port, read(fastmail).partnerships[0].sending.tls) == (465, "tls")


def test_warnings() -> None:
    assert warnings(GOOD) == (
        "config.toml, line 10, in mailbox   (warning)\nThere is no password for the mailbox, so it cannot be read.\n"
        "Set CONVENER_MAILBOX_PASSWORD in the environment, or password-file or password-command here."
    )
    assert warnings(after("sending", "port = 465", 'tls = "starttls"'), ENVIRONMENT) == (
        "config.toml, line 15, in sending.port   (warning)\n    port = 465\n"
        'Port 465 is usually for tls = "tls", not "starttls".\nIf the connection fails, this is why.'
    )


def test_a_password_that_others_can_read_is_warned_of() -> None:
    text = after("mailbox", f'password = "{SECRET}"')
    assert warnings(text) == ""
    assert warnings(text, mode=0o644) == (
        "config.toml, line 11, in mailbox.password   (warning)\nOther users of this machine can read this password.\n"
        "chmod 600 config.toml, or keep it in the environment, a file or a command."
    )
    write(SECRET, "secret", 0o640)
    assert "can read the password file" in warnings(after("mailbox", 'password-file = "secret"'))
    assert stat.S_IMODE(Path("secret").stat().st_mode) == 0o640


# Many partnerships

MAIN = 'partnerships = "partnerships/*.toml"\n\n[sending]\nhost = "relay.example.org"\nmost-per-day = 300\n'


def one(key: str, address: str, sending: str = "") -> str:
    text = GOOD.replace("north-west", key).replace("rsvp@example.org", address).partition("[sending]")[0]
    return text.replace("[partnership]\n", '[partnership]\nrules = "../rules"\ntemplates = "../templates"\n') + sending


def test_many_partnerships_share_what_the_main_file_says() -> None:
    write(one("north", "north@example.org"), "partnerships/north.toml")
    write(one("south-west", "south@example.org", "[sending]\nmost-per-day = 50\n"), "partnerships/south.toml")
    config = read(
        MAIN + '[service]\ndatabase = "sqlite://all.db"\n',
        CONVENER_SOUTH_WEST_MAILBOX_PASSWORD="south only",
        CONVENER_SOUTH_WEST_SENDING_PORT="465",
    )
    north, south = config.partnerships
    assert (north.sending.host, north.sending.most_per_day, north.sending.port) == ("relay.example.org", 300, 587)
    assert (south.sending.host, south.sending.most_per_day, south.sending.port) == ("relay.example.org", 50, 465)
    assert north.mailbox.password is not None
    assert south.mailbox.password is not None
    assert north.mailbox.password.get_secret_value() == SECRET
    assert south.mailbox.password.get_secret_value() == "south only"
    assert [file.name for file in config.files] == ["config.toml", "north.toml", "south.toml"]
    assert config.database == f"sqlite://{Path.cwd()}/all.db"
    assert north.rules.resolve() == Path.cwd() / "rules"


def test_mistakes_of_many_partnerships_come_together() -> None:
    write(one("north", "rsvp@example.org"), "partnerships/a.toml")
    write(one("north", "rsvp@example.org"), "partnerships/b.toml")
    write(one("Süd", "c@example.org", "[service]\n"), "partnerships/c.toml")
    write("[partnership", "partnerships/d.toml")
    assert told(MAIN) == (
        "partnerships/b.toml, line 4, in partnership.key\n"
        '    key = "north"\n'
        "partnerships/a.toml has the key north too.\nEach needs its own.\n\n"
        "partnerships/b.toml, line 12, in mailbox\n"
        "partnerships/a.toml reads the same mailbox. Answers would go to whichever looks first.\n"
        "Each partnership needs its own.\n\n"
        "partnerships/c.toml, line 4, in partnership.key\n"
        '    key = "Süd"\n'
        '"Süd" is no key: small letters, digits and hyphens only. For example "s-d".\n\n'
        "partnerships/c.toml, line 16\n[service] belongs into config.toml, once for all partnerships.\n\n"
        "partnerships/d.toml, line 1\n    [partnership\n"
        "This is not valid TOML: expected ']' at the end of a table declaration."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MAIN, "No file is named like partnerships/*.toml."),
        (MAIN.replace("partnerships/*.toml", "/etc/*.toml"), "This is no pattern for files."),
        ('partnerships = "p/*.toml"\n' + GOOD, "A file is one partnership or the list of many, not both."),
    ],
)
def test_mistakes_of_the_main_file(text: str, expected: str) -> None:
    assert expected in told(text)
