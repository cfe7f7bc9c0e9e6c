"""Where the pages and endpoints of returns are."""

from django.urls import path, register_converter

from returns import law_urls
from returns.api import cases as case_endpoints
from returns.api import refunds as refund_endpoints
from returns.views.console import cases, refunds, verbs, warehouse
from returns.views.portal import cases as customers
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
    path("cases/<case:number>/pay/", verbs.pay, name="refund-pay"),
    path("cases/<case:number>/confirm/", verbs.confirm, name="refund-confirm"),
    path("cases/<case:number>/cancel/", verbs.cancel, name="refund-cancel"),
    path("cases/<case:number>/retry/", verbs.retry, name="refund-retry"),
    path("cases/<case:number>/pay-by-hand/", verbs.pay_by_hand, name="refund-pay-by-hand"),
    path("tickets/<str:number>/cases/", cases.ticket_cases, name="ticket-cases"),
    path("tickets/<str:number>/cases/new/", verbs.case_new, name="case-new"),
    path("orders/<str:reference>/cases/", cases.order_cases, name="order-cases"),
    path("customers/<str:number>/cases/", cases.customer_cases, name="customer-cases"),
    path("refunds/", refunds.refunds, name="refunds"),
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
    path("requests/<str:number>/cases/", customers.request_cases, name="request-cases"),
    path("returns/<case:number>/tracking/", customers.case_track, name="case-track"),
    path("returns/<case:number>/evidence/", customers.case_supply, name="case-supply"),
    path("returns/<case:number>/withdraw/", customers.case_withdraw, name="case-withdraw"),
    path("returns/<case:number>/agree/", customers.case_agree, name="case-agree"),
    path("returns/<case:number>/guide/", customers.case_guide, name="case-guide"),
    *law_urls.portal,
]

api = [
    path("cases/", case_endpoints.CaseList.as_view(), name="cases"),
    path("cases/<case:number>/", case_endpoints.CaseDetail.as_view(), name="case"),
    *(
        path(f"cases/<case:number>/{verb}/", case_endpoints.documented(view), name=f"case-{verb}")
        for verb, view in case_endpoints.VERBS.items()
    ),
    path("refunds/", refund_endpoints.RefundList.as_view(), name="refunds"),
    path("refunds/<str:number>/", refund_endpoints.RefundDetail.as_view(), name="refund"),
    *(
        path(f"refunds/<str:number>/{verb}/", case_endpoints.documented(view), name=f"refund-{verb}")
        for verb, view in refund_endpoints.VERBS.items()
    ),
    *law_urls.api,
]
