"""Processes known by number and beginning, because the system gives numbers again after a restart."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Process:
    """A process of this machine. `began` is its start in seconds since 1970."""

    pid: int
    began: float

    def is_alive(self) -> bool:
        """True while it runs; a zombie that nobody has reaped yet counts as dead."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < 1
            return same and bool(process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


def process_of(pid: int) -> Process:
    """The process that has this number now."""
    return Process(pid, psutil.Process(pid).create_time())
