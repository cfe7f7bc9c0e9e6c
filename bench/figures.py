"""Timing something many times, and telling how long it took."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

WARM_UP = 5


@dataclass(frozen=True)
class Figures:
    """How long one thing took: seconds of every counted run."""

    seconds: Sequence[float]

    @property
    def median(self) -> float:
        """Milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """Milliseconds within which 95 of 100 runs ended."""
        return quantiles(self.seconds, n=20)[18] * 1000

    @property
    def per_second(self) -> float:
        """Runs per second, one after the other."""
        return len(self.seconds) / sum(self.seconds)


def measure(act: Callable[[int], object], *, runs: int) -> Figures:
    """Run `act(number)` some times unmeasured, then `runs` times measured."""
    for number in range(WARM_UP):
        act(-1 - number)
    seconds = []
    for number in range(runs):
        begun = time.perf_counter()
        act(number)
        seconds.append(time.perf_counter() - begun)
    return Figures(seconds)
