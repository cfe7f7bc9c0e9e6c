"""Warranties and withdrawals for other systems: the same verbs, the same refusals."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import django_filters as filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import Language, User
from accounts.rights import Right
from core import clock
from customers.access import customers_for
from customers.models import Customer
from orders.access import orders_for
from orders.models import Order, OrderLine
from returns import actions, warranties
from returns.access import warranties_for, withdrawals_for
from returns.cover import cover
from returns.models import Warranty, WarrantyPlan, Withdrawal
from returns.warranty_states import VoidReason, WarrantyKind, WarrantyStatus
from returns.withdrawal_states import WithdrawalStatus
from tickets.states import Channel

# --- what goes out -----------------------------------------------------------------------------------


class WarrantyOut(serializers.ModelSerializer[Warranty]):
    """A warranty until and with `ends_on`. `cover` is covered, pending, not_begun, ended or void."""

    customer = serializers.CharField(source="customer.number", default=None)
    order = serializers.CharField(source="order_line.order.reference", default=None)
    position = serializers.IntegerField(source="order_line.position", default=None)
    follows = serializers.CharField(source="follows.number", default=None)
    rule = serializers.CharField(source="rule.code", default=None)
    plan = serializers.CharField(source="plan.code", default=None)
    cover = serializers.SerializerMethodField()

    class Meta:
        model = Warranty
        fields = (
            "number",
            "kind",
            "status",
            "cover",
            "customer",
            "order",
            "position",
            "serial_no",
            "sku",
            "title",
            "country",
            "zone",
            "rule",
            "plan",
            "follows",
            "starts_on",
            "months",
            "suspended_days",
            "extended_months",
            "ends_on",
            "registered_at",
            "verified_at",
            "voided_at",
            "void_reason",
            "version",
        )

    def get_cover(self, warranty: Warranty) -> str:
        return cover([warranty], clock.now()).why


class CheckOut(serializers.Serializer[Any]):
    """The answer to a serial number: nothing about whose it is."""

    covered = serializers.BooleanField()
    until = serializers.DateField(allow_null=True)


class WithdrawalOut(serializers.ModelSerializer[Withdrawal]):
    """A withdrawal. `obstacle` is the code of what keeps the return from being opened."""

    order = serializers.CharField(source="order.reference")
    right = serializers.CharField(source="right.code")
    ticket = serializers.CharField(source="ticket.number", default=None)
    case = serializers.CharField(source="case.number", default=None)
    items = serializers.SerializerMethodField()

    class Meta:
        model = Withdrawal
        fields = (
            "number",
            "status",
            "order",
            "right",
            "name",
            "email",
            "language",
            "items",
            "until",
            "declared_at",
            "confirmed_at",
            "acknowledged_at",
            "digest",
            "ticket",
            "case",
            "obstacle",
            "settled_at",
            "settled_note",
            "version",
        )

    def get_items(self, withdrawal: Withdrawal) -> list[dict[str, int]]:
        return [
            {"position": position, "quantity": units} for position, units in sorted(withdrawal.units.items())
        ]


# --- what comes in -----------------------------------------------------------------------------------


class Nothing(serializers.Serializer[Any]):
    """A verb that needs no words."""


class RegisterIn(serializers.Serializer[Any]):
    """A device: of an order (`order` and `position`), or as told (`title` and `started_on`)."""

    customer = serializers.CharField(help_text="Number of the customer, C-10001.")
    serial_no = serializers.CharField(max_length=60)
    order = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="Reference, O-10001."
    )
    position = serializers.IntegerField(required=False, default=1, help_text="Of the order line.")
    title = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    started_on = serializers.DateField(required=False, allow_null=True, default=None)


class VerifyIn(serializers.Serializer[Any]):
    started_on = serializers.DateField(required=False, allow_null=True, default=None)


class VoidIn(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=VoidReason.choices)


class ExtendIn(serializers.Serializer[Any]):
    plan = serializers.SlugRelatedField[WarrantyPlan](
        slug_field="code", queryset=WarrantyPlan.objects.filter(is_active=True)
    )
    currency = serializers.CharField(max_length=3, required=False, default="", allow_blank=True)


class UnitsIn(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="Of the order line.")
    quantity = serializers.IntegerField(min_value=1, default=1)


class StatementIn(serializers.Serializer[Any]):
    """A statement of withdrawal; without `items` it is about the whole order."""

    order = serializers.CharField(help_text="Reference of the order, O-10001.")
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField()
    language = serializers.ChoiceField(choices=Language.choices, default=Language.ENGLISH)
    items = UnitsIn(many=True, required=False, default=list)


class SettleIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=2000)


# --- warranties --------------------------------------------------------------------------------------


class WarrantyFilter(filters.FilterSet):
    """The filters of the API."""

    status = filters.MultipleChoiceFilter(choices=WarrantyStatus)
    kind = filters.MultipleChoiceFilter(choices=WarrantyKind)
    customer = filters.CharFilter(field_name="customer__number")
    order = filters.CharFilter(field_name="order_line__order__reference")
    serial = filters.CharFilter(method="by_serial")
    q = filters.CharFilter(
        method="by_words", help_text="Serial, warranty, order or article number, e-mail, phone."
    )

    class Meta:
        model = Warranty
        fields = ("status", "kind", "customer", "order", "serial", "q")

    def by_serial(self, rows: QuerySet[Warranty], _name: str, value: str) -> QuerySet[Warranty]:
        key = warranties.serial_key(value)
        return rows.filter(serial_key=key) if key else rows.none()

    def by_words(self, rows: QuerySet[Warranty], _name: str, value: str) -> QuerySet[Warranty]:
        return warranties.matching(rows, value)


def _warranties(user: User) -> QuerySet[Warranty]:
    return warranties_for(user).select_related("customer", "order_line__order", "rule", "plan", "follows")


class WarrantyList(generics.ListAPIView[Warranty]):
    """Warranties, the latest first."""

    serializer_class = WarrantyOut
    permission_classes = (needs(Right.READ_CASES),)
    filterset_class = WarrantyFilter
    ordering = ("-registered_at", "-pk")

    def get_queryset(self) -> QuerySet[Warranty]:
        return _warranties(cast(User, self.request.user))

    @extend_schema(
        request=RegisterIn,
        responses={201: WarrantyOut, 409: OpenApiResponse(description="It cannot be registered.")},
    )
    def post(self, request: Request) -> Response:
        """Register a device in the customer's name; the same device again is the same warranty."""
        user = cast(User, request.user)
        if not user.may(Right.DECIDE_CASES):
            self.permission_denied(request)
        told = RegisterIn(data=request.data)
        told.is_valid(raise_exception=True)
        given = told.validated_data
        customer: Customer = get_object_or_404(customers_for(user), number=given["customer"])
        row = actions.register_warranty(
            customer,
            serial_no=given["serial_no"],
            line=_line(user, given),
            title=given["title"],
            started_on=given["started_on"],
            by=user,
        )
        return Response(WarrantyOut(row).data, status=status.HTTP_201_CREATED)


