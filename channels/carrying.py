"""Taking automatic news to customers along the connection they write through. Only rows are written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from channels import rules
from channels.actions import delivering, templates, windows
from channels.adapters import adapter_of
from channels.connection_states import CLOSED, DeliveryState, Reason
from channels.models import Correspondent, Origin, OutboundDelivery
from core import clock
from tickets import merged
from tickets.models import Message, Telling
from tickets.states import Visibility

KEPT_FOR_PEOPLE = 2
"""So many of the messages that a platform takes in a row are left for what a person has to say."""


@dataclass(frozen=True)
class Lane:
    """Through whom news goes: in our own words, or as a template where only those get through.

    `template` is what `templates.part` made of it.
    """

    sender: Correspondent
    template: Mapping[str, Any] | None = None


class Messengers:
    """The carrier of `tickets.telling`: WeChat, WhatsApp and every other connected system."""

    def way_to(self, row: Telling) -> Lane | str:
        """The lane that is open now, else why there is none; "" where the customer never wrote that way."""
        sender = conversation(row)
        if sender is None:
            return ""
        if not sender.connection.carries_news:
            return Reason.NOT_FOR_NEWS
        reason = windows.hindrance(sender, clock.now()) or _crowded(row, sender)
        if not reason:
            return Lane(sender)
        return _as_template(row, sender, reason)

    def way_after(self, row: Telling, reason: str) -> Lane | str:
        """The template, where the platform did not take words of ours although our clock said so."""
        sender = conversation(row)
        if sender is None or not sender.connection.carries_news or not sender.connection.is_active:
            return reason
        if row.deliveries.filter(key=_template_key(row)).exists():
            return reason
        return _as_template(row, sender, reason)

    def take(self, row: Telling, way: object) -> str:
        """Write down what is to be sent, and say through which connection."""
        lane = cast(Lane, way)
        if lane.template is not None:
            delivering.queue_part(_template_key(row), lane.sender, telling=row, **lane.template)
        else:
            for place, text in enumerate(_parts(row, lane.sender)):
                key = f"telling:{row.pk}:{row.turn}:{place}"
                delivering.queue_part(key, lane.sender, text=text, telling=row)
        return lane.sender.connection.name


messengers = Messengers()


def _as_template(row: Telling, sender: Correspondent, reason: str) -> Lane | str:
    """The lane of the template that stands for the news, else why there is none."""
    use = templates.fitting(sender.connection, row.news, row.language) if reason in CLOSED else None
    if use is None:
        return reason
    part = templates.part(use, row.facts)
    return Reason.TEMPLATE if part is None else Lane(sender, part)


def _template_key(row: Telling) -> str:
    return f"telling:{row.pk}:{row.turn}:template"


def conversation(row: Telling) -> Correspondent | None:
    """Through whom the customer of a piece of news speaks with us.

    On a ticket their latest message decides: whoever wrote by mail or in the portal last wants no messenger.
    Who has no address is told through whatever they ever wrote, and news about no ticket goes there too.
    """
    spoken = _on_ticket(row)
    if spoken is not None or row.customer.email:
        return spoken
    theirs = Correspondent.objects.filter(customer=row.customer_id, connection__is_active=True)
    return theirs.select_related("connection").order_by("-last_in_at").first()


def _on_ticket(row: Telling) -> Correspondent | None:
    if row.ticket is None:
        return None
    family = merged.family(row.ticket)
    said = Message.objects.filter(ticket__in=family, actor_kind="customer", visibility=Visibility.PUBLIC)
    latest = said.order_by("-pk").values_list("pk", flat=True).first()
    origins = Origin.objects.filter(
        message__ticket__in=family, correspondent__customer=row.customer_id
    ).select_related("correspondent__connection")
    origin = origins.order_by("-message_id").first()
    if origin is None or (row.customer.email and latest and origin.message_id < latest):
        return None
    return origin.correspondent


def _crowded(row: Telling, sender: Correspondent) -> str:
    """Whether the platform would not take this as well and leave room for people."""
    most = adapter_of(sender.connection).in_a_row
    if most is None:
        return ""
    since = OutboundDelivery.objects.filter(
        correspondent=sender, template=None, created_at__gte=sender.last_in_at
    )
    sent = since.exclude(state=DeliveryState.FAILED).count()
    return Reason.TOO_MANY if sent + len(_parts(row, sender)) > most - KEPT_FOR_PEOPLE else ""


def _parts(row: Telling, sender: Correspondent) -> list[str]:
    longest, measure = adapter_of(sender.connection).text_limit
    return rules.split_text(rules.short_form(row.subject, row.text), longest=longest, measure=measure)
