"""The queue of finance: what is due, what waits for a second person, what is under way, unknown or failed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from returns import queues
from returns.access import cases_for
from returns.buttons import buttons_for
from returns.states import Verb

VERBS = {
    Verb.CREATE_REFUND,
    Verb.CONFIRM_REFUND,
    Verb.CANCEL_REFUND,
    Verb.RETRY_REFUND,
    Verb.PAY_BY_HAND,
}


@require_safe
@staff_required(Right.READ_REFUNDS)
def refunds(request: StaffRequest) -> HttpResponse:
    """One queue of payments, by case, the most urgent first."""
    at, seen = clock.now(), cases_for(request.user)
    queue = queues.named(queues.FINANCE, request.GET.get("queue", ""))
    rows = queue.narrow(seen, at).select_related("customer", "order__shop", "ticket")
    page = queue.keyset.page(
        rows.prefetch_related(
            "refunds__payment",
            "refunds__created_by",
            "order__payments",
            "order__shop__gateway_connections",
        ),
        request.GET,
    )
    payouts = [
        {
            "case": row,
            "refunds": list(row.refunds.all()),
            "buttons": [
                button
                for button in buttons_for(row, request.user, list(row.refunds.all()))
                if button.verb in VERBS
            ],
        }
        for row in page
    ]
    counts = queues.counts(queues.FINANCE, seen, at)
    context = {
        "page": page,
        "payouts": payouts,
        "queue": queue,
        "queues": [(each, counts[each.code]) for each in queues.FINANCE],
        "counted": queues.COUNTED,
    }
    return render(request, "returns/console/refunds.html", context)
