"""Orders for other systems. Amounts are decimal texts in the order's currency, such as "24.90"."""

from decimal import Decimal
from operator import attrgetter
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import needs
from accounts.models import Language, User
from accounts.rights import Right
from core.errors import Refused
from core.money import exponent, to_decimal, to_minor
from customers import actions as customer_actions
from customers.models import Customer
from orders import actions, queries, rules
from orders.access import orders_for
from orders.drafts import DiscountDraft, LineDraft, PaymentDraft, TenderDraft
from orders.models import DiscountAllocation, Order, OrderLine, Payment, Shipment, Shop, TrackingEvent
from orders.states import LineFlag, OrderStatus, Tender, TrackingStatus

# --- what goes out -----------------------------------------------------------------------------------


@extend_schema_field(serializers.CharField())
class AmountOut(serializers.Field[Any, Any, str, Any]):
    """Minor units as a decimal text, with the decimals of the currency of `currency_of`."""

    def __init__(self, *, currency_of: str = "currency", **options: Any) -> None:
        super().__init__(read_only=True, **options)
        self.currency_of = currency_of

    def get_attribute(self, instance: Any) -> Any:
        currency = attrgetter(self.currency_of)(instance)
        return to_decimal(getattr(instance, str(self.field_name)), currency)

    def to_representation(self, value: Any) -> str:
        return str(value)


class LineOut(serializers.ModelSerializer[OrderLine]):
    unit_price = AmountOut(currency_of="order.currency")
    discount = AmountOut(currency_of="order.currency")
    tax = AmountOut(currency_of="order.currency")
    paid = AmountOut(currency_of="order.currency")
    refunded = AmountOut(currency_of="order.currency")
    returnable = serializers.IntegerField(read_only=True)

    class Meta:
        model = OrderLine
        fields = (
            "position",
            "sku",
            "title",
            "category",
            "flags",
            "quantity",
            "unit_price",
            "discount",
            "tax",
            "paid",
            "refunded",
            "quantity_delivered",
            "quantity_open",
            "quantity_returned",
            "returnable",
        )


class PaymentOut(serializers.ModelSerializer[Payment]):
    captured = AmountOut()
    refunded = AmountOut()

    class Meta:
        model = Payment
        fields = (
            "gateway",
            "method",
            "external_id",
            "tender",
            "units",
            "currency",
            "captured",
            "captured_at",
            "refunded",
        )


class TrackingEventOut(serializers.ModelSerializer[TrackingEvent]):
    class Meta:
        model = TrackingEvent
        fields = (
            "status",
            "code",
            "source",
            "occurred_at",
            "local",
            "description",
            "location",
            "received_at",
        )


class ShipmentLineOut(serializers.Serializer[Any]):
    position = serializers.IntegerField(source="line.position")
    sku = serializers.CharField(source="line.sku")
    quantity = serializers.IntegerField()


