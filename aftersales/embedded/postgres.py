"""One Postgres cluster: made with initdb, started in the foreground, reached over loopback with a password.

TCP instead of a Unix socket because socket paths are limited to 107 bytes and checkouts can be deep.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from aftersales.embedded.account import server_account
from aftersales.embedded.binaries import postgres_bin

MAJOR = "18"
USER = "aftersales"
DATABASE = "aftersales"
TUNING = {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """A cluster in a folder. `durable=False` trades safety for speed, for data that is thrown away."""

    data: Path
    password: str
    durable: bool = True

    @property
    def cluster(self) -> Path:
        """The folder of the cluster; it is there only when it was made completely."""
        return self.data / MAJOR

    def create(self) -> None:
        """Make the cluster once: UTF-8, with the built-in C.UTF-8 rules that no system library can change."""
        if self.cluster.exists():
            return
        fresh = self.data / "unfinished"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            str(postgres_bin() / "initdb"), f"--pgdata={fresh}", f"--username={USER}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        with tempfile.NamedTemporaryFile("w", prefix="aftersales-") as secret:
            secret.write(self.password)
            secret.flush()
            server_account().give(Path(secret.name))
            _run_as_server([*command, f"--pwfile={secret.name}"])
        fresh.rename(self.cluster)

    def command(self, port: int) -> list[str]:
        """The foreground server. Stop it with SIGINT: on SIGTERM it waits for every client to leave."""
        settings = TUNING if self.durable else TUNING | THROWAWAY
        options = [f"--{name}={value}" for name, value in settings.items()]
        place = ["-D", str(self.cluster), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
        return [str(postgres_bin() / "postgres"), *place, *options]

    def url(self, port: int) -> str:
        """DATABASE_URL of the product's database in this cluster."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{port}/{DATABASE}"

    def answers(self, port: int) -> bool:
        """True once the server takes connections; makes the product's database on the first call."""
        try:
            connection = psycopg2.connect(
                host="127.0.0.1", port=port, user=USER, password=self.password, dbname="postgres"
            )
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()
        return True


def _run_as_server(command: list[str]) -> None:
    done = subprocess.run(
        command,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        **server_account().for_subprocess(),
    )
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")
