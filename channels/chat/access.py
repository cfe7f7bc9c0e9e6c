"""Who sees which chats."""

from typing import cast

from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from accounts.rights import Right
from channels.chat.rules import is_reference
from channels.models import ChatSession, ChatSessionQuerySet
from core.models import Attachment
from customers import doors
from customers.access import PortalRequest
from tickets import access
from tickets.models import Message
from tickets.states import Visibility


def chats_for(user: User) -> ChatSessionQuerySet:
    """Chats a member of staff may see: all of them with the right to read tickets, none without."""
    return ChatSession.objects.all() if user.may(Right.READ_TICKETS) else ChatSession.objects.none()


def chats_of(request: HttpRequest) -> ChatSessionQuerySet:
    """Chats of this browser, and of the customer who is signed in. A reference alone opens nothing."""
    visitor, customer = doors.visitor_of(request), cast(PortalRequest, request).portal.customer
    mine = Q(visitor=visitor) if visitor else Q(pk=None)
    if customer is not None:
        mine |= Q(is_proven=True, ticket__customer=customer)
    return ChatSession.objects.filter(mine)


def may_listen(request: HttpRequest, reference: str) -> bool:
    """Whether a page of this browser may hear that something happened in a chat."""
    return is_reference(reference) and chats_of(request).filter(reference=reference).exists()


def may_listen_to_desk(request: HttpRequest, _which: str) -> bool:
    """Whether a member of staff may hear that chats come and go."""
    return isinstance(request.user, User) and request.user.may(Right.READ_TICKETS)


def may_read_file(request: HttpRequest, subject_pk: str, attachment: Attachment) -> bool:
    """The gate of files that hang on messages: as on any ticket, and in the browser of the chat."""
    if access.may_read_file(request, subject_pk, attachment):
        return True
    message = Message.objects.filter(pk=subject_pk, visibility=Visibility.PUBLIC).first()
    return (
        message is not None
        and attachment.public
        and chats_of(request).filter(ticket=message.ticket_id).exists()
    )