class ShipmentOut(serializers.ModelSerializer[Shipment]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    lines = ShipmentLineOut(many=True, read_only=True)
    tracking_events = TrackingEventOut(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = (
            "id",
            "direction",
            "carrier",
            "service",
            "tracking_number",
            "status",
            "shipped_at",
            "delivered_at",
            "lines",
            "tracking_events",
        )


class OrderCustomerOut(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ("number", "name", "language")


class OrderOut(serializers.ModelSerializer[Order]):
    shop = serializers.SlugRelatedField[Shop](slug_field="code", read_only=True)
    customer = OrderCustomerOut(read_only=True)
    goods = AmountOut()
    discount = AmountOut()
    shipping = AmountOut()
    tax = AmountOut()
    paid = AmountOut()

    class Meta:
        model = Order
        fields = (
            "reference",
            "number",
            "shop",
            "customer",
            "status",
            "placed_at",
            "paid_at",
            "delivered_at",
            "confirmed_at",
            "currency",
            "fx_rate",
            "goods",
            "discount",
            "shipping",
            "tax",
            "paid",
            "incomplete",
        )


class OrderDetailOut(OrderOut):
    ship_to = serializers.DictField(child=serializers.CharField(), read_only=True)
    lines = LineOut(many=True, read_only=True)
    payments = PaymentOut(many=True, read_only=True)
    shipments = ShipmentOut(many=True, read_only=True)

    class Meta(OrderOut.Meta):
        fields = (*OrderOut.Meta.fields, "ship_to", "lines", "payments", "shipments")  # type: ignore[assignment]


# --- what comes in -----------------------------------------------------------------------------------


def amount(**options: Any) -> serializers.DecimalField:
    """A decimal amount that is not negative."""
    return serializers.DecimalField(max_digits=15, decimal_places=4, min_value=Decimal(0), **options)


class CustomerIn(serializers.Serializer[Any]):
    """Who ordered; one of `email`, `phone` and `id` (the shop's own number of the customer) is needed."""

    email = serializers.EmailField(required=False, default="")
    phone = serializers.CharField(max_length=40, required=False, default="")
    id = serializers.CharField(max_length=150, required=False, default="")
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=20, required=False, default=Language.ENGLISH.value)
    country = serializers.CharField(max_length=2, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["email"] or attrs["phone"] or attrs["id"]):
            raise serializers.ValidationError(_("One of email, phone and id is needed."))
        return attrs


class LineIn(serializers.Serializer[Any]):
    """One line; `discount` is its own, `tax` only what comes on top of the price.

    A gift declares what a unit is worth (`gift_value`) and the position, from 1, of the line it came with.
    """

    sku = serializers.CharField(max_length=64)
    title = serializers.CharField(max_length=300)
    category = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    flags = serializers.MultipleChoiceField(choices=LineFlag.choices, required=False, default=set)
    quantity = serializers.IntegerField(min_value=1, max_value=rules.MOST_UNITS)
    unit_price = amount()
    discount = amount(required=False, default=Decimal(0))
    tax = amount(required=False, default=Decimal(0))
    gift_value = amount(required=False, default=Decimal(0))
    gift_with = serializers.IntegerField(min_value=1, required=False, default=None, allow_null=True)


class TierIn(serializers.Serializer[Any]):
    """A step of a promotion: `off` comes off when at least `spent` was spent."""

    spent = amount()
    off = amount()


class DiscountIn(serializers.Serializer[Any]):
    """A discount of the whole order; `lines` names the positions it is shared over, from 1; else all.

    `tiers` are its terms where it depended on how much was spent.
    """

    amount = amount()
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of that name, not Field.source
        choices=DiscountAllocation.Source.choices, default=DiscountAllocation.Source.PROMOTION
    )
    lines = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False)
    on_shipping = serializers.BooleanField(required=False, default=False)
    tiers = TierIn(many=True, required=False, default=list)


class TenderIn(serializers.Serializer[Any]):
    """Points, a gift card or a coupon worth `amount`; `gateway` says who can give it back."""

    tender = serializers.ChoiceField(
        choices=[choice for choice in Tender.choices if choice[0] != Tender.MONEY]
    )
    amount = amount()
    units = serializers.IntegerField(min_value=0, required=False, default=None, allow_null=True)
    gateway = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class PaymentIn(serializers.Serializer[Any]):
    """What was received for the whole order: `tenders`, and money for the rest.

    `gateway` says where it can be refunded.
    """

    gateway = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    method = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    captured_at = serializers.DateTimeField(required=False, default=None)
    tenders = TenderIn(many=True, required=False, default=list)


