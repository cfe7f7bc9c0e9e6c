"""Saved views: in the side bar with their counts, and the form that keeps one."""

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.views.panels import panel
from core.views.verbs import CONFLICT, onward, perform
from tickets.actions.views import change_view, may_edit_view, remove_view, save_view
from tickets.automation.rehearsing import MOST_COUNTED
from tickets.forms import ConditionRows
from tickets.forms.conditions import BUTTONS
from tickets.forms.redrawing import only_redraws, unchecked
from tickets.forms.views import SavedViewEditForm, SavedViewForm, joined
from tickets.listing import counts, kept, listing, query
from tickets.models import SavedView
from tickets.queues import COUNTED

COUNTS_KEPT = 10
"""Seconds for which the counts of a reader's views are kept; a filter that rarely matches costs most."""


@require_safe
@staff_required(Right.READ_TICKETS)
def inbox_views(request: StaffRequest) -> HttpResponse:
    """The reader's views with their counts."""
    views = list(SavedView.objects.shown_to(request.user))
    found = cache.get_or_set(_key(request), lambda: counts(request.user, views), COUNTS_KEPT) or {}
    current = request.GET.get("view", "")
    shown = [(view, found.get(view.pk), str(view.pk) == current, _address(view)) for view in views]
    context = {"views": shown, "counted": COUNTED}
    return panel(request, "tickets/console/_views.html", context, title=_("Saved views"))


def _key(request: StaffRequest) -> str:
    return f"view-counts:{request.user.pk}"


def _address(view: SavedView) -> str:
    return f"{reverse('console:inbox')}?{query(view.conditions, view=str(view.pk)).urlencode()}"


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_TICKETS)
def view_new(request: StaffRequest) -> HttpResponse:
    """Keep the list the address describes under a name."""
    conditions = kept(request.GET)
    based_on = listing(request.user, request.GET).view
    asks = based_on.asks if based_on else {}

    def again(form: SavedViewForm, status: int = 200) -> HttpResponse:
        more = {"view": str(based_on.pk)} if based_on else {}
        context = {"form": form, "query": query(conditions, **more).urlencode()}
        return panel(request, "tickets/console/_view.html", context, title=_("Save as a view"), status=status)

    if request.method == "GET":
        return again(SavedViewForm(member=request.user, initial={"visibility": "private"}))
    form = SavedViewForm(request.POST, member=request.user)
    cache.delete(_key(request))
    return perform(
        request,
        lambda: save_view(conditions=conditions, asks=asks, **form.cleaned_data, by=request.user),
        to=_address,
        said=_("The view is saved."),
        form=form,
        page=lambda status: again(form, status),
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_TICKETS)
def view_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """What a view asks, what it is called, its place, and who sees it."""
    view = _editable(request, pk)
    if request.method == "GET":
        rows = ConditionRows.of(joined(view))
        form = SavedViewEditForm(
            member=request.user, initial=SavedViewEditForm.initial_of(view), conditions=rows
        )
        return _editor(request, view, form, view)
    checked = not only_redraws(request.POST, BUTTONS)
    form = _typed(request, view, checked=checked)
    if not checked:
        return _redrawn(request, view, form)
    cache.delete(_key(request))
    return perform(
        request,
        lambda: change_view(view, **form.content, by=request.user),
        to=_address,
        said=_("The view is saved."),
        form=form,
        page=lambda status: _again(request, view, form, status),
    )


def _typed(request: StaffRequest, view: SavedView, *, checked: bool) -> SavedViewEditForm:
    rows = ConditionRows.typed(request.POST, stored=joined(view), checked=checked)
    return SavedViewEditForm(request.POST, member=request.user, conditions=rows)


def _redrawn(request: StaffRequest, view: SavedView, form: SavedViewEditForm) -> HttpResponse:
    """The page after a button, with the count of what the rows say once they are complete."""
    complete = _typed(request, view, checked=True)
    return _editor(request, view, unchecked(form), _draft(complete) if complete.is_valid() else None)


def _again(request: StaffRequest, view: SavedView, form: SavedViewEditForm, status: int) -> HttpResponse:
    """The page with what was typed. Whoever has read that somebody else changed the view may save over it."""
    if status == CONFLICT:
        view.refresh_from_db()
        typed = request.POST.copy()
        typed["version"] = str(view.version)
        form.data = typed
    return _editor(request, view, form, None, status=status)


def _draft(form: SavedViewEditForm) -> SavedView:
    """The view as it would be, not saved."""
    return SavedView(conditions=form.content["conditions"], asks=form.content["asks"])


def _editor(
    request: StaffRequest,
    view: SavedView,
    form: SavedViewEditForm,
    counted: SavedView | None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a view; `counted` is the one whose tickets are counted."""
    count = None
    if counted is not None:
        rows = listing(request.user, query(counted.conditions), view=counted).rows.order_by()
        count = len(rows.values_list("pk")[: MOST_COUNTED + 1])
    context = {"form": form, "view": view, "count": count, "most": MOST_COUNTED, "address": _address(view)}
    return render(request, "tickets/console/view_edit.html", context, status=status)


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
