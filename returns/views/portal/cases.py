"""A customer's returns: where they stand, what to do next, and the verbs of the customer."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import bilingual
from core.views.panels import panel
from core.views.verbs import perform
from customers.access import PortalRequest, portal_required
from returns import actions, steps
from returns.access import cases_of
from returns.addresses import address_lines
from returns.carriers import CARRIERS
from returns.forms import OwnParcelForm, SupplyForm, VersionForm
from returns.models import Case
from returns.outlook import outlook
from returns.quotes import shop_bears
from returns.states import Verb, verbs_for
from tickets.access import tickets_of


@require_safe
@portal_required
def request_cases(request: PortalRequest, number: str) -> HttpResponse:
    """The returns of one request: a part of its page."""
    ticket = get_object_or_404(tickets_of(request.portal), number=number)
    return _panel(request, ticket.number)


def _panel(
    request: PortalRequest, ticket_number: str, status: int = 200, **forms: dict[str, Any]
) -> HttpResponse:
    cases = (
        cases_of(request.portal)
        .filter(ticket__number=ticket_number)
        .select_related("service_centre", "order", "customer", "reason")
        .order_by("pk")
    )
    context = {
        "found": [_entry(case, forms.get(case.number, {})) for case in cases],
        "carriers": CARRIERS,
    }
    return panel(
        request,
        "returns/portal/_request_cases.html",
        context,
        title=_("Your returns"),
        surface="portal",
        status=status,
    )


def _entry(case: Case, forms: dict[str, Any]) -> dict[str, Any]:
    verbs = verbs_for(case.kind, case.status, case.customer)
    centre = case.service_centre
    return {
        "case": case,
        "lines": list(case.lines.select_related("order_line", "reason")),
        "steps": steps.steps_of(case, for_customer=True),
        "outlook": outlook(case),
        "address": address_lines(centre) if centre else [],
        "shop_pays": shop_bears(case.fault, case.terms),
        "parcels": [parcel.shipment for parcel in case.parcels.select_related("shipment")],
        "may_withdraw": Verb.WITHDRAW in verbs,
        "tracking_form": forms.get("tracking") or (OwnParcelForm() if Verb.ADD_TRACKING in verbs else None),
        "supply_form": forms.get("supply") or (SupplyForm() if Verb.SUPPLY in verbs else None),
        "may_agree": Verb.AGREE_DEDUCTION in verbs and case.deduction is not None,
        "reduced": actions.reduced_refund(case) if case.deduction is not None else None,
    }


def _found(request: PortalRequest, number: str) -> Case:
    return get_object_or_404(
        cases_of(request.portal).select_related("customer", "ticket", "order"), number=number
    )


def _address(case: Case) -> str:
    return reverse("portal:request", args=[case.ticket.number])


@require_POST
@portal_required
def case_track(request: PortalRequest, number: str) -> HttpResponse:
    """The goods are on their way."""
    case, form = _found(request, number), OwnParcelForm(request.POST)
    return perform(
        request,
        lambda: actions.add_tracking(case, by=case.customer, **form.cleaned_data),
        to=_address(case),
        said=_("Thank you. We tell you when your parcel has arrived."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"tracking": form}}),
    )


@require_POST
@portal_required
def case_supply(request: PortalRequest, number: str) -> HttpResponse:
    """What the shop asked for."""
    case, form = _found(request, number), SupplyForm(request.POST, request.FILES)

    def act() -> Case:
        files = form.keep_files(request.session, by=case.customer)
        return actions.supply(case, text=form.cleaned_data["text"], attachments=files, by=case.customer)

    return perform(
        request,
        act,
        to=_address(case),
        said=_("Thank you. We go on with your request."),
        form=form,
        page=lambda status: _panel(request, case.ticket.number, status, **{number: {"supply": form}}),
    )


@require_POST
@portal_required
def case_withdraw(request: PortalRequest, number: str) -> HttpResponse:
    """The customer keeps the goods."""
    case, form = _found(request, number), VersionForm(request.POST)
    return perform(
        request,
        lambda: actions.withdraw(case, by=case.customer),
        to=_address(case),
        said=_("Your return is withdrawn."),
        form=form,
    )


@require_POST
@portal_required
def case_agree(request: PortalRequest, number: str) -> HttpResponse:
    """The customer takes the reduced refund that was offered, as it was read."""
    case, form = _found(request, number), VersionForm(request.POST)
    return perform(
        request,
        lambda: actions.agree_deduction(case, by=case.customer, version=form.cleaned_data["version"]),
        to=_address(case),
        said=_("Thank you. Your refund is on its way."),
        form=form,
    )


@require_safe
@portal_required
def case_guide(request: PortalRequest, number: str) -> HttpResponse:
    """A sheet to print: the address for the parcel, and a slip to lay inside."""
    case = _found(request, number)
    centre = case.service_centre
    context = {
        "case": case,
        "centre": bilingual.pick(centre, "name") if centre else "",
        "address": address_lines(centre) if centre else [],
        "lines": list(case.lines.select_related("order_line", "reason")),
        "shop_pays": shop_bears(case.fault, case.terms),
        "due_at": case.due_at,
    }
    return render(request, "returns/portal/guide.html", context)
