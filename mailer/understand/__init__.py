"""Understand: a message → one `Verdict` for the store, for ``convener explain`` and for the convener's desk.

Promises: pure; never raises; in doubt it does not decide, and says why. Needs no database.
reader.py takes the checks in the order that real mail forces (our own mail, complaint, delivery report, receipt, automatic
unsubscribe, automatic answer, calendar answer, person); reports.py reads mail about our mail, calendar.py REPLY, COUNTER and REFRESH,
buttons.py the reply links of our letters and our tokens; added.py compares words with an answer given otherwise; unsubscribe.py the
wish for no more mail; words.py, with clauses.py, phrases.py, party.py and lexicon/, what a person says in words; speaker.py who says it and
about which invitation; rulings.py the convener's own words to the service; asks/ the answers to what letters ask beside yes or no.
lists.py says whether a mail brings a list of people. verdict.py holds the values, explanation.py their JSON, bounds.py the time limit.
"""
