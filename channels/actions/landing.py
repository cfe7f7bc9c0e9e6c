"""A call of another system: checked, kept once, and worked on after that is safe."""

from hashlib import sha256

from channels.adapters import adapter_of
from channels.models import Connection, InboundDelivery
from channels.reading import Call, NotGenuine
from core import clock
from core.crypto import CannotUnseal


def greet(connection: Connection, call: Call) -> str:
    """What proves to the other side that this door is ours. Raises `NotGenuine`."""
    try:
        return adapter_of(connection).greet(connection, call)
    except CannotUnseal as error:
        raise NotGenuine from error


def land(connection: Connection, call: Call) -> tuple[InboundDelivery, bool]:
    """Keep a genuine call, and say whether it is new; the same one again changes nothing.

    One that only has the name of another is kept beside it. Raises `NotGenuine` or `Unreadable`; then nothing
    was kept.
    """
    try:
        landed = adapter_of(connection).land(connection, call)
    except CannotUnseal as error:
        raise NotGenuine from error
    digest = sha256(landed.body.encode(errors="replace")).hexdigest()
    row, is_new = _kept(connection, landed.event_id, landed.body, digest)
    if is_new or row.digest == digest:
        return row, is_new
    return _kept(connection, f"{landed.event_id[:183]}~{digest[:16]}", landed.body, digest)


def _kept(connection: Connection, name: str, body: str, digest: str) -> tuple[InboundDelivery, bool]:
    now = clock.now()
    return InboundDelivery.objects.get_or_create(
        connection=connection,
        event_id=name,
        defaults={
            "body": body.replace("\x00", ""),
            "digest": digest,
            "received_at": now,
            "next_attempt_at": now,
        },
    )
