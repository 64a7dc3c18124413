"""The convener's hand: what a person changes, by command or by mail. The same functions serve both.

    changes     meetings added, moved, cancelled; answers entered      moves           a change of a meeting and all it causes
    unclear     a message that waits is settled                        proposed_times, delegates   those that propose a time or name somebody
    planning    the action plan                                        settling        questions with choices: put, tallied, settled
    closing     the day by which a question is answered: the silent reminded, the tally told
    register    lists in and taken back, who gets which letter, forgotten, exported      retention   kept long enough
    aftermath   who came, the summary                                  rulings         changed rule files, another heading, looking back
    stories     successes and needs that people told; who could help with what
    reports     preview, why, changes, rehearsal, as text              trial           a letter tried out on the convener

Promises: each change is one commit with all it causes, or MailerError with a sentence and nothing changed.
"""
