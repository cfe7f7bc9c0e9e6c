"""News in our words, whoever told it."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from typing import Any, Protocol


class Unreadable(Exception):
    """What was sent is not what this service sends; nothing can be made of it."""


@dataclass(frozen=True)
class Told:
    """One piece of news. `status` is one of ours, `code` theirs; `local` is their time as they wrote it."""

    status: str
    code: str
    occurred_at: datetime | None
    local: str = ""
    description: str = ""
    location: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same news, whenever and however often it is sent."""
        facts = [self.code, self.local, self.description, self.location]
        return sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True)
class Push:
    """What one call told about one parcel; `event_id` is the service's own name of the call."""

    event_id: str
    tracking_number: str
    news: Sequence[Told]


class Service(Protocol):
    """A tracking service: how its calls prove themselves, how they read, what answer it waits for."""

    answer: Mapping[str, Any]

    def is_signed(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool: ...

    def read(self, body: bytes) -> Push:
        """Raises `Unreadable`."""
        ...


def same(given: str, expected: str) -> bool:
    """Compare signatures in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def moment(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A time as services write it; without a zone of its own it is one of `zone`; None for no time."""
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)


def loaded(text: str | bytes) -> dict[str, Any]:
    """JSON that is an object."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    if not isinstance(data, dict):
        raise Unreadable("not an object")
    return data


def part(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """An object inside an object; {} where there is none."""
    here: Any = data
    for name in names:
        here = here.get(name) if isinstance(here, Mapping) else None
    return dict(here) if isinstance(here, Mapping) else {}


def rows(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list inside an object."""
    found = data.get(name)
    return [dict(row) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def said(data: Mapping[str, Any], *names: str) -> str:
    """The first of these texts that is there, else ""."""
    return next((str(data[name]).strip() for name in names if data.get(name) not in (None, "")), "")
