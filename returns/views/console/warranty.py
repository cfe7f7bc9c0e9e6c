"""Warranties at the desk: find, verify, end, extend."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock, events
from core.models import Attachment, key_of
from core.money import Money, format_money
from core.paging import Keyset
from core.views.panels import panel
from core.views.verbs import perform
from returns import actions, warranties
from returns.access import warranties_for
from returns.cover import cover
from returns.law_forms import SellForm, VerifyForm, VoidForm
from returns.models import Warranty
from returns.models.warranty import WarrantyQuerySet
from returns.warranty_states import WarrantyKind, WarrantyStatus

GET_OR_POST = require_http_methods(["GET", "POST"])
LATEST = Keyset(("-registered_at", "-pk"), size=40)

VIEWS: Mapping[str, tuple[str | Promise, str]] = {
    WarrantyStatus.PENDING: (gettext_lazy("To verify"), "search-check"),
    WarrantyStatus.ACTIVE: (pgettext_lazy("warranty status", "Valid"), "shield-check"),
    WarrantyStatus.VOID: (pgettext_lazy("warranty status", "Void"), "shield-x"),
    "all": (pgettext_lazy("warranties", "All"), "list"),
}
"""Views of the list by what stands in the address."""


@require_safe
@staff_required(Right.READ_CASES)
def warranties_list(request: StaffRequest) -> HttpResponse:
    """Registered warranties, the latest first; a search looks through all of them."""
    searched = request.GET.get("q", "").strip()
    shown = request.GET.get("show", "")
    shown = shown if shown in VIEWS else "all"
    kind = request.GET.get("kind", "")
    rows = _narrowed(warranties_for(request.user), "all" if searched else shown, kind)
    found = warranties.matching(rows, searched)
    page = LATEST.page(found.select_related("customer", "order_line__order"), request.GET)
    context = {
        "page": page,
        "covers": [(row, cover([row], clock.now())) for row in page],
        "views": [(code, label, icon) for code, (label, icon) in VIEWS.items()],
        "waiting": warranties_for(request.user).to_verify().count(),
        "shown": shown,
        "title": VIEWS[shown][0],
        "kinds": WarrantyKind.choices,
        "kind": kind,
        "searched": searched,
    }
    return render(request, "returns/console/warranties.html", context)


def _narrowed(rows: WarrantyQuerySet, shown: str, kind: str) -> WarrantyQuerySet:
    if shown != "all":
        rows = rows.filter(status=shown)
    return rows.filter(kind=kind) if kind in WarrantyKind.values else rows


def _found(request: StaffRequest, number: str) -> Warranty:
    rows = warranties_for(request.user).select_related(
        "customer", "order_line__order", "rule", "plan", "follows", "verified_by"
    )
    return get_object_or_404(rows, number=number)


@require_safe
@staff_required(Right.READ_CASES)
def warranty(request: StaffRequest, number: str) -> HttpResponse:
    """One warranty with its proof, its extensions and what happened to it."""
    row = _found(request, number)
    may = request.user.may(Right.DECIDE_CASES)
    open_to_change = may and row.status != WarrantyStatus.VOID
    context = {
        "warranty": row,
        "cover": cover([row], clock.now()),
        "proof": Attachment.objects.filter(subject=key_of(row)),
        "extensions": row.extensions.select_related("plan").order_by("pk"),
        "events": events.history(row),
        "may_verify": open_to_change and row.status == WarrantyStatus.PENDING,
        "may_void": open_to_change,
        "may_extend": open_to_change and row.kind != WarrantyKind.EXTENDED and bool(_plans(row)),
        "may_see_customer": request.user.may(Right.READ_CUSTOMERS),
    }
    return render(request, "returns/console/warranty.html", context)


def _currency(row: Warranty) -> str:
    return row.order.currency if row.order else ""


def _plans(row: Warranty) -> list[Any]:
    return warranties.plans_for(row, _currency(row)) if row.order else []


def _typed(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(
    request: StaffRequest,
    row: Warranty,
    form: BaseForm,
    act: Callable[[], Any],
    *,
    label: str,
    said: str,
    hints: tuple[str, ...] = (),
    danger: bool = False,
) -> HttpResponse:
    """Draw the form of a verb, or do the verb with it."""
    back = reverse("console:warranty", args=[row.number])
    context = {
        "form": form,
        "label": label,
        "hints": hints,
        "danger": danger,
        "action": request.path,
        "back": back,
    }

    def page(status: int) -> HttpResponse:
        title = f"{label} · {row.number}"
        return panel(request, "returns/console/_law_verb.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, act, to=back, said=said, form=form, page=page)


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def warranty_verify(request: StaffRequest, number: str) -> HttpResponse:
    """The proof fits."""
    row = _found(request, number)
    form = VerifyForm(_typed(request), initial={"started_on": row.starts_on})
    return _ask(
        request,
        row,
        form,
        lambda: actions.verify_warranty(row, by=request.user, **form.cleaned_data),
        label=_("Verify"),
        said=_("The warranty is valid."),
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def warranty_void(request: StaffRequest, number: str) -> HttpResponse:
    """The warranty ends."""
    row, form = _found(request, number), VoidForm(_typed(request))
    return _ask(
        request,
        row,
        form,
        lambda: actions.void_warranty(row, by=request.user, **form.cleaned_data),
        label=_("End the warranty"),
        said=_("The warranty is void."),
        hints=(_("This cannot be undone. What the law gives is not lost by a mistake in the registration."),),
        danger=True,
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def warranty_extend(request: StaffRequest, number: str) -> HttpResponse:
    """An extension is sold."""
    row = _found(request, number)
    plans, currency = _plans(row), _currency(row)
    form = SellForm(_typed(request), plans=plans)
    prices = {plan: plan.prices.get(currency=currency).price for plan in plans}
    hints = tuple(
        pgettext("plan and its price", "%(plan)s: %(price)s")
        % {"plan": plan, "price": format_money(Money(price, currency))}
        for plan, price in prices.items()
    )
    return _ask(
        request,
        row,
        form,
        lambda: actions.sell_extension(row, by=request.user, **form.cleaned_data),
        label=_("Sell an extension"),
        said=_("The extension is sold."),
        hints=hints,
    )
