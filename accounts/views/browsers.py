"""The browsers in which the reader is notified while no page is open, and the script that shows it there."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, pushing, rules
from accounts.access import StaffRequest, staff_required
from accounts.forms import BrowserForm, RenewBrowserForm
from accounts.models import PushBrowser
from core.views.verbs import UNREADABLE, perform

PAGE = "/console/profile/#browsers"
HERE = "push_browser"
"""Where a session keeps which browser it is in."""


@require_safe
def worker(request: HttpRequest) -> FileResponse:
    """The script that shows notices; its address decides that the whole console is its business."""
    script = Path(str(finders.find("js/worker/notices.js")))
    response = FileResponse(script.open("rb"), content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True)
    return response


@require_POST
@staff_required()
def browser_add(request: StaffRequest) -> HttpResponse:
    """Notify the reader in the browser that asks."""
    form = BrowserForm(request.POST)
    return perform(
        request,
        lambda: _add(request, form),
        to=PAGE,
        said=_("You are notified in this browser from now on."),
        form=form,
    )


def _add(request: StaffRequest, form: BrowserForm) -> PushBrowser:
    name = rules.browser_name(request.headers.get("User-Agent", "")) or _("A browser")
    row = actions.add_browser(
        request.user, **form.cleaned_data, name=name, session_key=_session(request), by=request.user
    )
    request.session[HERE] = row.pk
    return row


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""


@require_POST
@staff_required()
def browser_renew(request: StaffRequest) -> HttpResponse:
    """A browser that is known has a new address, or a new session."""
    form = RenewBrowserForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=UNREADABLE)
    row = get_object_or_404(request.user.push_browsers, endpoint=form.cleaned_data.pop("old"))
    actions.renew_browser(row, **form.cleaned_data, session_key=_session(request))
    request.session[HERE] = row.pk
    return HttpResponse(status=204)


def keep_session(request: StaffRequest) -> bool:
    """Whether the reader is notified here; a session that got a new key (by a new password) stays known."""
    pk = request.session.get(HERE)
    if pk is None:
        return False
    mine = request.user.push_browsers.filter(pk=pk)
    mine.exclude(session_key=_session(request)).update(session_key=_session(request))
    return mine.exists()


@require_POST
@staff_required()
def browser_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Notify the reader in one of their browsers no more."""
    row = get_object_or_404(request.user.push_browsers, pk=pk)
    return perform(
        request,
        lambda: actions.remove_browser(row, by=request.user),
        to=PAGE,
        said=_("You are not notified in that browser any more."),
    )


@require_POST
@staff_required()
def browser_try(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a notice that says nothing but that it arrived."""
    row = get_object_or_404(request.user.push_browsers, pk=pk)
    return perform(
        request,
        lambda: pushing.queue_trial(row),
        to=PAGE,
        said=_("A notification is on its way. It should show within a few seconds."),
    )
