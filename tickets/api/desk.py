"""Tickets for other systems: take them in, look them up, work on them."""

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Language, Team, User
from accounts.rights import Right
from core import files
from core.actors import Actor
from core.models import Attachment
from customers.actions import get_or_create_customer
from customers.rules import normal_email
from tickets import actions, merged
from tickets.access import assignees, may_assign, tickets_for
from tickets.filters import TicketFilter
from tickets.forms import BODY_LENGTH
from tickets.models import Clock, Message, MessageTranslation, Ticket, TicketQuerySet
from tickets.rules import SUBJECT_LENGTH
from tickets.states import Channel

# --- in ----------------------------------------------------------------------------------------------


class TicketCustomerIn(serializers.Serializer[Any]):
    """Who asks. Known by the e-mail address; name and language count for somebody new."""

    email = serializers.EmailField()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=Language.choices, required=False, default=Language.ENGLISH)

    def validate_email(self, email: str) -> str:
        if not normal_email(email):
            raise serializers.ValidationError(_("Enter a valid email address."))
        return email


class TicketIn(serializers.Serializer[Any]):
    """A new ticket. The same `channel` and `external_id` again is the same ticket; other words are refused.

    An `order_number` that is no order of the customer's is kept on the ticket for staff.
    """

    subject = serializers.CharField(max_length=SUBJECT_LENGTH)
    body = serializers.CharField(max_length=BODY_LENGTH)
    customer = TicketCustomerIn()
    order_number = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, default=Channel.API)
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MessageIn(serializers.Serializer[Any]):
    """Something said: by staff (you) to the customer, or by the customer through another system.

    `version` is the ticket's version the reply was written against; a stale one is refused with 409.
    `attachments` are sent as multipart; where the body says "[image: photo.png]", a picture of that name
    stands in the text.
    """

    body = serializers.CharField(max_length=BODY_LENGTH)
    attachments = serializers.ListField(child=serializers.FileField(), required=False, default=list)
    author = serializers.ChoiceField(choices=["staff", "customer"], required=False, default="staff")
    version = serializers.IntegerField(required=False, allow_null=True, default=None)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, default=Channel.API)
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class NoteIn(serializers.Serializer[Any]):
    """A note that only staff read; with `version` it is refused when something happened since."""

    body = serializers.CharField(max_length=BODY_LENGTH)
    version = serializers.IntegerField(required=False, allow_null=True, default=None)


class AssignIn(serializers.Serializer[Any]):
    """Who looks after the ticket, by e-mail address; null takes it from everybody. No team: as it is."""

    assignee = serializers.EmailField(allow_null=True)
    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True, default=None
    )

    def validate_assignee(self, email: str | None) -> User | None:
        if email is None:
            return None
        found = assignees().filter(email=email.lower()).first()
        if found is None:
            raise serializers.ValidationError(_("Nobody with this address works on tickets."))
        return found


class WaitIn(serializers.Serializer[Any]):
    """For whom the ticket waits: the customer, or somebody else."""

    third_party = serializers.BooleanField(required=False, default=False)


# --- out ---------------------------------------------------------------------------------------------


class ClockOut(serializers.ModelSerializer[Clock]):
    """A promise: `state` is running, paused, fulfilled or cancelled; `breached_at` the deadline missed."""

    class Meta:
        model = Clock
        fields: tuple[str, ...] = ("kind", "cycle", "turn", "name", "about", "due_at", "state", "breached_at")


class TicketCustomerOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField()


