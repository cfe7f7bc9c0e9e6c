"""What customers hear by mail about their tickets, in their language and their zone. Each is a reaction."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.rights import Role
from core import dates, mail, zones
from core.models import Event
from tickets import access
from tickets.ladder import Step
from tickets.models import Clock, Message, Ticket
from tickets.states import ClockKind, ClockState, Recipient, TicketStatus


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


def tell_staff(event: Event, ticket: Ticket, clock: Clock, step: Step) -> None:
    """Tell those a step of a ladder names that a deadline is near or was missed, each in their language."""
    for member in recipients(ticket, step.notify):
        with translation.override(member.language), timezone.override(member.time_zone):
            context = {
                "ticket": ticket,
                "clock": clock,
                "member": member,
                "due": dates.exact(clock.due_at),
                "warns": step.is_warning,
                "link": settings.PUBLIC_URL + reverse("console:ticket", args=[ticket.number]),
            }
            mail.queue(
                key=f"{event.kind}:{event.pk}:{member.pk}",
                to=member.email,
                language=member.language,
                template="tickets/mail/deadline.txt",
                context=context,
                about=ticket,
            )


def recipients(ticket: Ticket, named: Iterable[str]) -> QuerySet[User]:
    """The members of staff a step tells; nobody twice, nobody who left."""
    who = Q(pk=None)
    for one in named:
        match one:
            case Recipient.ASSIGNEE:
                who |= Q(pk=ticket.assignee_id)
            case Recipient.TEAM:
                who |= Q(teams=ticket.team_id)
            case Recipient.LEADS:
                who |= Q(role=Role.LEAD, teams=ticket.team_id)
            case Recipient.MANAGERS:
                who |= Q(role=Role.MANAGER)
    found = User.objects.filter(who, is_active=True).values("pk")
    return User.objects.filter(pk__in=found)


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
