"""What customers hear by mail about their tickets, in their language and their zone. Each is a reaction."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from core import dates, mail, zones
from core.models import Event
from tickets import access
from tickets.models import Clock, Message, Ticket
from tickets.states import ClockKind, ClockState, TicketStatus


def acknowledge(event: Event) -> None:
    """Say that the request has arrived, under which number, and by when somebody answers.

    It repeats nothing of what was written: anybody may type anybody's address into a form, and what we
    send there must not be of their making.
    """
    if event.data.get("told"):
        return
    ticket = _ticket(event.subject_pk)
    clock = ticket.clocks.filter(kind=ClockKind.FIRST_RESPONSE, state=ClockState.RUNNING).first()
    _queue(event, ticket, "opened", promised=_promise(clock, ticket))


def send_reply(event: Event) -> None:
    """Bring a public reply to the customer."""
    message = Message.objects.get(pk=event.data["message"])
    ticket = _ticket(message.ticket_id)
    _queue(event, ticket, "reply", message=message, solved=ticket.status == TicketStatus.SOLVED)


def tell_solved(event: Event) -> None:
    """Say that the request is solved, unless the customer said so or a reply went out with it."""
    if event.actor_kind == "customer" or "message" in event.data or event.data.get("told"):
        return
    _queue(event, _ticket(event.subject_pk), "solved")


def _ticket(pk: int) -> Ticket:
    return Ticket.objects.select_related("customer").get(pk=pk)


def _queue(event: Event, ticket: Ticket, template: str, **facts: object) -> None:
    mail.queue(
        key=f"{event.kind}:{event.pk}",
        to=ticket.customer.email,
        language=ticket.language,
        template=f"tickets/mail/{template}.txt",
        context={
            "ticket": ticket,
            "customer": ticket.customer,
            "link": settings.PUBLIC_URL + reverse("portal:request-link", args=[access.link_token(ticket)]),
            "reopen_days": settings.TICKETS_CLOSE_AFTER_DAYS,
            **facts,
        },
        about=ticket,
    )


def _promise(clock: Clock | None, ticket: Ticket) -> str:
    """By when somebody answers, as the customer writes it; "" when nothing is promised."""
    return _local(clock.due_at, ticket) if clock else ""


def _local(moment: datetime, ticket: Ticket) -> str:
    zone = ticket.customer.time_zone
    with translation.override(ticket.language), timezone.override(zone if zones.is_known(zone) else "UTC"):
        return dates.exact(moment)