class TicketOut(serializers.ModelSerializer[Ticket]):
    """A ticket. `clocks` are those of its present cycle; a merged one goes on in `merged_into`."""

    customer = TicketCustomerOut()
    order = serializers.CharField(source="order.reference", default=None)
    order_number = serializers.CharField(source="order.number", default=None)
    assignee = serializers.EmailField(source="assignee.email", default=None)
    team = serializers.CharField(source="team.code", default=None)
    follow_up_of = serializers.CharField(source="follow_up_of.number", default=None)
    merged_into = serializers.CharField(source="merged_into.number", default=None)
    clocks = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = (
            "number",
            "status",
            "subject",
            "type",
            "priority",
            "channel",
            "external_id",
            "language",
            "customer",
            "order",
            "order_number",
            "assignee",
            "team",
            "follow_up_of",
            "merged_into",
            "cycle",
            "version",
            "created_at",
            "updated_at",
            "due_at",
            "first_response_at",
            "solved_at",
            "closed_at",
            "clocks",
        )

    def get_clocks(self, ticket: Ticket) -> list[dict[str, Any]]:
        clocks = [clock for clock in ticket.clocks.all() if clock.cycle == ticket.cycle]
        return list(ClockOut(sorted(clocks, key=lambda clock: (clock.kind, clock.turn)), many=True).data)


class MessageOut(serializers.ModelSerializer[Message]):
    """A message; `visibility` internal is a note. `ticket` is the one it ended up on."""

    ticket = serializers.CharField(source="ticket.number")
    author = serializers.CharField(source="actor_name")
    author_kind = serializers.CharField(source="actor_kind")

    class Meta:
        model = Message
        fields = (
            "id",
            "ticket",
            "author",
            "author_kind",
            "visibility",
            "channel",
            "external_id",
            "body",
            "created_at",
        )


# --- endpoints ---------------------------------------------------------------------------------------


def _me(request: Request) -> User:
    """The member of staff behind the token; every endpoint here needs one."""
    return cast(User, request.user)


def _tickets(request: Request) -> TicketQuerySet:
    tickets = tickets_for(_me(request)).select_related(
        "customer", "order", "assignee", "team", "follow_up_of", "merged_into"
    )
    return tickets.prefetch_related("clocks__external")


def _ticket(request: Request, number: str) -> Ticket:
    return get_object_or_404(_tickets(request), number=number)


def _read_or_work(request: Request) -> list[Any]:
    """Lists that take something in as well: reading them is one right, adding to them another."""
    return [needs(Right.WORK_TICKETS if request.method == "POST" else Right.READ_TICKETS)()]


