"""A customer's warranties beside them, and registering a device in their name."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import customers_for
from customers.models import Customer
from orders.access import orders_for
from orders.models import OrderLine
from returns import actions
from returns.access import warranties_for
from returns.cover import cover
from returns.law_forms import RegisterForm
from returns.models import Warranty

LATEST, DEVICES = 8, 60


@require_safe
@staff_required(Right.READ_CASES)
def customer_warranties(request: StaffRequest, number: str) -> HttpResponse:
    """The latest warranties of a customer: a panel beside them."""
    customer, at = _customer(request, number), clock.now()
    rows = warranties_for(request.user).filter(customer=customer).order_by("-registered_at", "-pk")[:LATEST]
    context = {
        "customer": customer,
        "covers": [(row, cover([row], at)) for row in rows],
        "may_register": request.user.may(Right.DECIDE_CASES),
    }
    return panel(request, "returns/console/_warranty_list.html", context, title=_("Warranties"))


@require_http_methods(["GET", "POST"])
@staff_required(Right.DECIDE_CASES)
def warranty_register(request: StaffRequest, number: str) -> HttpResponse:
    """Register a device for a customer: of one of their orders, or bought elsewhere."""
    customer = _customer(request, number)
    lines = _devices(request, customer)
    form = RegisterForm(
        *((request.POST, request.FILES) if request.method == "POST" else (None, None)),
        devices=[(key, f"{line.title} · {line.order.number}") for key, line in lines.items()],
        elsewhere=True,
        initial={"device": next(iter(lines), "")},
    )
    form.fields["title"].help_text = gettext_lazy("Only for what was bought elsewhere: brand and model.")

    def page(status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": customer}
        return render(request, "returns/console/warranty_register.html", context, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: _register(request, form, customer, lines.get(form.cleaned_data["device"])),
        to=lambda row: reverse("console:warranty", args=[row.number]),
        said=_("The device is registered."),
        form=form,
        page=page,
    )


def _customer(request: StaffRequest, number: str) -> Customer:
    return get_object_or_404(customers_for(request.user), number=number)


def _devices(request: StaffRequest, customer: Customer) -> dict[str, OrderLine]:
    """Delivered items of the customer, by the key that stands in the form."""
    orders = orders_for(request.user).filter(customer=customer, delivered_at__isnull=False)
    lines = OrderLine.objects.filter(order__in=orders).select_related("order__customer", "order__shop")
    latest = lines.order_by("-order__placed_at", "position")[:DEVICES]
    return {f"{line.order.reference}-{line.position}": line for line in latest}


def _register(
    request: StaffRequest, form: RegisterForm, customer: Customer, line: OrderLine | None
) -> Warranty:
    given: dict[str, Any] = form.cleaned_data
    return actions.register_warranty(
        customer,
        serial_no=given["serial_no"],
        line=line,
        title=given["title"],
        started_on=given["started_on"],
        attachments=form.keep_files(request.session, by=request.user),
        by=request.user,
    )
