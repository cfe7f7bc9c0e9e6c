"""What goes out and what comes in. Amounts are decimal texts in the order's currency, such as "24.90"."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.money import to_decimal
from orders.api import AmountOut
from returns.models import Case, CaseLine, Reason, Refund, RefundLine, ServiceCentre, Timer
from returns.states import DispositionType, Grade, RefusalReason, verbs_for
from tickets.states import Channel

# --- what goes out -----------------------------------------------------------------------------------


class CaseLineOut(serializers.ModelSerializer[CaseLine]):
    position = serializers.IntegerField(source="order_line.position")
    sku = serializers.CharField(source="order_line.sku")
    title = serializers.CharField(source="order_line.title")
    reason = serializers.CharField(source="reason.code")
    refund_amount = AmountOut(currency_of="case.currency")

    class Meta:
        model = CaseLine
        fields = (
            "position",
            "sku",
            "title",
            "reason",
            "note",
            "returnable_until",
            "quantity_requested",
            "quantity_approved",
            "quantity_received",
            "quantity_accepted",
            "quantity_rejected",
            "refund_amount",
        )


class TimerOut(serializers.ModelSerializer[Timer]):
    class Meta:
        model = Timer
        fields = ("kind", "cycle", "started_at", "due_at", "paused_at", "stopped_at", "fired_at")


class RefundLineOut(serializers.ModelSerializer[RefundLine]):
    position = serializers.IntegerField(source="case_line.order_line.position", default=None)
    amount = AmountOut(currency_of="refund.currency")

    class Meta:
        model = RefundLine
        fields = ("component", "position", "quantity", "amount")


class RefundOut(serializers.ModelSerializer[Refund]):
    """A payment back. `confirmed_at` is empty while a second person has to release it."""

    case = serializers.CharField(source="case.number")
    gateway = serializers.CharField(source="payment.gateway")
    payment = serializers.CharField(source="payment.external_id")
    amount = AmountOut()
    created_by = serializers.EmailField(source="created_by.email", default=None)
    confirmed_by = serializers.EmailField(source="confirmed_by.email", default=None)
    lines = RefundLineOut(many=True)

    class Meta:
        model = Refund
        fields = (
            "number",
            "case",
            "method",
            "gateway",
            "payment",
            "status",
            "amount",
            "currency",
            "idempotency_key",
            "gateway_refund_id",
            "attempts",
            "needs_second_person",
            "created_at",
            "created_by",
            "confirmed_at",
            "confirmed_by",
            "submitted_at",
            "succeeded_at",
            "failed_at",
            "failure",
            "reference",
            "lines",
        )


class CaseOut(serializers.ModelSerializer[Case]):
    """A case in a list. Amounts that are not known yet are null."""

    ticket = serializers.CharField(source="ticket.number")
    order = serializers.CharField(source="order.reference")
    customer = serializers.CharField(source="customer.number")
    reason = serializers.CharField(source="reason.code")
    requested_amount = AmountOut()
    approved_amount = serializers.SerializerMethodField()
    refund_amount = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "number",
            "kind",
            "status",
            "ticket",
            "order",
            "customer",
            "reason",
            "fault",
            "currency",
            "requested_amount",
            "approved_amount",
            "refund_amount",
            "requested_at",
            "due_at",
            "finished_at",
            "version",
        )

    def get_approved_amount(self, case: Case) -> str | None:
        return _decimal(case, case.approved_amount)

    def get_refund_amount(self, case: Case) -> str | None:
        return _decimal(case, case.refund_amount)


class CaseDetailOut(CaseOut):
    """A case with its lines, deadlines and terms; `verbs` is what the caller can do now."""

    lines = CaseLineOut(many=True)
    timers = TimerOut(many=True)
    terms = serializers.JSONField(source="policy_snapshot")
    verbs = serializers.SerializerMethodField()

    class Meta(CaseOut.Meta):
        fields = (
            *CaseOut.Meta.fields,
            "description",
            "question",
            "refusal",
            "refusal_text",
            "lines",
            "timers",
            "terms",
            "verbs",
        )

    def get_verbs(self, case: Case) -> list[str]:
        return [verb.value for verb in verbs_for(case.kind, case.status, self.context["request"].user)]


def _decimal(case: Case, amount: int | None) -> str | None:
    if amount is None:
        return None
    return str(to_decimal(amount, case.currency))


# --- what comes in -----------------------------------------------------------------------------------


class VersionIn(serializers.Serializer[Any]):
    """`version` is the one that was read: with another one on record the verb is refused."""

    version = serializers.IntegerField(required=False, allow_null=True, default=None)


class ItemIn(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="Of the order line.")
    quantity = serializers.IntegerField(min_value=1, default=1)
    reason = serializers.SlugRelatedField[Reason](
        slug_field="code", queryset=Reason.objects.filter(is_active=True)
    )
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class CaseIn(serializers.Serializer[Any]):
    """A request to return. The same (channel, external_id) again answers with the same case."""

    order = serializers.CharField(help_text="Reference of the order, O-10001.")
    items = ItemIn(many=True, allow_empty=False)
    description = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.API)
    external_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    ticket = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Join this ticket."
    )


class ApproveIn(VersionIn):
    amount = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True, default=None
    )


class RefuseIn(VersionIn):
    reason = serializers.ChoiceField(choices=RefusalReason.choices)
    text = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class RequestInfoIn(VersionIn):
    question = serializers.CharField(max_length=5000)


class SupplyIn(VersionIn):
    text = serializers.CharField(max_length=5000)


class InstructIn(VersionIn):
    centre = serializers.SlugRelatedField[ServiceCentre](
        slug_field="code", queryset=ServiceCentre.objects.filter(is_active=True), required=False, default=None
    )


class ParcelIn(VersionIn):
    carrier = serializers.CharField(max_length=60)
    tracking_number = serializers.CharField(max_length=60)


class OwnParcelIn(VersionIn):
    """The customer's parcel. `carrier` may be empty where the number tells it; `sure` keeps an odd number."""

    carrier = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    tracking_number = serializers.CharField(max_length=60)
    sure = serializers.BooleanField(required=False, default=False)


class CountIn(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=0)


class ReceiveIn(VersionIn):
    items = CountIn(many=True, allow_empty=False)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class DispositionIn(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=DispositionType.choices)
    quantity = serializers.IntegerField(min_value=1)
    location = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class LotIn(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=1)
    grade = serializers.ChoiceField(choices=Grade.choices)
    accepted = serializers.BooleanField(default=True)
    value_loss_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    dispositions = DispositionIn(many=True, required=False, default=list)


class InspectIn(VersionIn):
    lots = LotIn(many=True, allow_empty=False)


class DeductionIn(VersionIn):
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0))
    note = serializers.CharField(max_length=5000)


class RefundIn(serializers.Serializer[Any]):
    """Pay what is due on a case. `expected_refunded` is the sum the caller knows as refunded on the order."""

    case = serializers.CharField()
    expected_refunded = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True, default=None
    )
