"""What gateways tell without being asked: signature checked, kept as a row, and only then understood."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core import clock, signatures
from core.crypto import CannotUnseal
from returns.actions import settle_refund
from returns.gateways.reports import parse, result_of
from returns.models import GatewayAnswer, GatewayConnection, GatewayNotice, Refund
from returns.models.refunds import RefundQuerySet

log = logging.getLogger(__name__)

LONGEST = 64 * 1024
"""Bytes of a notice; a longer one is not taken."""

Verdict = GatewayNotice.Verdict


class NotGenuine(Exception):
    """Unknown key, wrong signature, or a recording: nothing was kept and nothing changed (domain W3)."""


class Unreadable(Exception):
    """Signed, but not something that could be kept under a name of its own."""


def receive(headers: Mapping[str, str], body: bytes) -> tuple[GatewayNotice, bool]:
    """Keep a notice and say whether it is new; the same event again is the same row (domain W1).

    Raises NotGenuine, Unreadable.
    """
    at = clock.now()
    connection = _sender(headers, body, at)
    try:
        event_id = parse(body)["id"]
        text = body.decode()
    except (ValueError, KeyError) as error:
        raise Unreadable from error
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= 100:
        raise Unreadable
    return keep(connection.key_id, event_id, text, at, connection)


def _sender(headers: Mapping[str, str], body: bytes, at: datetime) -> GatewayConnection:
    key_id = headers.get(signatures.KEY_ID, "")
    connection = GatewayConnection.objects.filter(key_id=key_id, is_active=True).first()
    if connection is None:
        raise NotGenuine(key_id)
    try:
        secret = connection.tell()
    except CannotUnseal as error:
        log.exception("the secret of %s cannot be opened", key_id)
        raise NotGenuine(key_id) from error
    if not signatures.is_genuine(secret, headers, body, at):
        raise NotGenuine(key_id)
    return connection


def keep(
    source: str, event_id: str, body: str, at: datetime, connection: GatewayConnection | None = None
) -> tuple[GatewayNotice, bool]:
    """The row of an event, and whether it was not there before."""
    return GatewayNotice.objects.get_or_create(
        source=source,
        event_id=event_id,
        defaults={"connection": connection, "body": body, "received_at": at},
    )


def take_due(*, limit: int = 50) -> int:
    """Understand notices that are still waiting, such as those whose receiver died; returns how many."""
    waiting = list(GatewayNotice.objects.waiting()[:limit])
    for notice in waiting:
        take(notice)
    return len(waiting)


@transaction.atomic
def take(notice: GatewayNotice) -> GatewayNotice:
    """Book what a notice says, once, and note how that fits our books."""
    notice = GatewayNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.processed_at is None:
        notice.verdict = _book(notice)
        notice.processed_at = clock.now()
        notice.save(update_fields=["verdict", "processed_at", "refund"])
    return notice


def _book(notice: GatewayNotice) -> str:
    try:
        told = parse(notice.body)
        key = str(told["key"])
        result = result_of(told, key)
    except (ValueError, KeyError):
        return Verdict.UNREADABLE
    notice.refund = _refunds_of(notice).filter(idempotency_key=key).first()
    if notice.refund is None:
        return Verdict.STRANGER
    refund = settle_refund(notice.refund, result, way=GatewayAnswer.Way.NOTICE)
    answer = refund.answers.select_related("refund").latest("pk")
    return Verdict.BOOKED if answer.agrees else Verdict.CONTRADICTS


def _refunds_of(notice: GatewayNotice) -> RefundQuerySet:
    """Refunds the sender may speak about: those of its shop and of the payments it holds."""
    connection = notice.connection
    if connection is None:
        return Refund.objects.filter(payment__gateway=notice.source)
    return Refund.objects.filter(
        payment__gateway=connection.gateway, payment__order__shop_id=connection.shop_id
    )
