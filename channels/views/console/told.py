"""What the customer of a ticket was told without a person writing it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels import marks
from core.views.panels import panel
from core.views.verbs import perform
from tickets import telling
from tickets.access import tickets_for
from tickets.queries import told_on

SHOWN = 8


@require_safe
@staff_required(Right.READ_TICKETS)
def ticket_told(request: StaffRequest, number: str) -> HttpResponse:
    """The latest news for the customer and how far it got, for the ticket's page."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    rows = list(told_on(ticket)[: SHOWN + 1])
    found = marks.of_news(rows[:SHOWN])
    context = {
        "rows": [(row, found[row.pk]) for row in rows[:SHOWN]],
        "has_more": len(rows) > SHOWN,
        "may_work": request.user.may(Right.WORK_TICKETS),
    }
    title = _("What the customer was told")
    return panel(request, "channels/console/_ticket_told.html", context, title=title)


@require_POST
@staff_required(Right.WORK_TICKETS)
def telling_again(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Tell what could not be told, or was held back."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    row = get_object_or_404(told_on(ticket), pk=pk)
    return perform(
        request,
        lambda: telling.tell_again(row, by=request.user),
        to=reverse("console:ticket", args=[number]) + "#newest",
        said=_("The customer is told in a moment."),
    )
