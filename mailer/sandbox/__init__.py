"""A whole small world of mail on loopback: for `convener demo` and for fast tests of the real daemon.

Promises: real SMTP and IMAP over real sockets, in one event loop, nothing to install, nothing leaves the machine. The pretend
people answer as the programs they use really write, in time of the clock they are given, and the same seed gives the same answers.
Never: used by the service itself; knows how our own parser reads (what people do with a letter is found with the standard library).

`servers`  the embedded SMTP and IMAP servers: mailbox, refusals, bounces
`reports`  delivery reports (RFC 3464) as mail servers write them
`letter`   what a pretend person's mail program finds in a letter
`mime`, `zones`                       how mail programs lay out MIME and name time zones
`calendar_programs`, `mail_programs`  answers as Gmail, Outlook, Apple and others write them, by calendar and in words
`habits`, `cast`                      what a person does with mail, and the forty people of the demo
`people`   who answers what, when
`stage`    the daemon among them, on a clock that is moved on;  `instants`  what is left to do, and when the next thing happens
`demo/`      the whole life of a partnership, told, and the folder that it leaves
`rehearsal`  the daemon's own parts over a copy of the real data, with a transport that keeps the mail; `saying` reads what is pretended,
           `rehearsed` tells what was found
"""
