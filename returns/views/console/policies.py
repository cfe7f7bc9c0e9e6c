"""Return policies for staff: what applies to an order and why, a place to try them out, and their editing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from core.views.verbs import perform
from orders.access import orders_for
from returns import actions, policies, policy_words
from returns.models import ReturnPolicy, StatutoryRule
from returns.policy_forms import AmountsFormSet, AskForm, PolicyForm, TrialForm
from returns.readings import readings


@require_safe
@staff_required(Right.READ_CASES, Right.READ_CUSTOMERS)
def order_policy(request: StaffRequest, reference: str) -> HttpResponse:
    """Each item of an order: every policy looked at, who won and why, the law, the deadline, the fees."""
    rows = orders_for(request.user).select_related("shop", "customer__tier")
    order = get_object_or_404(rows, reference=reference)
    form = AskForm(request.GET or None)
    asked = form.asked() if form.is_valid() else {}
    context = {"order": order, "form": form, "items": readings(order, clock.now(), **asked)}
    return render(request, "returns/console/order_policy.html", context)


@require_safe
@staff_required(Right.CONFIGURE)
def return_policies(request: StaffRequest) -> HttpResponse:
    """All policies, in the order in which they win, and the rights of the law."""
    rows = ReturnPolicy.objects.select_related("tier", "shop", "reason").prefetch_related("amounts")
    ranked = sorted(
        (policies.Candidate(row, ()) for row in rows),
        key=lambda each: (each.policy.is_active, *each.rank),
        reverse=True,
    )
    context = {
        "policies": [(each, policy_words.scope(each.policy)) for each in ranked],
        "statutes": StatutoryRule.objects.all(),
    }
    return render(request, "returns/console/policies.html", context)


@require_safe
@staff_required(Right.CONFIGURE)
def return_policy_test(request: StaffRequest) -> HttpResponse:
    """What would hold for an item that somebody makes up."""
    form = TrialForm(request.GET or None, initial=TrialForm.today(clock.now()))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        why = policies.explained(form.situation(), policies.active_policies())
        context |= {"why": why, "reading": policy_words.read(why)}
    return render(request, "returns/console/policy_test.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def return_policy_new(request: StaffRequest) -> HttpResponse:
    """A policy to begin with."""
    return _edit(request, ReturnPolicy())


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def return_policy(request: StaffRequest, pk: int) -> HttpResponse:
    """One policy with its scope, its promises and its amounts."""
    return _edit(request, get_object_or_404(ReturnPolicy, pk=pk))


def _edit(request: StaffRequest, row: ReturnPolicy) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = PolicyForm(data, instance=row)
    amounts = AmountsFormSet(data, instance=row, prefix="amounts")

    def page(status: int = 200) -> HttpResponse:
        context = {"form": form, "amounts": amounts, "policy": row if row.pk else None}
        return render(request, "returns/console/policy_edit.html", context, status=status)

    if data is None:
        return page()
    if not amounts.is_valid():
        return page(422)
    return perform(
        request,
        lambda: actions.save_policy(form.instance, amounts=amounts.rows(), by=request.user),
        to=reverse("console:return-policies"),
        said=_("The policy is saved. Cases that are open keep their terms."),
        form=form,
        page=page,
    )
