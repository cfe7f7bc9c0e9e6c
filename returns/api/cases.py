"""Cases for other systems: list, one, request, and every verb of the desk and the bench."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core.money import exponent, to_minor
from orders.access import orders_for
from orders.models import Order
from returns import actions
from returns.access import cases_for
from returns.actions import Item, Lot
from returns.api.shapes import (
    ApproveIn,
    CaseDetailOut,
    CaseIn,
    CaseOut,
    DeductionIn,
    InspectIn,
    InstructIn,
    OwnParcelIn,
    ParcelIn,
    ReceiveIn,
    RefuseIn,
    RequestInfoIn,
    SupplyIn,
    VersionIn,
)
from returns.filters import CaseFilter
from returns.models import Case, CaseLine
from returns.states import CaseKind
from tickets.access import tickets_for

CREATED_OR_KNOWN = {
    201: OpenApiResponse(CaseDetailOut, "The case is new."),
    200: OpenApiResponse(CaseDetailOut, "The same request was on record; nothing changed."),
    409: OpenApiResponse(description="Something of it cannot be returned."),
}


class CaseList(generics.ListAPIView[Case]):
    """Cases, newest first."""

    serializer_class = CaseOut
    permission_classes = (needs(Right.READ_CASES),)
    filterset_class = CaseFilter
    ordering = ("-requested_at", "-pk")

    def get_queryset(self) -> QuerySet[Case]:
        rows = cases_for(cast(User, self.request.user))
        return rows.select_related("ticket", "order", "customer", "reason")

    @extend_schema(request=CaseIn, responses=CREATED_OR_KNOWN)
    def post(self, request: Request) -> Response:
        """Open a case in the customer's name."""
        user = cast(User, request.user)
        if not user.may(Right.DECIDE_CASES):
            self.permission_denied(request)
        told = CaseIn(data=request.data)
        told.is_valid(raise_exception=True)
        given = told.validated_data
        order = get_object_or_404(orders_for(user), reference=given["order"])
        ticket = get_object_or_404(tickets_for(user), number=given["ticket"]) if given["ticket"] else None
        known = set(Case.objects.filter(order=order).values_list("pk", flat=True))
        case = actions.submit(
            order,
            items=_items(order, given["items"]),
            by=user,
            kind=given["kind"],
            advance=given["advance"] and given["kind"] == CaseKind.EXCHANGE,
            description=given["description"],
            channel=given["channel"],
            external_id=given["external_id"],
            ticket=ticket,
        )
        return Response(
            CaseDetailOut(case, context={"request": request}).data,
            status=status.HTTP_200_OK if case.pk in known else status.HTTP_201_CREATED,
        )


def _items(order: Order, told: list[dict[str, Any]]) -> list[Item]:
    lines = {line.position: line for line in order.lines.all()}
    unknown = [each["position"] for each in told if each["position"] not in lines]
    if unknown:
        raise serializers.ValidationError(
            {"items": _("The order has no line %(position)s.") % {"position": unknown[0]}}
        )
    return [
        Item(lines[each["position"]], each["quantity"], each["reason"], each["note"], wish=each["wish"])
        for each in told
    ]


class CaseDetail(generics.RetrieveAPIView[Case]):
    """One case with its lines, deadlines and terms."""

    serializer_class = CaseDetailOut
    permission_classes = (needs(Right.READ_CASES),)
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Case]:
        return detailed(cast(User, self.request.user))


def detailed(user: User) -> QuerySet[Case]:
    """The cases a member of staff may see, with all that their details show."""
    rows = cases_for(user).select_related(
        "ticket", "order", "customer", "reason", "repair_order", "voucher", "converted_from"
    )
    return rows.prefetch_related(
        "lines__order_line",
        "lines__reason",
        "lines__replacement",
        "timers",
        "converted_into",
        "repair_order__parts",
    )


class CaseVerb(APIView):
    """A verb of a case: does it and answers with the case as it is then."""

    body: ClassVar[type[serializers.Serializer[Any]]] = VersionIn

    def post(self, request: Request, number: str) -> Response:
        case = self.found(number)
        told = self.body(data=request.data)
        told.is_valid(raise_exception=True)
        self.act(case, dict(told.validated_data))
        return Response(CaseDetailOut(self.found(number), context={"request": request}).data)

    def found(self, number: str) -> Case:
        return get_object_or_404(detailed(self.by), number=number)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def by(self) -> User:
        return cast(User, self.request.user)


