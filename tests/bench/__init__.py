"""The figures: `make bench`, or `python -m tests.bench sending receiving` for some of them.

Each is measured beside its bare alternative in the same run, alternating, and printed as a ratio of medians. Real servers, real bytes, a real
database file; nothing of the service is replaced.

figure     what is printed          letters    a partnership in bulk, its invitations and the answers to them
sending    letters to smtp-sink     receiving  answers out of Dovecot
idling     nothing to do            memory     the daemon's peak             starting   commands
rehearsing a year of a partnership
"""
