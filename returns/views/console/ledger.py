"""The books of finance: every payment back, and what gateways said beside what our books say."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.models import User
from accounts.rights import Right
from core import clock
from core.paging import Keyset
from returns import queues, reconciliation
from returns.access import cases_for, refunds_for
from returns.filters import LedgerFilter
from returns.models import Refund

LATEST = Keyset(("-created_at", "-pk"), size=50)


@require_safe
@staff_required(Right.READ_REFUNDS)
def ledger(request: StaffRequest) -> HttpResponse:
    """All refunds, the newest first: state, tender, and the amounts in the shop's currency."""
    chosen = LedgerFilter(request.GET, queryset=_rows(request.user))
    rows = chosen.qs if chosen.is_valid() else _rows(request.user)
    context = {
        "page": LATEST.page(rows, request.GET),
        "filter": chosen,
        "is_filtered": any(request.GET.get(name) for name in chosen.filters),
        **_beside(request.user),
    }
    return render(request, "returns/console/refund_ledger.html", context)


def _rows(user: User) -> QuerySet[Refund]:
    return refunds_for(user).select_related("case__order", "case__customer", "payment", "case__order__shop")


@require_safe
@staff_required(Right.READ_REFUNDS)
def reconcile(request: StaffRequest) -> HttpResponse:
    """Where gateways and our books do not agree, and what nobody knows."""
    found = reconciliation.findings(refunds_for(request.user), clock.now())
    context = {
        "groups": [("contradicted", found.contradicted), ("unanswered", found.unanswered)],
        "notices": found.notices,
        "all_well": not (found.contradicted or found.unanswered or found.notices),
        **_beside(request.user),
    }
    return render(request, "returns/console/refund_reconciliation.html", context)


def _beside(user: User) -> dict[str, Any]:
    """The queues of finance beside the page; none of them is the one that is open."""
    counts = queues.counts(queues.FINANCE, cases_for(user), clock.now())
    return {
        "queues": [(each, counts[each.code]) for each in queues.FINANCE],
        "counted": queues.COUNTED,
        "searched": True,
    }
