"""The partnership: who takes part, when they meet, and how an answer changes who is coming. Pure values and functions.

people      persons, kinds and roles               register    a people file → rows, and what is wrong with it
meetings    when and where; what a change means    attendance  how an answer changes an invitation, or why it does not
series      meetings that come round by a rule, and their single dates
names       a name and its addresses out of a cell    sheet    a table as a spreadsheet saved it, and rows of it given back
postal      a file of postal addresses → people to write to by post
"""
