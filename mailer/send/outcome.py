"""What became of one attempt to hand one message to the server: the outcomes, and the one place that says what a reply means.

Promises: every reply, and every way in which a reply fails to come, becomes one of four values.
Never:    decides when to try again (pace.py does), knows the SMTP library.
Fails:    not at all; what is not understood is Deferred, so that nothing is lost.

Three questions decide, in this order. *When* in the transaction (`Stage`): before MAIL nothing is about this mail. *What*: the
reply code (RFC 5321 §4.2) and the enhanced code (RFC 3463). *About whom*: the recipient's address, this mail, or us. A 5yz
that is about us (a password, a sender that is not allowed, a limit, a block list) would be true of every mail of the outbox;
it defers all of them, since failing them would throw away a whole round of invitations for one wrong setting.
"""

import errno
import re
import socket
import ssl
from dataclasses import dataclass
from enum import IntEnum

LONGEST_REPLY = 300
"""Characters of a server's words that are kept. Some answer with a page of advice."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took responsibility (250 after the final dot)."""

    smtp_reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not taken, and may be later (4yz, no connection). *everybody*: the trouble is the server's or ours, not this mail's, so
    the whole outbox should wait. *sentence* is for the convener."""

    sentence: str
    smtp_reply: str = ""
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused for good (5yz for this mail). *address_is_dead*: the refusal is about the recipient's address (RFC 3463 x.1.1 …)."""

    sentence: str
    smtp_reply: str = ""
    address_is_dead: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection died between our last byte and the server's answer: it may have been taken."""

    sentence: str


Outcome = Sent | Deferred | Failed | InDoubt


class Stage(IntEnum):
    """How far the transaction had come. Up to SIGN_IN the connection is being made; MAIL begins the mail itself."""

    CONNECT = 1
    GREETING = 2
    TLS = 3
    SIGN_IN = 4
    MAIL = 5
    RCPT = 6
    DATA = 7
    """DATA is said or the body is on its way; the final dot has not left."""
    END = 8
    """The final dot has left; the server's answer decides."""


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """RFC 5321 §4.2. Several lines are joined by a line feed."""

    code: int
    text: str

    def __str__(self) -> str:
        words = " ".join(re.sub(r"[\x00-\x20\x7f-\xa0]+", " ", self.text).split())
        return f"{self.code} {words}"[:LONGEST_REPLY].rstrip()


class NotOffered(Exception):
    """The server does not offer what the configuration demands. The message is the sentence for the convener."""