class AddressIn(serializers.Serializer[Any]):
    recipient = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    lines = serializers.CharField(max_length=500, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    region = serializers.CharField(max_length=100, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=20, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)


class OrderIn(serializers.Serializer[Any]):
    """An order. Without `shop` the only one is meant, without `currency` the shop's own.

    `fx_rate` is how many units of the shop's currency one unit of the order's was worth when it was paid.
    """

    number = serializers.CharField(max_length=64)
    shop = serializers.SlugRelatedField[Shop](slug_field="code", queryset=Shop.objects.all(), required=False)
    customer = CustomerIn()
    placed_at = serializers.DateTimeField()
    currency = serializers.CharField(max_length=3, required=False, default="")
    fx_rate = serializers.DecimalField(
        max_digits=17, decimal_places=8, required=False, allow_null=True, default=None
    )
    lines = LineIn(many=True, allow_empty=False)
    discounts = DiscountIn(many=True, required=False, default=list)
    shipping = amount(required=False, default=Decimal(0))
    tax = amount(required=False, default=Decimal(0))
    payment = PaymentIn(required=False, allow_null=True, default=None)
    ship_to = AddressIn(required=False, default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["shop"] = attrs.get("shop") or self._only_shop()
        attrs["currency"] = attrs["currency"] or attrs["shop"].currency
        if attrs["currency"] not in rules.CURRENCIES:
            raise serializers.ValidationError({"currency": _("This is not the code of a currency.")})
        _check_decimals(attrs)
        return attrs

    def _only_shop(self) -> Shop:
        shops = list(Shop.objects.all()[:2])
        if len(shops) != 1:
            raise serializers.ValidationError({"shop": _("Say which shop the order belongs to.")})
        return shops[0]


def _check_decimals(told: dict[str, Any]) -> None:
    """Refuse amounts finer than the currency: rounding them would be a guess."""
    places = exponent(told["currency"])
    amounts = [told["shipping"], told["tax"], *(each["amount"] for each in told["discounts"])]
    for line in told["lines"]:
        amounts += [line["unit_price"], line["discount"], line["tax"], line["gift_value"]]
    for discount in told["discounts"]:
        amounts += [value for tier in discount["tiers"] for value in (tier["spent"], tier["off"])]
    amounts += [each["amount"] for each in (told["payment"] or {}).get("tenders", ())]
    if any(value != round(value, places) for value in amounts):
        finer = _("%(currency)s has %(decimals)s decimals; the amount has more.")
        raise serializers.ValidationError(finer % {"currency": told["currency"], "decimals": places})


class ShipmentLineIn(serializers.Serializer[Any]):
    position = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=rules.MOST_UNITS)


class ShipmentIn(serializers.Serializer[Any]):
    """A parcel to the customer; without `lines` it holds all that was not sent yet."""

    carrier = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    service = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    tracking_number = serializers.CharField(max_length=60)
    shipped_at = serializers.DateTimeField(required=False, default=None)
    lines = ShipmentLineIn(many=True, required=False, default=list)


class TrackingEventIn(serializers.Serializer[Any]):
    """News of the carrier; `id` is the carrier's own name of it, by which it is known again."""

    status = serializers.ChoiceField(choices=TrackingStatus.choices)
    occurred_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    description = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    location = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    id = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


# --- endpoints ---------------------------------------------------------------------------------------


class OrderFilter(filters.FilterSet):
    """`q` is the search of the console; `number` is the shop's own, in any spelling."""

    q = filters.CharFilter(method="search")
    number = filters.CharFilter(method="numbered")
    customer = filters.CharFilter(field_name="customer__number")
    shop = filters.CharFilter(field_name="shop__code")
    status = filters.ChoiceFilter(choices=OrderStatus.choices)
    placed_after = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="lt")
    incomplete = filters.BooleanFilter()

    class Meta:
        model = Order
        fields = (
            "q",
            "number",
            "customer",
            "shop",
            "status",
            "placed_after",
            "placed_before",
            "incomplete",
        )

    def search(self, rows: Any, _name: str, text: str) -> QuerySet[Order]:
        return queries.matching(rows, text)

    def numbered(self, rows: Any, _name: str, text: str) -> QuerySet[Order]:
        return queries.numbered(rows, text)


