"""Why a mail was not delivered, and whether trying again could help: RFC 3463 where codes are given, words where not.

Promises: pure. The order is the one that 535 labelled reports bear out: the action; then the class in the diagnostic text, which
          beats Status where they differ; then Status; then the SMTP reply; then words.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one address. *text*: the report's own words, for want of codes."""

    action: str
    status: str
    diagnostic: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    action: str
    status: str
    permanent: bool
    reason: str


HARD = frozenset({"user-unknown", "host-unknown", "has-moved"})
"""Reasons that speak of the address itself. With any other the address may be alive, and our mail or its timing was refused."""

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:])([45])([0-5]\d)(?=[ \-#;:]|$)(?!\.\d)", re.MULTILINE)

_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        ("mailbox-full", r"(?:mail)?box (?:is )?full|quota|over.?quota|exceeded (?:its |the )?(?:storage|mailbox|disk)|not enough (?:disk|storage) space|insufficient (?:system )?(?:disk |storage)|storage (?:limit|full)|too much mail|out of (?:disk )?space|mailbox has exceeded|mailfolder is full|disk full|mailbox size|boîte.{0,20}pleine|buzón.{0,20}lleno|postfach.{0,20}voll"),
        ("has-moved", r"has moved|address (?:has )?changed|no longer (?:at this|with|works|works here|employed|valid|in use|used)|new address|user has moved|account.{0,20}moved"),
        ("host-unknown", r"host (?:or domain name )?(?:not found|unknown|does not exist)|unknown host|domain (?:name )?(?:not found|does ?n[o']t exist|is not valid|unknown|invalid)|no such (?:domain|host)|nxdomain|name (?:service|server) error|bad destination (?:host|system)|couldn.?t find any host|no mx|unrouteable (?:mail )?domain|illegal host|(?:mx|a) record|5\.1\.2|5\.4\.4|all relevant mx records point to non-existent|can.t find (?:a )?(?:valid )?mx|unable to lookup|unresolvable"),
        ("authentication", r"\bspf\b|\bdkim\b|\bdmarc\b|authentication (?:required|failed|check)|unauthenticated|5\.7\.2[0-9]|reverse dns|\bptr\b|rdns|no reverse"),
        ("spam", r"\bspam|junk|bulk mail|unsolicited|content (?:rejected|filter|is not)|message content|blacklisted content|suspected|bayes|phish|virus|malware|infected"),
        ("blocked", r"block(?:ed|list|ing)?\b|black.?list|\brbl\b|dnsbl|spamhaus|reputation|banned|access denied.{0,60}(?:ip|host)|poor|rate limit|too many (?:connections|messages|recipients|emails)|throttl|greylist|temporarily deferred|denylist|listed (?:in|at|by|on)"),
        ("user-unknown", r"user (?:is )?(?:unknown|not found|does ?n[o']t exist|doesn.t|invalid|not known|account is (?:expired|disabled))|unknown (?:user|local|recipient|address|account|or illegal)|no such (?:user|address|mailbox|account|recipient|person|id|email)|mailbox (?:not found|unavailable|does not exist|unknown|invalid|is (?:disabled|unavailable|inactive))|invalid (?:recipient|mailbox|user|address)|(?:recipient|address|account|mailbox|user)\W.{0,60}(?:does ?n[o']?t exist|not exist|not found|unknown|is not (?:known|valid)|rejected|not listed|disabled|inactive|unavailable|wasn.t found|couldn.t be found)|not (?:a )?(?:known|valid) (?:user|recipient|mailbox|address)|recipient (?:unknown|not found|address rejected|rejected)|wasn.t found|not our customer|no (?:account|mailbox)|unrouteable address|unroutable|5\.1\.1(?!\d)|5\.1\.10|address (?:rejected|invalid|unknown)|no longer (?:available|active)|bad (?:destination )?mailbox|there is no|doesn.t have (?:a|an) .{0,30}account|isn.t (?:a )?valid|delivery to this address is restricted|this user|unknown$|destinataire inconnu|desconocid|unbekannt|not known"),
        ("expired", r"expired|timed? ?out|retry time|too long|too old|giv(?:e|ing) up|gave up|could not be delivered (?:for|within|in)|(?:for|in) (?:the last |over |more than )?\d+ (?:days?|hours?|minutes?)|delivery time|connection (?:refused|timed|reset)|no route|unreachable|not responding|unable to connect|could not connect|deferred"),
        ("too-large", r"too (?:large|big)|message size|size (?:limit|exceed)|exceeds? .{0,30}(?:size|limit)|maximum size|5\.3\.4|5\.2\.3"),
        ("policy", r"polic|not allowed|denied|prohibit|refus|reject|not permitted|restrict|not accept|unauthor|relay|authentication"),
        ("suspended", r"suspend|disabled|inactive|deactivat|locked|frozen"),
        ("system", r"system (?:error|failure|problem)|configuration|loop|too many hops|internal error|local error|i/o error|mail server|service unavailable|cannot open"),
    )
)  # fmt: skip

