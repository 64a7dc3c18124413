"""A real Dovecot (2.3) as an ordinary user: IMAP, IMAPS, LMTP, and SASL for Postfix. Mail lies in maildirs.

Users are added while it runs. A user is known by the local part alone, whatever the domain.
"""

import grp
import imaplib
import itertools
import pwd
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.daemons import LOOPBACK, Daemon, absent, certificate, folder, free_port, program, unprivileged

PASSWORD = "secret"
POOL = 500
"""Users made beforehand, for `add_user` without a name."""

_CONFIGURATION = """\
# Dovecot 2.3 without root and without fixed paths
base_dir = {where}/run
state_dir = {where}/state
log_path = {where}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{where}/cert.pem
ssl_key = <{where}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{where}/mail/%n
mail_max_userip_connections = 200
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
mailbox_list_index = yes
postmaster_address = postmaster@northwdb.example
hostname = localhost
first_valid_uid = 1
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = username_format=%n {where}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={where}/mail/%n
}}
# no waiting after a wrong password
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One user's mailbox, seen from outside with the standard library."""

    server: "Dovecot"
    user: str
    password: str = PASSWORD

    @contextmanager
    def imap(self, mailbox: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(LOOPBACK, self.server.imap_port, timeout=20) as client:
            client.login(self.user, self.password)
            client.select(mailbox)
            yield client

    def mails(self, mailbox: str = "INBOX") -> list[bytes]:
        """Every mail, oldest first, without touching a flag."""
        with self.imap(mailbox) as client:
            _, (numbers,) = client.search(None, "ALL")
            fetched = [client.fetch(number, "(BODY.PEEK[])")[1][0] for number in numbers.split()]
            return [part[1] for part in fetched if isinstance(part, tuple)]

    def wait(self, count: int, *, seconds: float = 20.0, mailbox: str = "INBOX") -> list[bytes]:
        """The mails, as soon as there are *count*; fails when there are fewer after *seconds*."""
        deadline = time.monotonic() + seconds
        while len(mails := self.mails(mailbox)) < count:
            assert time.monotonic() < deadline, f"{len(mails)} of {count} mails for {self.user} after {seconds} s"
            time.sleep(0.1)
        return mails

    def append(self, raw: bytes, mailbox: str = "INBOX", flags: str = "") -> None:
        """Put *raw* in without any mail server."""
        with self.imap(mailbox) as client:
            status, answer = client.append(mailbox, flags, None, raw)
            assert status == "OK", answer


class Dovecot:
    host = LOOPBACK

    def __init__(self) -> None:
        binary = program("dovecot")
        version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout
        if not re.match(r"2\.3\b", version):
            absent(f"these tests configure Dovecot 2.3; here is {version.strip()}")
        self.where = folder("dovecot")
        self.imap_port, self.imaps_port, self.lmtp_port, self.sasl_port = (free_port() for _ in range(4))
        account = unprivileged()
        for name in ("run", "state", "mail"):
            (self.where / name).mkdir()
        self.certificate: Path = certificate(self.where)
        self._users = self.where / "users"
        self._users.write_text("".join(f"user{number}:{{PLAIN}}{PASSWORD}\n" for number in range(1, POOL + 1)))
        (self.where / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                where=self.where,
                user=pwd.getpwuid(account.uid).pw_name,
                group=grp.getgrgid(account.gid).gr_name,
                imap=self.imap_port,
                imaps=self.imaps_port,
                lmtp=self.lmtp_port,
                sasl=self.sasl_port,
            )
        )
        account.own(self.where)
        self._numbers = itertools.count(1)
        self.daemon = Daemon(
            "Dovecot",
            [binary, "-F", "-c", str(self.where / "dovecot.conf")],
            self.where,
            ports=(self.imap_port, self.imaps_port, self.lmtp_port, self.sasl_port),
            account=account,
        )

    def add_user(self, user: str = "") -> Mailbox:
        """Open a mailbox for *user* (a local part), or for a name nobody else has."""
        if not user:
            return Mailbox(self, f"user{next(self._numbers)}")
        known = self._users.read_text()
        if f"\n{user}:" not in f"\n{known}":
            self._users.write_text(f"{known}{user}:{{PLAIN}}{PASSWORD}\n")
            time.sleep(1.1)  # Dovecot looks at the file once a second at most
        return Mailbox(self, user)

    def tls(self) -> ssl.SSLContext:
        """What a client needs to trust this server."""
        return ssl.create_default_context(cafile=str(self.certificate))
