"""A message comes: read, understood, tied to a person, applied, committed.

    handle      the way of one message                      case         the message on the table, and what every kind may do with it
    known       what its ids mean: token, thread, event     filing       where mail about no meeting is kept
    answers     yes, no, maybe                              asked        what a letter asked beside that: calls, items, times, notes
    proposals   a calendar proposes another time            delegations  somebody else is named       requests  the event is asked for again
    machines    automatic replies, reports, complaints      wishes       to hear no more, or to hear again
    desk        the convener's reply to a digest            commands     who may command; the code, the way back
    references  what a command means: which meeting, whom   overview     what it looks at     orders   what it changes
    lists       a list of people that comes with it         errands      what is asked for about the aftermath and the long run
    loops       what keeps answers to answers from going round

Promises: everything that one message causes is one commit. Never: guesses; what is in doubt waits on the desk.
"""
