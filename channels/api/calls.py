"""Calls for other systems."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from channels.access import calls_for
from channels.actions import calling
from channels.connection_states import CallDirection, CallOutcome
from channels.models import PhoneCall
from customers.access import customers_for
from tickets.access import tickets_for
from tickets.forms import BODY_LENGTH
from tickets.rules import SUBJECT_LENGTH
from tickets.states import TicketType


class CallIn(serializers.Serializer[Any]):
    """A call that was made. With `ticket` it stands there, with `subject` on a new ticket, else on none.

    The same `key` again is the same call.
    """

    number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    direction = serializers.ChoiceField(choices=CallDirection.choices, default=CallDirection.INBOUND)
    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    started_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    seconds = serializers.IntegerField(min_value=0, max_value=24 * 3600, required=False, default=0)
    summary = serializers.CharField(max_length=BODY_LENGTH, required=False, allow_blank=True, default="")
    customer = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    ticket = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    subject = serializers.CharField(max_length=SUBJECT_LENGTH, required=False, allow_blank=True, default="")
    concern = serializers.CharField(max_length=BODY_LENGTH, required=False, allow_blank=True, default="")
    order_number = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    type = serializers.ChoiceField(choices=TicketType.choices, default=TicketType.ENQUIRY)
    key = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class CallOut(serializers.ModelSerializer[PhoneCall]):
    """A call; `logged_at` is null for one that a telephone system told of and nobody wrote down."""

    customer = serializers.CharField(source="customer.number", default=None)
    ticket = serializers.CharField(source="ticket.number", default=None)
    agent = serializers.CharField(source="agent.email", default=None)

    class Meta:
        model = PhoneCall
        fields = (
            "id",
            "number",
            "direction",
            "state",
            "outcome",
            "started_at",
            "seconds",
            "summary",
            "customer",
            "ticket",
            "agent",
            "logged_at",
        )


class CallList(generics.ListAPIView[PhoneCall]):
    """Calls, newest first; and a way to write one down."""

    serializer_class = CallOut
    queryset = PhoneCall.objects.none()

    def get_permissions(self) -> list[Any]:
        right = Right.WORK_TICKETS if self.request.method == "POST" else Right.READ_TICKETS
        return [needs(right)()]

    def get_queryset(self) -> QuerySet[PhoneCall]:
        rows = calls_for(cast(User, self.request.user)).select_related("customer", "ticket", "agent")
        number = self.request.GET.get("number", "").strip()
        return rows.filter(number__in={number, calling.normal_number(number)}) if number else rows

    @extend_schema(parameters=[OpenApiParameter("number", str, description="However it is written.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All, or those with a number."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=CallIn, responses={201: CallOut})
    def post(self, request: Request) -> Response:
        """Write a call down in your name."""
        me = cast(User, request.user)
        given = CallIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = dict(given.validated_data)
        number, customer = told.pop("ticket"), told.pop("customer")
        row = calling.log_call(
            by=me,
            ticket=get_object_or_404(tickets_for(me), number=number) if number else None,
            customer=get_object_or_404(customers_for(me), number=customer) if customer else None,
            **told,
        )
        return Response(CallOut(row).data, status=status.HTTP_201_CREATED)
