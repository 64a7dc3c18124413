"""What follows from time and from happenings, put into the outbox.

    tick        which rules fall due, what they decide               announce    something happened: the rules that wait for it
    drafting    what a rule with `do` prepares                       seats       the waiting list of a full meeting
    understood  what was understood, told back to whoever said it

Promises: inside the transaction of whatever caused it; the ledger keeps every mail from being made twice.
"""
