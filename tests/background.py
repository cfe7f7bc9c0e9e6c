"""A real worker and a real beat on the database and the Redis of the test."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

from django.db import connection

from aftersales.celery import app
from aftersales.embedded.runner import tethered
from aftersales.environment import BASE_DIR

CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "tests.hurried"]
READY = "ready."


class Background:
    """`start` once, `kill` as a machine would, `start` again; `lines` is what they said."""

    def __init__(self, public_url: str, mail_dir: Path, media_root: Path) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": _test_database_url(),
            "PUBLIC_URL": public_url,
            "TEST_MAIL_DIR": str(mail_dir),
            "TEST_MEDIA_ROOT": str(media_root),
            "DJANGO_SETTINGS_MODULE": "tests.background_settings",
        }
        self.lines: list[str] = []
        self.processes: list[subprocess.Popen[str]] = []
        self._listeners: list[Thread] = []
        self._ready = Event()

    def start(self) -> None:
        """Start both; returns when the worker takes tasks."""
        app.control.purge()
        self._ready.clear()
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        worker = self._run([*CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", *alone])
        # At the same time, as both take seconds to start; what beat sends too early expires.
        self._run([*CELERY, "beat", "--loglevel", "WARNING"])
        came = self._ready.wait(timeout=60) and worker.poll() is None
        assert came, "The worker did not start:\n" + "".join(self.lines)

    def kill(self) -> None:
        """kill -9, in the middle of whatever they do, children included."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """The ordinary way out."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, how) if how == signal.SIGKILL else process.send_signal(how)
        for process in self.processes:
            process.wait(timeout=60)
        for listener in self._listeners:
            listener.join(timeout=20)
        self.processes, self._listeners = [], []

    def _run(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            tethered(command, signal.SIGTERM),
            cwd=BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        listener = Thread(target=self._listen, args=(process,), daemon=True)
        listener.start()
        self.processes.append(process)
        self._listeners.append(listener)
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.lines.append(line)
                if READY in line:
                    self._ready.set()
        self._ready.set()  # it ended; whoever waits for it sees that it did not come


def _test_database_url() -> str:
    facts = connection.settings_dict
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
