"""Where the pages and endpoints of returns are."""

from django.urls import path, register_converter

from returns import law_urls
from returns.api import cases as case_endpoints
from returns.api import kinds as kind_endpoints
from returns.api import notices as notice_endpoints
from returns.api import papers as paper_endpoints
from returns.api import policies as policy_endpoints
from returns.api import refunds as refund_endpoints
from returns.views.console import (
    cases,
    escalations,
    found,
    ledger,
    outbound,
    policies,
    refunds,
    verbs,
    warehouse,
    workshop,
)
from returns.views.console import papers as desk_papers
from returns.views.portal import cases as customers
from returns.views.portal import papers as customer_papers
from returns.views.portal import policy as explained
from returns.views.portal import wizard


class CaseNumber:
    """Cases in an address, so that other words beside them stay free."""

    regex = r"R-[0-9]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseNumber, "case")

console = [
    path("cases/", cases.cases, name="cases"),
    path("cases/<case:number>/", cases.case, name="case"),
    path("cases/<case:number>/approve/", verbs.approve, name="case-approve"),
    path("cases/<case:number>/refuse/", verbs.refuse, name="case-refuse"),
    path("cases/<case:number>/request-info/", verbs.request_info, name="case-request-info"),
    path("cases/<case:number>/supply/", verbs.supply, name="case-supply"),
    path("cases/<case:number>/instruct/", verbs.instruct, name="case-instruct"),
    path("cases/<case:number>/track/", verbs.track, name="case-track"),
    path("cases/<case:number>/withdraw/", verbs.withdraw, name="case-withdraw"),
    path("cases/<case:number>/offer-deduction/", verbs.offer_deduction, name="case-offer-deduction"),
    path("cases/<case:number>/waive-deduction/", verbs.waive_deduction, name="case-waive-deduction"),
    path("cases/<case:number>/send-back/", verbs.send_back, name="case-send-back"),
    path("cases/<case:number>/finish-send-back/", verbs.finish_send_back, name="case-finish-send-back"),
    path("cases/<case:number>/label/", desk_papers.label, name="case-label"),
    path("cases/<case:number>/customs/", desk_papers.declare_customs, name="case-customs"),
    path("cases/<case:number>/evidence-pack/", desk_papers.evidence_pack, name="case-evidence-pack"),
    path("cases/<case:number>/pay/", verbs.pay, name="refund-pay"),
    path("cases/<case:number>/confirm/", verbs.confirm, name="refund-confirm"),
    path("cases/<case:number>/cancel/", verbs.cancel, name="refund-cancel"),
    path("cases/<case:number>/retry/", verbs.retry, name="refund-retry"),
    path("cases/<case:number>/pay-by-hand/", verbs.pay_by_hand, name="refund-pay-by-hand"),
    path("cases/<case:number>/resubmit/", escalations.resubmit, name="case-resubmit"),
    path("cases/<case:number>/escalate/", escalations.escalate, name="case-escalate"),
    path(
        "cases/<case:number>/rule-for-customer/",
        escalations.rule_for_customer,
        name="case-rule-for-customer",
    ),
    path(
        "cases/<case:number>/rule-for-merchant/",
        escalations.rule_for_merchant,
        name="case-rule-for-merchant",
    ),
    path("cases/<case:number>/convert/", escalations.convert, name="case-convert"),
    path("cases/<case:number>/stop-shipment/", outbound.stop_shipment, name="case-stop-shipment"),
    path("cases/<case:number>/replacement/<int:position>/", outbound.replacement, name="case-replacement"),
    path("cases/<case:number>/dispatch/", outbound.dispatch, name="case-dispatch"),
    path("cases/<case:number>/accept-goods/", outbound.accept_goods, name="case-accept-goods"),
    path("cases/<case:number>/report-lost/", outbound.report_lost, name="case-report-lost"),
    path("cases/<case:number>/record-payment/", outbound.record_payment, name="case-record-payment"),
    path("cases/<case:number>/accept-offer/", outbound.accept_offer, name="case-accept-offer"),
    path("cases/<case:number>/decline-offer/", outbound.decline_offer, name="case-decline-offer"),
    path("cases/<case:number>/start-diagnosis/", workshop.start_diagnosis, name="case-start-diagnosis"),
    path("cases/<case:number>/diagnose/", workshop.diagnose, name="case-diagnose"),
    path("cases/<case:number>/finish-repair/", workshop.finish_repair, name="case-finish-repair"),
    path("cases/<case:number>/record-test/", workshop.record_test, name="case-record-test"),
    path("cases/<case:number>/accept-quote/", outbound.accept_quote, name="case-accept-quote"),
    path("cases/<case:number>/decline-quote/", outbound.decline_quote, name="case-decline-quote"),
    path("workshop/", workshop.workshop, name="workshop"),
    path("tickets/<str:number>/compensation/new/", escalations.compensation_new, name="compensation-new"),
    path("tickets/<str:number>/cases/", cases.ticket_cases, name="ticket-cases"),
    path("tickets/<str:number>/cases/new/", verbs.case_new, name="case-new"),
    path("orders/<str:reference>/cases/", cases.order_cases, name="order-cases"),
    path("orders/<str:reference>/policy/", policies.order_policy, name="order-policy"),
    path("return-policies/", policies.return_policies, name="return-policies"),
    path("return-policies/new/", policies.return_policy_new, name="return-policy-new"),
    path("return-policies/test/", policies.return_policy_test, name="return-policy-test"),
    path("return-policies/<int:pk>/", policies.return_policy, name="return-policy"),
    path("search/cases/", found.found_cases, name="found-cases"),
    path("search/warranties/", found.found_warranties, name="found-warranties"),
    path("customers/<str:number>/cases/", cases.customer_cases, name="customer-cases"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/ledger/", ledger.ledger, name="refund-ledger"),
    path("refunds/reconciliation/", ledger.reconcile, name="refund-reconciliation"),
    path("warehouse/", warehouse.warehouse, name="warehouse"),
    path("warehouse/<case:number>/", warehouse.warehouse_case, name="warehouse-case"),
    path("warehouse/<case:number>/receive/", warehouse.receive, name="warehouse-receive"),
    path("warehouse/<case:number>/start/", warehouse.start_inspection, name="warehouse-start"),
    path("warehouse/<case:number>/inspect/", warehouse.inspect, name="warehouse-inspect"),
    *law_urls.console,
]

portal = [
    path("requests/new/", wizard.request_new, name="request-new"),
    path("orders/<str:reference>/actions/", wizard.order_actions, name="order-actions"),
    path("orders/<str:reference>/policy/", explained.order_policy, name="order-policy"),
    path("requests/<str:number>/cases/", customers.request_cases, name="request-cases"),
    path("returns/<case:number>/tracking/", customers.case_track, name="case-track"),
    path("returns/<case:number>/evidence/", customers.case_supply, name="case-supply"),
    path("returns/<case:number>/withdraw/", customers.case_withdraw, name="case-withdraw"),
    path("returns/<case:number>/agree/", customers.case_agree, name="case-agree"),
    path("returns/<case:number>/resubmit/", customers.case_resubmit, name="case-resubmit"),
    path("returns/<case:number>/escalate/", customers.case_escalate, name="case-escalate"),
    path("returns/<case:number>/accept-goods/", customers.case_accept_goods, name="case-accept-goods"),
    path("returns/<case:number>/accept-quote/", customers.case_accept_quote, name="case-accept-quote"),
    path("returns/<case:number>/decline-quote/", customers.case_decline_quote, name="case-decline-quote"),
    path("returns/<case:number>/accept-offer/", customers.case_accept_offer, name="case-accept-offer"),
    path("returns/<case:number>/decline-offer/", customers.case_decline_offer, name="case-decline-offer"),
    path("returns/<case:number>/guide/", customers.case_guide, name="case-guide"),
    path("returns/<case:number>/label/", customer_papers.label, name="case-label"),
    *law_urls.portal,
]

api = [
    path("cases/", case_endpoints.CaseList.as_view(), name="cases"),
    path("cases/<case:number>/", case_endpoints.CaseDetail.as_view(), name="case"),
    path("cases/<case:number>/label/", paper_endpoints.CaseLabel.as_view(), name="case-label"),
    path("cases/<case:number>/customs/", paper_endpoints.CaseCustoms.as_view(), name="case-customs"),
    path(
        "cases/<case:number>/evidence-pack/",
        paper_endpoints.CaseEvidencePack.as_view(),
        name="case-evidence-pack",
    ),
    *(
        path(f"cases/<case:number>/{verb}/", case_endpoints.documented(view), name=f"case-{verb}")
        for verb, view in {**case_endpoints.VERBS, **kind_endpoints.VERBS}.items()
    ),
    path("compensations/", kind_endpoints.CompensationList.as_view(), name="compensations"),
    path("vouchers/<str:code>/redeem/", kind_endpoints.VoucherRedeem.as_view(), name="voucher-redeem"),
    path("orders/<str:reference>/policy/", policy_endpoints.OrderPolicy.as_view(), name="order-policy"),
    path("refunds/", refund_endpoints.RefundList.as_view(), name="refunds"),
    path(
        "refunds/reconciliation/",
        refund_endpoints.RefundReconciliation.as_view(),
        name="refund-reconciliation",
    ),
    path("gateway-notices/", notice_endpoints.GatewayNotices.as_view(), name="gateway-notices"),
    path("refunds/<str:number>/", refund_endpoints.RefundDetail.as_view(), name="refund"),
    *(
        path(f"refunds/<str:number>/{verb}/", case_endpoints.documented(view), name=f"refund-{verb}")
        for verb, view in refund_endpoints.VERBS.items()
    ),
    *law_urls.api,
]
