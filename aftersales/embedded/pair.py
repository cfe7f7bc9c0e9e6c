"""Postgres and Redis as a pair: started on free ports, waited for, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from aftersales.embedded.account import server_account
from aftersales.embedded.home import Running
from aftersales.embedded.postgres import Postgres
from aftersales.embedded.processes import Process, process_of
from aftersales.embedded.redis import Redis

START_PATIENCE = 60.0
STOP_PATIENCE = 20.0
STOP_SIGNALS = {"postgres": signal.SIGINT, "redis": signal.SIGTERM}


@dataclass(frozen=True)
class Pair:
    """The two servers and the ports they get."""

    postgres: Postgres
    redis: Redis
    postgres_port: int
    redis_port: int

    def commands(self) -> dict[str, list[str]]:
        """Foreground commands by name, in the order in which they should start."""
        return {
            "postgres": self.postgres.command(self.postgres_port),
            "redis": self.redis.command(self.redis_port),
        }

    def answers(self) -> bool:
        """True once both take connections."""
        return self.postgres.answers(self.postgres_port) and self.redis.answers(self.redis_port)

    def running(
        self, processes: Mapping[str, Process] | None = None, site: str = "", owner: Process | None = None
    ) -> Running:
        """The note for `Home.note`."""
        database_url = self.postgres.url(self.postgres_port)
        return Running(database_url, self.redis.url(self.redis_port), dict(processes or {}), site, owner)


def make_pair(postgres: Postgres, redis: Redis) -> Pair:
    """Create the cluster when it is new, and choose free ports."""
    postgres.create()
    return Pair(postgres, redis, *free_ports(2))


def free_ports(count: int) -> list[int]:
    """TCP ports on loopback that nobody listens on, all different."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def start(pair: Pair, logs: Path) -> dict[str, Process]:
    """Start both without a tether to us, their output in `logs`, and wait until they answer."""
    account = server_account()
    started = {}
    for name, command in pair.commands().items():
        with (logs / f"{name}.log").open("wb") as log:
            started[name] = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **account.for_subprocess(),
            )
    processes = {name: process_of(process.pid) for name, process in started.items()}
    if wait_until(pair.answers, lambda: all(process.poll() is None for process in started.values())):
        stop(processes)
        raise SystemExit(
            f"The embedded servers did not start; see {logs}/postgres.log and {pair.redis.data}/redis.log."
        )
    return processes


def wait_until(answers: Callable[[], bool], living: Callable[[], bool]) -> bool:
    """Wait for the servers; returns True when they died or took too long."""
    patience = time.monotonic() + START_PATIENCE
    while not answers():
        if not living() or time.monotonic() > patience:
            return True
        time.sleep(0.05)
    return False


def stop(processes: Mapping[str, Process]) -> None:
    """Stop servers, each with the signal that makes it stop fast and safely."""
    for name, process in processes.items():
        if process.is_alive():
            os.kill(process.pid, STOP_SIGNALS[name])
    patience = time.monotonic() + STOP_PATIENCE
    while any(process.is_alive() for process in processes.values()) and time.monotonic() < patience:
        time.sleep(0.02)
