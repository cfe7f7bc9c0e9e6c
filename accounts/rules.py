"""Staff arithmetic: what an API token looks like, who is on duty, what a browser is called."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from accounts.states import Presence
from core.hours import Calendar, explain

TOKEN_MARK = "as_"
PREFIX_LENGTH = 12
USE_NOTED_EVERY = timedelta(minutes=1)


def new_token() -> str:
    """A fresh token: a mark that scanners for leaked secrets can look for, and 256 random bits."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def token_prefix(token: str) -> str:
    """The beginning by which people tell tokens apart."""
    return token[:PREFIX_LENGTH]


def token_digest(token: str) -> str:
    """What is kept of a token. 256 random bits need no salt and no slow hash."""
    return sha256(token.encode()).hexdigest()


def is_use_worth_noting(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether `last_used_at` is stale: it tells the minute, so that a busy token writes once a minute."""
    return last_used_at is None or now - last_used_at >= USE_NOTED_EVERY


# --- browsers that are notified ----------------------------------------------------------------------

LONGEST_ENDPOINT = 1000

_MAKERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox")]
_MAKERS += [("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari")]
_SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")]
_SYSTEMS += [("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")]


def browser_name(user_agent: str) -> str:
    """What people call a browser: "Firefox, Windows"; "" for one that does not tell."""
    told = [next((name for mark, name in names if mark in user_agent), "") for names in (_MAKERS, _SYSTEMS)]
    return ", ".join(filter(None, told))


def is_push_endpoint(address: str) -> bool:
    """Whether an address can be that of a push service: by https, at a host of the public web."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    fits = parts.scheme == "https" and not parts.username and len(address) <= LONGEST_ENDPOINT
    return fits and address.isascii() and address.isprintable() and " " not in address and bool(host)


# --- shifts ------------------------------------------------------------------------------------------

Weekly = Mapping[str, Sequence[Sequence[str]]]
"""A week as it is stored: {"0": [["09:00", "12:00"], ["13:00", "18:00"]], ...} with 0 = Monday."""

Away = tuple[datetime, datetime | None]
"""From and until when somebody is out of office; without an end until they are back."""

WEEKDAYS = range(7)
LOOK_AHEAD = timedelta(hours=24)
"""So much time on shift is looked at; whoever is on shift longer than that has no end to tell."""

_TO = r"[-\u2013\u2014~\u81f3\u5230]"
"""What people write between two times: hyphens and dashes, and the Chinese words for "to"."""

_SPAN = re.compile(rf"(\d{{1,2}}:\d{{2}})\s*{_TO}\s*(\d{{1,2}}:\d{{2}})")
_BETWEEN = re.compile(r"[,;、，；]")


@dataclass(frozen=True)
class Duty:
    """Where a member is, and until when; None where no end is known."""

    presence: Presence
    until: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the member can be given work."""
        return self.presence == Presence.ON_DUTY


def duty(weekly: Weekly, zone: str, absences: Iterable[Away], at: datetime) -> Duty:
    """Whether a member with these shifts and absences is on duty at an instant.

    No shifts at all means always on shift. Being away counts more than any shift.
    """
    known = list(absences)
    if (away := _away(known, at)) is not None:
        return away
    until = None
    if any(weekly.values()):
        first = explain(at, LOOK_AHEAD, _calendar(zone, _frozen(weekly))).segments[0]
        if first.start > at:
            return Duty(Presence.OFF_SHIFT, first.start)
        until = first.end if first.end - at < LOOK_AHEAD else None
    ends = [start for start, _end in known if start > at] + ([until] if until else [])
    return Duty(Presence.ON_DUTY, min(ends, default=None))


def _away(absences: Sequence[Away], at: datetime) -> Duty | None:
    """Out of office, until the last of the absences that follow on each other is over; None if not away."""
    until = at
    for start, end in sorted(absences, key=lambda away: away[0]):
        if start <= until and (end is None or end > until):
            if end is None:
                return Duty(Presence.AWAY)
            until = end
    return Duty(Presence.AWAY, until) if until > at else None


_Frozen = tuple[tuple[int, tuple[tuple[str, str], ...]], ...]


def _frozen(weekly: Weekly) -> _Frozen:
    return tuple((int(day), tuple((start, end) for start, end in hours)) for day, hours in weekly.items())


@lru_cache(maxsize=1024)
def _calendar(zone: str, weekly: _Frozen) -> Calendar:
    return Calendar(zone, dict(weekly))


def checked_shifts(weekly: Any) -> dict[str, list[list[str]]]:
    """A week of shifts as it is stored; ValueError with a sentence in the reader's language if it is none."""
    if not isinstance(weekly, Mapping) or not set(map(str, weekly)) <= set(map(str, WEEKDAYS)):
        raise ValueError(_('Shifts are written by weekday, such as {"0": [["09:00", "18:00"]]}, 0 = Monday.'))
    checked = {str(day): [_span(span) for span in _spans(hours)] for day, hours in weekly.items()}
    return {day: hours for day, hours in sorted(checked.items()) if hours}


def _spans(hours: Any) -> Sequence[Any]:
    if not isinstance(hours, Sequence) or isinstance(hours, str):
        raise ValueError(_("The hours of a day are a list."))  # noqa: TRY004 - one kind of error for input
    return hours


def _span(span: Any) -> list[str]:
    if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != len(("from", "to")):
        raise ValueError(_("Hours have a beginning and an end."))
    start, end = map(_time, span)
    if end <= start:
        raise ValueError(
            _("%(start)s–%(end)s ends on the next day. Write %(start)s–24:00, and the rest on that day.")
            % {"start": start, "end": end}
        )
    return [start, end]


def _time(written: Any) -> str:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", str(written))
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if minute > 59 or hour > 24 or (hour, minute) > (24, 0):
        raise ValueError(_("“%s” is not a time of day such as 09:30 or 24:00.") % written)
    return f"{hour:02}:{minute:02}"


def read_hours(text: str) -> list[list[str]]:
    """The hours of a day as somebody types them, "9:00-12:00, 13:00-18:00"; nothing typed is a day off."""
    spans = []
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(_("“%s” cannot be read. Write hours such as 09:00-12:00, 13:00-18:00.") % part)
        spans.append(_span((found[1], found[2])))
    return sorted(spans)


def hours_text(hours: Sequence[Sequence[str]]) -> str:
    """The hours of a day as `read_hours` reads them."""
    return ", ".join(f"{start}-{end}" for start, end in hours)
