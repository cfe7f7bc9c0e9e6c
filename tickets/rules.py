"""Decisions about tickets that need no database."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Promise(Protocol):
    """What of a service level policy decides whether it applies; empty strings apply to everything."""

    ticket_type: str
    channel: str
    min_priority: int


PromiseT = TypeVar("PromiseT", bound=Promise)

PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 200


def choose_policy(
    policies: Iterable[PromiseT], *, ticket_type: str, channel: str, priority: int
) -> PromiseT | None:
    """The first policy, in the order given, whose every condition the ticket meets."""
    for policy in policies:
        if policy.ticket_type and policy.ticket_type != ticket_type:
            continue
        if policy.channel and policy.channel != channel:
            continue
        if priority >= policy.min_priority:
            return policy
    return None


def plain(text: str) -> str:
    """The text as it can be stored: without null bytes, line ends made one kind, nothing around it."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def one_line(text: str, length: int) -> str:
    """The text on one line, cut to `length` with an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
