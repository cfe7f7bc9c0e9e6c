"""Bringing answers to customers: rows written with the answer, sent after the commit (`core.outbox`).

If a worker dies between the provider's yes and the note of it, the part goes out again under the same key: an
answer is never lost, and where the provider knows keys never doubled. In a conversation nothing overtakes.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from channels import rules
from channels.actions import templates, windows
from channels.adapters import adapter_of
from channels.connection_states import CLOSED, RANKS, UNSENT, DeliveryState, Reason, Way
from channels.models import Connection, Correspondent, Origin, OutboundDelivery
from channels.reading import Outgoing, Receipt, Undeliverable
from core import clock, events, inline, news, outbox
from core.actors import SYSTEM, Actor
from core.crypto import CannotUnseal
from core.errors import Refused
from core.models import Attachment, Event, OutgoingMail, key_of
from tickets import emails, merged, telling
from tickets.access import link_token
from tickets.models import Message
from tickets.news import ANSWER
from tickets.states import Channel, Visibility

LOST_MAIL = (OutgoingMail.State.FAILED, OutgoingMail.State.WITHHELD, OutgoingMail.State.BOUNCED)
ANSWER_LENGTH = 400
"""So much of an answer stands in a template; WhatsApp takes 1,024 letters with everything in it."""


# --- the way out -------------------------------------------------------------------------------------


@transaction.atomic
def deliver(message: Message, event: Event) -> None:
    """Let an answer go the way the customer came, else by mail; say on the ticket when neither is possible.

    Within the transaction only rows are written. Twice writes nothing more.
    """
    sender = way_back(message)
    if sender is None:
        _by_mail(message, event)
    elif reason := windows.hindrance(sender, clock.now()):
        _fall_back(message, event, sender, reason)
    else:
        _queue(message, event, sender)


def way_back(message: Message) -> Correspondent | None:
    """Through whom an answer goes; None sends it by mail.

    The customer's latest message decides: whoever wrote by mail last wants a mail. An answer that was meant
    for mail stays one. Where no address is known, any connection the customer wrote through will do.
    """
    ticket = message.ticket
    if message.channel == Channel.EMAIL != ticket.channel:
        return None
    family = merged.family(ticket)
    origins = Origin.objects.filter(message__ticket__in=family).select_related(
        "correspondent__connection", "message"
    )
    latest = origins.order_by("-message_id").first()
    if latest is None:
        return None
    newer = Message.objects.filter(
        ticket__in=family, pk__gt=latest.message_id, actor_kind="customer", visibility=Visibility.PUBLIC
    )
    return None if newer.exists() and ticket.customer.email else latest.correspondent


def _queue(message: Message, event: Event, sender: Correspondent) -> None:
    for place, (text, file) in enumerate(_parts(message, sender.connection)):
        queue_part(
            f"message:{message.pk}:{place}",
            sender,
            text=text,
            attachment=file,
            message=message,
            event_id=event.pk,
        )


def queue_part(key: str, sender: Correspondent, **facts: Any) -> OutboundDelivery:
    """Write down one part that goes through somebody's connection; the same key again writes nothing."""
    now = clock.now()
    row, _new = OutboundDelivery.objects.get_or_create(
        key=key,
        defaults={
            "way": Way.CONNECTION,
            "connection": sender.connection,
            "correspondent": sender,
            "created_at": now,
            "next_attempt_at": now,
            **facts,
        },
    )
    return row


def _parts(message: Message, connection: Connection) -> list[tuple[str, Attachment | None]]:
    """The words in pieces the provider takes, then the files; one it does not take becomes a link."""
    adapter = adapter_of(connection)
    longest, measure = adapter.text_limit
    files = Attachment.objects.filter(subject=key_of(message), public=True)
    with translation.override(message.ticket.language):
        body = inline.plain(message.body, files)
    parts: list[tuple[str, Attachment | None]] = [
        (text, None) for text in rules.split_text(body, longest=longest, measure=measure)
    ]
    return parts + [
        ("", file) if adapter.takes(file.content_type) else (_link(message, file), None) for file in files
    ]


def _link(message: Message, file: Attachment) -> str:
    path = reverse("portal:request-link", args=[link_token(message.ticket)])
    with translation.override(message.ticket.language):
        return _("%(name)s: %(link)s") % {"name": file.name, "link": settings.PUBLIC_URL + path}


def _by_mail(message: Message, event: Event) -> None:
    if _mailed(message, event) is None:
        _give_up(message, event, Reason.NO_WAY)


def _fall_back(message: Message, event: Event, sender: Correspondent, reason: str) -> None:
    """By mail instead, once for all parts of an answer; visibly on the ticket.

    Who has no address gets the template that stands for an answer, where there is one that may be sent.
    """
    if OutboundDelivery.objects.filter(message=message, way__in=[Way.EMAIL, Way.NONE]).exists():
        return
    connection = sender.connection
    if _mailed(message, event, reason) is None:
        if reason not in CLOSED or not _as_template(message, event, sender):
            _give_up(message, event, reason, connection)
        return
    events.record(
        "delivery.fell_back",
        message,
        by=SYSTEM,
        thread=message.ticket,
        reason=reason,
        connection=connection.name,
    )


