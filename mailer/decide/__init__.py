"""Deciding: rule files → rules; rules + a picture of the meeting + now → the mails that fall due.

Promises: pure; reads no clock, no file and no database. Everything it decides can be explained by the code that decided it.

vocabulary  the words a convener may write, one table; grammar.lark, grammar, phrases, meaning make sentences of them
rulefile    TOML in a narrow dialect, with lines; wording says what is wrong; sections and sense read a file's rules; rulebook all of them
rule        the values: Rule, When, Audience, Condition …; snapshot  what rules may know, and what they decide: Notice
workdays    business days, holidays, hours, wall clocks; stages  when a rule falls due
conditions  groups, states, conditions and the laws, read at due time and again when the mail is about to leave
due         what falls due now, or follows from a happening; explain  why for one person; preview  the timeline of a meeting
offer       the three times that a drafted meeting is offered at; changes  what a changed file would bring about
meeting_sense  what makes no sense for one meeting and its people
"""
