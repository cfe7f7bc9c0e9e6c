"""What left the house, what did not, and what waits for a person: mails, parked events, clocks set aside."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import dispatch
from core import mail as mails
from core.models import Event, OutgoingMail
from core.paging import Keyset
from core.views.verbs import perform
from tickets import sweeps
from tickets.automation import changing, telling
from tickets.models import AutomationRule, Clock

NEWEST_FIRST = Keyset(("-pk",), size=50)


@require_safe
@staff_required(Right.CONFIGURE)
def mail(request: StaffRequest) -> HttpResponse:
    """Outgoing mail, newest first; `?state=` and `?to=` narrow it."""
    state, to = request.GET.get("state", ""), request.GET.get("to", "").strip()
    rows: QuerySet[OutgoingMail] = OutgoingMail.objects.defer("text")
    rows = rows.filter(state=state) if state in OutgoingMail.State.values else rows
    rows = rows.filter(to__iexact=to) if to else rows
    context = {
        "page": NEWEST_FIRST.page(rows, request.GET),
        "states": OutgoingMail.State.choices,
        "state": state,
        "to": to,
        "failed": OutgoingMail.objects.filter(state=OutgoingMail.State.FAILED).count(),
        "waiting": _waiting(),
    }
    return render(request, "tickets/console/mail.html", context)


@require_POST
@staff_required(Right.CONFIGURE)
def mail_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Try a mail that failed once more."""
    row = get_object_or_404(OutgoingMail, pk=pk)
    back = f"{reverse('console:mail')}?{request.GET.urlencode()}"
    return perform(request, lambda: mails.retry(row), to=back, said=_("The mail is tried again."))


@require_safe
@staff_required(Right.CONFIGURE)
def parked(request: StaffRequest) -> HttpResponse:
    """Events whose reactions failed too often, clocks the sweep could not handle, rules switched off."""
    context = {
        "page": NEWEST_FIRST.page(Event.objects.parked(), request.GET),
        "clocks": Clock.objects.failing().select_related("ticket", "external").defer("ticket__search")[:50],
        "rules": [(rule, telling.why(rule)) for rule in AutomationRule.objects.broken()[:50]],
        "behind": Event.objects.undispatched().order_by("next_attempt_at").first(),
        "waiting": _waiting(),
    }
    return render(request, "tickets/console/outbox.html", context)


@require_POST
@staff_required(Right.CONFIGURE)
def event_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a parked event another round."""
    row = get_object_or_404(Event, pk=pk)
    return perform(
        request,
        lambda: dispatch.retry(row),
        to=reverse("console:outbox"),
        said=_("The event is tried again."),
    )


@require_POST
@staff_required(Right.CONFIGURE)
def clock_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the sweep look at a clock again."""
    row = get_object_or_404(Clock, pk=pk)
    return perform(
        request,
        lambda: sweeps.try_again(row),
        to=reverse("console:outbox"),
        said=_("The clock is tried again."),
    )


@require_POST
@staff_required(Right.CONFIGURE)
def rule_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch a rule that failed too often on again."""
    row = get_object_or_404(AutomationRule.objects.kept(), pk=pk)
    return perform(
        request,
        lambda: changing.switch_rule(row, on=True, by=request.user),
        to=reverse("console:outbox"),
        said=_("The rule is switched on again."),
    )


def _waiting() -> int:
    """How much waits for a person."""
    return (
        Event.objects.parked().count()
        + Clock.objects.failing().count()
        + AutomationRule.objects.broken().count()
    )
