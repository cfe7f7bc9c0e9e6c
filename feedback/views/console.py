"""The queue of return visits and the page on which one is worked; the answers customers gave."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock, events
from core.bilingual import pick
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from feedback import actions
from feedback.access import surveys_for, visits_for
from feedback.forms import CancelVisitForm, LogAttemptForm
from feedback.models import FollowUpVisit, VisitQuerySet
from feedback.states import VisitStatus
from tickets import merged
from tickets.access import tickets_for

PLANNED = Keyset(("due_at", "pk"))
FINISHED = Keyset(("-finished_at", "-pk"))
ANSWERED = Keyset(("-answered_at", "-pk"))


@require_GET
@staff_required(Right.WORK_VISITS)
def visits(request: StaffRequest) -> HttpResponse:
    """Visits by due time; `?show=` mine, due, planned (default) or finished."""
    show = request.GET.get("show", "planned")
    rows = visits_for(request.user).select_related("plan", "ticket", "customer", "assignee", "survey")
    if show == "finished":
        page = FINISHED.page(rows.exclude(status=VisitStatus.PLANNED), request.GET)
    else:
        page = PLANNED.page(_planned(rows, show, request), request.GET)
    return render(request, "feedback/console/visits.html", {"page": page, "show": show, "now": clock.now()})


def _planned(rows: VisitQuerySet, show: str, request: StaffRequest) -> VisitQuerySet:
    rows = rows.filter(status=VisitStatus.PLANNED)
    if show == "mine":
        return rows.filter(assignee=request.user)
    return rows.filter(due_at__lte=clock.now()) if show == "due" else rows


@require_GET
@staff_required(Right.WORK_VISITS)
def visit(request: StaffRequest, number: str) -> HttpResponse:
    """One visit with its script, what went before, and the form for the next attempt."""
    return _page(request, _visit(request, number), LogAttemptForm())


@require_POST
@staff_required(Right.WORK_VISITS)
def log_attempt(request: StaffRequest, number: str) -> HttpResponse:
    """Write down what came of an attempt."""
    found, form = _visit(request, number), LogAttemptForm(request.POST)
    return perform(
        request,
        lambda: actions.log_attempt(found, by=request.user, **form.cleaned_data),
        form=form,
        to=reverse("console:visit", args=[number]),
        said=_("The attempt is written down."),
        page=lambda status: _page(request, found, form, status),
    )


@require_POST
@staff_required(Right.WORK_VISITS)
def claim(request: StaffRequest, number: str) -> HttpResponse:
    """Take a visit from the queue, or put one's own back."""
    found = _visit(request, number)
    mine = found.assignee_id == request.user.pk
    return perform(
        request,
        lambda: actions.assign_visit(found, to=None if mine else request.user, by=request.user),
        to=reverse("console:visit", args=[number]),
    )


@require_POST
@staff_required(Right.WORK_VISITS)
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Strike a visit that is no longer wanted, with the reason."""
    found, form = _visit(request, number), CancelVisitForm(request.POST)
    return perform(
        request,
        lambda: actions.cancel_visit(found, by=request.user, **form.cleaned_data),
        form=form,
        to=reverse("console:visit", args=[number]),
        said=_("The visit is cancelled."),
    )


@require_GET
@staff_required(Right.READ_TICKETS)
def of_ticket(request: StaffRequest, number: str) -> HttpResponse:
    """Panel of a ticket's page: what the customer answered and which visits follow."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    one = merged.family(ticket)
    context = {
        "visits": visits_for(request.user).filter(ticket__in=one).select_related("plan", "assignee"),
        "surveys": surveys_for(request.user).filter(ticket__in=one).order_by("-sent_at"),
        "may_work": request.user.may(Right.WORK_VISITS),
    }
    return panel(
        request, "feedback/console/_ticket.html", context, title=_("Satisfaction and follow-up visits")
    )


@require_GET
@staff_required(Right.READ_TICKETS)
def answers(request: StaffRequest) -> HttpResponse:
    """What customers answered, newest first."""
    rows = surveys_for(request.user).exclude(answered_at=None)
    page = ANSWERED.page(rows.select_related("ticket", "customer", "agent"), request.GET)
    return render(request, "feedback/console/answers.html", {"page": page})


def _visit(request: StaffRequest, number: str) -> FollowUpVisit:
    rows = visits_for(request.user).select_related("plan", "ticket", "customer", "assignee", "survey")
    return get_object_or_404(rows, number=number)


def _page(
    request: StaffRequest, found: FollowUpVisit, form: LogAttemptForm, status: int = 200
) -> HttpResponse:
    context = {
        "visit": found,
        "form": form,
        "cancel_form": CancelVisitForm(auto_id="cancel_%s"),
        "cancel_form_without_dialog": CancelVisitForm(auto_id="cancel_plainly_%s"),
        "script": pick(found.plan, "script"),
        "attempts": found.log.select_related("by"),
        "history": events.history(found),
        "contact_points": found.customer.contact_points.all(),
        "is_open": found.status == VisitStatus.PLANNED,
    }
    return render(request, "feedback/console/visit.html", context, status=status)