_DELAY = re.compile(
    r"(?:has been|was|is|being|be) delayed|delay(?:ed)? (?:mail|delivery|notif)|delivery (?:is |has been )?(?:status notification )?\(?delay|will (?:be )?(?:retr|try|keep|continue)|still (?:being )?(?:tr|attempt|retr)|not yet (?:been )?(?:deliver|sent)|"
    r"temporar|try(?:ing)? again later|this is a warning|warning message only|you do not need to (?:re-?send|resend)|need not resend|attempts? will continue|keep trying|continue (?:to )?try|could not be delivered (?:for|so far)|transient|does not require|no action is required|queued for|later",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"giv(?:e|ing) up|gave up|permanent|fatal|will not be (?:retried|tried)|expired|undeliverable|retry time(?:out)? exceeded|too long|could not be delivered to|failed",
    re.IGNORECASE,
)


def judge(failure: Failure) -> Judgement:
    """What became of the mail to one address."""
    action = failure.action
    if action in ("delivered", "relayed", "expanded"):
        return Judgement(action, failure.status or "2.0.0", False, "delivered")
    words = failure.diagnostic or failure.text
    reason = reason_of(f"{failure.status} {failure.diagnostic}") if failure.diagnostic else "undefined"
    if reason == "undefined":
        reason = reason_of(f"{failure.status} {failure.text}")
    if action == "delayed":
        return Judgement(action, failure.status or "4.0.0", False, "expired" if reason == "undefined" else reason)
    klass, status = _class(failure)
    if not klass:
        delayed = _DELAY.search(words) and not _GAVE_UP.search(words)
        klass = "4" if delayed else "5"
        if not action:
            action = "delayed" if delayed else "failed"
    return Judgement(
        action or ("delayed" if klass == "4" else "failed"), status or f"{klass}.0.0", klass == "5", reason
    )


def _class(failure: Failure) -> tuple[str, str]:
    diagnostic = failure.diagnostic
    enhanced = _ENHANCED.search(diagnostic)
    reply = _REPLY.search(diagnostic[:400])
    if enhanced and enhanced[1] in "45":
        if reply and reply[1] != enhanced[1] and reply.start() < enhanced.start():
            return reply[1], failure.status or enhanced[0]
        return enhanced[1], enhanced[0]
    if reply:
        return reply[1], failure.status if failure.status[:1] == reply[1] else ""
    if failure.status[:1] in ("4", "5"):
        return failure.status[0], failure.status
    enhanced = _ENHANCED.search(failure.text)
    if enhanced and enhanced[1] in "45":
        return enhanced[1], enhanced[0]
    if reply := _REPLY.search(failure.text):
        return reply[1], ""
    return "", ""


def reason_of(text: str) -> str:
    """One word for the reason, or undefined."""
    text = text[:4_000]
    for reason, pattern in _REASONS:
        if pattern.search(text):
            return reason
    return "undefined"
