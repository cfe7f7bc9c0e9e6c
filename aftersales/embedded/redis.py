"""One Redis: an append-only file in a folder, reached over loopback with a password."""

from dataclasses import dataclass
from pathlib import Path

from redis import Redis as Client
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from aftersales.embedded.account import server_account
from aftersales.embedded.binaries import redis_server

CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir "{data}"
requirepass {password}
appendonly {appendonly}
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
loglevel notice
logfile redis.log
"""


@dataclass(frozen=True)
class Redis:
    """A Redis in a folder. It is a broker: when memory ends it must refuse, never evict."""

    data: Path
    password: str
    durable: bool = True

    def command(self, port: int) -> list[str]:
        """The foreground server; the password stays in a file, out of the process list."""
        file = self.data / "redis.conf"
        file.touch(mode=0o600)
        appendonly = "yes" if self.durable else "no"
        file.write_text(
            CONFIGURATION.format(port=port, data=self.data, password=self.password, appendonly=appendonly)
        )
        server_account().give(file)
        return [str(redis_server()), str(file)]

    def url(self, port: int) -> str:
        """REDIS_URL without a database number."""
        return f"redis://:{self.password}@127.0.0.1:{port}"

    def answers(self, port: int) -> bool:
        """True once the server takes commands."""
        client = Client(host="127.0.0.1", port=port, password=self.password, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()
