"""The story: what happens to a message, what happens when time passes, what happens when the convener changes something.

    handle   one inbound message: read, understand, tie to a person, apply, decide, commit
    known    what the message's ids mean: token, thread, event, author;  case  the message on the table
    answers, machines, wishes   the consequences of each kind of mail
    proposals, delegations, requests   what calendars say beside yes and no: another time, somebody else, the event again
    moves    a change of a meeting, or of one date of a series, with all it causes
    tick     the clock: which rules fall due, what they decide
    drafting what a rule with `do` prepares: a question with times on offer;  rulings  changed files, another heading, looking back
    changes  the convener's hand: meetings added, moved, cancelled; answers entered; unclear mail settled
    desk     the same by mail: numbered cases and letters that wait, settled by plain replies
    announce something happened: the rules that wait for it
    opening  files and configuration → an office; the last good version while files are broken
    office   what stays the same from message to message: partnership, rules, sender
    attendance_list  who is coming, and why each line says so;  enclosures  documents as PDF, for letters and for `convener print`
    post     letters and labels for people without e-mail;  call_list  whom a champion has still to call

Promises: the consequences of one message, tick or change are one commit (answer, history, log, mails they cause); a tick costs what is due.
Never:    understands, decides or renders itself: it calls those who do, in order, and commits what they say.
Fails:    StoreUnusable passes through to the loops, which wait and try again; any other failure of one message counts as its error, and
          after three the message is held for a person. One message never stops the rest.
"""