_ENHANCED = re.compile(r"(?<![\d.])#?([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
"""RFC 3463 §2. At the head of the text (RFC 2034), but qmail and its kin write it in brackets at the end."""


def enhanced_code(reply: SmtpReply) -> tuple[int, int, int] | None:
    """The enhanced status code in *reply*; None where there is none that agrees with the reply code."""
    found = _ENHANCED.search(reply.text[:LONGEST_REPLY])
    if not found or int(found[1]) != reply.code // 100:
        return None  # an IP address or a version number; a class of its own is no code for this reply
    return int(found[1]), int(found[2]), int(found[3])


def classify(what: SmtpReply | BaseException, stage: Stage) -> Outcome:
    """Say what the server's reply, or what came instead of one, means for the mail at *stage*."""
    if isinstance(what, SmtpReply):
        taken = stage is Stage.END and 200 <= what.code <= 299
        if not taken and not 400 <= what.code <= 599:
            return _no_answer(stage, "The mail server answers something that is no SMTP.", str(what))
        return _reply(what, stage)
    return _no_answer(stage, _in_words(what, stage), "")


def _no_answer(stage: Stage, sentence: str, smtp_reply: str) -> Outcome:
    if stage is Stage.END:
        return InDoubt(f"{sentence} The mail had left completely, so it may or may not have been taken.")
    # A loss in the middle may be this mail's doing (a scanner that crashes on it): if all waited for it, none would ever leave.
    return Deferred(sentence, smtp_reply, everybody=stage <= Stage.MAIL)


_REFUSED = "The mail server refuses connections; nothing listens on that port."


def _in_words(what: BaseException, stage: Stage) -> str:
    chain = [what]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and len(chain) < 10 and cause not in chain:
        chain.append(cause)
    for link in chain:
        match link:
            case NotOffered():
                return str(link)
            case ssl.SSLCertVerificationError():
                return f"The mail server's certificate is not accepted ({link.verify_message})."
            case ssl.SSLError():
                return (
                    "The mail server does not speak TLS on this port"
                    f" ({(getattr(link, 'reason', None) or 'no handshake').replace('_', ' ').lower()}); [sending] tls and port may not fit together."
                )
            case socket.gaierror():
                return "The name of the mail server is not known (or the network is down)."
            case ConnectionRefusedError():
                return _REFUSED
    root = chain[-1]
    if f"[Errno {errno.ECONNREFUSED}]" in str(
        root
    ):  # asyncio's "Multiple exceptions", where a name has several addresses
        return _REFUSED
    if any(isinstance(link, TimeoutError) for link in chain):
        return (
            "The mail server cannot be reached in time."
            if stage is Stage.CONNECT
            else "The mail server has stopped answering."
        )
    if isinstance(root, OSError) and not isinstance(root, ConnectionError):
        return f"The mail server cannot be reached ({root.strerror or root})."
    if isinstance(root, ConnectionError | EOFError):
        return "The mail server closed the connection."
    return f"The mail server cannot be used ({what})."


# Words by which servers without (or with vague) enhanced codes say whom a refusal is about. Plain alternations: nothing to blow up.
_ABOUT_US = re.compile(
    r"relay|rcpthosts|authenticat|log ?in first|sign in|not signed|send ?as|sender (?:address )?(?:rejected|denied|not|refused)"
    r"|(?:outbound|invalid|bad|unverified) sender|permissions? to send|blocked using|block ?list|black ?list|spamhaus|reputation"
    r"|client host|your (?:ip|host|server)|rate ?limit|too many|(?:daily|hourly|sending|message|submission|user)[a-z ]{0,20}"
    r"(?:limit|quota) (?:reached|exceeded|is exceeded)|limit on the (?:number|amount)|account (?:is )?(?:suspended|disabled|locked)",
    re.IGNORECASE,
)
_UNKNOWN_ADDRESS = re.compile(
    r"(?:user|recipient|mailbox|account|address|alias)[a-z ]{0,24}"
    r"(?:unknown|not found|unavailable|invalid|does(?:n't| not) exist|not exist|disabled|inactive|deactivated|no longer)"
    r"|(?:no such|unknown|invalid|bad|nonexistent|not a valid|unrouteable|undeliverable)"
    r" (?:user|recipient|mailbox|account|address|alias|local|destination|domain)"
    r"|no mailbox|not our customer|nobody (?:here )?by that name",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"mailbox[a-z ]{0,20}full|over ?quota|quota exceeded|exceeded (?:storage|quota)|out of storage", re.IGNORECASE
)
_SIGN_IN_CODES = {530, 534, 535, 538}
"""RFC 4954 §6: authentication is needed, weak, wrong, or needs encryption."""
_OUR_DETAILS = {7, 8}
"""RFC 3463 §3.2: 5.1.7 and 5.1.8 are about the sender's address."""
_DEAD_DETAILS = {0, 1, 2, 3, 4, 6, 9, 10}
"""RFC 3463 §3.2, RFC 7505 §4.2 (10). Exchange says 5.1.10 for a recipient it does not know."""


def _reply(reply: SmtpReply, stage: Stage) -> Outcome:
    words = str(reply)
    if reply.code < 300:
        return Sent(words)
    if stage < Stage.MAIL:
        return Deferred(_before_mail(reply, stage), words, everybody=True)
    temporary = reply.code < 500
    _, subject, detail = enhanced_code(reply) or (0, 0, 0)

    if _about_size(reply.code, subject, detail, stage) and not temporary:
        return Failed("The mail is too large for the mail server.", words)
    if stage is Stage.MAIL or _about_us(reply, subject, detail):
        return Deferred(_our_trouble(reply, subject, detail), words, everybody=True)
    full = (subject, detail) == (2, 2) or (stage is Stage.RCPT and not subject and bool(_FULL.search(words)))
    if temporary:
        if full:
            return Deferred("The person's mailbox is full for now.", words)
        return Deferred("The mail server asks us to try again later.", words)
    if full or (reply.code == 552 and stage is Stage.RCPT):
        return Failed("The person's mailbox is full.", words)
    if _about_the_address(reply, subject, detail, stage):
        return Failed(
            "The mail server says that this address does not exist or takes no mail.", words, address_is_dead=True
        )
    if subject == 7:
        # A policy we cannot place: the recipient's, or about the content. It would mostly be as true of the next mail, and
        # somebody may lift it: wait instead of failing a whole round, and let the others try.
        return Deferred("The mail server refuses this mail by its policy; we try again in case that changes.", words)
    return Failed("The mail server refuses this mail for good.", words)


def _before_mail(reply: SmtpReply, stage: Stage) -> str:
    match stage:
        case Stage.SIGN_IN if reply.code >= 500:
            return "The mail server does not accept our user name and password for sending."
        case Stage.SIGN_IN:
            return "The mail server cannot check our password at the moment."
        case Stage.TLS:
            return "The mail server offers STARTTLS but cannot start it."
        case _:
            return "The mail server takes no mail from us at the moment."


def _about_size(code: int, subject: int, detail: int, stage: Stage) -> bool:
    if (subject, detail) in ((3, 4), (2, 3)):
        return True  # RFC 3463: message too big for the system, or for the mailbox
    return code == 552 and not subject and stage is not Stage.RCPT  # RFC 1870 §6: refused for its declared or real size


def _about_us(reply: SmtpReply, subject: int, detail: int) -> bool:
    if reply.code == 421 or reply.code in _SIGN_IN_CODES:  # RFC 5321 §3.8: the server is going away
        return True
    if subject == 1 and detail in _OUR_DETAILS:
        return True
    if subject == 3 and detail in (1, 2):  # the server's disk is full; it takes no mail now
        return True
    if (subject, detail) == (4, 5):  # congestion; Gmail: "daily user sending quota exceeded"
        return True
    if (subject == 7 and 8 <= detail <= 14) or (subject, detail) == (
        7,
        60,
    ):  # RFC 4954 §6; Exchange: may not send as this sender
        return True
    if subject in (0, 7) or (subject, detail) in ((1, 0), (2, 0), (5, 0)):
        return bool(_ABOUT_US.search(str(reply))) and "greylist" not in reply.text.lower()
    return False


def _our_trouble(reply: SmtpReply, subject: int, detail: int) -> str:
    if reply.code == 421 or (reply.code < 500 and not (subject == 7 and _ABOUT_US.search(str(reply)))):
        return "The mail server takes no more mail from us at the moment."
    if reply.code in _SIGN_IN_CODES or "authenticat" in reply.text.lower() or (subject == 7 and 8 <= detail <= 14):
        return "The mail server wants us to sign in, or not this way; check user and password under [sending]."
    return "The mail server refuses our mail as such, not this person; ask whoever runs it. All mail waits."


def _about_the_address(reply: SmtpReply, subject: int, detail: int, stage: Stage) -> bool:
    if subject == 1:
        return detail in _DEAD_DETAILS
    if (subject, detail) in ((2, 1), (4, 4)):  # the mailbox is switched off; the domain has no mail server
        return True
    if (subject, detail) == (
        4,
        1,
    ):  # Exchange Online: "Recipient address rejected: Access denied" for an unknown recipient
        return stage is Stage.RCPT
    if subject in (0, 2, 5) and _UNKNOWN_ADDRESS.search(str(reply)):
        return stage in (Stage.RCPT, Stage.END)
    # RFC 5321 §4.2.3, RFC 7504: without an enhanced code these say at RCPT that the mailbox is not there or not allowed.
    return not subject and stage is Stage.RCPT and reply.code in (550, 551, 553, 556)
