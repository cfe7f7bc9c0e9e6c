"""What is shown beside an answer in the conversation: how far it got on its way to the customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from channels.connection_states import RANKS, UNSENT, DeliveryState, Reason, Way
from channels.models import OutboundDelivery
from core.models import OutgoingMail
from tickets.models import Message


@dataclass(frozen=True)
class Mark:
    """Words, tone and sign of a state; `retry_url` where a person can try again."""

    label: str
    tone: str
    icon: str
    detail: str = ""
    retry_url: str = ""


LOOKS: Mapping[str, tuple[str, str]] = {
    DeliveryState.QUEUED: ("neutral", "clock"),
    DeliveryState.SENDING: ("neutral", "clock"),
    DeliveryState.SENT: ("neutral", "check"),
    DeliveryState.DELIVERED: ("neutral", "check-check"),
    DeliveryState.READ: ("good", "check-check"),
    DeliveryState.FAILED: ("urgent", "circle-alert"),
}


STUCK = (OutgoingMail.State.WITHHELD, OutgoingMail.State.BOUNCED)
"""A mail that was not sent, or came back; it says why itself."""


def of(messages: Sequence[Message]) -> dict[int, Mark]:
    """A mark for each of the messages that was sent to a customer."""
    keys = [message.pk for message in messages if not message.is_from_customer]
    rows = OutboundDelivery.objects.filter(message__in=keys).select_related(
        "mail", "connection", "message__ticket"
    )
    found: dict[int, list[OutboundDelivery]] = {}
    for row in rows if keys else ():
        found.setdefault(row.message_id, []).append(row)
    return {key: _mark(parts) for key, parts in found.items()}


def _mark(parts: Sequence[OutboundDelivery]) -> Mark:
    mail = next((row for row in parts if row.way == Way.EMAIL), None)
    if mail is not None:
        return _mail_mark(mail)
    state = _whole(row.standing for row in parts)
    tone, icon = LOOKS[state]
    if state != DeliveryState.FAILED:
        via = next((row.connection.name for row in parts if row.connection), "")
        return Mark(str(DeliveryState(state).label), tone, icon, via)
    failed = next(row for row in parts if row.state == DeliveryState.FAILED)
    ticket = failed.message.ticket.number
    retry = reverse("console:delivery-retry", args=[ticket, failed.message_id])
    why = str(Reason(failed.reason).label) if failed.reason else failed.last_error
    return Mark(_("Not delivered: %(why)s") % {"why": why}, tone, icon, failed.last_error, retry)


def _mail_mark(row: OutboundDelivery) -> Mark:
    if row.mail is not None and row.mail.state in STUCK:
        mail = row.mail
        why = mail.get_because_display() or mail.last_error[:200]
        return Mark(f"{mail.get_state_display()} {why}".strip(), "urgent", "circle-alert")
    state = row.standing
    tone, icon = LOOKS[state]
    if state == DeliveryState.FAILED:
        return Mark(
            _("The mail was not delivered"), tone, icon, row.mail.last_error[:200] if row.mail else ""
        )
    label = _("By e-mail") if state == DeliveryState.SENT else _("By e-mail, on its way")
    if not row.reason:
        return Mark(label, tone, "mail")
    return Mark(label, "attention", "mail", str(Reason(row.reason).label))


def _whole(states: Iterable[str]) -> str:
    """An answer of several parts got as far as the last of them."""
    known = list(states)
    if DeliveryState.FAILED in known:
        return DeliveryState.FAILED
    return DeliveryState.QUEUED if set(known) & set(UNSENT) else min(known, key=lambda state: RANKS[state])
