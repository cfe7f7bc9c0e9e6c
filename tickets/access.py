"""Who sees which tickets. Lists, counts, searches, the API and files all ask here."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.rights import ROLE_RIGHTS, Right
from core.models import Attachment
from customers.access import Portal, PortalRequest
from tickets import merged
from tickets.models import Message, Ticket, TicketQuerySet
from tickets.states import Visibility

LINK_SALT = "tickets.link"


def tickets_for(user: User) -> TicketQuerySet:
    """Tickets a member of staff may see: all of them with the right, none without."""
    return Ticket.objects.all() if sees_all(user) else Ticket.objects.none()


def sees_all(user: User) -> bool:
    """Whether a member of staff may see every ticket."""
    return user.may(Right.READ_TICKETS)


def tickets_of(portal: Portal) -> TicketQuerySet:
    """Tickets a visitor of the portal may see: one's own, those of opened orders, those opened by link.

    A link opens the whole request, with what it was merged with; an order only what is about that order.
    """
    if not portal.is_known:
        return Ticket.objects.none()
    mine = Q(pk__in=merged.one_request(portal.tickets)) | Q(order__in=portal.orders)
    if portal.customer is not None:
        mine |= Q(customer=portal.customer)
    return Ticket.objects.filter(mine)


def messages_of(ticket: Ticket, portal: Portal | None = None) -> QuerySet[Message]:
    """What customers may read of a ticket and what was merged into it; a visitor, what they may see of it."""
    family = Ticket.objects.filter(pk__in=merged.family(ticket), customer=ticket.customer_id)
    said = Message.objects.filter(ticket__in=family, visibility=Visibility.PUBLIC)
    return said if portal is None else said.filter(ticket__in=tickets_of(portal))


def assignees() -> QuerySet[User]:
    """Members of staff to whom a ticket may be given."""
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.WORK_TICKETS in rights]
    may_work = User.objects.filter(Q(role__in=roles) | Q(is_superuser=True), is_active=True)
    return may_work.only("name", "email", "role", "is_active", "is_superuser")


def may_assign(user: User, ticket: Ticket, to: User | None) -> bool:
    """Everybody at the desk takes tickets and hands over their own; giving away others' takes a right."""
    if user.may(Right.ASSIGN_TICKETS):
        return True
    return user.may(Right.WORK_TICKETS) and (to == user or ticket.assignee_id == user.pk)


def may_read_file(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of files that hang on messages."""
    message = Message.objects.filter(pk=subject_pk).first()
    if message is None:
        return False
    user = request.user
    if isinstance(user, User) and tickets_for(user).filter(pk=message.ticket_id).exists():
        return True
    if message.visibility != Visibility.PUBLIC or not attachment.public:
        return False
    portal = cast(PortalRequest, request).portal
    return tickets_of(portal).filter(pk=message.ticket_id).exists()


# --- open pages -------------------------------------------------------------------------------------


def may_hear_of_ticket(request: HttpRequest, which: str) -> bool:
    """The gate of news about one ticket, for staff."""
    user = request.user
    return isinstance(user, User) and which.isdecimal() and tickets_for(user).filter(pk=which).exists()


def may_hear_of_inbox(request: HttpRequest, which: str) -> bool:
    """The gate of news about lists of tickets."""
    return isinstance(request.user, User) and request.user.may(Right.READ_TICKETS)


# --- links in mails ----------------------------------------------------------------------------------


def link_token(ticket: Ticket) -> str:
    """What stands in a mailed link: the ticket's number, signed and dated."""
    return signing.TimestampSigner(salt=LINK_SALT).sign(ticket.number)


def ticket_of_link(token: str) -> Ticket | None:
    """The ticket a mailed link opens; None when it is forged, broken or too old."""
    signer = signing.TimestampSigner(salt=LINK_SALT)
    try:
        number = signer.unsign(token, max_age=timedelta(days=settings.TICKET_LINK_DAYS))
    except signing.BadSignature:
        return None
    return Ticket.objects.filter(number=number).first()
