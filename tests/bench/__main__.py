"""Run the figures that are named, or all; the exit code is 1 when a target is missed."""

import asyncio
import importlib
import sys

from mailer.sandbox.rehearsal import alone

FIGURES = ("sending", "receiving", "idling", "memory", "starting", "rehearsing", "printing", "rules")


def main() -> None:
    wanted = sys.argv[1:] or FIGURES
    unknown = [name for name in wanted if name not in FIGURES]
    if unknown:
        sys.exit(f"There is no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}.")
    met = []
    for name in wanted:
        run = alone if name == "rehearsing" else asyncio.run  # the loop in which the command runs a rehearsal
        met.append(run(importlib.import_module(f"tests.bench.{name}").measure()))
        print(flush=True)
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":  # the worker process that reads odd mail imports this module too
    main()
