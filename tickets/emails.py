"""What customers hear about their tickets, in their language and their zone. Each is a reaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.rights import Role
from core import dates, inline, mail, zones
from core.models import Attachment, Event, OutgoingMail
from tickets import access, addressing, queries, telling
from tickets.ladder import Step
from tickets.models import Clock, Message, Ticket
from tickets.states import ClockKind, ClockState, Recipient, TicketStatus

MEGABYTE = 1024 * 1024


def acknowledge(event: Event) -> None:
    """Say that the request has arrived, under which number, and by when somebody answers.

    It repeats nothing of what was written: anybody may type anybody's address into a form, and what we
    send there must not be of their making.
    """
    if event.data.get("told"):
        return
    ticket = _ticket(event.subject_pk)
    clock = ticket.clocks.filter(kind=ClockKind.FIRST_RESPONSE, state=ClockState.RUNNING).first()
    _tell(event, ticket, "opened", promised=_promise(clock, ticket))


def send_reply(event: Event) -> None:
    """Bring a public reply to the customer."""
    message = Message.objects.get(pk=event.data["message"])
    ticket = _ticket(message.ticket_id)
    files = queries.files_of([message]).get(message.pk, [])
    first = inline.placed(message.body, files)
    ranked = [*first, *(file for file in files if file not in first)]
    along = going_along(ranked, settings.MAIL_ATTACH_MEGABYTES * MEGABYTE)
    _queue(
        event,
        ticket,
        "reply",
        in_person=message.actor_kind == User.actor_kind,
        files=along,
        message=message,
        left=[file for file in files if file not in along],
        solved=ticket.status == TicketStatus.SOLVED,
    )


def going_along(files: Sequence[Attachment], most: int) -> list[Attachment]:
    """Those files of a reply that fit into a mail of at most so many bytes; the others are on its page."""
    along, room = [], most
    for file in files:
        if file.size <= room:
            along.append(file)
            room -= file.size
    return along


def tell_solved(event: Event) -> None:
    """Say that the request is solved, unless the customer said so or a reply went out with it."""
    if event.actor_kind == "customer" or "message" in event.data or event.data.get("told"):
        return
    _tell(event, _ticket(event.subject_pk), "solved")


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
            key = f"{event.kind}:{event.pk}:{member.pk}"
            mail.queue(
                key=key,
                to=member.email,
                language=member.language,
                template="tickets/mail/deadline.txt",
                context=context,
                about=ticket,
                headers=addressing.headers(ticket, key, staff=member),
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


def _tell(event: Event, ticket: Ticket, template: str, **facts: object) -> None:
    telling.tell(
        ticket.customer,
        ticket=ticket,
        news_code=event.kind,
        key=f"{event.kind}:{event.pk}",
        template=f"tickets.{template}",
        context={**_about(ticket), **facts},
    )


def _about(ticket: Ticket) -> dict[str, object]:
    """What every text to a customer about a ticket can say."""
    return {
        "link": settings.PUBLIC_URL + reverse("portal:request-link", args=[access.link_token(ticket)]),
        "reopen_days": settings.TICKETS_CLOSE_AFTER_DAYS,
    }


def _queue(
    event: Event,
    ticket: Ticket,
    template: str,
    *,
    in_person: bool = False,
    files: Sequence[Attachment] = (),
    **facts: object,
) -> None:
    write_to_customer(
        ticket,
        key=f"{event.kind}:{event.pk}",
        template=f"tickets.{template}",
        context={**_about(ticket), **facts},
        in_person=in_person,
        files=files,
    )


def write_to_customer(
    ticket: Ticket,
    *,
    key: str,
    template: str,
    context: dict[str, Any],
    to: str = "",
    language: str = "",
    in_person: bool = False,
    files: Sequence[Attachment] = (),
) -> OutgoingMail | None:
    """A mail to the customer about a ticket, so that an answer to it finds the ticket again.

    Without `to` it goes to the address the customer prefers. What is not written `in_person` counts against
    what one reader is sent by machines.
    """
    return mail.queue(
        key=key,
        to=to or ticket.customer.email,
        language=language or ticket.language,
        template=template,
        context={"ticket": ticket, "customer": ticket.customer, **context},
        about=ticket,
        headers=addressing.headers(ticket, key, in_person=in_person),
        capped=not in_person,
        files=files,
    )


def _promise(clock: Clock | None, ticket: Ticket) -> str:
    """By when somebody answers, as the customer writes it; "" when nothing is promised."""
    return _local(clock.due_at, ticket) if clock else ""


def _local(moment: datetime, ticket: Ticket) -> str:
    zone = ticket.customer.time_zone
    with translation.override(ticket.language), timezone.override(zone if zones.is_known(zone) else "UTC"):
        return dates.exact(moment)
