"""The verbs that only some kinds of case have, for other systems."""

from collections.abc import Mapping
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import needs
from accounts.models import User
from accounts.rights import Right
from core.money import to_minor
from orders.access import orders_for
from orders.models import Order
from returns import actions
from returns.actions import Ask, Diagnosis, Item, Part
from returns.api.cases import CaseVerb, line_of, minor
from returns.api.shapes import (
    CaseDetailOut,
    CompensationIn,
    ConvertIn,
    CustomerPaymentIn,
    DiagnosisIn,
    OptionalTextIn,
    ParcelIn,
    RepairTestIn,
    ReplacementIn,
    TextIn,
    VoucherOut,
    WorkDoneIn,
)
from returns.models import Case, CompensationVoucher
from returns.states import CaseKind
from tickets.access import tickets_for


class CompensationList(APIView):
    """Compensations are asked for here; then they are cases like others."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    @extend_schema(
        request=CompensationIn,
        responses={201: CaseDetailOut, 409: OpenApiResponse(description="More than the order has left.")},
    )
    def post(self, request: Request) -> Response:
        """Ask for a compensation."""
        user = cast(User, request.user)
        told = CompensationIn(data=request.data)
        told.is_valid(raise_exception=True)
        given = told.validated_data
        order = get_object_or_404(orders_for(user), reference=given["order"])
        case = actions.request_compensation(
            order,
            amount=to_minor(given["amount"], order.currency),
            compensation_type=given["compensation_type"],
            reason=given["reason"],
            by=user,
            items=_items(order, given),
            ask=_ask(given, user),
        )
        shown = CaseDetailOut(case, context={"request": request}).data
        return Response(shown, status=status.HTTP_201_CREATED)


def _items(order: Order, given: Mapping[str, Any]) -> list[Item]:
    lines = {line.position: line for line in order.lines.all()}
    unknown = [position for position in given["items"] if position not in lines]
    if unknown:
        text = _("The order has no line %(position)s.") % {"position": unknown[0]}
        raise serializers.ValidationError({"items": text})
    chosen = [lines[position] for position in dict.fromkeys(given["items"])]
    return [Item(line, line.quantity, given["reason"], kind=CaseKind.COMPENSATION) for line in chosen]


def _ask(given: Mapping[str, Any], user: User) -> Ask:
    ticket = get_object_or_404(tickets_for(user), number=given["ticket"]) if given["ticket"] else None
    return Ask(
        description=given["description"],
        channel=given["channel"],
        external_id=given["external_id"],
        ticket=ticket,
    )


class VoucherRedeem(APIView):
    """The shop took a voucher: told once, by its code."""

    permission_classes = (needs(Right.DECIDE_CASES),)

    @extend_schema(
        request=None,
        responses={200: VoucherOut, 409: OpenApiResponse(description="Redeemed already, or expired.")},
    )
    def post(self, request: Request, code: str) -> Response:
        """Mark a voucher as redeemed."""
        voucher = get_object_or_404(CompensationVoucher, code=code)
        redeemed = actions.redeem_voucher(voucher, by=cast(User, request.user))
        return Response(VoucherOut(redeemed).data)


class DeskVerb(CaseVerb):
    permission_classes = (needs(Right.DECIDE_CASES),)


class CaseResubmit(DeskVerb):
    """Ask once more after a refusal."""

    body = TextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.resubmit(case, by=self.by, **given)


class CaseEscalate(DeskVerb):
    """Object to a decision: a team lead decides."""

    body = TextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.escalate(case, by=self.by, **given)


class CaseRuleForCustomer(CaseVerb):
    """Decide an escalation for the customer."""

    permission_classes = (needs(Right.OVERRULE_CASES),)
    body = TextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.rule_for_customer(case, by=self.by, **given)


class CaseRuleForMerchant(CaseVerb):
    """Decide an escalation for the shop."""

    permission_classes = (needs(Right.OVERRULE_CASES),)
    body = TextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.rule_for_merchant(case, by=self.by, **given)


class CaseConvert(DeskVerb):
    """Continue as a case of another kind; `converted_into` of the answer names it."""

    body = ConvertIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.convert(case, by=self.by, **given)


class CaseReplacement(DeskVerb):
    """Choose what goes out instead of a line."""

    body = ReplacementIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        price = minor(case, given.pop("unit_price")) or 0
        line = line_of(case, given.pop("position"))
        actions.choose_replacement(line, unit_price=price, by=self.by, **given)


class CaseStopShipment(CaseVerb):
    """The goods are held back, so that the refund can go."""

    permission_classes = (needs(Right.READ_CASES),)

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.stop_shipment(case, by=self.by, **given)


class CaseDispatch(CaseVerb):
    """Send the replacement, what was missing, or the repaired goods."""

    permission_classes = (needs(Right.RECEIVE_PARCELS),)
    body = ParcelIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.dispatch(case, by=self.by, **given)


class CaseReportLost(DeskVerb):
    """A parcel does not arrive."""

    body = OptionalTextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.report_lost(case, by=self.by, **given)


class CaseAcceptGoods(DeskVerb):
    """The customer has what was sent."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.accept_goods(case, by=self.by, **given)


