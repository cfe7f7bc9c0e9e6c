"""Where the embedded servers keep their data, and the note that says how to reach them."""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aftersales.embedded.account import server_account
from aftersales.embedded.binaries import SHARED
from aftersales.embedded.processes import Process
from aftersales.environment import VAR


@dataclass(frozen=True)
class Running:
    """Servers that were started: how to reach them and who keeps them running.

    Lent to commands they have `processes`. Under `script/server` they have an `owner`, which starts them
    again when they die, and a `site`.
    """

    database_url: str
    redis_url: str
    processes: dict[str, Process] = field(default_factory=dict)
    site: str = ""
    owner: Process | None = None

    def is_up(self) -> bool:
        """True while the owner, or else every single server, is alive."""
        return all(process.is_alive() for process in (self.owner, *self.processes.values()) if process)


class Home:
    """The folder `var/`: databases, secrets, locks, uploaded files. Never deleted by the product."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.log = folder / "log"

    def prepare(self) -> None:
        """Create the folders; refuse a `var/` that belongs to another user."""
        for folder in (self.folder, self.run, self.log):
            folder.mkdir(exist_ok=True)
        if not os.access(self.folder, os.W_OK):
            raise SystemExit(
                f"{self.folder} belongs to another user. Start as that user, or use another clone."
            )

    def data(self, name: str) -> Path:
        """The data folder of one server, made when missing and owned by the server account.

        When the account cannot reach `var/` (a checkout in root's home), the data lives under
        /var/lib/aftersales and `var/NAME` is a link to it.
        """
        wanted = self.folder / name
        if not wanted.exists():
            account = server_account()
            if account.may_enter(self.folder):
                wanted.mkdir(mode=0o700)
            else:
                wanted.symlink_to(self._elsewhere(name), target_is_directory=True)
            account.give(wanted)
        return wanted.resolve()

    def _elsewhere(self, name: str) -> Path:
        """A new folder outside: whoever removes `var/` starts anew, and never on data without its secrets."""
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o755)
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=SHARED))

    def secret(self, name: str) -> str:
        """A random text made once and kept in a file that only its owner can read."""
        folder = self.folder / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / name
        if not file.exists():
            fresh = folder / f".{name}-{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            with suppress(FileExistsError):  # another process was first: its secret is the one
                os.link(fresh, file)
            fresh.unlink()
        return file.read_text()

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold an exclusive lock; waits for whoever has it."""
        with (self.run / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def note(self, running: Running) -> None:
        """Write down how the servers are reached, for this user's eyes only."""
        fresh = self.run / "servers.json.new"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(running)))
        fresh.replace(self.run / "servers.json")

    def running(self) -> Running | None:
        """The servers that are up, or None when there are none or one of them is not alive."""
        noted = self.noted()
        return noted if noted and noted.is_up() else None

    def noted(self) -> Running | None:
        """What the note says, true or not."""
        try:
            facts = json.loads((self.run / "servers.json").read_text())
            facts["processes"] = {name: Process(**process) for name, process in facts["processes"].items()}
            facts["owner"] = Process(**facts["owner"]) if facts["owner"] else None
            return Running(**facts)
        except (FileNotFoundError, PermissionError, ValueError, TypeError, KeyError):
            return None

    def forget(self) -> None:
        """Remove the note once the servers are stopped."""
        (self.run / "servers.json").unlink(missing_ok=True)


home = Home(VAR)
