"""Merging, splitting and linking tickets for other systems."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.rights import Right
from tickets import actions
from tickets.access import tickets_for
from tickets.api.desk import TicketOut, _me, _ticket
from tickets.forms import BODY_LENGTH
from tickets.models import Message, Ticket, TicketLink
from tickets.rules import SUBJECT_LENGTH
from tickets.states import LinkKind, Suspicion

CHILD = "child"
MOST_MESSAGES = 500

# --- in ----------------------------------------------------------------------------------------------


@extend_schema_field(OpenApiTypes.STR)
class TicketField(serializers.Field[Ticket, Any, str, Any]):
    """A ticket the asker may read, by its number."""

    def to_internal_value(self, data: Any) -> Ticket:
        number = data.strip() if isinstance(data, str) else ""
        seen = tickets_for(_me(self.context["request"]))
        found = seen.filter(number=number).first() if number and "\x00" not in number else None
        if found is None:
            raise serializers.ValidationError(_("There is no ticket of this number."))
        return found


class MergeIn(serializers.Serializer[Any]):
    """The ticket that goes on; of a merged one, the ticket in which that goes on."""

    into = TicketField()
    note = serializers.CharField(max_length=BODY_LENGTH, required=False, allow_blank=True, default="")


class SplitIn(serializers.Serializer[Any]):
    """The messages that start the new ticket, by `id`, and its subject; without one, the same as before."""

    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_MESSAGES
    )
    subject = serializers.CharField(max_length=SUBJECT_LENGTH, required=False, allow_blank=True, default="")


class LinkIn(serializers.Serializer[Any]):
    """Another ticket, and how it belongs to this one: as a `child` it is gathered under it."""

    other = TicketField()
    kind = serializers.ChoiceField(
        choices=[LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.PARENT, CHILD], default=LinkKind.RELATED
    )


class UnlinkIn(serializers.Serializer[Any]):
    """The other ticket. A possible duplicate is not proposed again."""

    other = TicketField()


# --- out ---------------------------------------------------------------------------------------------


class LinkOut(serializers.Serializer[Any]):
    """How another ticket belongs to this one; `reason` says why it may be a duplicate."""

    number = serializers.CharField()
    subject = serializers.CharField()
    status = serializers.CharField()
    kind = serializers.ChoiceField(choices=[*LinkKind.values, CHILD])
    reason = serializers.ChoiceField(choices=Suspicion.choices, allow_blank=True)


def _told(link: TicketLink, ticket: Ticket) -> dict[str, str]:
    """A link as it is told from one of its tickets."""
    first = link.ticket_id == ticket.pk
    other = link.other if first else link.ticket
    kind = CHILD if link.kind == LinkKind.PARENT and first else link.kind
    about = {"number": other.number, "subject": other.subject, "status": other.status}
    return {**about, "kind": kind, "reason": link.reason}


# --- endpoints ---------------------------------------------------------------------------------------


class Verb(APIView):
    """A verb that may answer with another ticket than the one it was asked of."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    def given(self, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """What was sent, checked."""
        sent = kind(data=self.request.data, context={"request": self.request})
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)

    def answer(self, ticket: Ticket, code: int = status.HTTP_200_OK) -> Response:
        """The ticket as it is now."""
        return Response(TicketOut(_ticket(self.request, ticket.number)).data, status=code)


class MergeTicket(Verb):
    @extend_schema(request=MergeIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Merge it into another ticket of the same customer; answers with the one that goes on."""
        given = self.given(MergeIn)
        return self.answer(actions.merge(_ticket(request, number), by=_me(request), **given))


class UnmergeTicket(Verb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Take a merged ticket out again; what came since stays where it arrived."""
        return self.answer(actions.unmerge(_ticket(request, number), by=_me(request)))


class SplitTicket(Verb):
    @extend_schema(request=SplitIn, responses={201: TicketOut})
    def post(self, request: Request, number: str) -> Response:
        """Start a new ticket with some of its messages; answers with the new one."""
        given = self.given(SplitIn)
        chosen = [Message(pk=pk) for pk in given["messages"]]
        ticket = _ticket(request, number)
        new = actions.split(ticket, messages=chosen, subject=given["subject"], by=_me(request))
        return self.answer(new, status.HTTP_201_CREATED)


class UnsplitTicket(Verb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Put a split-off ticket back; answers with the one it came from."""
        return self.answer(actions.unsplit(_ticket(request, number), by=_me(request)))


class TicketLinks(Verb):
    """What a ticket is linked with."""

    def get_permissions(self) -> list[Any]:
        right = Right.WORK_TICKETS if self.request.method == "POST" else Right.READ_TICKETS
        return [needs(right)()]

    @extend_schema(responses=LinkOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """Links, oldest first; those found to be no duplicates are left out."""
        return Response(self._links(_ticket(request, number)))

    @extend_schema(request=LinkIn, responses={201: LinkOut(many=True)})
    def post(self, request: Request, number: str) -> Response:
        """Link it with another ticket."""
        ticket, given = _ticket(request, number), self.given(LinkIn)
        ends = (ticket, given["other"])
        if given["kind"] == LinkKind.PARENT:  # the other gathers this one
            ends = ends[::-1]
        kind = LinkKind.PARENT if given["kind"] == CHILD else given["kind"]
        actions.link(ends[0], other=ends[1], kind=kind, by=_me(request))
        return Response(self._links(ticket), status=status.HTTP_201_CREATED)

    def _links(self, ticket: Ticket) -> Any:
        links = TicketLink.objects.of(ticket).select_related("ticket", "other")
        return LinkOut([_told(link, ticket) for link in links], many=True).data


class UnlinkTicket(Verb):
    @extend_schema(request=UnlinkIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Take a link away, or say that the two are not the same request."""
        ticket, given = _ticket(request, number), self.given(UnlinkIn)
        actions.unlink(ticket, other=given["other"], by=_me(request))
        return self.answer(ticket)


class SuspectTicketAgain(Verb):
    @extend_schema(request=UnlinkIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Take back that two tickets are not the same request."""
        ticket, given = _ticket(request, number), self.given(UnlinkIn)
        actions.suspect_again(ticket, other=given["other"], by=_me(request))
        return self.answer(ticket)
