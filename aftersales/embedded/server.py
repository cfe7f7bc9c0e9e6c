"""`script/server`: Postgres, Redis, web, worker and beat together, until Ctrl-C.

One runner owns everything; a second one finds the lock taken and says where the first one is.
"""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from aftersales.embedded import pair as pairs
from aftersales.embedded import runner
from aftersales.embedded.account import server_account
from aftersales.embedded.home import Running, home
from aftersales.embedded.processes import process_of
from aftersales.embedded.runner import Program, say
from aftersales.embedded.session import embedded_pair, is_alone, stop_left_behind
from aftersales.environment import BASE_DIR, env, uses_embedded_servers

FIRST_PORT = 8000
PATIENCE = 90.0
CELERY = [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
CELERY += ["--quiet", "-A", "aftersales.celery"]


class Stopped(Exception):
    """Ctrl-C or SIGTERM came while something was being started."""


class Failed(Exception):
    """Something that must run did not start; the message says what to do."""


class Server:
    """The processes of one `script/server`."""

    def __init__(self, port: int, demo: bool) -> None:
        self.port = port
        self.demo = demo
        self.site = f"http://127.0.0.1:{port}"
        self.stopping = threading.Event()
        self.servers: list[Program] = []
        self.app: list[Program] = []

    def run(self) -> None:
        """Start everything, say that it is ready, stop everything when asked to."""
        began = time.monotonic()
        if os.geteuid() == 0:
            say("server", "started by root, so web and worker are root too")
        try:
            if uses_embedded_servers():
                self._start_servers()
            self._prepare()
            self._start_app()
            self._announce(time.monotonic() - began)
            self.stopping.wait()
        except Stopped:
            pass
        finally:
            say("server", "stopping")
            runner.stop([self.app, self.servers])
            home.forget()
            say("server", "stopped")

    def _start_servers(self) -> None:
        self._wait_for_commands()
        with home.locked("starting"):
            stop_left_behind()
            pair = embedded_pair()
            self.servers = [server_program(name, command) for name, command in pair.commands().items()]
            for program in self.servers:
                program.start()
            self._wait_for("Postgres and Redis", pair.answers)
            home.note(pair.running(site=self.site, owner=process_of(os.getpid())))

    def _wait_for_commands(self) -> None:
        told = False
        while not is_alone():
            if not told:
                say("server", "waiting for a manage.py command that uses the database to end")
            told = True
            self._pause(0.5)

    def _prepare(self) -> None:
        command = [sys.executable, "-m", "aftersales.embedded.prepare"]
        process = subprocess.Popen(command if self.demo else [*command, "--no-demo"])
        while process.poll() is None:
            if self.stopping.wait(0.05):
                process.send_signal(signal.SIGINT)
                process.wait()
                raise Stopped
        if process.returncode:
            raise Failed("The database could not be prepared; the lines above say why.")

    def _start_app(self) -> None:
        self.app = [Program("web", web_command(self.port)), Program("worker", worker_command(), patience=15)]
        self.app.append(Program("beat", [*CELERY, "beat", "--loglevel", "WARNING"]))
        for program in self.app:
            program.start()
        self._wait_for("The web server", lambda: answers(f"{self.site}/healthz"))

    def _wait_for(self, what: str, ready: Callable[[], bool]) -> None:
        patience = time.monotonic() + PATIENCE
        while not ready():
            if time.monotonic() > patience:
                raise Failed(f"{what} did not answer within {PATIENCE:.0f} s; the lines above say why.")
            self._pause(0.1)

    def _pause(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise Stopped

    def _announce(self, seconds: float) -> None:
        accounts = home.run / "accounts.txt"
        lines = [
            "",
            f"Ready after {seconds:.0f} s: {self.site}",
            "  portal      /",
            "  console     /console/",
        ]
        lines += ["  dashboards  /dashboards/", "  admin       /admin/", "  API         /api/v1/docs/", ""]
        lines += accounts.read_text().splitlines() if accounts.exists() else []
        lines += ["", "Mails are written to var/mail/. Ctrl-C stops everything.", ""]
        runner.write("\n".join(lines))


def server_program(name: str, command: Sequence[str]) -> Program:
    """Postgres or Redis as a program of the runner, under the server account."""
    account = server_account()
    uid, gid = (account.uid, account.gid) if account.switched else (0, 0)
    return Program(name, command, pairs.STOP_SIGNALS[name], pairs.STOP_PATIENCE, uid, gid)


def web_command(port: int) -> list[str]:
    """uvicorn on loopback; with DEBUG it starts anew when code changes."""
    command = [sys.executable, "-m", "uvicorn", "aftersales.asgi:application", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--lifespan", "off", "--timeout-graceful-shutdown", "5"]
    command += ["--no-server-header", "--log-level", "warning"]
    return command + (["--reload"] if env.bool("DEBUG", default=False) else ["--workers", "2"])


def worker_command() -> list[str]:
    """One worker with two processes; it has nobody to gossip with."""
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [*CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", *alone]


def answers(url: str) -> bool:
    """True when the page is there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def choose_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 8000 on."""
    if wanted is not None:
        if not _is_free(wanted):
            raise SystemExit(f"Port {wanted} is taken. Choose another one with --port, or leave it out.")
        return wanted
    return next(port for port in range(FIRST_PORT, FIRST_PORT + 1000) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def where(running: Running | None) -> str:
    """What to tell a second runner."""
    place = f" at {running.site} (process {running.owner.pid})" if running and running.owner else ""
    return f"It is already running{place}. Stop it there with Ctrl-C before you start another one."


def main() -> int:
    """The command line of script/server."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole product until Ctrl-C.")
    parser.add_argument(
        "--port", type=int, help="port of the web server (default: the first free one from 8000)"
    )
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    options = parser.parse_args()
    os.chdir(BASE_DIR)
    home.prepare()
    with ExitStack() as held:
        lock = held.enter_context((home.run / "server.lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(where(home.running()), file=sys.stderr)
            return 1
        server = Server(choose_port(options.port), demo=not options.no_demo)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: server.stopping.set())
        try:
            server.run()
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
