"""Saved views: in the side bar with their counts, and the form that keeps one."""

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.counting import counted
from core.views.panels import panel
from core.views.verbs import onward, perform
from tickets.actions.views import change_view, may_edit_view, remove_view, save_view
from tickets.forms.views import SavedViewForm
from tickets.listing import kept, listing, query
from tickets.models import SavedView
from tickets.queues import COUNTED

COUNTS_KEPT = 10
"""Seconds for which the counts of a reader's views are kept; a filter that rarely matches costs most."""


@require_safe
@staff_required(Right.READ_TICKETS)
def inbox_views(request: StaffRequest) -> HttpResponse:
    """The reader's views with their counts."""
    views = list(SavedView.objects.shown_to(request.user))
    counts = cache.get_or_set(_key(request), lambda: _counts(request, views), COUNTS_KEPT) or {}
    current = request.GET.get("view", "")
    shown = [(view, counts.get(view.pk), str(view.pk) == current, _address(view)) for view in views]
    context = {"views": shown, "counted": COUNTED}
    return panel(request, "tickets/console/_views.html", context, title=_("Saved views"))


def _counts(request: StaffRequest, views: list[SavedView]) -> dict[int, int]:
    """How many tickets are in each view, counted up to `COUNTED` + 1."""
    return counted({view.pk: listing(request.user, query(view.conditions)).rows for view in views}, COUNTED)


def _key(request: StaffRequest) -> str:
    return f"view-counts:{request.user.pk}"


def _address(view: SavedView) -> str:
    return f"{reverse('console:inbox')}?{query(view.conditions, view=str(view.pk)).urlencode()}"


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_TICKETS)
def view_new(request: StaffRequest) -> HttpResponse:
    """Keep the list the address describes under a name."""
    conditions = kept(request.GET)

    def again(form: SavedViewForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "conditions": conditions, "query": query(conditions).urlencode()}
        return panel(request, "tickets/console/_view.html", context, title=_("Save as a view"), status=status)

    if request.method == "GET":
        return again(SavedViewForm(member=request.user, initial={"visibility": "private"}))
    form = SavedViewForm(request.POST, member=request.user)
    cache.delete(_key(request))
    return perform(
        request,
        lambda: save_view(conditions=conditions, **form.cleaned_data, by=request.user),
        to=_address,
        said=_("The view is saved."),
        form=form,
        page=lambda status: again(form, status),
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_TICKETS)
def view_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Another name, place, or circle of readers."""
    view = _editable(request, pk)

    def again(form: SavedViewForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "view": view}
        return panel(
            request, "tickets/console/_view.html", context, title=_("Change the view"), status=status
        )

    fields = ("name_en", "name_zh", "visibility", "team", "position")
    if request.method == "GET":
        initial = {name: getattr(view, name) for name in fields}
        return again(SavedViewForm(member=request.user, initial=initial))
    form = SavedViewForm(request.POST, member=request.user)
    return perform(
        request,
        lambda: change_view(view, **form.cleaned_data, by=request.user),
        to=_address,
        said=_("The view is saved."),
        form=form,
        page=lambda status: again(form, status),
    )


@require_POST
@staff_required(Right.READ_TICKETS)
def view_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a view away."""
    remove_view(_editable(request, pk), by=request.user)
    cache.delete(_key(request))
    return onward(request, "console:inbox")


def _editable(request: StaffRequest, pk: int) -> SavedView:
    """A view the reader sees and may change."""
    view = get_object_or_404(SavedView.objects.shown_to(request.user).select_related("team"), pk=pk)
    if not may_edit_view(request.user, view):
        raise PermissionDenied
    return view
