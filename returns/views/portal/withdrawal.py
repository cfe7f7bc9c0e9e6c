"""Withdrawing from a contract on the portal: the statement, the second button, what was received."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, words
from core.errors import Refused
from core.views.panels import panel
from core.views.verbs import CONFLICT, perform
from customers.access import PortalRequest, portal_required
from orders.access import orders_of
from orders.models import Order
from returns import actions, warranties, withdrawals
from returns.access import withdrawals_of
from returns.law_forms import StatementForm
from returns.models import Withdrawal
from returns.withdrawal_states import WithdrawalStatus
from returns.withdrawal_words import WORDINGS


def _order(request: PortalRequest, reference: str) -> Order:
    rows = orders_of(request.portal).select_related("shop", "customer")
    return get_object_or_404(rows, reference=reference)


@require_safe
@portal_required
@never_cache
def order_rights(request: PortalRequest, reference: str) -> HttpResponse:
    """What the law and warranties give for an order: a part of its page."""
    order, at = _order(request, reference), clock.now()
    found = withdrawals.chance(order, at)
    context = {
        "order": order,
        "covered": warranties.of_order(order, at),
        "chance": found,
        "said": WORDINGS[found.right.wording] if found.right else None,
        "withdrawals": order.withdrawals.confirmed().order_by("pk"),
    }
    return panel(
        request,
        "returns/portal/_order_rights.html",
        context,
        title=_("Warranty and withdrawal"),
        surface="portal",
    )


@require_http_methods(["GET", "POST"])
@portal_required
@never_cache
def withdraw(request: PortalRequest, reference: str) -> HttpResponse:
    """The first step: the statement. Where all is withdrawn from already, what was received is shown."""
    order = _order(request, reference)
    found = withdrawals.chance(order, clock.now())
    if found.blocked == "nothing_left" and (last := order.withdrawals.confirmed().order_by("pk").last()):
        return redirect("portal:withdrawal", last.number)
    if found.right is None or found.blocked:
        return _impossible(request, order, found)
    said = WORDINGS[found.right.wording]
    form = StatementForm(
        request.POST if request.method == "POST" else None,
        lines=list(order.lines.all()),
        left=found.left,
        initial=_known(request, order),
    )

    def page(status: int = 200) -> HttpResponse:
        context = {"order": order, "form": form, "chance": found, "said": said}
        return render(request, "returns/portal/withdraw.html", context, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: actions.declare_withdrawal(
            order,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            items=form.units(),
            language=get_language() or "en",
            by=order.customer,
        ),
        to=lambda row: reverse("portal:withdrawal", args=[row.number]),
        form=form,
        page=page,
    )


def _known(request: PortalRequest, order: Order) -> dict[str, str]:
    """What need not be typed again. A guest is not told the address of the person they came in for."""
    mine = request.portal.customer == order.customer
    return {"name": order.customer.name, "email": order.customer.email if mine else ""}


def _impossible(request: PortalRequest, order: Order, found: withdrawals.Chance) -> HttpResponse:
    until = found.until.isoformat() if found.until else ""
    problem = words.refusal(Refused(f"withdrawal.{found.blocked}", number=order.number, until=until))
    context = {"order": order, "problem": problem}
    status = 200 if request.method == "GET" else CONFLICT
    return render(request, "returns/portal/withdraw_impossible.html", context, status=status)


def _found(request: PortalRequest, number: str) -> Withdrawal:
    rows = withdrawals_of(request.portal).select_related(
        "order__shop", "order__customer", "right", "ticket", "case", "acknowledgement"
    )
    return get_object_or_404(rows, number=number)


@require_safe
@portal_required
@never_cache
def withdrawal(request: PortalRequest, number: str) -> HttpResponse:
    """The statement with its second button; once confirmed, what was received and when."""
    return _page(request, _found(request, number))


def _page(request: PortalRequest, row: Withdrawal, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "withdrawal": row,
        "order": row.order,
        "lines": withdrawals.lines_of(row),
        "is_whole": withdrawals.is_whole(row),
        "said": WORDINGS[row.right.wording],
        "to_confirm": row.status == WithdrawalStatus.DECLARED,
        "problem": problem,
    }
    return render(request, "returns/portal/withdrawal.html", context, status=status)


@require_POST
@portal_required
def withdrawal_confirm(request: PortalRequest, number: str) -> HttpResponse:
    """The second step: the right is exercised. Pressed twice it is one."""
    row = _found(request, number)
    try:
        actions.confirm_withdrawal(row, by=row.order.customer)
    except Refused as refused:
        return _page(request, row, words.refusal(refused), CONFLICT)
    return redirect("portal:withdrawal", number)