def minor(case: Case, amount: Decimal | None) -> int | None:
    """Minor units; an amount finer than the currency is refused, rounding it would be a guess."""
    if amount is None:
        return None
    if amount != round(amount, exponent(case.currency)):
        raise serializers.ValidationError({"amount": _("This is finer than the currency allows.")})
    return to_minor(amount, case.currency)


def _by_position(case: Case) -> Mapping[int, CaseLine]:
    return {line.order_line.position: line for line in case.lines.all()}


def line_of(case: Case, position: int) -> CaseLine:
    """The line of a case by the position of its order line; a complaint where there is none."""
    line = _by_position(case).get(position)
    if line is None:
        text = _("The case has no line %(position)s.") % {"position": position}
        raise serializers.ValidationError({"position": text})
    return line


class CaseApprove(CaseVerb):
    """Grant the return."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = ApproveIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        amount = minor(case, given.pop("amount"))
        actions.approve(case, by=self.by, amount=amount, **given)


class CaseRefuse(CaseVerb):
    """Refuse the return."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = RefuseIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.refuse(case, by=self.by, **given)


class CaseRequestInfo(CaseVerb):
    """Ask the customer for evidence."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = RequestInfoIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.request_info(case, by=self.by, **given)


class CaseSupply(CaseVerb):
    """Add what the customer answered."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = SupplyIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.supply(case, by=self.by, **given)


class CaseWithdraw(CaseVerb):
    """The customer keeps the goods."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.withdraw(case, by=self.by, **given)


class CaseInstruct(CaseVerb):
    """Tell the customer where to send the goods."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = InstructIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.instruct(case, by=self.by, **given)


class CaseTrack(CaseVerb):
    """The goods are on their way back."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = OwnParcelIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.add_tracking(case, by=self.by, **given)


class CaseReceive(CaseVerb):
    """Units that have arrived, added to those that came before."""

    permission_classes = (needs(Right.RECEIVE_PARCELS),)
    body = ReceiveIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        counts = {line_of(case, each["position"]).pk: each["quantity"] for each in given["items"]}
        actions.receive(case, counts=counts, note=given["note"], by=self.by, version=given["version"])


class CaseStartInspection(CaseVerb):
    """Begin to look at what came."""

    permission_classes = (needs(Right.RECEIVE_PARCELS),)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.start_inspection(case, by=self.by, **given)


class CaseInspect(CaseVerb):
    """Record what was found, every received unit in one lot."""

    permission_classes = (needs(Right.RECEIVE_PARCELS),)
    body = InspectIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        lots = [
            Lot(
                line=line_of(case, each["position"]),
                quantity=each["quantity"],
                grade=each["grade"],
                accepted=each["accepted"],
                value_loss_percent=each["value_loss_percent"],
                note=each["note"],
                dispositions=[
                    (fate["type"], fate["quantity"], fate["location"]) for fate in each["dispositions"]
                ],
            )
            for each in given["lots"]
        ]
        actions.inspect(case, lots=lots, by=self.by, version=given["version"])


class CaseOfferDeduction(CaseVerb):
    """Offer a reduced refund."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = DeductionIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        amount = minor(case, given["amount"]) or 0
        actions.offer_deduction(case, amount=amount, note=given["note"], by=self.by, version=given["version"])


class CaseWaiveDeduction(CaseVerb):
    """Refund in full all the same."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.waive_deduction(case, by=self.by, **given)


class CaseSendBack(CaseVerb):
    """Send what was not accepted back to the customer."""

    permission_classes = (needs(Right.DECIDE_CASES),)
    body = ParcelIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.send_back(case, by=self.by, **given)


class CaseFinishSendBack(CaseVerb):
    """The customer has the goods again."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.finish_send_back(case, by=self.by, **given)


def documented(view: type[CaseVerb]) -> Any:
    """The view, with its body and its answers in the schema."""
    answers = {200: CaseDetailOut, 409: OpenApiResponse(description="Not possible now.")}
    return extend_schema_view(post=extend_schema(request=view.body, responses=answers))(view).as_view()


VERBS: Mapping[str, type[CaseVerb]] = {
    "approve": CaseApprove,
    "refuse": CaseRefuse,
    "request-info": CaseRequestInfo,
    "supply": CaseSupply,
    "withdraw": CaseWithdraw,
    "instruct": CaseInstruct,
    "track": CaseTrack,
    "receive": CaseReceive,
    "start-inspection": CaseStartInspection,
    "inspect": CaseInspect,
    "offer-deduction": CaseOfferDeduction,
    "waive-deduction": CaseWaiveDeduction,
    "send-back": CaseSendBack,
    "finish-send-back": CaseFinishSendBack,
}
"""The verbs of a case by the last part of their address."""
