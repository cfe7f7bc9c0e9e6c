"""`python -m aftersales.embedded.throwaway [--durable] COMMAND...`: a command with servers of its own.

A new Postgres and a new Redis live in a temporary folder and are gone afterwards. They are tethered to
this process, so they end with it even when it is killed. `--durable` keeps the settings of a real
start, for measurements.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aftersales.embedded import pair as pairs
from aftersales.embedded.account import server_account
from aftersales.embedded.postgres import Postgres
from aftersales.embedded.redis import Redis
from aftersales.embedded.runner import tethered


@contextmanager
def throwaway_servers(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """A new pair; yields the environment that uses it, with a `var/` of its own."""
    folder = Path(tempfile.mkdtemp(prefix="aftersales-"))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        pair = _pair_in(folder, durable)
        for name, command in pair.commands().items():
            with (folder / f"{name}.log").open("wb") as log:
                processes.append(_start(name, command, log.fileno()))
        if pairs.wait_until(pair.answers, lambda: all(process.poll() is None for process in processes)):
            raise SystemExit(_why(folder))
        running = pair.running()
        (folder / "var").mkdir()
        yield {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "VAR_DIR": str(folder / "var"),
        }
    finally:
        for process, how in zip(processes, pairs.STOP_SIGNALS.values(), strict=False):
            process.send_signal(how)
        for process in processes:
            process.wait(timeout=pairs.STOP_PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _pair_in(folder: Path, durable: bool) -> pairs.Pair:
    folder.chmod(0o755)
    for name in pairs.STOP_SIGNALS:
        (folder / name).mkdir(mode=0o700)
        server_account().give(folder / name)
    postgres = Postgres(folder / "postgres", "throwaway", durable=durable)
    return pairs.make_pair(postgres, Redis(folder / "redis", "throwaway", durable=durable))


def _start(name: str, command: list[str], log: int) -> subprocess.Popen[bytes]:
    account = server_account()
    user = (account.uid, account.gid) if account.switched else (0, 0)
    return subprocess.Popen(
        tethered(command, pairs.STOP_SIGNALS[name], *user),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def _why(folder: Path) -> str:
    logs = "".join(file.read_text(errors="replace") for file in sorted(folder.rglob("*.log")))
    return f"The servers for this run did not start:\n{logs}"


def main() -> int:
    """Run the command of the command line and pass on its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    durable = sys.argv[1] == "--durable"
    with throwaway_servers(durable=durable) as addresses:
        process = subprocess.Popen(sys.argv[2 if durable else 1 :], env=os.environ | addresses)
        try:
            return process.wait()
        except (KeyboardInterrupt, SystemExit):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
            raise


if __name__ == "__main__":
    sys.exit(main())
