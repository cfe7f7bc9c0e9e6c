"""What applies to an order and why, for other systems."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core import clock
from orders.access import orders_for
from orders.models import Order
from returns.policies import Candidate
from returns.policy_forms import AskForm
from returns.policy_words import miss_sentence
from returns.readings import ItemReading, readings
from returns.states import CaseKind
from returns.statutes import Floor


class MissOut(serializers.Serializer[Any]):
    """A condition that the item does not meet."""

    field = serializers.CharField()
    message = serializers.SerializerMethodField()

    def get_message(self, miss: Any) -> str:
        return miss_sentence(miss)


class CandidateOut(serializers.Serializer[Candidate]):
    """A policy that was looked at; the first of those that match has won."""

    policy = serializers.IntegerField(source="policy.pk")
    name_en = serializers.CharField(source="policy.name_en")
    name_zh = serializers.CharField(source="policy.name_zh")
    priority = serializers.IntegerField(source="policy.priority")
    specificity = serializers.IntegerField()
    matches = serializers.BooleanField()
    misses = MissOut(many=True)


class FloorOut(serializers.Serializer[Floor]):
    """A right of the law; `why_not` is "" where it applies."""

    code = serializers.CharField(source="rule.code")
    name_en = serializers.CharField(source="rule.name_en")
    name_zh = serializers.CharField(source="rule.name_zh")
    right = serializers.CharField(source="rule.right")
    min_days = serializers.IntegerField(source="rule.min_days")
    applies = serializers.BooleanField()
    why_not = serializers.CharField()
    exempt = serializers.CharField()
    until = serializers.DateTimeField()
    holds_now = serializers.BooleanField()


class MovedOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    why = serializers.CharField()


class PeriodOut(serializers.Serializer[Any]):
    """How the end of the time to return comes about, in days of the customer's zone."""

    start = serializers.DateTimeField()
    days = serializers.IntegerField()
    mode = serializers.CharField()
    zone = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    moved_over = serializers.SerializerMethodField()
    until = serializers.DateTimeField()

    @extend_schema(responses=MovedOut(many=True))
    def get_moved_over(self, period: Any) -> list[dict[str, Any]]:
        return [{"day": day.isoformat(), "why": why} for day, why in period.moved_over]


class ItemPolicyOut(serializers.Serializer[Any]):
    """What holds for one item. `blocked` is "" or why it cannot be returned now."""

    position = serializers.IntegerField(source="line.position")
    sku = serializers.CharField(source="line.sku")
    answer = serializers.CharField(source="reading.answer")
    because = serializers.CharField(source="reading.because")
    blocked = serializers.CharField()
    decided_by = serializers.CharField(source="why.decided_by")
    returnable_until = serializers.DateTimeField(source="why.until", allow_null=True)
    faulty_until = serializers.DateTimeField(source="why.faulty_until", allow_null=True)
    deadline = PeriodOut(source="why.deadline", allow_null=True)
    terms = serializers.SerializerMethodField()
    candidates = CandidateOut(source="why.candidates", many=True)
    law = FloorOut(source="why.floors", many=True)

    def get_terms(self, item: ItemReading) -> dict[str, Any] | None:
        return item.why.terms.as_json() if item.why.terms else None


class OrderPolicy(generics.GenericAPIView[Order]):
    """What applies to each item of an order and why: policies, law, deadline, fees, who pays."""

    serializer_class = ItemPolicyOut
    permission_classes = (needs(Right.READ_CUSTOMERS, Right.READ_CASES),)
    lookup_field = "reference"
    pagination_class = None
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Order]:
        return orders_for(cast(User, self.request.user)).select_related("shop", "customer__tier")

    @extend_schema(
        parameters=[
            OpenApiParameter("reason", str, description="Code of a reason; without it none is known yet."),
            OpenApiParameter("kind", str, enum=CaseKind.values, description="Default: return_refund."),
        ],
        responses=ItemPolicyOut(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        """The answer for now, in the caller's language."""
        order = self.get_object()
        form = AskForm(request.query_params)
        if not form.is_valid():
            raise ValidationError({name: [str(each) for each in said] for name, said in form.errors.items()})
        return Response(ItemPolicyOut(readings(order, clock.now(), **form.asked()), many=True).data)
