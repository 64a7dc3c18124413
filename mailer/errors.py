"""The few exceptions of the program, and `Problem`: a mistake in a file that a person wrote.

Expected outcomes are values elsewhere. What is raised here ends a command with a plain sentence, never with a traceback.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a person's file: where, what is wrong in one sentence, and the nearest right text.

    *where* is the file as the person knows it; *line* counts from 1, or is 0 where no line can be named. *context* says which
    part of the file (``[remind-1]``, ``imap.port``); *typed* is the line as typed; *follow* says what happens meanwhile.
    """

    where: str
    line: int
    sentence: str
    context: str = ""
    typed: str = ""
    remedy: str = ""
    follow: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.where}, line {self.line}" if self.line else self.where
        if self.context:
            place += f", in {self.context}"
        lines = [place + ("   (warning)" if self.warning else "")]
        lines += [f"    {line}" for line in self.typed.splitlines()]
        lines += [line for line in (self.sentence, self.remedy, self.follow) if line]
        return "\n".join(lines)


class MailerError(Exception):
    """Something stands in the way; the message is a sentence for the convener."""


class Problems(MailerError):
    """Files that a person wrote hold mistakes: all of them, in order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n\n".join(map(str, problems)))


class ConfigProblems(Problems):
    """The configuration cannot be used."""


class RuleProblems(Problems):
    """Rule files cannot be used."""


class LetterProblems(Problems):
    """Letters cannot be used."""


class StoreUnusable(MailerError):
    """The database cannot be opened, is full, or is of another version."""


class MailboxLost(MailerError):
    """The IMAP connection ended or does not answer; connect again."""


class MailboxRefused(MailerError):
    """The IMAP server says no (password, missing folder): trying again soon will not help."""
