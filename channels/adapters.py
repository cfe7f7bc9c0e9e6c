"""What every kind of connection must be able to do; tests/channels hold each to its provider's documents."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from channels.connection_states import ConnectionKind
from channels.fetching import Fetched
from channels.generic import Generic
from channels.models import Connection
from channels.reading import Call, Field, Landed, Media, Outgoing, Pulled, Reading
from channels.wechat.account import WeChat
from channels.whatsapp import WhatsApp


class Adapter(Protocol):
    """One kind of connection. `send`, `fetch` and `test` call the other side: never inside a transaction."""

    answer: str
    """What the other side wants to hear when its call was kept."""

    answer_type: str
    window_hours: int | None
    text_limit: tuple[int, str]
    in_a_row: int | None
    """So many messages of ours the platform takes until the customer writes again; None: any number."""

    has_templates: bool
    """Whether the platform takes approved texts when it takes no words of ours."""

    needs_business_account: bool
    """Whether it tells its templates only to who names the id of the business account."""

    @property
    def secret_names(self) -> Sequence[str]: ...

    def greet(self, connection: Connection, call: Call) -> str:
        """Prove to the other side that this door is ours. Raises `NotGenuine`."""

    def land(self, connection: Connection, call: Call) -> Landed:
        """Check the signature. Raises `NotGenuine`, `Unreadable`."""

    def read(self, connection: Connection, body: str) -> Reading:
        """What a call that was kept says. Raises `Unreadable`."""

    def fetch(self, connection: Connection, media: Media, *, limit: int) -> Fetched:
        """A file that came along. Raises like `channels.fetching.fetch`, and `TryLater`."""

    def takes(self, content_type: str) -> bool:
        """Whether a file of this type can be sent as a file."""

    def send(self, connection: Connection, outgoing: Outgoing) -> str:
        """Send a part of an answer; the provider's name of it. Raises `Undeliverable`, `TryLater`."""

    def templates(self, connection: Connection) -> Sequence[Pulled]:
        """The texts that the platform has approved. Raises like `send`."""

    def field(self, parameter: str) -> Field:
        """What the gap of that name takes."""

    def test(self, connection: Connection) -> None:
        """Try whether the other side answers us. Raises like `send`."""


ADAPTERS: Mapping[str, Adapter] = {
    ConnectionKind.GENERIC: Generic(),
    ConnectionKind.WECHAT: WeChat(),
    ConnectionKind.WHATSAPP: WhatsApp(),
}


def adapter_of(connection: Connection) -> Adapter:
    """The one that speaks with the other side of a connection."""
    return ADAPTERS[connection.kind]
