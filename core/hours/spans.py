"""Spans of time: joined, freed of pauses, and cut into stretches of local time without a clock change."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

Pause = tuple[datetime, datetime | None]
"""From and until when a clock stood still; without an end it still does."""

Span = tuple[datetime, datetime]

Point = TypeVar("Point", datetime, str)

Wall = timedelta
"""What a wall clock shows, as the distance from 00:00 on Monday, 1 January of the year 1."""

_DAY_ZERO = datetime.min.replace(tzinfo=UTC)

FOREVER = datetime(9998, 12, 31, tzinfo=UTC)
"""As far ahead as anyone looks: a year short of the last that a datetime can hold."""

_SECOND = timedelta(seconds=1)

_PROBE_DAYS = 3
"""Closer than any two clock changes of a zone: the closest, in Freetown in 1939, are four days apart."""


class Stretch(NamedTuple):
    """Local time between two clock changes, where a wall time names exactly one instant."""

    start: Wall
    end: Wall
    offset: timedelta

    def instant(self, wall: Wall) -> datetime:
        """The instant, in UTC, at which the wall clock shows `wall`."""
        return _DAY_ZERO + (wall - self.offset)


def utc(moment: datetime) -> datetime:
    """The same instant in UTC. A datetime that does not know its zone is no instant and is refused."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone.")
    return moment.astimezone(UTC)


def zone_info(name: str) -> ZoneInfo:
    """The zone of an IANA name such as "Asia/Shanghai"."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown; not a key; a folder such as "Europe"
        raise ValueError(f'"{name}" is not a known time zone.') from error


def join(spans: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """The spans in order, those that touch or overlap made one, empty ones left out."""
    joined: list[tuple[Point, Point]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif start < end:
            joined.append((start, end))
    return joined


def standstills(pauses: Iterable[Pause]) -> list[Span]:
    """The pauses in UTC, joined; one that is still open lasts for ever."""
    spans = [(utc(start), FOREVER if end is None else utc(end)) for start, end in pauses]
    for start, end in spans:
        if end < start:
            raise ValueError(f"A pause from {start.isoformat()} cannot end before, at {end.isoformat()}.")
    return join(spans)


def running(start: datetime, end: datetime, paused: Sequence[Span]) -> Iterator[Span]:
    """What is left of start..end without the (joined) pauses."""
    for stop, resume in paused:
        if start < min(stop, end):
            yield start, min(stop, end)
        start = max(start, resume)
    if start < end:
        yield start, end


def stretches(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Cut start..end at every clock change, and at New Year, to look only at the years that are needed."""
    for year in range(start.year, end.year + 1):
        for cut in (*_clock_changes(zone, year), datetime(year + 1, 1, 1, tzinfo=UTC)):
            stop = min(cut, end)
            if start < stop:
                offset = _offset(zone, start)
                yield Stretch(start - _DAY_ZERO + offset, stop - _DAY_ZERO + offset, offset)
                start = stop


@lru_cache(maxsize=4096)
def _clock_changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """When in a year (UTC) the zone's offset changes; found by probing, as `zoneinfo` has no list of it."""
    new_year, next_year = (datetime(y, 1, 1, tzinfo=UTC) for y in (year, year + 1))
    probes = [*(new_year + timedelta(days=day) for day in range(0, 365, _PROBE_DAYS)), next_year]
    probed = [(probe, _offset(zone, probe)) for probe in probes]
    return tuple(
        _change_between(zone, before, after) for (before, old), (after, new) in pairwise(probed) if old != new
    )


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second without the offset that there is at `before`."""
    offset, seconds = _offset(zone, before), range((after - before) // _SECOND)
    kept = bisect_left(seconds, True, key=lambda s: _offset(zone, before + s * _SECOND) != offset)
    return before + kept * _SECOND


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).replace(tzinfo=UTC) - instant
