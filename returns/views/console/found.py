"""Cases and warranties a search means, beside the tickets it finds."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.views.found import SHOWN, Found, found_panel, searched
from returns import queries, warranties
from returns.access import cases_for, warranties_for


@require_safe
@staff_required(Right.READ_CASES)
def found_cases(request: StaffRequest) -> HttpResponse:
    """By case, ticket, order, refund or tracking number, e-mail or phone."""
    text = searched(request)
    rows = queries.matching(cases_for(request.user).select_related("customer"), text) if text else None
    latest = rows.order_by("-pk")[: SHOWN + 1] if rows is not None else ()
    found = [
        Found(
            reverse("console:case", args=[row.number]),
            f"{row.number} · {row.get_kind_display()}",
            f"{row.get_status_display()} · {row.customer.display_name}",
        )
        for row in latest
    ]
    return found_panel(request, found, title=pgettext("returns", "Cases"), everything="console:cases")


@require_safe
@staff_required(Right.READ_CASES)
def found_warranties(request: StaffRequest) -> HttpResponse:
    """By warranty, serial, order or article number, e-mail or phone."""
    text = searched(request)
    rows = warranties.matching(warranties_for(request.user), text) if text else None
    latest = rows.order_by("-registered_at", "-pk")[: SHOWN + 1] if rows is not None else ()
    found = [
        Found(reverse("console:warranty", args=[row.number]), f"{row.number} · {row.title}", row.serial_no)
        for row in latest
    ]
    return found_panel(request, found, title=_("Warranties"), everything="console:warranties")