class CaseRecordPayment(CaseVerb):
    """The customer has paid what the case costs; the same reference again changes nothing."""

    permission_classes = (needs(Right.PAY_REFUNDS),)
    body = CustomerPaymentIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        amount = minor(case, given.pop("amount"))
        actions.record_customer_payment(case, amount=amount, by=self.by, **given)


class TechnicianVerb(CaseVerb):
    permission_classes = (needs(Right.REPAIR_GOODS),)


class CaseStartDiagnosis(TechnicianVerb):
    """Take the goods to the bench."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.start_diagnosis(case, by=self.by, **given)


class CaseDiagnose(TechnicianVerb):
    """Say what is wrong and what it costs."""

    body = DiagnosisIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        version = given.pop("version")
        for part in given["parts"]:
            part["unit_price"] = minor(case, part["unit_price"]) or 0
        given["parts"] = [Part(**part) for part in given["parts"]]
        given["labour"], given["tax"] = minor(case, given["labour"]) or 0, minor(case, given["tax"]) or 0
        found = Diagnosis(text=given.pop("diagnosis"), **given)
        actions.diagnose(case, found=found, by=self.by, version=version)


class CaseFinishRepair(TechnicianVerb):
    """The work is done."""

    body = WorkDoneIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.finish_repair(case, by=self.by, **given)


class CaseRecordTest(TechnicianVerb):
    """How the test went."""

    body = RepairTestIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.record_test(case, by=self.by, **given)


class CaseAcceptQuote(DeskVerb):
    """The customer takes the quote."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.accept_quote(case, by=self.by, **given)


class CaseDeclineQuote(DeskVerb):
    """The customer does not take the quote."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.decline_quote(case, by=self.by, **given)


class CaseAcceptOffer(DeskVerb):
    """The customer takes the compensation."""

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.accept_offer(case, by=self.by, **given)


class CaseDeclineOffer(DeskVerb):
    """The customer does not take the compensation."""

    body = OptionalTextIn

    def act(self, case: Case, given: dict[str, Any]) -> None:
        actions.decline_offer(case, by=self.by, **given)


VERBS: Mapping[str, type[CaseVerb]] = {
    "resubmit": CaseResubmit,
    "escalate": CaseEscalate,
    "rule-for-customer": CaseRuleForCustomer,
    "rule-for-merchant": CaseRuleForMerchant,
    "convert": CaseConvert,
    "replacement": CaseReplacement,
    "stop-shipment": CaseStopShipment,
    "dispatch": CaseDispatch,
    "report-lost": CaseReportLost,
    "accept-goods": CaseAcceptGoods,
    "record-payment": CaseRecordPayment,
    "start-diagnosis": CaseStartDiagnosis,
    "diagnose": CaseDiagnose,
    "finish-repair": CaseFinishRepair,
    "record-test": CaseRecordTest,
    "accept-quote": CaseAcceptQuote,
    "decline-quote": CaseDeclineQuote,
    "accept-offer": CaseAcceptOffer,
    "decline-offer": CaseDeclineOffer,
}
"""By the last part of their address."""
