"""`convener demo`: the whole life of a partnership, three months in about a minute, on the embedded servers with the real daemon.

A launch is prepared, people answer in every way, the meeting is moved, the silent are reminded and called, it is held, thanked for and
summed up; promises are kept or moved, action teams find their times, the next quarter begins. All of it by mail: the convener only replies.

`staging`   runs the life;  `preparing`, `following`  what is done when: before the meeting, and after it
`play`      what these have at hand
`convener`  what the convener does with mail: says OK, sends codes back, settles cases
`story`     what is told: chapters and lines, on the terminal and in the folder
`folder`    what is left to look at: index.html, every mail, the documents, pictures, the list;  `pages`  its HTML

Promises: the same run tells the same story; everything told is counted or quoted from what really passed, nothing is said that did not happen.
Fails:    1, with a sentence, where the folder holds something else or a mail was never dealt with.
"""

from mailer.sandbox.demo.staging import run_demo

__all__ = ["run_demo"]
