"""The store: the only package that knows Tortoise and SQL.

Promises: `transact` is the one way into a transaction; what must not happen twice has a unique key; instants are UTC; every list is bounded.
Never:    decides anything, waits for a network, renders.
Fails:    StoreUnusable (locked, full, gone, of a newer version), with a sentence; nothing half-written is left behind.

connection  open, migrate, close          sqlite    the client whose transactions do not lose data
models      the tables                    transact  all or nothing, whoever cancels
erasing     somebody forgotten, counted on   records   all that is kept about somebody   retention  what is kept long enough
imports     lists that can be taken back
people      persons and addresses         meetings  meetings, invitations, answers, the snapshot for rules
inbound     what came                     outbox    what leaves, and the ledger
occurrences single dates of a series      proposals, delegations   other times and other people, until they are settled
stories     successes, needs, strengths   activity  the numbers of a year
rules       when rules fall due           log       what happened and why; troubles said once
"""
