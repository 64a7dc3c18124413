"""Stage one: from a mailbox on an IMAP server to committed bytes.

Promises: every message that arrives after the first start is handed to the `Intake` at least once, in UID order, its bytes
untouched; what the server or the line does in between (drops, renumbering, silence, refusals) costs time, never a message.
Never: sets \\Seen, expunges what it did not move itself, decides what a message means, or holds more than one large message.

    intake.py    the seam to the store: `Fetched` in, `Taken` and `Position` back
    keeper.py    the intake over the store: ours is committed, the rest noted by its ids
    framing.py   bytes → whole server responses (pure)
    grammar.py   RFC 3501 syntax: quoting, mailbox names, UID sets, FETCH data (pure)
    refusals.py  what went wrong, in a sentence a convener understands (pure)
    imap.py      the adapter: the line to the server; the only import of aioimaplib
    session.py   log in, select, search, fetch, idle, move
    progress.py  which UIDs, in which portions, how long to wait after a failure (pure)
    reading.py   what is new: search, fetch, hand over, file, advance
    watch.py     the loop: connect, read, wait for more, connect again
    probe.py     one try for `convener doctor`
"""
