"""Postgres and Redis as a pair: started on free ports, waited for, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aftersales.embedded.account import server_account
from aftersales.embedded.home import Running, alive
from aftersales.embedded.postgres import Postgres
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

    def running(self, pids: dict[str, int], *, site: str = "", owner: int = 0) -> Running:
        """The note for `Home.note`."""
        database_url = self.postgres.url(self.postgres_port)
        return Running(database_url, self.redis.url(self.redis_port), pids, site, owner)


def make_pair(postgres: Postgres, redis: Redis) -> Pair:
    """Create the cluster when it is new, and choose free ports."""
    postgres.create()
    return Pair(postgres, redis, free_port(), free_port())


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(pair: Pair, logs: Path) -> dict[str, subprocess.Popen[bytes]]:
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
    died = wait_until(pair.answers, lambda: all(process.poll() is None for process in started.values()))
    if died:
        stop({name: process.pid for name, process in started.items()})
        raise SystemExit(
            f"The embedded servers did not start; see {logs}/postgres.log and {pair.redis.data}/redis.log."
        )
    return started


def wait_until(answers: Callable[[], bool], living: Callable[[], bool]) -> bool:
    """Wait for the servers; returns True when they died or took too long."""
    patience = time.monotonic() + START_PATIENCE
    while not answers():
        if not living() or time.monotonic() > patience:
            return True
        time.sleep(0.05)
    return False


def stop(pids: dict[str, int]) -> None:
    """Stop servers by process id, each with the signal that makes it stop fast and safely."""
    for name, pid in pids.items():
        if alive(pid):
            os.kill(pid, STOP_SIGNALS[name])
    patience = time.monotonic() + STOP_PATIENCE
    while any(alive(pid) for pid in pids.values()) and time.monotonic() < patience:
        time.sleep(0.02)