def _as_template(message: Message, event: Event, sender: Correspondent) -> bool:
    """Whether the template that stands for an answer goes out; it leads to where the answer can be read."""
    use = templates.fitting(sender.connection, ANSWER, message.ticket.language)
    key = f"message:{message.pk}:template"
    if use is None or OutboundDelivery.objects.filter(key=key).exists():
        return False
    link = settings.PUBLIC_URL + reverse("portal:request-link", args=[link_token(message.ticket)])
    ticket = message.ticket
    facts = {
        "customer": ticket.customer,
        "ticket": ticket,
        "answer": message.body[:ANSWER_LENGTH],
        "link": link,
    }
    part = templates.part(use, news.facts(news.known()[ANSWER], facts, ticket.language))
    if part is not None:
        queue_part(key, sender, message=message, event_id=event.pk, **part)
    return part is not None


@transaction.atomic
def send_as_template(message: Message, *, by: Actor) -> OutboundDelivery:
    """Let the template that stands for an answer go out for one that did not get through; once.

    Refuses with delivery.no_template where there is none, or where nobody can be reached by one.
    """
    rows = list(OutboundDelivery.objects.select_for_update().filter(message=message).order_by("pk"))
    sender = way_back(message)
    reached = any(_may_have_arrived(row) for row in rows)
    event = Event.objects.filter(kind="message.sent", subject=key_of(message)).first()
    if sender is None or reached or event is None or not _as_template(message, event, sender):
        raise Refused("delivery.no_template", number=message.ticket.number)
    OutboundDelivery.objects.filter(message=message, way=Way.NONE).delete()
    events.record("delivery.as_template", message, by=by, thread=message.ticket)
    return OutboundDelivery.objects.get(key=f"message:{message.pk}:template")


def _may_have_arrived(row: OutboundDelivery) -> bool:
    """Whether a part is on its way or there, as far as anybody knows."""
    if row.way == Way.EMAIL:
        return row.mail is not None and row.mail.state not in LOST_MAIL
    return row.way == Way.CONNECTION and row.state != DeliveryState.FAILED


def _mailed(message: Message, event: Event, reason: str = "") -> OutboundDelivery | None:
    """The answer as a mail; None where nobody can be written to."""
    emails.send_reply(event)
    key = f"{event.kind}:{event.pk}"
    ours = Q(key=key) | Q(key__startswith=f"{key}:")
    mail = OutgoingMail.objects.filter(ours, about=key_of(message.ticket)).order_by("pk").first()
    if mail is None:
        return None
    facts = {"way": Way.EMAIL, "mail": mail, "reason": reason, "state": DeliveryState.QUEUED}
    return _row(message, event, "mail", facts)


def _give_up(message: Message, event: Event, reason: str, connection: Connection | None = None) -> None:
    _row(message, event, "none", {"way": Way.NONE, "state": DeliveryState.FAILED, "reason": reason})
    events.record(
        "delivery.failed",
        message,
        by=SYSTEM,
        thread=message.ticket,
        reason=reason,
        connection=connection.name if connection else "",
    )


def _row(message: Message, event: Event, part: str, facts: dict[str, Any]) -> OutboundDelivery:
    now = clock.now()
    common = {"message": message, "event_id": event.pk, "created_at": now, "next_attempt_at": now}
    row, _new = OutboundDelivery.objects.get_or_create(
        key=f"message:{message.pk}:{part}", defaults={**common, **facts}
    )
    return row


# --- sending -----------------------------------------------------------------------------------------


def _hand_over(row: OutboundDelivery) -> outbox.Ended:
    """Give a part to its provider."""
    connection, sender = row.connection, row.correspondent
    assert connection is not None
    assert sender is not None
    if (reason := windows.hindrance(sender, clock.now())) and not (row.template and reason in CLOSED):
        raise Undeliverable(reason)
    try:
        provider_id = adapter_of(connection).send(connection, _outgoing(row, sender))
    except CannotUnseal as error:
        raise Undeliverable(Reason.NOT_ALLOWED) from error
    return outbox.Ended(DeliveryState.SENT, provider_id=provider_id, sent_at=clock.now())


def _outgoing(row: OutboundDelivery, sender: Correspondent) -> Outgoing:
    ticket = row.telling.ticket if row.telling else row.answer.ticket
    facts = {"ticket": ticket.number if ticket else ""}
    if row.template is not None:
        template = templates.filled(row)
        return Outgoing(row.key, sender.external_id, text=row.text, template=template, facts=facts)
    if row.attachment is None:
        return Outgoing(row.key, sender.external_id, text=row.text, facts=facts)
    with row.attachment.file.open() as content:
        return Outgoing(
            row.key,
            sender.external_id,
            name=row.attachment.name,
            content_type=row.attachment.content_type,
            content=content.read(),
            facts=facts,
        )


