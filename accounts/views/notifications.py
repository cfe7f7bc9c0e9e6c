"""What the reader was told of: the bell, the list, and how they want to be told."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import notifying
from accounts.access import StaffRequest, staff_required
from accounts.forms import NoticesForm
from accounts.views.browsers import keep_session
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import onward, perform

LATEST = Keyset(("-pk",), size=30)


@require_safe
@staff_required()
def bell(request: StaffRequest) -> HttpResponse:
    """The bell with the number of unread notices, for a page that stays open."""
    context = {
        "unread": notifying.unread_count(request.user),
        "counted": notifying.COUNTED,
        "is_notified": keep_session(request),
    }
    return render(request, "accounts/console/_bell.html", context)


@require_safe
@staff_required()
def notifications(request: StaffRequest) -> HttpResponse:
    """Everything the reader was told of, newest first."""
    page = LATEST.page(request.user.notifications.all(), request.GET)
    context = {"page": page, "unread": notifying.unread_count(request.user)}
    return panel(request, "accounts/console/_notifications.html", context, title=_("Notifications"))


@require_POST
@staff_required()
def notification_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Look at what a notice is about."""
    row = get_object_or_404(request.user.notifications, pk=pk)
    notifying.read(request.user, pk=row.pk)
    return redirect(row.url)


@require_POST
@staff_required()
def notifications_read(request: StaffRequest) -> HttpResponse:
    """Have seen them all."""
    notifying.read(request.user)
    return onward(request, "console:notifications")


@require_POST
@staff_required()
def set_notices(request: StaffRequest) -> HttpResponse:
    """How the reader wants to be told of what."""
    form = NoticesForm(request.POST, member=request.user)
    return perform(
        request,
        lambda: notifying.choose_ways(request.user, form.cleaned_data),
        to="console:profile",
        said=_("Saved."),
        form=form,
    )
