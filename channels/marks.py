"""What is shown beside an answer in the conversation: how far it got on its way to the customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from channels.actions import delivering, templates
from channels.adapters import adapter_of
from channels.connection_states import CLOSED, RANKS, UNSENT, DeliveryState, Reason, Way
from channels.models import OutboundDelivery
from core.models import OutgoingMail
from tickets.models import Message, Telling
from tickets.news import ANSWER
from tickets.states import Told


@dataclass(frozen=True)
class Mark:
    """Words, tone and sign of a state; `retry_url` where a person can try again."""

    label: str
    tone: str
    icon: str
    detail: str = ""
    retry_url: str = ""
    template_url: str = ""


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
    ours = {message.pk: message for message in messages if not message.is_from_customer}
    rows = OutboundDelivery.objects.filter(message__in=ours).select_related("mail", "connection")
    found: dict[int, list[OutboundDelivery]] = {}
    for row in rows.defer("mail__text", "mail__headers") if ours else ():
        assert row.message_id is not None
        row.message = ours[row.message_id]
        found.setdefault(row.message_id, []).append(row)
    return {key: _mark(parts) for key, parts in found.items()}


def of_news(rows: Sequence[Telling]) -> dict[int, Mark]:
    """A mark for each piece of news, told or not."""
    carried = [row.pk for row in rows if row.outcome == Told.CARRIED]
    found: dict[int, list[OutboundDelivery]] = {}
    parts = OutboundDelivery.objects.filter(telling__in=carried).select_related("connection", "mail")
    for part in parts if carried else ():
        found.setdefault(part.telling_id or 0, []).append(part)
    return {row.pk: _news_mark(row, found.get(row.pk, [])) for row in rows}


def _news_mark(row: Telling, parts: Sequence[OutboundDelivery]) -> Mark:
    match row.outcome:
        case Told.CARRIED:
            state = _whole(part.standing for part in parts if part.state != DeliveryState.FAILED)
            label = (
                f"{row.via} · {DeliveryState(state).label}" if row.via else str(DeliveryState(state).label)
            )
            return Mark(label, *LOOKS[state], _why_template(row.reason))
        case Told.MAIL:
            return _by_mail(row.mail, row.reason)
        case Told.UNWANTED:
            return Mark(_("Not told"), "neutral", "bell-off", str(Told.UNWANTED.label))
    return Mark(_("Not told"), "urgent", "circle-alert", _why_not(row), retry_url=_again(row))


def _why_template(reason: str) -> str:
    """Why it was not our own words that went, where they did not."""
    if reason not in Reason.values:
        return ""
    return _("as an approved template: %(why)s") % {"why": Reason(reason).label}


def _why_not(row: Telling) -> str:
    return str(Reason(row.reason).label if row.reason in Reason.values else Told(row.outcome).label)


def _again(row: Telling) -> str:
    return reverse("console:telling-again", args=[row.ticket.number, row.pk]) if row.ticket else ""


def _mark(parts: Sequence[OutboundDelivery]) -> Mark:
    mail = next((row for row in parts if row.way == Way.EMAIL), None)
    if mail is not None:
        return _by_mail(mail.mail, mail.reason)
    instead = [row for row in parts if row.template_id and row.state != DeliveryState.FAILED]
    state = _whole(row.standing for row in instead or parts)
    tone, icon = LOOKS[state]
    if state != DeliveryState.FAILED:
        via = next((row.connection.name for row in parts if row.connection), "")
        why = next((_why_template(row.reason) for row in parts if row.reason), "") if instead else ""
        return Mark(str(DeliveryState(state).label), tone, icon, " · ".join(filter(None, [via, why])))
    failed = next(row for row in parts if row.state == DeliveryState.FAILED)
    ticket, message = failed.answer.ticket.number, failed.answer.pk
    retry = reverse("console:delivery-retry", args=[ticket, message])
    offers = _may_be_template(parts)
    offer = reverse("console:delivery-template", args=[ticket, message]) if offers else ""
    why = str(Reason(failed.reason).label) if failed.reason else failed.last_error
    label = _("Not delivered: %(why)s") % {"why": why}
    if failed.reason in CLOSED:
        label = _("%(told)s. %(way_on)s") % {"told": label, "way_on": _way_on(failed, offers=offers)}
    return Mark(label, tone, icon, failed.last_error, retry, offer)


def _way_on(failed: OutboundDelivery, *, offers: bool) -> str:
    """What somebody can do about an answer for which the platform's window is closed."""
    if offers:
        return _("Send it as a template, or try again once the customer has written.")
    if failed.connection is not None and adapter_of(failed.connection).has_templates:
        return _(
            "Write down an e-mail address of the customer and try again, or choose a template for answers."
        )
    return _("Write down an e-mail address of the customer and try again.")


def _may_be_template(parts: Sequence[OutboundDelivery]) -> bool:
    """Whether an approved template could still bring the customer to an answer that did not get through."""
    message = parts[0].answer
    sender = None if any(row.template_id for row in parts) else delivering.way_back(message)
    if sender is None or not any(row.reason in CLOSED for row in parts):
        return False
    return templates.fitting(sender.connection, ANSWER, message.ticket.language) is not None


def _by_mail(mail: OutgoingMail | None, reason: str) -> Mark:
    """How far a mail got; `reason` says why it is one."""
    if mail is not None and mail.state in STUCK:
        why = mail.get_because_display() or mail.last_error[:200]
        return Mark(f"{mail.get_state_display()} {why}".strip(), "urgent", "circle-alert")
    state = DeliveryState(mail.state) if mail is not None else DeliveryState.SENT
    tone, icon = LOOKS[state]
    if state == DeliveryState.FAILED:
        return Mark(_("The mail was not delivered"), tone, icon, mail.last_error[:200] if mail else "")
    label = _("By e-mail") if state == DeliveryState.SENT else _("By e-mail, on its way")
    if reason not in Reason.values:
        return Mark(label, tone, "mail")
    return Mark(label, "attention", "mail", str(Reason(reason).label))


def _whole(states: Iterable[str]) -> str:
    """An answer of several parts got as far as the last of them."""
    known = list(states)
    if not known:
        return DeliveryState.QUEUED
    if DeliveryState.FAILED in known:
        return DeliveryState.FAILED
    return DeliveryState.QUEUED if set(known) & set(UNSENT) else min(known, key=lambda state: RANKS[state])
