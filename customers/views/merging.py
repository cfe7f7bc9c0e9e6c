"""Two customers who are one person: found, compared, merged, told apart again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import countries
from core.views.verbs import perform
from customers import actions, queries
from customers.access import customers_for
from customers.forms import MergeForm, OtherForm
from customers.models import Customer

FOUND = 10


@require_http_methods(["GET", "POST"])
@staff_required(Right.READ_CUSTOMERS, Right.MERGE_CUSTOMERS)
def merge(request: StaffRequest, number: str) -> HttpResponse:
    """Look for the same person, see both beside each other and what will happen, and merge them."""
    row, people = _found(request, number), customers_for(request.user)
    form = MergeForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "GET":
        return _page(request, row, form)
    return perform(
        request,
        lambda: actions.merge_customers(row, by=request.user, **form.cleaned_data),
        to=lambda target: reverse("console:customer", args=[target.number]),
        said=lambda target: _("%(name)s is one person now.") % {"name": target.display_name},
        form=form,
        page=lambda status: _page(request, row, form, status=status),
    )


def _page(request: StaffRequest, row: Customer, form: MergeForm, *, status: int = 200) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    chosen = str(form.data.get("into", "") if form.is_bound else request.GET.get("into", "")).strip()
    others = customers_for(request.user).exclude(pk=row.pk).select_related("tier")
    into = others.filter(number=chosen.upper().replace("\x00", "")).first()
    open_ones = others.filter(merged_into=None).prefetch_related("contact_points")
    context = {
        "customer": row,
        "form": form,
        "asked": asked,
        "into": into,
        "pair": [_side(one) for one in (row, into)] if into is not None else (),
        "unproven": row.contact_points.filter(verified_at=None) if into is not None else (),
        "alike": queries.same_person(row),
        "results": queries.matching(open_ones, asked).order_by("-pk")[:FOUND] if asked else (),
    }
    return render(request, "customers/console/merge.html", context, status=status)


def _side(customer: Customer) -> dict[str, object]:
    """What is compared of a person."""
    return {
        "customer": customer,
        "country": countries.name(customer.country),
        "points": customer.contact_points.all(),
        "addresses": customer.addresses.all(),
    }


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.MERGE_CUSTOMERS)
def unmerge(request: StaffRequest, number: str) -> HttpResponse:
    """Tell a merged customer apart again."""
    row = _found(request, number)
    return perform(
        request,
        lambda: actions.unmerge_customers(row, by=request.user),
        to=reverse("console:customer", args=[number]),
        said=_("They are two customers again."),
    )


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.MERGE_CUSTOMERS)
def tell_apart(request: StaffRequest, number: str) -> HttpResponse:
    """Remember that a customer who looks alike is somebody else."""
    row, form = _found(request, number), OtherForm(request.POST, people=customers_for(request.user))
    return perform(
        request,
        lambda: actions.tell_apart(row, other=form.cleaned_data["other"], by=request.user),
        to=reverse("console:customer", args=[number]),
        said=_("Noted: they are two persons. This pair is not proposed again."),
        form=form,
    )


@require_POST
@staff_required(Right.READ_CUSTOMERS, Right.MERGE_CUSTOMERS)
def suspect_again(request: StaffRequest, number: str) -> HttpResponse:
    """Take back that two customers are two persons."""
    row, form = _found(request, number), OtherForm(request.POST, people=customers_for(request.user))
    return perform(
        request,
        lambda: actions.suspect_again(row, other=form.cleaned_data["other"], by=request.user),
        to=reverse("console:customer", args=[number]),
        said=_("They may be one person again."),
        form=form,
    )


def _found(request: StaffRequest, number: str) -> Customer:
    return get_object_or_404(customers_for(request.user).select_related("tier"), number=number)