def _given(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class TicketList(generics.ListAPIView[Ticket]):
    """Tickets you may read, newest first; and the way in for new ones."""

    serializer_class = TicketOut
    filterset_class = TicketFilter
    queryset = Ticket.objects.none()

    def get_permissions(self) -> list[Any]:
        return _read_or_work(self.request)

    def get_queryset(self) -> TicketQuerySet:
        return _tickets(self.request)

    @extend_schema(
        request=TicketIn,
        responses={
            201: TicketOut,
            200: OpenApiResponse(TicketOut, "This delivery came before."),
            409: OpenApiResponse(description="Something else came under this name before."),
        },
    )
    def post(self, request: Request) -> Response:
        """Open a ticket: 201 for a new one, 200 with the same ticket for a delivery that came before."""
        given = _given(TicketIn, request)
        customer = get_or_create_customer(by=_me(request), **given.pop("customer"))
        ticket, new = actions.open_ticket(customer=customer, by=customer, **given)
        return Response(TicketOut(ticket).data, status=status.HTTP_201_CREATED if new else status.HTTP_200_OK)


class TicketDetail(APIView):
    """One ticket."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=TicketOut)
    def get(self, request: Request, number: str) -> Response:
        return Response(TicketOut(_ticket(request, number)).data)


class MessageList(generics.ListAPIView[Message]):
    """Messages, and the way to say one more: two rights, as everywhere on the desk."""

    serializer_class = MessageOut
    queryset = Message.objects.none()

    def get_permissions(self) -> list[Any]:
        return _read_or_work(self.request)

    @staticmethod
    def said(message: Message) -> Response:
        """The answer to something that was said."""
        return Response(MessageOut(message).data, status=status.HTTP_201_CREATED)


class TicketMessages(MessageList):
    """What was said on a ticket and those merged into it, newest first, notes included; a way to say more."""

    def get_queryset(self) -> Any:
        ticket = _ticket(self.request, self.kwargs["number"])
        return Message.objects.filter(ticket__in=merged.family(ticket)).select_related("ticket")

    @extend_schema(
        request=MessageIn,
        responses={
            201: MessageOut,
            409: OpenApiResponse(description="Stale, or something else came under this name before."),
        },
    )
    def post(self, request: Request, number: str) -> Response:
        """Reply as staff, or hand on what the customer wrote elsewhere. Twice the same is one message."""
        ticket, given = _ticket(request, number), _given(MessageIn, request)
        version, by_staff = given.pop("version"), given.pop("author") == "staff"
        given["attachments"] = _kept(given["attachments"], by=_me(request) if by_staff else ticket.customer)
        if not by_staff:
            message = actions.receive(ticket, by=ticket.customer, **given)
        else:
            message = actions.reply(ticket, by=_me(request), version=version, **given)
        return self.said(message)


def _kept(uploads: Sequence[Any], *, by: Actor) -> list[Attachment]:
    """What was sent along, checked as all files are."""
    draft = f"{files.DRAFT}:{uuid4()}"
    return [files.store(upload, subject=draft, by=by) for upload in uploads]


class TicketNotes(APIView):
    """Notes among colleagues."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=NoteIn, responses={201: MessageOut})
    def post(self, request: Request, number: str) -> Response:
        """Leave a note."""
        ticket, given = _ticket(request, number), _given(NoteIn, request)
        note = actions.add_note(ticket, by=_me(request), **given)
        return Response(MessageOut(note).data, status=status.HTTP_201_CREATED)


class TranslateIn(serializers.Serializer[Any]):
    """Into which language."""

    language = serializers.ChoiceField(choices=Language.choices)


class TranslationOut(serializers.ModelSerializer[MessageTranslation]):
    class Meta:
        model = MessageTranslation
        fields: tuple[str, ...] = ("language", "body", "created_at")


class TranslateMessage(APIView):
    """What a message says in another language."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(
        request=TranslateIn,
        responses={
            200: TranslationOut,
            409: OpenApiResponse(description="No service, or no answer."),
        },
    )
    def post(self, request: Request, number: str, message: int) -> Response:
        """Have it translated; asked for once, the second answer comes from what is kept."""
        said = get_object_or_404(_ticket(request, number).messages.all(), pk=message)
        into = _given(TranslateIn, request)["language"]
        return Response(TranslationOut(actions.translate_message(said, into=into, by=_me(request))).data)


class TicketVerb(APIView):
    """A verb on a ticket: 200 with the ticket as it is then, 409 when its status does not allow it."""

    permission_classes = (needs(Right.WORK_TICKETS),)

    def act(self, request: Request, number: str, verb: Callable[[Ticket], Ticket]) -> Response:
        """Do it and answer with the fresh ticket."""
        verb(_ticket(request, number))
        return Response(TicketOut(_ticket(request, number)).data)


class SolveTicket(TicketVerb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Solve it; the customer gets a mail."""
        return self.act(request, number, lambda ticket: actions.solve(ticket, by=_me(request)))


class CloseTicket(TicketVerb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """End it for good."""
        return self.act(request, number, lambda ticket: actions.close(ticket, by=_me(request)))


class ReopenTicket(TicketVerb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Take a solved ticket up again, in a new cycle."""
        return self.act(request, number, lambda ticket: actions.reopen(ticket, by=_me(request)))


class ResumeTicket(TicketVerb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Go on with a waiting ticket; its clocks run again."""
        return self.act(request, number, lambda ticket: actions.resume(ticket, by=_me(request)))


class WaitTicket(TicketVerb):
    @extend_schema(request=WaitIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Wait; the resolution clock stands still."""
        given = _given(WaitIn, request)
        return self.act(request, number, lambda ticket: actions.wait(ticket, by=_me(request), **given))


class AssignTicket(TicketVerb):
    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(request=AssignIn, responses=TicketOut)
    def post(self, request: Request, number: str) -> Response:
        """Give it to somebody; giving away others' tickets takes the right to assign."""
        given = _given(AssignIn, request)

        def assign(ticket: Ticket) -> Ticket:
            if not may_assign(_me(request), ticket, given["assignee"]):
                raise PermissionDenied
            return actions.assign(ticket, to=given["assignee"], team=given["team"], by=_me(request))

        return self.act(request, number, assign)
