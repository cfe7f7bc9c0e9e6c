"""script/server and manage.py on embedded servers, as a newcomer meets them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from threading import Thread

import psutil
import pytest

from aftersales.embedded.home import Home
from aftersales.environment import BASE_DIR

GIVEN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "PYTEST_CURRENT_TEST"}
MANAGE = [sys.executable, "manage.py"]
SERVER = [sys.executable, "-m", "aftersales.embedded.server", "--no-demo"]


class Machine:
    """A checkout with an empty `var/`, and whatever runs in it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
        self.environment |= {"VAR_DIR": str(folder), "ENV_FILE": os.devnull}
        self.lines: list[str] = []
        self.server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.server = subprocess.Popen(
            SERVER,
            cwd=BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        Thread(target=self._listen, args=(self.server,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            self.lines.extend(lines)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        done = self.run(*MANAGE, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def site(self) -> str:
        found = re.search(r"Ready after .*: (http\S+)", "".join(self.lines))
        return found.group(1) if found else ""

    def answers(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.site + path, timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def processes(self, *words: str) -> list[psutil.Process]:
        """Everything that runs on this `var/`, found by command line, environment or current folder."""
        mark = str(self.home.folder)
        return [process for process in psutil.process_iter() if _belongs(process, mark, words)]


def _belongs(process: psutil.Process, mark: str, words: tuple[str, ...]) -> bool:
    try:
        line = " ".join(process.cmdline())
        inside = mark in line or mark in process.cwd() or process.environ().get("VAR_DIR") == mark
        return inside and process.status() != psutil.STATUS_ZOMBIE and all(word in line for word in words)
    except psutil.Error:
        return False


@pytest.fixture(scope="module")
def machine():
    folder = Path(tempfile.mkdtemp(prefix="aftersales-machine-"))
    folder.chmod(0o755)
    machine = Machine(folder / "var with space")
    yield machine
    if machine.server and machine.server.poll() is None:
        machine.server.terminate()
        machine.server.wait(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(machine, eventually):
    if machine.server is None:
        machine.start()
        eventually(lambda: machine.site or machine.server.poll() is not None, 120)
    assert machine.site, "".join(machine.lines)
    return machine


def test_it_ends_its_start_with_the_address(running, eventually):
    assert running.answers("/healthz") == 200
    eventually(lambda: running.answers("/readyz") == 200)


def test_a_second_start_says_where_the_first_is(running):
    done = running.run(*SERVER)
    assert done.returncode == 1
    assert running.site in done.stderr


def test_commands_use_the_servers_that_run(running):
    address = "from django.conf import settings; print(settings.PUBLIC_URL, settings.DATABASE_URL)"
    assert running.manage("shell", "--no-imports", "--command", address).split() == [
        running.site,
        running.home.running().database_url,
    ]
    assert running.answers("/healthz") == 200


def test_scripts_ask_for_each_other_under_names_that_change(running):
    static = running.home.folder / "static"
    paths = json.loads((static / "staticfiles.json").read_text())["paths"]
    assert paths["js/toasts.js"].removeprefix("js/") in (static / paths["js/requests.js"]).read_text()
    assert running.answers(f"/static/{paths['js/main.js']}") == 200


@pytest.mark.parametrize(
    "words", [["bin/postgres", "-D"], ["redis-server"], ["uvicorn"], ["celery", "--concurrency"]]
)
def test_what_is_killed_comes_back(running, eventually, words):
    (first, *_) = eventually(lambda: sorted(running.processes(*words), key=lambda process: process.pid))
    first.kill()
    eventually(lambda: [other for other in running.processes(*words) if other.pid != first.pid])
    eventually(lambda: running.answers("/readyz") == 200)


def test_worker_and_beat_still_do_their_work_after_all_that(running, eventually):
    queue = (
        "from core import clock; from core.models import OutgoingMail; now = clock.now();"
        "OutgoingMail.objects.create(key='test', to='carol@example.com', language='en', subject='Hello',"
        " text='Hello', created_at=now, next_attempt_at=now)"
    )
    running.manage("shell", "--no-imports", "--command", queue)
    eventually(lambda: list((running.home.folder / "mail").glob("*.eml")))


def test_it_stops_clean_and_leaves_nothing_running(running, eventually):
    running.server.send_signal(signal.SIGINT)
    assert running.server.wait(timeout=30) == 0
    assert running.home.running() is None
    eventually(lambda: not running.processes())


def test_afterwards_commands_find_the_same_data(running, eventually):
    """On servers of their own, shared by commands that run at the same time, and gone after the last."""
    count = "from core.models import Event; print(Event.objects.count())"
    command = [*MANAGE, "shell", "--no-imports", "--command", count]
    both = [
        subprocess.Popen(command, cwd=BASE_DIR, env=running.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in both] == ["0", "0"]
    assert running.home.running() is None
    eventually(lambda: not running.processes())
