"""One figure: ours beside the bare alternative, and whether the target is met."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Measured:
    """Seconds of several runs: of the wall clock, and of this process's CPU (steadier on a busy machine)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def run(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), cpu_seconds()
        yield
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """What this process, its threads included, has used of the processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rates(name: str, count: int, seconds: Measured) -> str:
    """A line that says how many per second."""
    found = sorted(count / s for s in seconds.wall)
    cpu = median(seconds.cpu) / count * 1000
    return f"  {name:<46} {median(found):8.0f}/s  ({found[0]:.0f} to {found[-1]:.0f}, {len(found)} runs; {cpu:.2f} ms CPU each)"


def times(name: str, seconds: Measured) -> str:
    """A line that says how long."""
    found = sorted(s * 1000 for s in seconds.wall)
    return f"  {name:<46} {median(found):8.2f} ms ({found[0]:.2f} to {found[-1]:.2f}, {len(found)} runs)"


def verdict(what: str, value: float, target: float, *, at_least: bool, unit: str = "") -> bool:
    """Print a figure against its target; gives whether it is met."""
    met = value >= target if at_least else value <= target
    word = "at least" if at_least else "at most"
    print(f"  {what:<46} {value:8.2f}{unit}  target {word} {target}{unit}: {'met' if met else 'NOT MET'}")
    return met
