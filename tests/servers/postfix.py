"""A real Postfix of its own (nothing under /etc is read or written), delivering by LMTP to Dovecot. It must be started by root.

Mail for LOCAL_DOMAINS goes to the Dovecot user of the local part; for an unknown one Dovecot says no and Postfix writes a real
delivery report. Mail for any other domain is refused at RCPT with 5.1.2: nothing ever leaves the machine. STARTTLS and AUTH are there.
"""

import os
import smtplib
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers.daemons import LOOPBACK, Daemon, absent, certificate, folder, free_port, program
from tests.servers.dovecot import Dovecot

LOCAL_DOMAINS = ("northwdb.example", "acme.example", "bolt.example")

_MAIN = """\
compatibility_level = 3.6
queue_directory = {where}/spool
data_directory = {where}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {where}/postfix.log
maillog_file_prefixes = {where}
myhostname = mail.northwdb.example
mydomain = northwdb.example
myorigin = $mydomain
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
virtual_mailbox_maps = static:ok
recipient_delimiter = +
default_transport = error:5.1.2 this test server sends nothing to other machines
relay_transport = $default_transport
alias_maps =
alias_database =
local_recipient_maps =
smtputf8_enable = yes
message_size_limit = 52428800
mailbox_size_limit = 0
smtpd_peername_lookup = no
biff = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {where}/cert.pem
smtpd_tls_key_file = {where}/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_tls_auth_only = no
"""
_MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    host = LOOPBACK

    def __init__(self, dovecot: Dovecot) -> None:
        binary = program("postfix")
        if os.geteuid() != 0:
            absent("Postfix can be started by root only")
        self.where, self.smtp_port = folder("postfix"), free_port()
        etc, daemons = self.where / "etc", _default(binary, "daemon_directory")
        for name in ("etc", "spool", "data"):
            (self.where / name).mkdir(mode=0o755)
        subprocess.run(["chown", "postfix", str(self.where / "data")], check=True)
        self.certificate: Path = certificate(self.where)
        (etc / "main.cf").write_text(
            _MAIN.format(
                where=self.where,
                commands=Path(binary).parent,
                daemons=daemons,
                domains=", ".join(LOCAL_DOMAINS),
                lmtp=dovecot.lmtp_port,
                sasl=dovecot.sasl_port,
            )
        )
        (etc / "master.cf").write_text(_MASTER.format(smtp=self.smtp_port))
        subprocess.run([binary, "-c", str(etc), "check"], check=True, capture_output=True)  # makes the queue's folders
        # "postfix start", and start-fg too, go into a session of their own and would outlive the tests; -d does not
        self.daemon = Daemon(
            "Postfix", [f"{daemons}/master", "-c", str(etc), "-d"], self.where, ports=(self.smtp_port,)
        )

    def inject(self, raw: bytes, sender: str, recipients: str | Sequence[str]) -> None:
        """Submit *raw* as any mail program would; *sender* is the reverse path, empty for null."""
        with smtplib.SMTP(LOOPBACK, self.smtp_port, timeout=20) as client:
            refused = client.sendmail(sender, recipients, raw)
            assert not refused, refused

    def tls(self) -> ssl.SSLContext:
        """What a client needs to trust this server."""
        return ssl.create_default_context(cafile=str(self.certificate))


def _default(binary: str, name: str) -> str:
    postconf = Path(binary).with_name("postconf")
    return subprocess.run([postconf, "-d", "-h", name], check=True, capture_output=True, text=True).stdout.strip()