def _line(user: User, given: Mapping[str, Any]) -> OrderLine | None:
    if not given["order"]:
        return None
    order = get_object_or_404(orders_for(user), reference=given["order"])
    line = order.lines.filter(position=given["position"]).first()
    if line is None:
        text = _("The order has no line %(position)s.") % {"position": given["position"]}
        raise serializers.ValidationError({"position": text})
    return line


class WarrantyDetail(generics.RetrieveAPIView[Warranty]):
    """One warranty."""

    serializer_class = WarrantyOut
    permission_classes = (needs(Right.READ_CASES),)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Warranty]:
        return _warranties(cast(User, self.request.user))


class WarrantyCheck(APIView):
    """Whether the device with a serial number is covered."""

    permission_classes = (needs(Right.READ_CASES),)

    @extend_schema(parameters=[OpenApiParameter("serial", str, required=True)], responses=CheckOut)
    def get(self, request: Request) -> Response:
        answer = warranties.check(request.query_params.get("serial", ""), clock.now())
        until = answer.until if answer.is_covered else None
        return Response(CheckOut({"covered": answer.is_covered, "until": until}).data)


class LawVerb(APIView):
    """A verb of a warranty or withdrawal: does it and answers with the row as it is then."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body: ClassVar[type[serializers.Serializer[Any]]] = Nothing
    answer: ClassVar[type[serializers.ModelSerializer[Any]]]

    def post(self, request: Request, number: str) -> Response:
        row = self.found(number)
        told = self.body(data=request.data)
        told.is_valid(raise_exception=True)
        self.act(row, dict(told.validated_data))
        return Response(self.answer(self.found(number)).data)

    def found(self, number: str) -> Any:
        raise NotImplementedError

    def act(self, row: Any, given: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def by(self) -> User:
        return cast(User, self.request.user)


class WarrantyVerb(LawVerb):
    """A verb of a warranty."""

    answer = WarrantyOut

    def found(self, number: str) -> Warranty:
        return get_object_or_404(_warranties(self.by), number=number)


class WarrantyVerify(WarrantyVerb):
    """The proof fits."""

    body = VerifyIn

    def act(self, row: Warranty, given: dict[str, Any]) -> None:
        actions.verify_warranty(row, by=self.by, **given)


class WarrantyVoid(WarrantyVerb):
    """End the warranty."""

    body = VoidIn

    def act(self, row: Warranty, given: dict[str, Any]) -> None:
        actions.void_warranty(row, by=self.by, **given)


class WarrantyExtend(WarrantyVerb):
    """Sell an extension; the answer is the warranty that it extends."""

    body = ExtendIn

    def act(self, row: Warranty, given: dict[str, Any]) -> None:
        actions.sell_extension(row, by=self.by, **given)


# --- withdrawals -------------------------------------------------------------------------------------


class WithdrawalFilter(filters.FilterSet):
    """The filters of the API."""

    status = filters.MultipleChoiceFilter(choices=WithdrawalStatus)
    order = filters.CharFilter(field_name="order__reference")
    declared = filters.IsoDateTimeFromToRangeFilter(field_name="declared_at")

    class Meta:
        model = Withdrawal
        fields = ("status", "order", "declared")


def _withdrawals(user: User) -> QuerySet[Withdrawal]:
    return withdrawals_for(user).select_related("order", "right", "ticket", "case")


class WithdrawalList(generics.ListAPIView[Withdrawal]):
    """Withdrawals, the latest first."""

    serializer_class = WithdrawalOut
    permission_classes = (needs(Right.READ_CASES),)
    filterset_class = WithdrawalFilter
    ordering = ("-declared_at", "-pk")

    def get_queryset(self) -> QuerySet[Withdrawal]:
        return _withdrawals(cast(User, self.request.user))

    @extend_schema(
        request=StatementIn,
        responses={201: WithdrawalOut, 409: OpenApiResponse(description="There is no right to withdraw.")},
    )
    def post(self, request: Request) -> Response:
        """Take a customer's statement down; it counts once it is confirmed."""
        user = cast(User, request.user)
        if not user.may(Right.DECIDE_CASES):
            self.permission_denied(request)
        told = StatementIn(data=request.data)
        told.is_valid(raise_exception=True)
        given = told.validated_data
        order: Order = get_object_or_404(orders_for(user), reference=given["order"])
        items = {each["position"]: each["quantity"] for each in given["items"]}
        row = actions.declare_withdrawal(
            order,
            name=given["name"],
            email=given["email"],
            language=given["language"],
            items=items or None,
            by=user,
        )
        return Response(WithdrawalOut(row).data, status=status.HTTP_201_CREATED)


