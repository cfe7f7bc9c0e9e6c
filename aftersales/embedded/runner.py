"""Keeps a handful of processes running, their lines merged on one stdout, and stops them in order.

A process that dies is started again; one that dies at once waits longer each time. Processes are
tethered to the runner, so that they end with it even when it is killed (see tether.py).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aftersales.embedded import tether

STEADY = 10.0  # seconds after which a process counts as well started
LONGEST_PAUSE = 15.0
WIDTH = 8

_stdout = threading.Lock()


def say(name: str, line: str) -> None:
    """Write one line under the name of who says it."""
    write(f"{f'[{name}]':<{WIDTH + 2}} {line}")


def write(text: str) -> None:
    """Write whole lines; those of different processes never mix."""
    with _stdout, suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


@dataclass
class Program:
    """A command that should always run. `uid` 0 keeps the user who started us."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    uid: int = 0
    gid: int = 0
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Start it and keep it running until `stop`."""
        self._keeper = threading.Thread(target=self._keep_running, name=self.name, daemon=True)
        self._keeper.start()

    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the stop signal; nothing starts it again."""
        self._stopping.set()
        if self.process is not None and self.alive():
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self) -> None:
        """Wait until it is gone, with force when patience ends."""
        if self._keeper is not None:
            self._keeper.join(self.patience)
        if self.process is not None and self.alive():
            say(self.name, f"still here after {self.patience:.0f} s: ending it by force")
            self._sweep(self.process)
        if self._keeper is not None:
            self._keeper.join(5)

    def _keep_running(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - began > STEADY else min(pause * 2, LONGEST_PAUSE)
            say(self.name, f"ended ({_cause(code)}), starting it again in {pause:.1f} s")
            self._stopping.wait(pause)

    def _run_once(self) -> int:
        # A group of its own keeps the terminal's Ctrl-C away and lets the sweep find its children.
        process = subprocess.Popen(
            tethered(self.command, self.stop_signal, self.uid, self.gid),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.process = process
        if self._stopping.is_set():  # asked to stop while it was being started
            process.send_signal(self.stop_signal)
        speaker = threading.Thread(target=self._pass_on_lines, args=(process,), daemon=True)
        speaker.start()
        code = process.wait()
        self._sweep(process)
        speaker.join(1)
        return code

    def _pass_on_lines(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                say(self.name, line.decode(errors="replace").rstrip())

    def _sweep(self, process: subprocess.Popen[bytes]) -> None:
        """End children that outlived it; a killed web server would leave them holding its port."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def tethered(command: Sequence[str], stop: signal.Signals, uid: int = 0, gid: int = 0) -> list[str]:
    """The command as a child that gets `stop` when we die; as another user unless `uid` is 0."""
    return [sys.executable, "-I", tether.__file__, str(int(stop)), str(uid), str(gid), *command]


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def stop(groups: Iterable[Sequence[Program]]) -> None:
    """Stop group after group; the programs of one group stop side by side."""
    for group in groups:
        for program in group:
            program.ask_to_stop()
        for program in group:
            program.wait_stopped()