@transaction.atomic
def _not_delivered(row: OutboundDelivery, error: Exception) -> None:
    in_vain = Undeliverable(Reason.UNREACHABLE, outbox.said(error))
    refused = error if isinstance(error, Undeliverable) else in_vain
    parts = _locked_parts(row)
    if outbox.note(row, DeliveryState.FAILED):
        _fail(row, parts, refused.reason, refused.told)


OUTBOX = outbox.Outbox(
    rows=OutboundDelivery.objects.in_turn(),
    carry=_hand_over,
    give_up=_not_delivered,
    tries=8,
    first_wait=timedelta(seconds=10),
    longest_wait=timedelta(minutes=15),
)
send_due = OUTBOX.send_due


def _locked_parts(row: OutboundDelivery) -> Sequence[OutboundDelivery]:
    """The parts of the same answer or the same news, locked in the order in which everybody locks them."""
    parts = OutboundDelivery.objects.filter(message=row.message_id, telling=row.telling_id)
    return list(parts.select_for_update().order_by("pk"))


def _fail(row: OutboundDelivery, parts: Sequence[OutboundDelivery], reason: str, told: str) -> None:
    """Let an answer or news go another way of which a part did not get through; what still waits does not go.

    Once something else goes in their place, the parts it replaced have no say any more.
    """
    is_replaced = _is_replaced(row, parts)
    for part in parts:
        if part.pk == row.pk or (part.way == Way.CONNECTION and part.state in UNSENT and not is_replaced):
            part.state, part.reason, part.last_error = DeliveryState.FAILED, reason, outbox.kept(told)
            part.save(update_fields=["state", "reason", "last_error"])
    if is_replaced:
        return
    assert row.correspondent is not None
    if reason in CLOSED and row.template_id is None:
        windows.close(row.correspondent, reason=reason, since=row.created_at)
    if row.telling is not None:
        telling.fall_back(row.telling, reason=reason)
        return
    message = Message.objects.select_related("ticket__customer").get(pk=row.answer.pk)
    _fall_back(message, Event.objects.get(pk=row.event_id or 0), row.correspondent, reason)


def _is_replaced(row: OutboundDelivery, parts: Sequence[OutboundDelivery]) -> bool:
    """Whether something else goes where a part did not: a template, or news that a member had told again."""
    if row.telling is not None and not row.key.startswith(f"telling:{row.telling.pk}:{row.telling.turn}:"):
        return True
    return row.template_id is None and any(_stands_in(part) for part in parts)


def _stands_in(part: OutboundDelivery) -> bool:
    """Whether a part is a template that may get through where words of our own did not."""
    return part.template_id is not None and part.state != DeliveryState.FAILED


@transaction.atomic
def note_receipt(connection: Connection, receipt: Receipt) -> bool:
    """Note what became of a part; False for one we do not know. Older news changes nothing."""
    known = OutboundDelivery.objects.filter(connection=connection)
    named = known.filter(provider_id=receipt.provider_id).first() if receipt.provider_id else None
    named = named or known.filter(key=receipt.provider_id).first()
    if named is None:
        return False
    parts = _locked_parts(named)
    row = next(part for part in parts if part.pk == named.pk)
    row.receipt_at = clock.now()
    row.save(update_fields=["receipt_at"])
    if receipt.state == DeliveryState.FAILED:
        if row.state not in (DeliveryState.FAILED, DeliveryState.READ):
            _fail(row, parts, receipt.reason or Reason.REFUSED, receipt.error)
    elif RANKS[receipt.state] > RANKS.get(row.state, RANKS[DeliveryState.SENT]):
        row.state = receipt.state
        row.save(update_fields=["state"])
    return True


@transaction.atomic
def retry(message: Message, *, by: Actor) -> Sequence[OutboundDelivery]:
    """Try once more what did not reach the customer; what did, or is on its way, is left as it is.

    Refuses with delivery.no_way where there is still none.
    """
    rows = list(OutboundDelivery.objects.select_for_update().filter(message=message).order_by("pk"))
    failed = [row for row in rows if row.state == DeliveryState.FAILED]
    if not failed or any(row.way == Way.EMAIL or _stands_in(row) for row in rows):
        return rows
    message = Message.objects.select_related("ticket__customer").get(pk=message.pk)
    parts = [row for row in failed if row.way == Way.CONNECTION and row.template_id is None]
    sender = parts[0].correspondent if parts else way_back(message)
    OutboundDelivery.objects.filter(pk__in=[row.pk for row in failed if row.way == Way.NONE]).delete()
    event = Event.objects.get(pk=failed[0].event_id or 0)
    if sender is None or windows.hindrance(sender, clock.now()):
        if _mailed(message, event) is None:
            raise Refused("delivery.no_way", number=message.ticket.number)
    elif parts:
        for part in parts:
            outbox.another_round(part, reason="")
    else:
        _queue(message, event, sender)
    events.record("delivery.retried", message, by=by, thread=message.ticket)
    return list(OutboundDelivery.objects.filter(message=message))