class WithdrawalDetail(generics.RetrieveAPIView[Withdrawal]):
    """One withdrawal."""

    serializer_class = WithdrawalOut
    permission_classes = (needs(Right.READ_CASES),)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Withdrawal]:
        return _withdrawals(cast(User, self.request.user))


class WithdrawalVerb(LawVerb):
    """A verb of a withdrawal."""

    answer = WithdrawalOut

    def found(self, number: str) -> Withdrawal:
        return get_object_or_404(_withdrawals(self.by), number=number)


class WithdrawalConfirm(WithdrawalVerb):
    """The customer confirms: the right is exercised and acknowledged. Twice is once."""

    def act(self, row: Withdrawal, given: dict[str, Any]) -> None:
        actions.confirm_withdrawal(row, by=self.by, channel=Channel.API)


class WithdrawalOpenCase(WithdrawalVerb):
    """Make a return of it."""

    def act(self, row: Withdrawal, given: dict[str, Any]) -> None:
        actions.open_withdrawal_case(row, by=self.by)


class WithdrawalSettle(WithdrawalVerb):
    """It was dealt with another way."""

    body = SettleIn

    def act(self, row: Withdrawal, given: dict[str, Any]) -> None:
        actions.settle_withdrawal(row, by=self.by, **given)


def documented(view: type[LawVerb]) -> Any:
    """The view, with its body and its answers in the schema."""
    answers = {200: view.answer, 409: OpenApiResponse(description="Not possible now.")}
    return extend_schema_view(post=extend_schema(request=view.body, responses=answers))(view).as_view()


WARRANTY_VERBS: Mapping[str, type[LawVerb]] = {
    "verify": WarrantyVerify,
    "void": WarrantyVoid,
    "extend": WarrantyExtend,
}
WITHDRAWAL_VERBS: Mapping[str, type[LawVerb]] = {
    "confirm": WithdrawalConfirm,
    "open-case": WithdrawalOpenCase,
    "settle": WithdrawalSettle,
}
"""Verbs by the last part of their address."""
