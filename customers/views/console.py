"""Customers for staff: the list, one person on one page, changes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import countries, events
from core.paging import Keyset
from core.views.found import SHOWN, Found, found_panel, searched
from core.views.verbs import perform
from customers import actions, queries
from customers.access import customers_for
from customers.forms import ContactForm, EditForm, NewsForm, SearchForm
from customers.models import ContactPoint, Customer
from customers.states import Topic

NEWEST_FIRST = Keyset(order=("-pk",))
EVENTS_SHOWN = 20


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def customers(request: StaffRequest) -> HttpResponse:
    """The list, newest first, narrowed by the filters in the address."""
    form = SearchForm(request.GET)
    rows = customers_for(request.user).filter(merged_into=None)
    rows = rows.select_related("tier").prefetch_related("contact_points")
    if form.is_valid():
        if form.cleaned_data["q"]:
            rows = queries.matching(rows, form.cleaned_data["q"])
        if form.cleaned_data["tier"]:
            rows = rows.filter(tier=form.cleaned_data["tier"])
    page = NEWEST_FIRST.page(rows, request.GET)
    return render(request, "customers/console/list.html", {"form": form, "page": page})


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def found_customers(request: StaffRequest) -> HttpResponse:
    """People a search means, beside the tickets it finds."""
    text, rows = searched(request), customers_for(request.user).filter(merged_into=None)
    named = queries.matching(rows.prefetch_related("contact_points"), text).order_by("-pk") if text else ()
    found = [
        Found(reverse("console:customer", args=[row.number]), row.display_name, f"{row.number} {row.email}")
        for row in named[: SHOWN + 1]
    ]
    return found_panel(request, found, title=_("Customers"), everything="console:customers")


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def customer(request: StaffRequest, number: str) -> HttpResponse:
    """Everything about one person on one page; other rooms fill their slots."""
    return _customer_page(request, _found(request, number), ContactForm())


def _customer_page(
    request: StaffRequest, row: Customer, contact_form: ContactForm, *, status: int = 200
) -> HttpResponse:
    newest = list(events.timeline(row).order_by("-pk")[:EVENTS_SHOWN])
    context: dict[str, Any] = {
        "customer": row,
        "contact_points": row.contact_points.all(),
        "addresses": row.addresses.all(),
        "country": countries.name(row.country),
        "events": reversed(newest),
        "contact_form": contact_form,
        "may_edit": request.user.may(Right.EDIT_CUSTOMERS) and row.merged_into is None,
        "may_merge": request.user.may(Right.MERGE_CUSTOMERS),
        "unwanted": [Topic(topic).label for topic in row.news_off],
        "merged": row.merged.order_by("pk"),
        "alike": queries.same_person(row) if row.merged_into is None else (),
        "told_apart": queries.told_apart(row),
    }
    return render(request, "customers/console/customer.html", context, status=status)


def _found(request: StaffRequest, number: str) -> Customer:
    return get_object_or_404(customers_for(request.user).select_related("tier"), number=number)


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_CUSTOMERS, Right.EDIT_CUSTOMERS)
def edit(request: StaffRequest, number: str) -> HttpResponse:
    """Change what is known of a person."""
    row = _found(request, number)
    now = {field: getattr(row, field) for field in EditForm.base_fields}
    form = EditForm(request.POST if request.method == "POST" else None, initial=now)

    def page(status: int = 200) -> HttpResponse:
        return render(request, "customers/console/edit.html", {"form": form, "customer": row}, status=status)

    if request.method != "POST":
        return page()
    return perform(
        request,
        lambda: actions.edit(row, by=request.user, **form.cleaned_data),
        to=_address(row),
        said=_("Saved."),
        form=form,
        page=page,
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_CUSTOMERS, Right.EDIT_CUSTOMERS)
def news(request: StaffRequest, number: str) -> HttpResponse:
    """Say for a customer how they hear from us, and what of it; they asked for it on the phone."""
    row = _found(request, number)
    form = NewsForm(request.POST if request.method == "POST" else None, customer=row)

    def page(status: int = 200) -> HttpResponse:
        return render(request, "customers/console/news.html", {"form": form, "customer": row}, status=status)

    if request.method != "POST":
        return page()
    return perform(
        request,
        lambda: actions.choose_news(row, way=form.cleaned_data["way"], off=form.off, by=request.user),
        to=_address(row),
        said=_("Saved."),
        form=form,
        page=page,
    )


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.EDIT_CUSTOMERS)
def contact_add(request: StaffRequest, number: str) -> HttpResponse:
    """Add an e-mail address or phone number."""
    row, form = _found(request, number), ContactForm(request.POST)
    return perform(
        request,
        lambda: actions.add_contact(row, by=request.user, **form.cleaned_data),
        to=_address(row),
        said=lambda point: _("%(value)s was added.") % {"value": point.value},
        form=form,
        page=lambda status: _customer_page(request, row, form, status=status),
    )


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.EDIT_CUSTOMERS)
def contact_prefer(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Prefer one contact point over the others of its kind."""
    row = _found(request, number)
    point = get_object_or_404(ContactPoint, customer=row, pk=pk)
    return perform(
        request,
        lambda: actions.make_primary(row, point=point, by=request.user),
        to=_address(row),
        said=_("%(value)s is the preferred contact now.") % {"value": point.value},
    )


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.EDIT_CUSTOMERS)
def contact_remove(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Take a contact point away."""
    row = _found(request, number)
    point = get_object_or_404(ContactPoint, customer=row, pk=pk)
    return perform(
        request,
        lambda: actions.remove_contact(row, point=point, by=request.user),
        to=_address(row),
        said=_("%(value)s was removed.") % {"value": point.value},
    )


def _address(row: Customer) -> str:
    return reverse("console:customer", args=[row.number])
