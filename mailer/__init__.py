"""convener: invitations, answers, reminders and attendance of industry partnerships, run from the convener's own mailbox.

The way of a mail
-----------------

::

    mailbox ──receive──▶ inbound rows ──parse──▶ message ──understand──▶ verdict ─┐
                                                                                  ├─▶ apply to the partnership ─▶ decide ─▶ notices
    clock ───────────────────────────── tick: which rules fall due ───────────────┘                                       │
    the world ◀──send── outgoing message ◀──render── outbox entries ◀─────────────── one commit ─────────────────────────┘

Everything between the two network ends is a function of values: bytes in, values out, no clock, no randomness, no I/O. The two ends and the
store are the only code that waits. So ``explain`` and ``preview`` are short: they run the same functions with no server behind them.

The tree (a folder for each stage; P = pure)
--------------------------------------------

::

    cli/              one module a family of commands; thin
    sandbox/          embedded SMTP + IMAP servers, pretend people, the stage (a clock that is moved on when all is quiet), the demo
    daemon.py         builds every part from Config, runs the loops, stops by event
    pipeline/         the story: mail/ (a message), hand/ (the convener), due/ (the clock, happenings), papers/; opening (files → an office)
    receive/          IMAP → committed inbound rows; keeper says what is ours
    send/             claim → still wanted? → render → send → record; outcome says what a reply means, pace how fast
    store/            the only package that knows Tortoise and SQL: transact() is the one way in
    printing/     P values → PDF: sign-in sheet, badges, table tents, agenda, call lists, plan, letters to post
    render/         P facts → message: letters, calendar part, headers, pre-flight
    understand/     P message → verdict: what it says (words, lexicon/), who speaks (speaker)
    decide/         P rule files → rules; rules + snapshot + now → notices; preview, why
    partnership/    P people, meetings, attendance: how an answer changes them
    parse/          P bytes → values by RFC: message, text, itip, dsn, automatic, authentication
    config/           TOML + environment → frozen Config; every problem at once
    terms.py errors.py clock.py log.py shipped.py

Imports look down this list only; import-linter holds it. Only ``daemon`` and ``sandbox`` build things.

States
------

::

    inbound:  fetched ──▶ handled                           outbox:  held ──ok──▶ queued ──claim──▶ sending ──250──▶ sent
                 ├─ needs a person ─▶ review ──▶ handled                ▲           ├─ 4yz ─▶ deferred ──due──▶ sending
                 └─ 3 errors ──▶ held ──▶ fetched                       │           ├─ 5yz ─▶ failed
              left-alone: not ours, ids only                            └─released──┼─ lost in DATA ─▶ in-doubt ─▶ queued | held
                                                                                    └─ not wanted any more ─▶ dropped

Decisions
---------

* The ledger key of a mail is meeting + heading + person + round; a meeting that gets another date is a new round. What fell due before the move is
  not due again. (Otherwise people would get no reminder, and no parking hints, for the new date.)
* A yes or maybe to the old date does not count for the new one; a no stays a no, so that nobody who declined is chased.
* ORGANIZER and Reply-To are ``mailbox+token@``; the token is stable for one person and meeting. The reverse path too, so that a delivery report
  names whom it is about.
* Whoever accepted in their calendar does not get the same calendar object again: the second one would reset their answer.
* One invitation row exists as soon as anything is written about a meeting; ``invited_at`` says when an invitation really left.
* Attempt, "about to transmit" and outcome are three commits; commits that come close together share one transaction (``send.dispatch.Shared``).
* What concerns no single meeting (action items, rules that come round, commands) is kept under the partnership itself: a row among the meetings
  that never takes place. So tokens, threads and the ledger are the same everywhere.
* A letter's question is kept with it (`Notice.ask`): the reader of the reply knows what was asked, whatever became of the rule meanwhile.
* Numbers in letters (calls, items, times) are read off the letter that was sent, for lists change.
* A command by mail is done where the named server vouches for the mail; else when a code comes back. What takes it back stands in the answer.
* Workers are named host:pid:chance. A dead process of this machine is known at once, one elsewhere after two minutes of silence.
* The demo's clock does not run: it is moved to the next instant at which anybody has something to do, when all before is dealt with. No window is
  missed and every run tells the same story.
"""

__version__ = "0.1.0"
