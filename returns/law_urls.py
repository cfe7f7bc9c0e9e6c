"""Where the pages and endpoints of warranties and withdrawals are; `returns.urls` takes them in."""

from django.urls import path, register_converter

from returns.api import law
from returns.views.console import registering
from returns.views.console import warranty as desk_warranties
from returns.views.console import withdrawal as desk_withdrawals
from returns.views.portal import warranty, withdrawal


class WarrantyNumber:
    """Warranties in an address, so that other words beside them stay free."""

    regex = r"G-[0-9]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WithdrawalNumber(WarrantyNumber):
    regex = r"W-[0-9]+"


register_converter(WarrantyNumber, "warranty")
register_converter(WithdrawalNumber, "withdrawal")

console = [
    path("warranties/", desk_warranties.warranties_list, name="warranties"),
    path("warranties/<warranty:number>/", desk_warranties.warranty, name="warranty"),
    path("warranties/<warranty:number>/verify/", desk_warranties.warranty_verify, name="warranty-verify"),
    path("warranties/<warranty:number>/void/", desk_warranties.warranty_void, name="warranty-void"),
    path("warranties/<warranty:number>/extend/", desk_warranties.warranty_extend, name="warranty-extend"),
    path("customers/<str:number>/warranties/", registering.customer_warranties, name="customer-warranties"),
    path(
        "customers/<str:number>/warranties/register/",
        registering.warranty_register,
        name="warranty-register",
    ),
    path("withdrawals/", desk_withdrawals.withdrawals_list, name="withdrawals"),
    path("withdrawals/<withdrawal:number>/", desk_withdrawals.withdrawal, name="withdrawal"),
    path(
        "withdrawals/<withdrawal:number>/open-case/",
        desk_withdrawals.withdrawal_open_case,
        name="withdrawal-open-case",
    ),
    path(
        "withdrawals/<withdrawal:number>/settle/",
        desk_withdrawals.withdrawal_settle,
        name="withdrawal-settle",
    ),
]

portal = [
    path("orders/<str:reference>/rights/", withdrawal.order_rights, name="order-rights"),
    path("withdraw/<str:reference>/", withdrawal.withdraw, name="withdraw"),
    path("withdrawals/<withdrawal:number>/", withdrawal.withdrawal, name="withdrawal"),
    path(
        "withdrawals/<withdrawal:number>/confirm/", withdrawal.withdrawal_confirm, name="withdrawal-confirm"
    ),
    path("warranties/", warranty.warranties_mine, name="warranties"),
    path("warranties/register/", warranty.warranty_register, name="warranty-register"),
    path("warranties/check/", warranty.warranty_check, name="warranty-check"),
]

api = [
    path("warranties/", law.WarrantyList.as_view(), name="warranties"),
    path("warranties/check/", law.WarrantyCheck.as_view(), name="warranty-check"),
    path("warranties/<warranty:number>/", law.WarrantyDetail.as_view(), name="warranty"),
    *(
        path(f"warranties/<warranty:number>/{verb}/", law.documented(view), name=f"warranty-{verb}")
        for verb, view in law.WARRANTY_VERBS.items()
    ),
    path("withdrawals/", law.WithdrawalList.as_view(), name="withdrawals"),
    path("withdrawals/<withdrawal:number>/", law.WithdrawalDetail.as_view(), name="withdrawal"),
    *(
        path(f"withdrawals/<withdrawal:number>/{verb}/", law.documented(view), name=f"withdrawal-{verb}")
        for verb, view in law.WITHDRAWAL_VERBS.items()
    ),
]
