"""`python -m mailer`: the same as the command `convener`."""

from mailer.cli import main

main()
