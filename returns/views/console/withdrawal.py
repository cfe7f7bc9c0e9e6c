"""Withdrawals at the desk: what has come in, what waits, and how it was settled."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import events
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from returns import actions, withdrawals
from returns.access import withdrawals_for
from returns.law_forms import SettleForm
from returns.models import Withdrawal
from returns.withdrawal_states import WithdrawalStatus
from tickets.access import tickets_for

LATEST = Keyset(("-declared_at", "-pk"), size=40)

VIEWS: Mapping[str, tuple[str | Promise, str]] = {
    WithdrawalStatus.WAITING: (gettext_lazy("Return not begun"), "hourglass"),
    WithdrawalStatus.IN_CASE: (gettext_lazy("Return opened"), "package"),
    WithdrawalStatus.SETTLED: (pgettext_lazy("withdrawal", "Settled"), "circle-check"),
    WithdrawalStatus.DECLARED: (gettext_lazy("Not confirmed yet"), "pen-line"),
    "all": (pgettext_lazy("withdrawals", "All"), "list"),
}
"""Views of the list by what stands in the address."""


@require_safe
@staff_required(Right.READ_CASES)
def withdrawals_list(request: StaffRequest) -> HttpResponse:
    """Withdrawals, the latest first; those of which no return has come yet unless asked otherwise."""
    shown = request.GET.get("show", "")
    shown = shown if shown in VIEWS else str(WithdrawalStatus.WAITING.value)
    rows = withdrawals_for(request.user)
    waiting = rows.waiting().count()
    if shown != "all":
        rows = rows.filter(status=shown)
    page = LATEST.page(rows.select_related("order__customer", "right", "case"), request.GET)
    context = {
        "page": page,
        "views": [(code, label, icon) for code, (label, icon) in VIEWS.items()],
        "waiting": waiting,
        "shown": shown,
        "title": VIEWS[shown][0],
    }
    return render(request, "returns/console/withdrawals.html", context)


def _found(request: StaffRequest, number: str) -> Withdrawal:
    rows = withdrawals_for(request.user).select_related(
        "order__customer", "order__shop", "right", "ticket", "case", "acknowledgement", "settled_by"
    )
    return get_object_or_404(rows, number=number)


@require_safe
@staff_required(Right.READ_CASES)
def withdrawal(request: StaffRequest, number: str) -> HttpResponse:
    """One withdrawal: what was declared and when, the document that was sent, what became of it."""
    row = _found(request, number)
    may = request.user.may(Right.DECIDE_CASES) and row.status == WithdrawalStatus.WAITING
    context = {
        "withdrawal": row,
        "lines": withdrawals.lines_of(row),
        "events": events.history(row),
        "may_decide": may,
        "may_see_customer": request.user.may(Right.READ_CUSTOMERS),
        "may_see_ticket": row.ticket is not None
        and tickets_for(request.user).filter(pk=row.ticket.pk).exists(),
    }
    return render(request, "returns/console/withdrawal.html", context)


@require_POST
@staff_required(Right.DECIDE_CASES)
def withdrawal_open_case(request: StaffRequest, number: str) -> HttpResponse:
    """Make a return of it."""
    row = _found(request, number)
    return perform(
        request,
        lambda: actions.open_withdrawal_case(row, by=request.user),
        to=reverse("console:withdrawal", args=[number]),
        said=_("The return is opened."),
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.DECIDE_CASES)
def withdrawal_settle(request: StaffRequest, number: str) -> HttpResponse:
    """It was dealt with another way."""
    row = _found(request, number)
    form = SettleForm(request.POST if request.method == "POST" else None)
    back = reverse("console:withdrawal", args=[number])
    label = _("Settle without a return")
    context = {"form": form, "label": label, "action": request.path, "back": back}

    def page(status: int) -> HttpResponse:
        title = f"{label} · {number}"
        return panel(request, "returns/console/_law_verb.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(
        request,
        lambda: actions.settle_withdrawal(row, by=request.user, **form.cleaned_data),
        to=back,
        said=_("The withdrawal is settled."),
        form=form,
        page=page,
    )
