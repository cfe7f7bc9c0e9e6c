"""How the channels are doing, what is stuck, and how far answers got."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from channels import health
from channels.access import may_see_health
from channels.actions import delivering, taking_in
from channels.models import InboundDelivery, OutboundDelivery
from core import clock
from tickets import telling
from tickets.access import tickets_for
from tickets.models import Message, Telling, Ticket
from tickets.queries import told_on


class PulseOut(serializers.Serializer[Any]):
    """A channel. Counts are of the last 24 hours; `trouble` is silent, failing or ""."""

    key = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    last_in_at = serializers.DateTimeField()
    last_out_at = serializers.DateTimeField()
    failures = serializers.IntegerField(source="errors")
    waiting = serializers.IntegerField()
    stuck = serializers.IntegerField()
    wrong_signatures = serializers.IntegerField()
    volume = serializers.IntegerField()
    is_paused = serializers.BooleanField()
    trouble = serializers.CharField()
    detail = serializers.CharField()
    word = serializers.CharField()


class StuckOut(serializers.ModelSerializer[InboundDelivery]):
    """A call nobody could make anything of."""

    connection = serializers.CharField(source="connection.slug")

    class Meta:
        model = InboundDelivery
        fields = ("id", "connection", "event_id", "digest", "state", "attempts", "error", "received_at")


class DeliveryOut(serializers.ModelSerializer[OutboundDelivery]):
    """A part of an answer on its way; `way` is connection, email or none."""

    message = serializers.IntegerField(source="message_id")
    connection = serializers.CharField(source="connection.slug", default=None)
    state = serializers.CharField(source="standing")

    class Meta:
        model = OutboundDelivery
        fields = (
            "message",
            "way",
            "connection",
            "state",
            "reason",
            "attempts",
            "last_error",
            "provider_id",
            "created_at",
            "sent_at",
            "receipt_at",
        )


def _me(request: Request) -> User:
    return cast(User, request.user)


class ToldOut(serializers.ModelSerializer[Telling]):
    """News for the customer of a ticket. `outcome` is carried, mail, nowhere, unwanted or capped.

    `deliveries` are the parts that went the way the customer writes. Links are left out of the text, as they
    open the customer's pages.
    """

    text = serializers.CharField(source="shown")
    mail_state = serializers.CharField(source="mail.state", default=None)
    deliveries = DeliveryOut(many=True)

    class Meta:
        model = Telling
        fields = (
            "id",
            "news",
            "subject",
            "text",
            "language",
            "outcome",
            "reason",
            "via",
            "mail_state",
            "deliveries",
            "created_at",
        )


class ChannelList(APIView):
    """Every way in and out, those in trouble first."""

    @extend_schema(responses=PulseOut(many=True))
    def get(self, request: Request) -> Response:
        if not may_see_health(_me(request)):
            raise PermissionDenied
        return Response(PulseOut(health.pulses(clock.now()), many=True).data)


class StuckList(generics.ListAPIView[InboundDelivery]):
    """Calls that wait for a person, newest first."""

    serializer_class = StuckOut
    permission_classes = (needs(Right.CONFIGURE),)
    queryset = InboundDelivery.objects.none()

    def get_queryset(self) -> QuerySet[InboundDelivery]:
        return InboundDelivery.objects.stuck().select_related("connection")


class RetryStuck(APIView):
    permission_classes = (needs(Right.CONFIGURE),)

    @extend_schema(request=None, responses=StuckOut)
    def post(self, request: Request, pk: int) -> Response:
        """Read it again; one that did not fail is left as it is."""
        row = get_object_or_404(InboundDelivery, pk=pk)
        return Response(StuckOut(taking_in.retry(row, by=_me(request))).data)


def _ticket(request: Request, number: str) -> Ticket:
    return get_object_or_404(tickets_for(_me(request)), number=number)


def _deliveries(ticket: Ticket) -> QuerySet[OutboundDelivery]:
    return OutboundDelivery.objects.filter(message__ticket=ticket).select_related("mail", "connection")


class DeliveryList(APIView):
    """How far the answers on a ticket got."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=DeliveryOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        rows = _deliveries(_ticket(request, number)).order_by("-pk")[:200]
        return Response(DeliveryOut(rows, many=True).data)


class ToldList(APIView):
    """What the customer of a ticket was told without a person writing it, newest first."""

    permission_classes = (needs(Right.READ_TICKETS),)

    @extend_schema(responses=ToldOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        rows = told_on(_ticket(request, number)).prefetch_related(
            "deliveries__mail", "deliveries__connection"
        )
        return Response(ToldOut(rows[:200], many=True).data)


class TellAgain(APIView):
    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=None, responses=ToldOut)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Tell what could not be told, or was held back; what was told is left as it is."""
        row = get_object_or_404(told_on(_ticket(request, number)), pk=pk)
        return Response(ToldOut(telling.tell_again(row, by=_me(request))).data)


class TemplateDelivery(APIView):
    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=None, responses=DeliveryOut)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Let an approved template lead the customer to an answer that did not get through."""
        message = get_object_or_404(Message, ticket=_ticket(request, number), pk=pk)
        return Response(DeliveryOut(delivering.send_as_template(message, by=_me(request))).data)


class RetryDelivery(APIView):
    permission_classes = (needs(Right.WORK_TICKETS),)

    @extend_schema(request=None, responses=DeliveryOut(many=True))
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Send an answer again that did not reach the customer; 409 where there is still no way."""
        message = get_object_or_404(Message, ticket=_ticket(request, number), pk=pk)
        delivering.retry(message, by=_me(request))
        rows = OutboundDelivery.objects.filter(message=message).select_related("mail", "connection")
        return Response(DeliveryOut(rows, many=True).data)
