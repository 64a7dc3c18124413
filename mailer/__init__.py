"""convener: invitations, answers, reminders and attendance of industry partnerships, run from the convener's own mailbox.

The way of a mail
-----------------

::

    mailbox ──receive──▶ inbound rows ──parse──▶ message ──understand──▶ verdict ─┐
                                                                                  ├─▶ apply to the partnership ─▶ decide ─▶ notices
    clock ───────────────────────────── tick: which rules fall due ───────────────┘                                       │
    the world ◀──send── outgoing message ◀──render── outbox entries ◀─────────────── one commit ─────────────────────────┘

Everything between the two network ends is a function of values: bytes in, values out, no clock, no randomness, no I/O. The two
ends and the store are the only code that waits.
"""

__version__ = "0.1.0"
