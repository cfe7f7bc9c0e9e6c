"""How often somebody knocked with a wrong signature, counted by the hour, beside the database."""

from datetime import datetime, timedelta

from django.core.cache import cache

from channels.models import Connection

HOURS = 24


def note(connection: Connection, at: datetime) -> None:
    """Count one."""
    key = _key(connection.pk, at)
    cache.add(key, 0, timeout=int(timedelta(hours=HOURS + 2).total_seconds()))
    try:
        cache.incr(key)
    except ValueError:  # emptied between the two; the next one counts
        return


def counted(keys: list[int], at: datetime) -> dict[int, int]:
    """How many in the last 24 hours, by connection."""
    hours = [at - timedelta(hours=hour) for hour in range(HOURS)]
    names = {_key(key, hour): key for key in keys for hour in hours}
    found = dict.fromkeys(keys, 0)
    for name, count in cache.get_many(names).items():
        found[names[name]] += int(count)
    return found


def _key(connection: int, at: datetime) -> str:
    return f"wrong-signatures:{connection}:{at:%Y%m%d%H}"
