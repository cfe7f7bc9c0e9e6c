"""The web server as it really runs, on the database of the test."""

import os
import signal
import subprocess
import urllib.request
from pathlib import Path
from urllib.error import URLError

from aftersales.embedded.pair import free_ports
from aftersales.embedded.runner import tethered
from aftersales.embedded.server import web_command
from aftersales.environment import BASE_DIR


class Web:
    """uvicorn with its two workers at `url`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        (self._port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"
        self._log = log
        own = {"PUBLIC_URL": self.url, "DJANGO_SETTINGS_MODULE": "tests.walks.web_settings"}
        self._environment = os.environ | environment | own
        self.start()

    def start(self) -> None:
        """Let it run, again where it was."""
        with self._log.open("ab") as lines:
            self._process = subprocess.Popen(
                tethered(web_command(self._port), signal.SIGTERM),
                cwd=BASE_DIR,
                env=self._environment,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it and its workers at once, as a machine that loses its power does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=60)

    def answers(self) -> bool:
        """Whether it is there; fails when it will not come."""
        assert self._process.poll() is None, f"The web server did not start:\n{self.said()}"
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def said(self) -> str:
        return self._log.read_text()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)