class OrdersPermission(BasePermission):
    """Reading takes the right to see orders, writing the right to bring them in."""

    message = _("You do not have the right to do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        reading = request.method in {"GET", "HEAD", "OPTIONS"}
        rights = (Right.READ_CUSTOMERS,) if reading else (Right.READ_CUSTOMERS, Right.IMPORT_ORDERS)
        return needs(*rights)().has_permission(request, view)


CREATED_OR_KNOWN = {
    201: OpenApiResponse(OrderDetailOut, "The order is new."),
    200: OpenApiResponse(OrderDetailOut, "The same order was on record; nothing changed."),
    409: OpenApiResponse(description="The number stands for an order with other content."),
}


class OrderList(generics.ListAPIView[Order]):
    """Orders, latest first."""

    serializer_class = OrderOut
    permission_classes = (OrdersPermission,)
    filterset_class = OrderFilter
    ordering = ("-placed_at", "-pk")

    def get_queryset(self) -> QuerySet[Order]:
        return _visible(self.request)

    @extend_schema(request=OrderIn, responses=CREATED_OR_KNOWN)
    def post(self, request: Request) -> Response:
        """Bring an order in, once per shop and number: the same order again changes nothing."""
        told = OrderIn(data=request.data)
        told.is_valid(raise_exception=True)
        order, is_new = _place(told.validated_data, by=cast(User, request.user))
        body = OrderDetailOut(_detailed(request).get(pk=order.pk)).data
        return Response(body, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


def _place(told: dict[str, Any], *, by: User) -> tuple[Order, bool]:
    shop: Shop = told["shop"]
    currency: str = told["currency"]
    return actions.place_order(
        shop,
        told["number"],
        customer=_buyer(told["customer"], shop, by=by),
        placed_at=told["placed_at"],
        currency=currency,
        fx_rate=told["fx_rate"],
        lines=[_line(each, currency) for each in told["lines"]],
        discounts=[_discount(each, currency) for each in told["discounts"]],
        shipping=to_minor(told["shipping"], currency),
        tax=to_minor(told["tax"], currency),
        payment=_payment(told["payment"], currency),
        ship_to=dict(told["ship_to"]),
        by=by,
    )


def _buyer(told: dict[str, Any], shop: Shop, *, by: User) -> Customer:
    return customer_actions.get_or_create_customer(
        email=told["email"],
        phone=told["phone"],
        external=f"{shop.code}:{told['id']}" if told["id"] else "",
        name=told["name"],
        language=told["language"],
        country=told["country"] or shop.country,
        by=by,
    )


def _line(told: dict[str, Any], currency: str) -> LineDraft:
    """A line as it was told; positions count from 1 there and from 0 here."""
    return LineDraft(
        sku=told["sku"],
        title=told["title"],
        category=told["category"],
        flags=tuple(sorted(told["flags"])),
        quantity=told["quantity"],
        unit_price=to_minor(told["unit_price"], currency),
        discount=to_minor(told["discount"], currency),
        tax=to_minor(told["tax"], currency),
        gift_value=to_minor(told["gift_value"], currency),
        gift_with=told["gift_with"] - 1 if told["gift_with"] else None,
    )


def _discount(told: dict[str, Any], currency: str) -> DiscountDraft:
    """A discount as it was told; without lines it is of the whole order."""
    return DiscountDraft(
        amount=to_minor(told["amount"], currency),
        source=told["source"],
        lines=tuple(position - 1 for position in told["lines"]) if "lines" in told else None,
        on_shipping=told["on_shipping"],
        tiers=tuple(
            (to_minor(tier["spent"], currency), to_minor(tier["off"], currency)) for tier in told["tiers"]
        ),
    )


def _payment(told: dict[str, Any] | None, currency: str) -> PaymentDraft | None:
    if told is None:
        return None
    tenders = tuple(
        TenderDraft(**{**each, "amount": to_minor(each["amount"], currency)}) for each in told["tenders"]
    )
    return PaymentDraft(**{**told, "tenders": tenders})


class OrderDetail(generics.RetrieveAPIView[Order]):
    """One order by our reference."""

    serializer_class = OrderDetailOut
    permission_classes = (OrdersPermission,)
    lookup_field = "reference"

    def get_queryset(self) -> QuerySet[Order]:
        return _detailed(self.request)


class ConfirmIn(serializers.Serializer[Any]):
    """When the customer confirmed the receipt; without it, now."""

    at = serializers.DateTimeField(required=False, default=None, allow_null=True)


class OrderConfirm(generics.GenericAPIView[Order]):
    """The customer's word that everything has arrived; return periods of some policies begin with it."""

    serializer_class = OrderDetailOut
    permission_classes = (OrdersPermission,)
    lookup_field = "reference"

    def get_queryset(self) -> QuerySet[Order]:
        return _visible(self.request)

    @extend_schema(request=ConfirmIn, responses=OrderDetailOut)
    def post(self, request: Request, reference: str) -> Response:
        """Note it once; the first word counts."""
        told = ConfirmIn(data=request.data)
        told.is_valid(raise_exception=True)
        order = self.get_object()
        actions.confirm_receipt(order, at=told.validated_data["at"], by=cast(User, request.user))
        return Response(OrderDetailOut(_detailed(request).get(pk=order.pk)).data)


class ShipmentList(generics.ListAPIView[Shipment]):
    """The parcels of an order."""

    serializer_class = ShipmentOut
    permission_classes = (OrdersPermission,)
    filter_backends = ()
    ordering = ("pk",)

    def get_queryset(self) -> QuerySet[Shipment]:
        if getattr(self, "swagger_fake_view", False):
            return Shipment.objects.none()
        return _parcels(self._order())

    def _order(self) -> Order:
        return generics.get_object_or_404(_visible(self.request), reference=self.kwargs["reference"])

    @extend_schema(request=ShipmentIn, responses={201: ShipmentOut, 200: ShipmentOut})
    def post(self, request: Request, reference: str) -> Response:
        """Record a parcel; the same carrier and tracking number again changes nothing."""
        told = ShipmentIn(data=request.data)
        told.is_valid(raise_exception=True)
        order, data = self._order(), told.validated_data
        known = set(order.shipments.values_list("pk", flat=True))
        lines = {line.position: line for line in order.lines.all()}
        unknown = next((each for each in data["lines"] if each["position"] not in lines), None)
        if unknown:
            raise Refused("order.no_such_line")
        contents = [(lines[each["position"]], each["quantity"]) for each in data["lines"]]
        shipment = actions.record_shipment(order, **{**data, "lines": contents}, by=cast(User, request.user))
        body = ShipmentOut(_parcels(order).get(pk=shipment.pk)).data
        return Response(body, status=_status(is_new=shipment.pk not in known))


class TrackingEventList(generics.ListAPIView[TrackingEvent]):
    """The news about a parcel."""

    serializer_class = TrackingEventOut
    permission_classes = (OrdersPermission,)
    filter_backends = ()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[TrackingEvent]:
        if getattr(self, "swagger_fake_view", False):
            return TrackingEvent.objects.none()
        return self._shipment().tracking_events.all()

    def _shipment(self) -> Shipment:
        order = generics.get_object_or_404(_visible(self.request), reference=self.kwargs["reference"])
        return generics.get_object_or_404(order.shipments.all(), uuid=self.kwargs["uuid"])

    @extend_schema(request=TrackingEventIn, responses={201: ShipmentOut, 200: ShipmentOut})
    def post(self, request: Request, reference: str, uuid: str) -> Response:
        """Take in news of the carrier, in any order; the same news again changes nothing."""
        told = TrackingEventIn(data=request.data)
        told.is_valid(raise_exception=True)
        data = told.validated_data
        shipment, is_new = actions.record_tracking(
            self._shipment(),
            status=data["status"],
            occurred_at=data["occurred_at"],
            description=data["description"],
            location=data["location"],
            fingerprint=data["id"],
            by=cast(User, request.user),
        )
        body = ShipmentOut(_parcels(shipment.order).get(pk=shipment.pk)).data
        return Response(body, status=_status(is_new=is_new))


def _status(*, is_new: bool) -> int:
    return status.HTTP_201_CREATED if is_new else status.HTTP_200_OK


def _visible(request: Request) -> QuerySet[Order]:
    user = request.user
    rows = orders_for(user) if isinstance(user, User) else Order.objects.none()
    return rows.select_related("shop", "customer")


def _detailed(request: Request) -> QuerySet[Order]:
    return _visible(request).prefetch_related(
        "lines", "payments", "shipments__lines__line", "shipments__tracking_events"
    )


def _parcels(order: Order) -> QuerySet[Shipment]:
    return order.shipments.prefetch_related("lines__line", "tracking_events")
