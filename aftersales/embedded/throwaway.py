"""`python -m aftersales.embedded.throwaway COMMAND...`: run a command with its own new Postgres and Redis.

Both live in a temporary folder and are gone afterwards. They are tethered to this process, so they end
with it even when it is killed.
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


@contextmanager
def throwaway_servers() -> Iterator[dict[str, str]]:
    """A new pair; yields the environment that uses it, with a `var/` of its own."""
    folder = Path(tempfile.mkdtemp(prefix="aftersales-"))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        pair = _pair_in(folder)
        for name, command in pair.commands().items():
            with (folder / f"{name}.log").open("wb") as log:
                processes.append(_start(name, command, log.fileno()))
        if pairs.wait_until(pair.answers, lambda: all(process.poll() is None for process in processes)):
            raise SystemExit(_why(folder))
        running = pair.running({})
        (folder / "var").mkdir()
        yield {
            "DATABASE_URL": running.database_url,
            "REDIS_URL": running.redis_url,
            "VAR_DIR": str(folder / "var"),
        }
    finally:
        pairs.stop(dict(zip(pairs.STOP_SIGNALS, (process.pid for process in processes), strict=False)))
        shutil.rmtree(folder, ignore_errors=True)


def _pair_in(folder: Path) -> pairs.Pair:
    folder.chmod(0o755)
    for name in pairs.STOP_SIGNALS:
        (folder / name).mkdir(mode=0o700)
        server_account().give(folder / name)
    postgres = Postgres(folder / "postgres", "throwaway", durable=False)
    return pairs.make_pair(postgres, Redis(folder / "redis", "throwaway", durable=False))


def _start(name: str, command: list[str], log: int) -> subprocess.Popen[bytes]:
    tethered = pairs.tethered(name, command)
    return subprocess.Popen(tethered, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def _why(folder: Path) -> str:
    logs = "".join(file.read_text(errors="replace") for file in sorted(folder.glob("*.log")))
    return f"The servers for this run did not start:\n{logs}"


def main() -> int:
    """Run the command of the command line and pass on its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with throwaway_servers() as addresses:
        process = subprocess.Popen(sys.argv[1:], env=os.environ | addresses)
        try:
            return process.wait()
        except (KeyboardInterrupt, SystemExit):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
            raise


if __name__ == "__main__":
    sys.exit(main())
