"""Servers for the duration of one command, shared by commands that run at the same time.

Whoever comes first starts them, whoever leaves last stops them: each command holds a shared lock,
and the one that can turn it into an exclusive lock on its way out was the last.
"""

import fcntl
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from aftersales.embedded import pair as pairs
from aftersales.embedded.home import home
from aftersales.embedded.postgres import Postgres
from aftersales.embedded.redis import Redis
from aftersales.environment import uses_embedded_servers

WITHOUT_SERVERS = frozenset(
    {
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "messages",
        "startapp",
        "version",
    }
)


@contextmanager
def servers_for(arguments: Sequence[str]) -> Iterator[None]:
    """Make sure that the command in `arguments` (like sys.argv) has servers, when it needs any."""
    command = arguments[1] if len(arguments) > 1 else "help"
    if command in WITHOUT_SERVERS or "--help" in arguments or not uses_embedded_servers():
        yield
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home.prepare()
    with (home.run / "users.lock").open("a+") as users:
        _enter(users)
        try:
            _migrate_if_new(command)
            yield
        finally:
            _leave(users)


def embedded_pair() -> pairs.Pair:
    """The pair of this checkout, on fresh ports."""
    postgres = Postgres(home.data("postgres"), home.secret("postgres"))
    return pairs.make_pair(postgres, Redis(home.data("redis"), home.secret("redis")))


def _enter(users: IO[str]) -> None:
    with home.locked("starting"):
        if home.running() is None:
            stop_left_behind()
            pair = embedded_pair()
            home.note(pair.running(pairs.start(pair, home.log)))
        fcntl.flock(users, fcntl.LOCK_SH)


def _leave(users: IO[str]) -> None:
    with home.locked("starting"):
        running = home.noted()
        if running is None or running.owner:
            return
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop_left_behind()


def stop_left_behind() -> None:
    """Stop what is noted and still alive, and forget it: two servers on the same data would spoil it."""
    noted = home.noted()
    if noted:
        pairs.stop(noted.processes)
    home.forget()


def _migrate_if_new(command: str) -> None:
    """Give a database without tables its tables, so that any command works on a new checkout."""
    if command in {"migrate", "makemigrations", "check", "test"}:
        return
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if "django_migrations" not in connection.introspection.table_names():
        print("The database is new: making its tables.", file=sys.stderr)
        call_command("migrate", verbosity=0)
    connection.close()


def is_alone() -> bool:
    """True when no command is using lent servers at this moment."""
    with (home.run / "users.lock").open("a+") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
