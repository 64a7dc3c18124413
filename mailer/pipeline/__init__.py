"""The story: what happens to a message, what happens when time passes, what happens when the convener changes something.

A room each, and each sees only those below it
    mail/     a message comes: read, tied to a person, applied; the desk; commands
    hand/     the convener's hand, by mail or on the command line: meetings, answers, unclear mail, rules, the plan, questions, the summary
    opening   files and configuration → an office; the last good version while files are broken
    due/      what follows: rules that fall due or wait for a happening, letters they write, chairs offered, what was understood told back
    papers/   what letters and documents speak of: lists, particulars, PDFs
    office    what stays the same from message to message

Promises: the consequences of one message, tick or change are one commit (answer, history, log, mails they cause); a tick costs what is due.
Never:    understands, decides or renders itself: it calls those who do, in order, and commits what they say.
Fails:    StoreUnusable passes through to the loops, which wait and try again; any other failure of one message counts as its error, and
          after three the message is held for a person. One message never stops the rest.
"""
