"""Send: from one ready message to one of four outcomes, at a pace the mail server can live with.

Promises: the same bytes on every attempt; TLS unless the configuration says otherwise; whatever the server does, the result is a
value with a sentence for the convener. Never: decides what to send, keeps a state, tries again by itself. Who calls commits
"attempt n begun" before `deliver` and the outcome after it; a process that dies in between leaves a mail that is in doubt.

- dispatch.py    claim, write, commit, send, record: the way of an outbox entry
- smtp.py        a few connections that are used again and again
- connection.py  one of them: TLS, signing in, one transaction after the other (the only import of aiosmtplib)
- outcome.py     what a reply, or its absence, means: the one place that tells permanent from temporary and theirs from ours
- pace.py        how many mails may leave now, and when a deferred one is tried again
"""
