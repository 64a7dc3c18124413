"""Entries → `Config`: defaults that follow from the mail address, secrets, checks, and every problem in one go.

A file is one partnership. A main file with ``partnerships = "partnerships/*.toml"`` is an installation with many: what it says
itself under [convener], [mailbox] and [sending] holds for each of them unless its own file says otherwise.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mailer.config.providers import provider_of
from mailer.config.secrets import find_secret, readable_by_others
from mailer.config.settings import (
    SECTIONS,
    Config,
    ConvenerSettings,
    ImapSettings,
    PartnershipSection,
    PartnershipSettings,
    RetentionSettings,
    Section,
    ServiceSettings,
    SmtpSettings,
    keys_of,
    shortened,
)
from mailer.config.source import Entries, Entry, Source, merged, read_environment, read_file
from mailer.errors import ConfigProblems, Problem

_PORTS = {"mailbox": {"tls": 993, "starttls": 143, "none": 143}, "sending": {"tls": 465, "starttls": 587, "none": 25}}
_OWN_SECTIONS = ("partnership", "convener", "mailbox", "sending")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One partnership while it is read: the file it is in, and where its paths start."""

    source: Source
    entries: Entries
    folder: Path
    problems: list[Problem]


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the configuration at *path*, with *environ* over it. Raises ConfigProblems with all that is wrong."""
    problems: list[Problem] = []
    shown, path = path, path.absolute()
    main = read_file(path, str(shown), problems)
    if main is None:
        raise ConfigProblems(tuple(problems))
    files = [path]
    sources = [(main, path)]
    if main.partnerships is not None:
        sources = _many(main, shown, path, problems)
        files += [file for _, file in sources]
    keys = [str(entry.value) for source, _ in sources if (entry := source.entries.get("partnership", {}).get("key"))]
    variables = read_environment(environ, keys, problems)

    service = _service(merged(main.entries, variables.get("", {})), main, path, problems)
    partnerships = []
    for source, file in sources:
        shared = main.entries if source is not main else {}
        entries = merged(shared, source.entries, variables.get("", {}))
        key = entries.get("partnership", {}).get("key")
        entries = merged(entries, variables.get(str(key.value), {}) if key else {})
        partnership = _partnership(_Reading(source, entries, file.parent, problems))
        if partnership is not None:
            partnerships.append((partnership, source, file))
        passwords = [k["password"] for s, k in source.entries.items() if s in _PORTS and "password" in k]
        if passwords and readable_by_others(file):
            remedy = f"chmod 600 {file.name}, or keep it in the environment, a file or a command."
            problems.append(
                passwords[0].problem("Other users of this machine can read this password.", remedy, warning=True)
            )
    _distinct([(p, s) for p, s, _ in partnerships], problems)
    problems = sorted(
        dict.fromkeys(problems), key=lambda problem: (problem.where != main.where, problem.where, problem.line)
    )
    if any(not problem.warning for problem in problems) or service is None:
        raise ConfigProblems(tuple(problems))
    return Config(
        file=path,
        database=service.database,
        partnerships=tuple(partnership for partnership, _, _ in partnerships),
        log_level=service.log_level,
        log_format=service.log_format,
        files=tuple(files),
        warnings=tuple(problems),
    )


def _many(main: Source, shown: Path, path: Path, problems: list[Problem]) -> list[tuple[Source, Path]]:
    assert main.partnerships is not None
    if "partnership" in main.entries:
        sentence = "A file is one partnership or the list of many, not both."
        problems.append(main.partnerships.problem(sentence, "Move [partnership] to a file of its own."))
    try:
        files = sorted(file for file in path.parent.glob(main.partnerships.value) if file.is_file() and file != path)
    except (ValueError, NotImplementedError):
        remedy = 'Write it from the folder of this file, like partnerships = "partnerships/*.toml".'
        problems.append(main.partnerships.problem("This is no pattern for files.", remedy))
        return []
    if not files:
        problems.append(main.partnerships.problem(f"No file is named like {main.partnerships.value}."))
    sources = []
    for file in files:
        source = read_file(file, str(shown.parent / file.relative_to(path.parent)), problems)
        if source is None:
            continue
        if "service" in source.entries:
            sentence = f"[service] belongs into {path.name}, once for all partnerships."
            problems.append(Problem(source.where, source.section_lines.get("service", 0), sentence))
        if source.partnerships is not None:
            problems.append(source.partnerships.problem(f"Only {path.name} lists partnerships."))
        sources.append((source, file))
    return sources


def _service(entries: Entries, main: Source, path: Path, problems: list[Problem]) -> ServiceSettings | None:
    service = _validated("service", entries.get("service", {}), {}, main, problems)
    if not isinstance(service, ServiceSettings):
        return None
    scheme, _, rest = service.database.partition("://")
    if scheme == "sqlite" and not rest.startswith(":memory:"):
        service = service.model_copy(update={"database": f"sqlite://{path.parent / rest}"})
    return service


def _partnership(reading: _Reading) -> PartnershipSettings | None:
    entries, problems = reading.entries, reading.problems
    missing: set[str] = set()
    for section in _OWN_SECTIONS:
        if section not in entries:
            if (section, "") not in reading.source.misspelt:
                sentence = f"The section [{section}] is missing."
                remedy = "`convener init` writes an example with every section."
                problems.append(Problem(reading.source.where, 0, sentence, remedy=remedy))
            entries[section] = {}
            missing.add(section)
    added = {"convener": {}, "partnership": {}, "mailbox": _mailbox(reading), "sending": {}}
    added["sending"] = _sending(reading, added["mailbox"])
    parts = {
        section: _validated(section, entries[section], added[section], reading.source, problems)
        for section in _OWN_SECTIONS
        if section not in missing
    }
    retention = _validated("retention", entries.get("retention", {}), {}, reading.source, problems)
    paths = _paths(reading)
    match parts:
        case {
            "partnership": PartnershipSection() as own,
            "convener": ConvenerSettings() as convener,
            "mailbox": ImapSettings() as mailbox,
            "sending": SmtpSettings() as sending,
        }:
            fields = {name: getattr(own, name) for name in type(own).model_fields} | paths
            kept = retention if isinstance(retention, RetentionSettings) else RetentionSettings()
            return PartnershipSettings(**fields, convener=convener, mailbox=mailbox, sending=sending, retention=kept)
    return None


def _mailbox(reading: _Reading) -> dict[str, Any]:
    keys = reading.entries["mailbox"]
    address = _text(keys, "address")
    added: dict[str, Any] = {"user": _text(keys, "user") or address}
    provider = provider_of(address)
    if "host" not in keys and provider:
        added["host"] = provider.imap_host
        sentence = f"No IMAP server is named; {provider.imap_host} is used, since the address is {address}."
        reading.problems.append(keys["address"].problem(sentence, provider.note, warning=True))
    _port_and_tls("mailbox", keys, added, reading.problems)
    added["password"] = find_secret(keys, reading.folder, reading.problems)
    _guard_password("mailbox", keys, added, reading)
    if added["password"] is None and not any(name.startswith("password") for name in keys):
        reading.problems.append(
            Problem(
                reading.source.where,
                reading.source.section_lines.get("mailbox", 0),
                "There is no password for the mailbox, so it cannot be read.",
                "mailbox",
                remedy="Set CONVENER_MAILBOX_PASSWORD in the environment, or password-file or password-command here.",
                warning=True,
            )
        )
    _file(keys, "ca-file", added, reading)
    return added


def _sending(reading: _Reading, mailbox: dict[str, Any]) -> dict[str, Any]:
    keys, boxes = reading.entries["sending"], reading.entries["mailbox"]
    added: dict[str, Any] = {"user": _text(keys, "user") or mailbox["user"]}
    address = _text(boxes, "address")
    provider = provider_of(address)
    if "host" not in keys and provider:
        added["host"] = provider.smtp_host
        if "tls" not in keys and "port" not in keys:
            added["tls"] = provider.smtp_tls
        sentence = f"No SMTP server is named; {provider.smtp_host} is used, since the address is {address}."
        reading.problems.append(boxes["address"].problem(sentence, warning=True))
    _port_and_tls("sending", keys, added, reading.problems)
    added["password"] = find_secret(keys, reading.folder, reading.problems)
    if not any(name.startswith("password") for name in keys) and added["user"] == mailbox["user"]:
        # One account for both is the rule. A server of this machine that wants no password gets none: it would be refused below.
        host = _text(keys, "host") or added.get("host", "")
        tls = _text(keys, "tls") or added.get("tls", "starttls")
        added["password"] = mailbox["password"] if not (_is_loopback(host) and tls == "none") else None
    _guard_password("sending", keys, added, reading)
    _file(keys, "ca-file", added, reading)
    return added


def _port_and_tls(section: str, keys: dict[str, Entry], added: dict[str, Any], problems: list[Problem]) -> None:
    """Let the port follow from tls, or tls from the port; warn where the two rarely go together."""
    ports = _PORTS[section]
    port, tls = keys.get("port"), _text(keys, "tls") or added.get("tls", "")
    by_port = {number: name for name, number in ports.items() if name != "none"}
    if port is None:
        default = SECTIONS[section].model_fields["tls"].default
        added["port"] = ports.get(tls or default, ports[default])
    elif not tls and str(port.value).isdecimal() and int(port.value) in by_port:
        added["tls"] = by_port[int(port.value)]
    elif str(port.value).isdecimal() and by_port.get(int(port.value), tls) != tls and tls in ("tls", "starttls"):
        usual = by_port[int(port.value)]
        sentence = f'Port {port.value} is usually for tls = "{usual}", not "{tls}".'
        problems.append(port.problem(sentence, "If the connection fails, this is why.", warning=True))


def _guard_password(section: str, keys: dict[str, Entry], added: dict[str, Any], reading: _Reading) -> None:
    host = _text(keys, "host") or added.get("host", "")
    if _text(keys, "tls") == "none" and added["password"] is not None and host and not _is_loopback(host):
        sentence = f"Without TLS the password would travel to {host} for everybody on the way to read."
        default = "tls" if section == "mailbox" else "starttls"
        reading.problems.append(keys["tls"].problem(sentence, f'Write tls = "{default}".'))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _file(keys: dict[str, Entry], key: str, added: dict[str, Any], reading: _Reading) -> None:
    if name := _text(keys, key):
        path = reading.folder / Path(name).expanduser()
        added[key] = str(path)
        if not path.is_file():
            reading.problems.append(keys[key].problem(f"The file {shortened(name)} ({key}) does not exist."))


def _paths(reading: _Reading) -> dict[str, Path]:
    keys, source = reading.entries["partnership"], reading.source
    section_line = source.section_lines.get("partnership", 0)
    paths = {}
    for key, what in (("rules", "folder"), ("templates", "folder"), ("people", "file")):
        name = _text(keys, key) or ("" if key == "people" else key)
        if not name:
            continue
        path = paths[key] = reading.folder / Path(name).expanduser()
        if path.is_file() if what == "file" else path.is_dir():
            continue
        if key == "templates" and key not in keys:
            continue  # no letters of their own: the shipped ones serve
        entry = keys.get(key) or Entry(name, source.where, section_line, f"partnership.{key}")
        sentence = (
            f"The {what} {shortened(name)} ({key}) does not exist."
            if key != name
            else f"The {what} {name} does not exist."
        )
        remedy = "Paths start from the folder of this file. `convener init` writes rules, letters and a list of people."
        reading.problems.append(entry.problem(sentence, remedy))
    return paths


def _validated(
    section: str, keys: dict[str, Entry], added: dict[str, Any], source: Source, problems: list[Problem]
) -> Section | None:
    """Check the values of one section. *added*: what was found for keys that are not set, and where a file is."""
    values = {key: entry.value for key, entry in keys.items() if not key.startswith("password")}
    for key, value in added.items():
        if value is not None and value != "" and (values.get(key, "") == "" or key == "ca-file"):
            values[key] = value
    try:
        return SECTIONS[section].model_validate(values)
    except ValidationError as exc:
        for error in exc.errors(include_url=False):
            key = str(error["loc"][0])
            if error["type"] == "missing" and (section, key) in source.misspelt:
                continue
            line = source.section_lines.get(section, 0)
            entry = keys.get(key) or Entry(None, source.where, line, f"{section}.{key}" if line else section)
            problems.append(_problem(section, key, entry, error))
    return None


def _problem(section: str, key: str, entry: Entry, error: ErrorDetails) -> Problem:
    field = SECTIONS[section].model_fields[keys_of(section)[key]]
    value, limits = error["input"], error.get("ctx", {})
    shown = "" if "://" in str(value) else f", not {_as_typed(value)}"
    match error["type"]:
        case "missing":
            sample = f'"{field.examples[0]}"' if field.examples else "…"
            return entry.problem(f"{key} is missing.", f"Write {key} = {sample}, with your own.")
        case "literal_error":
            choices = [str(choice) for choice in get_args(field.annotation)]
            near = get_close_matches(str(value).lower(), choices, 1)
            listed = ", ".join(f'"{choice}"' for choice in choices[:-1]) + f' or "{choices[-1]}"'
            remedy = f'Did you mean "{near[0]}"?' if near else ""
            return entry.problem(f"{key} must be {listed}{shown}.", remedy)
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return entry.problem(f"{key} must be a whole number{shown}.", f"Write {key} = {field.default}.")
        case "bool_parsing" | "bool_type":
            return entry.problem(f"{key} must be true or false{shown}.")
        case "string_type" | "path_type":
            return entry.problem(f"{key} must be text between quotation marks{shown}.")
        case "string_too_short":
            return entry.problem(f"{key} is empty.")
        case "greater_than_equal":
            return entry.problem(f"{key} must be at least {limits['ge']}{shown}.")
        case "less_than_equal":
            return entry.problem(f"{key} must be at most {limits['le']}{shown}.")
        case "value_error":
            return entry.problem(str(limits["error"]))
        case _:
            return entry.problem(f"{key}: {error['msg']}.")


def _distinct(partnerships: list[tuple[PartnershipSettings, Source]], problems: list[Problem]) -> None:
    keys: dict[str, Source] = {}
    mailboxes: dict[tuple[str, str, str], Source] = {}
    for partnership, source in partnerships:
        if (first := keys.setdefault(partnership.key, source)) is not source:
            entry = source.entries["partnership"]["key"]
            problems.append(entry.problem(f"{first.where} has the key {partnership.key} too.", "Each needs its own."))
        box = partnership.mailbox
        if (other := mailboxes.setdefault((box.host.casefold(), box.user, box.mailbox), source)) is not source:
            line = source.section_lines.get("mailbox", 0)
            sentence = f"{other.where} reads the same mailbox. Answers would go to whichever looks first."
            problems.append(Problem(source.where, line, sentence, "mailbox", remedy="Each partnership needs its own."))


def _text(keys: dict[str, Entry], key: str) -> str:
    entry = keys.get(key)
    return entry.value.strip() if entry is not None and isinstance(entry.value, str) else ""


def _as_typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{shortened(value)}"' if isinstance(value, str) else shortened(str(value))
