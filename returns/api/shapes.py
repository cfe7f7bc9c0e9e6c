"""What goes out and what comes in. Amounts are decimal texts in the order's currency, such as "24.90"."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.money import to_decimal
from orders.api import AmountOut
from returns.kinds import OWN_REQUESTS
from returns.models import (
    Case,
    CaseLine,
    CompensationVoucher,
    Reason,
    Refund,
    RefundLine,
    RepairOrder,
    RepairPart,
    Replacement,
    ServiceCentre,
    Timer,
)
from returns.states import CaseKind, CompensationType, DispositionType, Grade, RefusalReason, verbs_for
from tickets.states import Channel

# --- what goes out -----------------------------------------------------------------------------------


class ReplacementOut(serializers.ModelSerializer[Replacement]):
    unit_price = AmountOut(currency_of="case_line.case.currency")

    class Meta:
        model = Replacement
        fields = ("sku", "title", "unit_price", "is_same_variant", "reserved_until")


class RepairPartOut(serializers.ModelSerializer[RepairPart]):
    unit_price = AmountOut(currency_of="repair.case.currency")

    class Meta:
        model = RepairPart
        fields = ("sku", "title", "quantity", "unit_price", "is_covered")


class RepairOrderOut(serializers.ModelSerializer[RepairOrder]):
    """The work on the goods of a repair; `quote` is what the customer pays for it."""

    parts = RepairPartOut(many=True)
    labour = AmountOut(currency_of="case.currency")
    tax = AmountOut(currency_of="case.currency")
    quote = AmountOut(currency_of="case.currency")
    technician = serializers.EmailField(source="technician.email", default=None)

    class Meta:
        model = RepairOrder
        fields = (
            "serial_number",
            "under_warranty",
            "warranty",
            "diagnosis",
            "fault_code",
            "repairable",
            "parts",
            "labour_minutes",
            "labour",
            "tax",
            "quote",
            "quote_until",
            "decision",
            "paid_at",
            "technician",
            "started_at",
            "finished_at",
            "work_done",
            "test_passed",
            "test_result",
            "failed_tests",
        )


class VoucherOut(serializers.ModelSerializer[CompensationVoucher]):
    case = serializers.CharField(source="case.number")
    amount = AmountOut()

    class Meta:
        model = CompensationVoucher
        fields = (
            *("case", "type", "code", "amount", "currency", "issued_at", "valid_until", "redeemed_at"),
            "expired_at",
        )


class CaseLineOut(serializers.ModelSerializer[CaseLine]):
    position = serializers.IntegerField(source="order_line.position")
    sku = serializers.CharField(source="order_line.sku")
    title = serializers.CharField(source="order_line.title")
    reason = serializers.CharField(source="reason.code")
    refund_amount = AmountOut(currency_of="case.currency")
    replacement = ReplacementOut(default=None)

    class Meta:
        model = CaseLine
        fields = (
            "position",
            "sku",
            "title",
            "reason",
            "note",
            "wish",
            "replacement",
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
    """A payment back. `confirmed_at` is empty while a second person has to release it.

    Once paid, `book_amount` is its worth in the shop's currency at the order's rate, `cash_amount` at the
    refund's, `fx_difference` the first less the second; null where a rate is not known.
    """

    case = serializers.CharField(source="case.number")
    gateway = serializers.CharField(source="payment.gateway")
    payment = serializers.CharField(source="payment.external_id")
    tender = serializers.CharField(source="payment.tender")
    amount = AmountOut()
    book_amount = serializers.SerializerMethodField()
    cash_amount = serializers.SerializerMethodField()
    fx_difference = serializers.SerializerMethodField()
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
            "tender",
            "status",
            "amount",
            "currency",
            "units",
            "book_currency",
            "book_amount",
            "cash_amount",
            "fx_difference",
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

    def get_book_amount(self, refund: Refund) -> str | None:
        return _in_books(refund, refund.book_amount)

    def get_cash_amount(self, refund: Refund) -> str | None:
        return _in_books(refund, refund.cash_amount)

    def get_fx_difference(self, refund: Refund) -> str | None:
        return _in_books(refund, refund.fx_difference)


def _in_books(refund: Refund, amount: int | None) -> str | None:
    return None if amount is None else str(to_decimal(amount, refund.book_currency))


class RefundToldOut(RefundOut):
    """A refund with the last words of its gateway: `told` is the outcome, with the amount it names."""

    told = serializers.CharField(allow_null=True)
    told_amount = serializers.SerializerMethodField()
    told_currency = serializers.CharField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)

    class Meta(RefundOut.Meta):
        fields = (*RefundOut.Meta.fields, "told", "told_amount", "told_currency", "told_at")  # type: ignore[assignment]

    def get_told_amount(self, refund: Any) -> str | None:
        if refund.told_amount is None or not refund.told_currency:
            return None
        return str(to_decimal(refund.told_amount, refund.told_currency))


class FindingsOut(serializers.Serializer[Any]):
    """Where gateways and our books do not agree, and refunds whose end nobody knows."""

    contradicted = RefundToldOut(many=True)
    unanswered = RefundToldOut(many=True)


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
    difference = serializers.SerializerMethodField(help_text="What an exchange costs the customer more.")
    repair = RepairOrderOut(source="repair_order", default=None)
    voucher = VoucherOut(default=None)
    converted_from = serializers.CharField(source="converted_from.number", default=None)
    converted_into = serializers.SlugRelatedField[Case](slug_field="number", many=True, read_only=True)
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
            "advance",
            "attempts",
            "is_settled",
            "escalation",
            "ruling",
            "compensation_type",
            "difference",
            "repair",
            "voucher",
            "converted_from",
            "converted_into",
            "verbs",
        )

    def get_difference(self, case: Case) -> str | None:
        return _decimal(case, case.difference)

    def get_verbs(self, case: Case) -> list[str]:
        return [verb.value for verb in verbs_for(case.machine, case.status, self.context["request"].user)]


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
    wish = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="In exchange for what."
    )


class CaseIn(serializers.Serializer[Any]):
    """A request of one kind. The same (channel, external_id) again answers with the same case."""

    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in OWN_REQUESTS], default=CaseKind.RETURN_REFUND
    )
    advance = serializers.BooleanField(
        default=False, help_text="An exchange whose replacement goes out first."
    )

    order = serializers.CharField(help_text="Reference of the order, O-10001.")
    items = ItemIn(many=True, allow_empty=False)
    description = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.API)
    external_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    ticket = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Join this ticket."
    )


class CompensationIn(serializers.Serializer[Any]):
    """Ask for a compensation. `items` are positions of order lines; price protection needs them."""

    order = serializers.CharField(help_text="Reference of the order, O-10001.")
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0))
    compensation_type = serializers.ChoiceField(choices=CompensationType.choices)
    reason = serializers.SlugRelatedField[Reason](
        slug_field="code", queryset=Reason.objects.filter(is_active=True)
    )
    items = serializers.ListField(child=serializers.IntegerField(), required=False, default=list)
    description = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.API)
    external_id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    ticket = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Join this ticket."
    )


class TextIn(VersionIn):
    text = serializers.CharField(max_length=5000)


class OptionalTextIn(VersionIn):
    text = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class ConvertIn(VersionIn):
    to = serializers.ChoiceField(choices=CaseKind.choices)
    reason = serializers.CharField(max_length=5000)


class ReplacementIn(VersionIn):
    position = serializers.IntegerField(help_text="Of the order line.")
    sku = serializers.CharField(max_length=64)
    title = serializers.CharField(max_length=300)
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0))
    is_same_variant = serializers.BooleanField(default=False)


class CustomerPaymentIn(VersionIn):
    """`amount` is checked against what is owed when it is given."""

    reference = serializers.CharField(max_length=100)
    gateway = serializers.CharField(max_length=30, required=False, default="manual")
    amount = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True, default=None
    )


class PartIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    sku = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    quantity = serializers.IntegerField(min_value=1, default=1)
    unit_price = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=Decimal(0), default=Decimal(0)
    )
    is_covered = serializers.BooleanField(default=False)


class DiagnosisIn(VersionIn):
    diagnosis = serializers.CharField(max_length=5000)
    repairable = serializers.BooleanField(default=True)
    under_warranty = serializers.BooleanField(default=False)
    warranty = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    fault_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    serial_number = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    parts = PartIn(many=True, required=False, default=list)
    labour = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=Decimal(0), default=Decimal(0)
    )
    labour_minutes = serializers.IntegerField(min_value=0, default=0)
    tax = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0), default=Decimal(0))


class WorkDoneIn(VersionIn):
    work_done = serializers.CharField(max_length=5000)


class RepairTestIn(VersionIn):
    passed = serializers.BooleanField()
    result = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class ApproveIn(VersionIn):
    compensation_type = serializers.ChoiceField(
        choices=CompensationType.choices, required=False, default="", allow_blank=True
    )
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
