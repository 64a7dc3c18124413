"""Documents for a meeting of 300 people, and the call lists of its champions: seconds, and the memory that stays.

Bare: an empty page set by the same library.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import typst

from mailer.printing import documents
from mailer.printing.sheets import Attendee, CallLine, Printed, Printing
from tests.bench.figure import Measured, times, verdict
from tests.printing.reading import AT, LETTER, MEETING

PEOPLE = [
    Attendee(f"{first} {last}", f"Company {n % 60}", "Manager", first, guests=int(n % 17 == 0))
    for n, (first, last) in enumerate((f"First{n % 40}", f"Family{n}") for n in range(300))
]
CALLS = [CallLine(n, f"First{n} Family", f"Company {n}", "", f"555-01{n:02}", "no answer yet") for n in range(1, 31)]
DOCUMENTS: dict[str, Callable[[Printing], Printed]] = {
    "call list, 30 people": lambda how: documents.call_list(MEETING, "Jane Smith", CALLS, how),
    "attendee list, 300 people": lambda how: documents.attendee_list(MEETING, PEOPLE, how),
    "sign-in sheet, 300 people": lambda how: documents.sign_in_sheet(MEETING, PEOPLE, how),
    "name badges, 300 people": lambda how: documents.name_badges(MEETING, PEOPLE, how),
    "table tents, 300 people": lambda how: documents.table_tents(MEETING, PEOPLE, how),
}


async def measure(runs: int = 5) -> bool:
    """Print the figures; gives whether the targets are met."""
    bare = Measured()
    for _ in range(runs):
        with bare.run():
            typst.compile(b"", ignore_system_fonts=True, format="pdf")
    print("Printing: the documents of a large meeting")
    print(times("an empty page", bare))
    met = []
    for name, document in DOCUMENTS.items():
        measured = Measured()
        for _ in range(runs):
            with measured.run():
                document(Printing(AT, LETTER.paper, "March 11, 2026"))
        print(times(name, measured))
        met.append(median(measured.cpu) <= 5.0)
    return all([*met, verdict("memory of the process afterwards", _megabytes(), 250, at_least=False, unit=" MB")])


def _megabytes() -> float:
    """What is held now (Linux); the most that was ever held elsewhere."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * 4096 / 2**20
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
