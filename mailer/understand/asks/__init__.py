"""Answers to what a letter may ask beside yes, no or maybe: one reader a question, all pure.

    question    what was asked, and what a reader must know: `Asked`     reply    the one way in: `read(asked, text, message)` → `Reply`
    delegate    who comes instead          calls        what came of a champion's calls    items    done, help, a new date
    times       which offered times suit   ranking      an order of preference             address  where somebody is to be found now
    approval    OK to send in your name?   comments     on a draft                         attachment  which documents came
    stories     what went well, and what is needed                 picks        which of the choices
    roster      who is missing on a list, and who is wrong on it
    needs       diets and access needs, beside any other answer
    introduce   a wish to be introduced, beside any other answer
    dates       days and hours, by themselves; used by the others: days (monthdays, weekdays), hours, cursor
    statements  of whom or what is said what, where several are spoken of
    offers      what a sentence says of offered times, clause by clause
    tokens      words, numbers, marks, and the expressions of a list among them; listed, names  who or what is named
    courtesy    greetings, thanks and names come off first               words/   the expressions, one file a language

Promises: pure; never raises; text is capped and every pattern linear. Each value has `not_understood`: the pieces, as typed, that were
not wholly understood and that a person must look at. Never: guesses; takes silence for an answer; knows who wrote.

    reply = asks.read(Asked(Question.CALLS, Written(message.date, meeting.zone), people=callees), verdict.text, message)
    if reply.certain: ...
"""

from mailer.understand.asks.question import Asked, Callee, Choice, Item, Offered, Question, Whom, Written
from mailer.understand.asks.reply import Reply, Said, read

__all__ = ["Asked", "Callee", "Choice", "Item", "Offered", "Question", "Reply", "Said", "Whom", "Written", "read"]
