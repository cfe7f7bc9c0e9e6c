"""Lines to other systems: made, changed, given new secrets, paused, tried."""

import secrets as chance
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from channels.adapters import adapter_of
from channels.connection_states import ConnectionKind, Reason
from channels.models import Connection
from channels.reading import TryLater, Undeliverable
from core import clock, events
from core.actors import Actor
from core.crypto import CannotUnseal
from core.errors import Refused

OVERLAP = timedelta(hours=24)
"""So long what comes in may still be signed with the secret before the last."""

CHANGEABLE = (
    "name",
    "channel",
    "shop",
    "team",
    "language",
    "account",
    "address",
    "mapping",
    "sample",
    "trusts_contacts",
    "window_hours",
    "silent_hours",
    "carries_news",
    "business_account",
)


def new_secret() -> str:
    """A secret of 256 random bits, in letters that survive copying."""
    return chance.token_urlsafe(32)


@transaction.atomic
def connect(*, kind: str, slug: str, secrets: Mapping[str, str], by: Actor, **fields: Any) -> Connection:
    """Make a connection. A system that signs gets a secret of our making where none is given.

    Refuses with connection.slug_taken.
    """
    row = Connection(kind=kind, slug=slug, created_at=clock.now(), **fields)
    row.keep(_given(kind, secrets))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("connection.slug_taken", slug=slug) from error
    events.record("connection.made", row, by=by, name=row.name)
    return row


def _given(kind: str, secrets: Mapping[str, str]) -> dict[str, str]:
    if kind == ConnectionKind.GENERIC and not secrets.get("secret"):
        return {"secret": new_secret()}
    return dict(secrets)


@transaction.atomic
def change(connection: Connection, *, by: Actor, **fields: Any) -> Connection:
    """Change what a connection is; what is as it was records nothing. Its name in addresses stays."""
    row = _locked(connection)
    changed = [name for name in CHANGEABLE if name in fields and getattr(row, name) != fields[name]]
    if changed:
        for name in changed:
            setattr(row, name, fields[name])
        row.save(update_fields=changed)
        events.record("connection.changed", row, by=by, name=row.name, fields=changed)
    return row


@transaction.atomic
def rotate(connection: Connection, *, secrets: Mapping[str, str], by: Actor) -> Connection:
    """Give a connection new secrets; a name that is left out keeps its own.

    The former ones still open what comes in for a day, so that nothing is lost while both sides change.
    """
    row = _locked(connection)
    kept = {name: _told(row, name) for name in adapter_of(row).secret_names}
    fresh = {name: text for name, text in secrets.items() if text}
    if row.kind == ConnectionKind.GENERIC and not fresh:
        fresh = {"secret": new_secret()}
    row.former_secrets, row.former_until = row.secrets, clock.now() + OVERLAP
    row.keep({name: text for name, text in {**kept, **fresh}.items() if text})
    row.save(update_fields=["secrets", "former_secrets", "former_until"])
    events.record("connection.rotated", row, by=by, name=row.name)
    return row


def _told(row: Connection, name: str) -> str:
    try:
        return row.tell(name)
    except CannotUnseal:  # sealed by another installation: nothing of it can be kept
        return ""


@transaction.atomic
def pause(connection: Connection, *, by: Actor) -> Connection:
    """Stop working on what comes in and sending through it. What comes in is kept meanwhile."""
    return _switched(connection, on=False, by=by)


@transaction.atomic
def go_on(connection: Connection, *, by: Actor) -> Connection:
    """Work on what was kept, and on what comes."""
    return _switched(connection, on=True, by=by)


def _switched(connection: Connection, *, on: bool, by: Actor) -> Connection:
    row = _locked(connection)
    if row.is_active != on:
        row.is_active = on
        row.save(update_fields=["is_active"])
        if on:
            events.record("connection.resumed", row, by=by, name=row.name)
        else:
            events.record("connection.paused", row, by=by, name=row.name)
    return row


def test(connection: Connection, *, by: Actor) -> Connection:
    """Try whether the other side answers; call it outside of any transaction.

    Refuses with connection.no_answer and what the other side said.
    """
    told = ""
    try:
        adapter_of(connection).test(connection)
    except Undeliverable as error:
        told = error.told or str(Reason(error.reason).label)
    except (TryLater, CannotUnseal) as error:
        told = str(error) or str(Reason.NOT_ALLOWED.label)
    with transaction.atomic():
        events.record("connection.tested", connection, by=by, name=connection.name, error=told[:300])
    if told:
        raise Refused("connection.no_answer", name=connection.name, told=told[:300])
    return connection


def _locked(connection: Connection) -> Connection:
    return Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
