"""Warranties on the portal: one's own, registering a device, and the answer to a serial number."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, limits, words
from core.limits import Limit, LimitReached
from core.views.verbs import TOO_OFTEN, perform
from customers.access import PortalRequest, portal_required
from customers.models import Customer
from orders.access import orders_of
from orders.models import OrderLine
from returns import actions, warranties
from returns.access import warranties_of
from returns.cover import cover
from returns.law_forms import CheckForm, RegisterForm
from returns.models import Warranty

CHECKS_PER_ADDRESS = Limit("warranty-checks-per-address", 60, timedelta(hours=1))
DEVICES = 60


@require_safe
@portal_required
@never_cache
def warranties_mine(request: PortalRequest) -> HttpResponse:
    """One's own warranties, the one that ends last first."""
    at = clock.now()
    rows = warranties_of(request.portal).select_related("order_line__order", "rule", "plan")
    found = [{"warranty": row, "cover": cover([row], at)} for row in rows.order_by("-ends_on", "-pk")[:100]]
    return render(request, "returns/portal/warranties.html", {"found": found})


@require_http_methods(["GET", "POST"])
@portal_required
@never_cache
def warranty_register(request: PortalRequest) -> HttpResponse:
    """Register a device: of an own order at once, another one with its proof of purchase."""
    lines = _devices(request)
    form = RegisterForm(
        *((request.POST, request.FILES) if request.method == "POST" else (None, None)),
        devices=[(key, f"{line.title} · {line.order.number}") for key, line in lines.items()],
        elsewhere=request.portal.customer is not None,
        initial={"device": request.GET.get("device", "")},
    )

    def page(status: int = 200) -> HttpResponse:
        return render(request, "returns/portal/warranty_register.html", {"form": form}, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: _register(request, form, lines.get(form.cleaned_data["device"])),
        to="portal:warranties",
        said=_registered,
        form=form,
        page=page,
    )


def _devices(request: PortalRequest) -> dict[str, OrderLine]:
    """Delivered items of orders the visitor may see, by the key that stands in the form."""
    lines = OrderLine.objects.filter(
        order__in=orders_of(request.portal), order__delivered_at__isnull=False
    ).select_related("order__customer", "order__shop")
    latest = lines.order_by("-order__placed_at", "position")[:DEVICES]
    return {f"{line.order.reference}-{line.position}": line for line in latest}


def _register(request: PortalRequest, form: RegisterForm, line: OrderLine | None) -> Warranty:
    given: dict[str, Any] = form.cleaned_data
    owner = line.order.customer if line is not None else request.portal.customer
    assert isinstance(owner, Customer)  # without a line there is a choice only for who is signed in
    return actions.register_warranty(
        owner,
        serial_no=given["serial_no"],
        line=line,
        title=given.get("title", ""),
        started_on=given["started_on"],
        attachments=form.keep_files(request.session, by=owner) if "attachments" in form.fields else (),
        by=owner,
    )


def _registered(row: Warranty) -> str:
    if row.verified_at is not None:
        return _("Your device is registered.")
    return _("Thank you. We look at your proof of purchase and tell you.")


@require_safe
@never_cache
def warranty_check(request: HttpRequest) -> HttpResponse:
    """Whether a serial number is covered, for anybody: until when, and nothing about whose it is."""
    form = CheckForm(request.GET if "serial" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            limits.spend(CHECKS_PER_ADDRESS, limits.client_address(request))
        except LimitReached as reached:
            form.add_error(None, words.refusal(reached))
            return render(request, "returns/portal/warranty_check.html", context, status=TOO_OFTEN)
        serial = form.cleaned_data["serial"]
        context |= {"answer": warranties.check(serial, clock.now()), "serial": serial}
    return render(request, "returns/portal/warranty_check.html", context)
