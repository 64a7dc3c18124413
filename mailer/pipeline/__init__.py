"""The story: what happens to a message, what happens when time passes, what happens when the convener changes something.

A message comes
    handle      read, understand, tie to a person, apply, decide, commit        case    the message on the table
    known       what its ids mean: token, thread, event, author                 filing  what becomes of its row
    answers     yes, no, maybe; with proposals, delegations, requests (another time, somebody else, the event again)
    asked       what a letter asked beside that: calls, action items, times on offer, notes, addresses
    machines    automatic replies, reports, complaints                          wishes  to hear no more
    understood  "I understood …" to the sender                                  loops   what keeps that from going round
    commands    what the convener asks by mail                                  desk    numbered cases and letters that wait

Time passes
    tick        which rules fall due, what they decide                          announce  something happened: the rules that wait for it
    drafting    what a rule with `do` prepares                                  seats     the waiting list of a full meeting

The convener's hand
    changes     meetings, answers, unclear mail                                 moves     a change of a meeting and all it causes
    planning    the action plan                                                 settling  times on offer, tallied and settled
    aftermath   who came, the summary                                           rulings   changed files, another heading, looking back
    reports     preview, why, changes, rehearsal, as text

What all of it stands on
    opening     files and configuration → an office; the last good version while files are broken
    office      what stays the same from message to message
    particulars what a letter speaks of; enclosures  documents as PDF; call_list, attendance_list  the lists; post  letters without e-mail

Promises: the consequences of one message, tick or change are one commit (answer, history, log, mails they cause); a tick costs what is due.
Never:    understands, decides or renders itself: it calls those who do, in order, and commits what they say.
Fails:    StoreUnusable passes through to the loops, which wait and try again; any other failure of one message counts as its error, and
          after three the message is held for a person. One message never stops the rest.
"""
