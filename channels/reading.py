"""What a call of another system says, in our words, whoever made it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from core import outbox


class Unreadable(Exception):
    """What was sent is not what this system sends; nothing can be made of it."""


class NotGenuine(Exception):
    """The signature is wrong, missing, or too old: nothing is kept and nothing changes."""


@dataclass(frozen=True)
class Media:
    """A file that came along: its bytes, an address to fetch it from, or the provider's name of it."""

    name: str = ""
    url: str = ""
    media_id: str = ""
    data: bytes = b""

    @property
    def identity(self) -> str:
        """What makes it this file: its bytes, its name there, or its address without what was signed in."""
        if self.data:
            return sha256(self.data).hexdigest()
        return self.media_id or self.url.partition("?")[0]


@dataclass(frozen=True)
class Incoming:
    """One message of a customer. `id` is the system's own name of it, `sender` of the person.

    One that `opens` nothing only joins a conversation that is going on: a thumb up is no new request.
    """

    id: str
    sender: str
    text: str = ""
    name: str = ""
    subject: str = ""
    email: str = ""
    phone: str = ""
    order_number: str = ""
    language: str = ""
    media: Sequence[Media] = ()
    opens: bool = True

    @property
    def digest(self) -> str:
        """What makes it this message: its words, however spaced and coded, and its files in any order."""
        words = " ".join(normalize("NFC", self.text).split())
        said = json.dumps([words, *sorted(one.identity for one in self.media)])
        return sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Receipt:
    """What became of a message of ours: one of our states, and why where it failed."""

    provider_id: str
    state: str
    error: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CallNews:
    """What a telephone system tells about a call."""

    id: str
    state: str
    number: str
    direction: str
    agent: str = ""
    started_at: datetime | None = None
    seconds: int = 0


@dataclass(frozen=True)
class Reading:
    """Everything one call said. `skipped` names what was there and is nothing for us.

    `problems` say what nobody could make anything of; the rest is good.
    """

    messages: Sequence[Incoming] = ()
    receipts: Sequence[Receipt] = ()
    calls: Sequence[CallNews] = ()
    skipped: Sequence[str] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True)
class Call:
    """A request at our door, as it came."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Landed:
    """A genuine call: the name by which the same one is known again, and what it says."""

    event_id: str
    body: str


@dataclass(frozen=True)
class Pulled:
    """A template as a messenger keeps it; `obstacle` is one of `TemplateObstacle`, "" for none.

    `title` is what it is called there, where that is not its `name`.
    """

    name: str
    language: str
    category: str = ""
    body: str = ""
    parameters: Sequence[str] = ()
    is_named: bool = False
    obstacle: str = ""
    title: str = ""


@dataclass(frozen=True)
class Field:
    """What a gap of a template takes. `kind` is one of `FieldKind`.

    `fit` makes a text one that may stand there, cut where that is allowed; "" where it cannot. `longest`
    counts characters, None where no length says it. What is `is_fixed` takes only texts that the platform
    has approved.
    """

    kind: str
    fit: Callable[[str], str]
    longest: int | None = None
    is_fixed: bool = False


@dataclass(frozen=True)
class Filled:
    """A template to be sent: the name of each gap and what stands there; gaps without names have "" each.

    `link` is where it leads, for platforms whose templates can be touched as a whole.
    """

    name: str
    language: str
    values: Sequence[tuple[str, str]] = ()
    link: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A part of an answer or of news for a provider: words, an approved template, or a file."""

    key: str
    to: str
    text: str = ""
    template: Filled | None = None
    name: str = ""
    content_type: str = ""
    content: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Undeliverable(outbox.Hopeless):
    """The provider will never take this: `reason` is one of ours, the text is theirs."""

    def __init__(self, reason: str, told: str = "") -> None:
        super().__init__(told)
        self.reason = reason
        self.told = told


class TryLater(outbox.TryLater):
    """No answer, or one that asks for patience."""
